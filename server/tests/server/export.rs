//! Files that leave the house.

use std::io::{Cursor, Read as _};

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use vitrine::domain::audit::{Entry, hex};
use vitrine::export::cell;

use crate::support::House;

proptest! {
    #[test]
    fn no_cell_starts_a_formula(text in "[=+\\-@\t\r\n＝＋－＠]{0,2}.{0,20}") {
        let safe = cell(&text);
        prop_assert!(!safe.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']));
        prop_assert!(safe == text || safe.strip_prefix('\'') == Some(&text));
    }
}

async fn commented(house: &House, texts: &[&str]) -> Uuid {
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    for (frame, text) in texts.iter().enumerate() {
        let body = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": frame * 3_600, "text": text });
        assert!(house.post("/api/comments", &cookie, body).await.status.is_success());
    }
    review
}

const HOSTILE: [&str; 5] = ["=HYPERLINK(\"http://evil\")", "a, \"quoted\"\nline", "-1", "@SUM(A1)", "日本語 ok"];

#[tokio::test]
async fn csv_keeps_hostile_text_and_makes_it_harmless() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = commented(&house, &HOSTILE).await;
    let answer = house.get(&format!("/api/reviews/{review}/comments/csv?bom=1"), &account).await;
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    let text = answer.body.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(text);
    let columns = [
        "Timecode",
        "Comment",
        "Frame",
        "Rate",
        "Author",
        "Email",
        "Created UTC",
        "Review",
        "Id",
        "Frames",
        "Category",
        "Priority",
        "Status",
        "Edited UTC",
        "Thread",
        "Picture",
        "Drawing Picture",
        "Frame Witness",
    ];
    assert_eq!(reader.headers().unwrap(), &csv::StringRecord::from(columns.to_vec()));
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), HOSTILE.len());
    for (row, text) in rows.iter().zip(HOSTILE) {
        assert_eq!(row[1].strip_prefix('\'').unwrap_or(&row[1]), text);
        assert!(!row[1].starts_with(['=', '+', '-', '@']));
        assert_eq!((&row[3], &row[4], &row[5], &row[7]), ("25", "Ana Ito", "ana@example.org", "Reel 3"));
    }
    assert_eq!(&rows[2][0], "01:00:00:02");
    let plain = house.get(&format!("/api/reviews/{review}/comments/csv"), &account).await;
    assert_eq!(plain.body, text);
    assert_eq!(house.recorded("comments.exported", Some(("format", "csv"))).await, 2);
}

#[tokio::test]
async fn json_holds_every_comment() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = commented(&house, &HOSTILE).await;
    let file = house.get(&format!("/api/reviews/{review}/comments/json"), &account).await.json();
    let texts: Vec<_> = file["comments"].as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap()).collect();
    assert_eq!(texts, HOSTILE);
}

#[tokio::test]
async fn every_format_is_a_recorded_download_under_a_plain_name() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = commented(&house, &HOSTILE).await;
    for (format, content_type, name) in [
        ("csv", "text/csv; charset=utf-8", "comments-ID.csv"),
        ("json", "application/json", "comments-ID.json"),
        ("resolve", "text/plain; charset=utf-8", "comments-ID-resolve.edl"),
        ("avid", "text/plain; charset=utf-8", "comments-ID-avid.txt"),
        ("avid-xml", "application/xml", "comments-ID-avid.xml"),
        ("premiere", "application/xml", "comments-ID-premiere.xml"),
        ("fcpxml", "application/xml", "comments-ID.fcpxml"),
        ("otio", "application/json", "comments-ID.otio"),
        ("pdf", "application/pdf", "comments-ID.pdf"),
    ] {
        let answer = house.get(&format!("/api/reviews/{review}/comments/{format}"), &account).await;
        assert_eq!(answer.status, StatusCode::OK, "{format}");
        assert_eq!(answer.headers["content-type"], content_type);
        let disposition = format!("attachment; filename=\"{}\"", name.replace("ID", &review.to_string()));
        assert_eq!(answer.headers["content-disposition"], disposition.as_str());
        assert!(!answer.body.is_empty());
        assert_eq!(house.recorded("comments.exported", Some(("format", format))).await, 1, "{format}");
    }
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_and_not_recorded() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    for (path, status, code) in [
        (format!("/api/reviews/{review}/comments/xlsx"), StatusCode::NOT_FOUND, "not_found"),
        (format!("/api/reviews/{review}/comments/CSV"), StatusCode::NOT_FOUND, "not_found"),
        (format!("/api/reviews/{}/comments/csv", Uuid::now_v7()), StatusCode::NOT_FOUND, "not_found"),
        ("/api/reviews/x/comments/csv".to_owned(), StatusCode::NOT_FOUND, "not_found"),
        (format!("/api/reviews/{review}/comments/resolve"), StatusCode::CONFLICT, "no_comments"),
    ] {
        let answer = house.get(&path, &account).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{path}");
    }
    assert_eq!(house.recorded("comments.exported", None).await, 0);
}

#[tokio::test]
async fn an_archive_is_whole_and_its_sums_are_right() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = commented(&house, &["one"]).await;
    house.review().await;
    let answer = house.get(&format!("/api/reviews/{review}/archive.zip"), &account).await;
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.body)).unwrap();
    let mut read = |name: &str| {
        let mut content = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        content
    };
    let sums = String::from_utf8(read("SHA256SUMS")).unwrap();
    let names: Vec<&str> = sums.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    let all = [
        "review.json",
        "comments.csv",
        "comments.json",
        "comments-history.json",
        "viewers.csv",
        "viewers.json",
        "proof.csv",
        "audit.jsonl",
    ];
    assert_eq!(names, all);
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        assert_eq!(hex(&Sha256::digest(read(name))), sum, "{name}");
    }
    let audit = String::from_utf8(read("audit.jsonl")).unwrap();
    let mut actions = Vec::new();
    for line in audit.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let entry: Entry = serde_json::from_value(line["entry"].clone()).unwrap();
        assert_eq!(hex(&entry.hash().unwrap()), line["hash"].as_str().unwrap());
        assert_eq!(entry.review.as_deref(), Some(review.to_string().as_str()), "only this review");
        actions.push(entry.action);
    }
    assert_eq!(actions.first().map(String::as_str), Some("review.created"));
    assert_eq!(actions.last().map(String::as_str), Some("review.archived"));
    let viewers: Value = serde_json::from_slice(&read("viewers.json")).unwrap();
    assert_eq!(viewers["viewers"][0]["name"], "Ana Ito");
}
