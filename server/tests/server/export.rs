//! Files that leave the house.

use std::io::{Cursor, Read as _, Write as _};

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use vitrine::domain::audit::{Entry, hex};
use vitrine::domain::secret::SecretText;
use vitrine::export::archive::container::{unpack, zip};
use vitrine::export::archive::verify::{ArchiveFault, verify};
use vitrine::export::archive::{File, SUMS};
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
        "Source",
        "Reel",
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
    assert!(rows.iter().all(|row| &row[18] == "Reference reel"), "{:?}", rows[0]);
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
    assert_eq!(file["comments"][0]["source_name"], "Reference reel");
    assert_eq!(file["comments"][0]["source_reel"], serde_json::Value::Null, "the reference reel is no file");
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
        "chat.csv",
        "chat.json",
        "viewers.csv",
        "viewers.json",
        "proof.csv",
        "audit.jsonl",
        "audit-paths.json",
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

/// The files of an archive of a review with one comment, after some of another review.
async fn archived(house: &House) -> Vec<File> {
    let account = house.sign_in().await;
    commented(house, &["of another review"]).await;
    let review = commented(house, &["one"]).await;
    let bytes = house.get(&format!("/api/reviews/{review}/archive.zip"), &account).await.body;
    unpack(&bytes, None).unwrap()
}

/// The files with one of them changed, and the sums set right again as a forger would.
fn forged(files: &[File], name: &str, change: impl Fn(&str) -> String) -> Vec<File> {
    let mut files = files.to_vec();
    for file in files.iter_mut().filter(|file| file.name == name) {
        let changed = change(std::str::from_utf8(&file.content).unwrap());
        assert!(changed.as_bytes() != file.content, "something is changed");
        file.content = changed.into_bytes();
    }
    let sums = files.iter().filter(|file| file.name != SUMS);
    let sums: String = sums.map(|file| format!("{}  {}\n", hex(&Sha256::digest(&file.content)), file.name)).collect();
    files.iter_mut().filter(|file| file.name == SUMS).for_each(|file| file.content = sums.clone().into_bytes());
    files
}

#[tokio::test]
async fn an_archive_proves_its_part_of_the_record() {
    let house = House::new().await;
    let files = archived(&house).await;
    let verified = verify(&files, Some(house.note_key().verifier())).unwrap();
    assert_eq!(verified.files, files.len());
    assert!(verified.entries > 3 && verified.size > verified.entries as u64, "{verified:?}");
    assert_eq!(verify(&files, None).unwrap(), verified);
}

#[tokio::test]
async fn what_was_changed_in_an_archive_is_named() {
    let house = House::new().await;
    let files = archived(&house).await;
    let mut plain = files.clone();
    plain[1].content.push(b'x');
    assert_eq!(verify(&plain, None), Err(ArchiveFault::Sum { name: "comments.csv".into() }));
    let mut added = files.clone();
    added.push(File { name: "more.txt".into(), content: Vec::new() });
    assert_eq!(verify(&added, None), Err(ArchiveFault::Added { name: "more.txt".into() }));
    let lost: Vec<File> = files.iter().filter(|file| file.name != "viewers.csv").cloned().collect();
    assert_eq!(verify(&lost, None), Err(ArchiveFault::File { name: "viewers.csv".into() }));
    let edited = forged(&files, "audit.jsonl", |text| text.replacen("\"stranger\"", "\"somebody\"", 1));
    assert!(matches!(verify(&edited, None), Err(ArchiveFault::Entry { .. })));
    let cut = forged(&files, "audit.jsonl", |text| text.split_inclusive('\n').skip(1).collect());
    assert!(matches!(verify(&cut, None), Err(ArchiveFault::Missing { .. })));
    let swapped = forged(&files, "audit-paths.json", |text| text.replacen("\"paths\"", "\"path\"", 1));
    assert_eq!(verify(&swapped, None), Err(ArchiveFault::File { name: "audit-paths.json".into() }));
}

/// An entry made up, its hash right, in place of a true one: only the audit path shows it.
#[tokio::test]
async fn an_entry_made_up_is_not_in_the_signed_record() {
    let house = House::new().await;
    let files = archived(&house).await;
    let made_up = forged(&files, "audit.jsonl", |text| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut line: Value = serde_json::from_str(&lines[0]).unwrap();
        line["entry"]["actor"] = "account:nobody".into();
        let entry: Entry = serde_json::from_value(line["entry"].clone()).unwrap();
        line["hash"] = hex(&entry.hash().unwrap()).into();
        lines[0] = line.to_string();
        lines.join("\n")
    });
    assert!(matches!(verify(&made_up, None), Err(ArchiveFault::Unproven { .. })));
}

#[tokio::test]
async fn another_houses_key_does_not_verify_an_archive() {
    let (house, other) = (House::new().await, House::new().await);
    let files = archived(&house).await;
    let error = verify(&files, Some(other.note_key().verifier())).unwrap_err();
    assert!(matches!(error, ArchiveFault::Checkpoint(_)), "{error}");
}

#[tokio::test]
async fn an_encrypted_archive_opens_with_its_passphrase_only_and_shows_no_names() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = commented(&house, &["one"]).await;
    let answer = house.post(&format!("/api/reviews/{review}/archive.7z"), &account, json!({})).await;
    assert_eq!(answer.status, StatusCode::OK);
    let passphrase = answer.headers["vitrine-passphrase"].to_str().unwrap().to_owned();
    assert!(passphrase.len() >= 16);
    let readable = |text: &str| answer.body.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!readable("review.json") && !readable("Reel 3"));
    let utf16: Vec<u8> = "review.json".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(!answer.body.windows(utf16.len()).any(|window| window == utf16), "7z keeps names as UTF-16");
    let files = unpack(&answer.body, Some(&SecretText::new(passphrase.clone()))).unwrap();
    verify(&files, Some(house.note_key().verifier())).unwrap();
    assert_eq!(unpack(&answer.body, None), Err(ArchiveFault::PassphraseMissing));
    unpack(&answer.body, Some(&SecretText::new("wrong-wrong-wrong"))).unwrap_err();
    assert_eq!(opened_by_7z(&answer.body, &passphrase), files.len());
}

/// How many files 7-Zip itself finds whole in an archive.
fn opened_by_7z(bytes: &[u8], passphrase: &str) -> usize {
    let mut file = tempfile::Builder::new().suffix(".7z").tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let run = |passphrase: &str| {
        let mut command = std::process::Command::new("7zz");
        command.arg("t").arg(format!("-p{passphrase}")).arg(file.path()).output().unwrap()
    };
    assert!(!run("wrong").status.success());
    let output = run(passphrase);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let count = said.lines().find_map(|line| line.strip_prefix("Files: "));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(1)
}

proptest! {
    #[test]
    fn bytes_that_are_no_archive_are_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0..3) {
        let start: &[u8] = match kind { 0 => b"PK\x03\x04", 1 => b"7z\xbc\xaf\x27\x1c", _ => b"" };
        bytes.splice(0..0, start.iter().copied());
        prop_assert!(unpack(&bytes, Some(&SecretText::new("x"))).is_err());
    }

    #[test]
    fn a_damaged_zip_never_verifies(at in any::<prop::sample::Index>(), bit in 0..8) {
        let content = |name: &str| File { name: name.into(), content: name.repeat(40).into_bytes() };
        let sums = |files: &[File]| files.iter().map(|f| format!("{}  {}\n", hex(&Sha256::digest(&f.content)), f.name)).collect::<String>();
        let mut files = vec![content("a.json"), content("b.json")];
        files.push(File { name: SUMS.into(), content: sums(&files).into_bytes() });
        let mut bytes = zip(&files).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        // Bits of times and modes say nothing about the files; whatever opens has the same files.
        if let Ok(read) = unpack(&bytes, None) {
            prop_assert!(read == files || verify(&read, None).is_err());
        }
    }
}
