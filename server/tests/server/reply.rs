//! Replies that come back from an edit as a file.

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::import::{self, ImportError};

use crate::support::House;

/// A review with comments on frames 1, 2, 3 ...: cookie of the house, review, ids.
async fn commented(house: &House, texts: &[&str]) -> (String, Uuid, Vec<Uuid>) {
    let account = house.sign_in().await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    let mut ids = Vec::new();
    for (frame, text) in (1_u32..).zip(texts) {
        let id = Uuid::now_v7();
        let body = json!({ "id": id, "viewing_id": viewing, "rtp_timestamp": frame * 3_600, "text": text });
        assert_eq!(house.post("/api/comments", &cookie, body).await.status, StatusCode::CREATED);
        ids.push(id);
    }
    (account, review, ids)
}

async fn import(house: &House, account: &str, review: Uuid, text: &str) -> Value {
    let answer = house.post(&format!("/api/reviews/{review}/replies"), account, json!({ "text": text })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// Texts of the answers, and whether the thread is settled, by the first comment's text.
async fn thread(house: &House, account: &str, first: &str) -> (Vec<String>, bool) {
    let log = house.get("/api/log", account).await.json();
    let threads = log["threads"].as_array().unwrap();
    let thread = threads.iter().find(|thread| thread["first"]["text"] == first).unwrap();
    let answers = thread["answers"].as_array().unwrap().iter();
    let texts = answers.map(|answer| answer["text"].as_str().unwrap().to_owned()).collect();
    (texts, !thread["first"]["resolved_at"].is_null())
}

/// The exported file with a column `Reply` and another status, as a spreadsheet saves it.
fn replied(csv: &[u8], separator: u8, replies: &[(&str, &str, &str)]) -> String {
    let mut reader = csv::Reader::from_reader(csv);
    let mut names = reader.headers().unwrap().clone();
    let status = names.iter().position(|name| name == "Status").unwrap();
    names.push_field("Reply");
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    writer.write_record(&names).unwrap();
    for record in reader.records() {
        let mut row: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
        let reply = replies.iter().find(|(text, ..)| row[1] == *text);
        if let Some((_, _, word)) = reply {
            row[status] = (*word).to_owned();
        }
        row.push(reply.map(|(_, reply, _)| (*reply).to_owned()).unwrap_or_default());
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[tokio::test]
async fn a_csv_answers_and_settles_threads_and_twice_changes_nothing_more() {
    let house = House::new().await;
    let (account, review, _) = commented(&house, &["skin", "sky", "roto"]).await;
    let csv = house.get(&format!("/api/reviews/{review}/comments/csv"), &account).await.body;
    let replies = [("skin", "warmer, \"as asked\"\nin v2", "resolved"), ("sky", "'=1+1", "open")];
    for separator in [b',', b';'] {
        let imported = import(&house, &account, review, &replied(&csv, separator, &replies)).await;
        let (answered, resolved) = if separator == b',' { (2, 1) } else { (0, 0) };
        assert_eq!((&imported["answered"], &imported["resolved"]), (&json!(answered), &json!(resolved)), "{imported}");
        assert_eq!(imported["strays"], json!([]));
    }
    assert_eq!(thread(&house, &account, "skin").await, (vec!["warmer, \"as asked\"\nin v2".to_owned()], true));
    assert_eq!(thread(&house, &account, "sky").await, (vec!["=1+1".to_owned()], false));
    assert_eq!(thread(&house, &account, "roto").await, (vec![], false));
    assert_eq!(house.recorded("comments.imported", None).await, 2);
    assert_eq!(house.recorded("comment.made", None).await, 5);
}

#[tokio::test]
async fn a_marker_edl_answers_by_what_was_added_and_settles_what_is_green() {
    let house = House::new().await;
    let (account, review, _) = commented(&house, &["skin | face", "sky\nand sea", "3 frames early"]).await;
    let path = format!("/api/reviews/{review}/comments/resolve");
    let edl = String::from_utf8(house.get(&path, &account).await.body).unwrap();
    assert_eq!(import(&house, &account, review, &edl).await["answered"], 0, "what was sent says nothing");
    // As a colourist changes it in Resolve: words after the note, another colour, CRLF.
    let edited = edl.replace("skin ¦ face |C:ResolveColorBlue", "skin ¦ face / cooler now |C:ResolveColorGreen");
    let edited = edited.replace("- 3 frames early |C", "- 3 frames early, fixed |C").replace('\n', "\r\n");
    assert_ne!(edited, edl);
    for times in 0..2 {
        let imported = import(&house, &account, review, &edited).await;
        let expected = if times == 0 { (2, 1) } else { (0, 0) };
        assert_eq!(
            (&imported["answered"], &imported["resolved"]),
            (&json!(expected.0), &json!(expected.1)),
            "{imported}"
        );
    }
    assert_eq!(thread(&house, &account, "skin | face").await, (vec!["cooler now".to_owned()], true));
    assert_eq!(thread(&house, &account, "3 frames early").await, (vec![", fixed".to_owned()], false));
    assert_eq!(thread(&house, &account, "sky\nand sea").await, (vec![], false));
}

#[tokio::test]
async fn what_belongs_to_no_thread_is_named_and_what_cannot_be_read_changes_nothing() {
    let house = House::new().await;
    let (account, review, ids) = commented(&house, &["skin"]).await;
    let (id, other) = (ids[0], Uuid::now_v7());
    let imported = import(&house, &account, review, &format!("Id,Reply\n{other},lost\n{id},found\n")).await;
    assert_eq!(imported["strays"], json!([{ "line": 2, "place": other }]));
    assert_eq!(imported["answered"], 1);
    for (text, said) in [
        ("once upon a time".to_owned(), "neither a CSV"),
        ("Id,Comment\n".to_owned(), "no column Reply"),
        (format!("Id,Reply\n{id},fine\nx,broken\n"), "line 3"),
        (format!("Id,Status\n{id},done\n"), "expected open or resolved"),
        (format!("Id,Reply\n{id},{}\n", "x".repeat(4_001)), "at most 4000"),
    ] {
        let answer = house.post(&format!("/api/reviews/{review}/replies"), &account, json!({ "text": text })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(said), "{}", answer.json());
    }
    assert_eq!(thread(&house, &account, "skin").await.0, ["found"]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(TITLE: x\n|Id,Reply\n|)(\\PC|[0-9:;,|\n\"]){0,200}") {
        match import::read(&text, &[]) {
            Ok(read) => prop_assert!(read.replies.iter().all(|reply| reply.text.is_some() || reply.resolved.is_some())),
            Err(error) => {
                let too_large = matches!(error, ImportError::TooLarge { .. });
                prop_assert!(!too_large);
            }
        }
    }
}
