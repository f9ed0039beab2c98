//! The record: whole, and found when it is not.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use axum::http::StatusCode;
use sqlx::Connection as _;
use vitrine::domain::account::Role;
use vitrine::domain::audit::{AuditFilter, By, GENESIS, hex};
use vitrine::domain::checkpoint::{Checkpoint, is_due};
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::link::Invitation;
use vitrine::domain::merkle::{MerkleTree, Proofs, head_of};
use vitrine::domain::policy::Profile;
use vitrine::domain::verification::{Fault, Whole};
use vitrine::service::Services;
use vitrine::store::{Store, audit as table};
use vitrine::token::note::{NoteError, NoteKey, NoteVerifier};

use crate::support::{House, raw};

/// A house with some record, and a copy of its database that nobody uses.
async fn copy() -> (House, PathBuf) {
    let house = House::new().await;
    let review = house.review().await;
    for _ in 0..3 {
        house.link(review).await;
    }
    let copy = copy_of(&house).await;
    (house, copy)
}

pub async fn copy_of(house: &House) -> PathBuf {
    let copy = house.dir.path().join("copy.db");
    let mut connection = house.raw().await;
    sqlx::query("VACUUM INTO ?").bind(copy.to_str().unwrap()).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    copy
}

/// Does to a copy what its triggers forbid.
pub async fn tamper(database: &Path, tampering: &'static [&'static str]) {
    let mut connection = raw(database).await;
    for sql in ["DROP TRIGGER audit_is_not_changed", "DROP TRIGGER audit_is_not_shortened"].iter().chain(tampering) {
        sqlx::query(*sql).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

pub async fn verify(database: &Path, key: &NoteKey, kept: &[Checkpoint]) -> Result<Whole, Fault> {
    let services = Services::new(Store::open(database).await.unwrap(), Profile::Facility);
    services.verify_audit(key.verifier(), kept).await.unwrap()
}

/// Tampers with a copy and says where the record breaks.
async fn broken_at(house: &House, copy: &Path, tampering: &'static [&'static str]) -> Option<u64> {
    tamper(copy, tampering).await;
    let fault = verify(copy, &house.note_key(), &[]).await.err()?;
    assert_eq!(fault.word(), "broken");
    fault.first_bad_sequence()
}

#[tokio::test]
async fn a_record_that_was_left_alone_is_whole() {
    let (house, copy) = copy().await;
    assert_eq!(house.verify().await.unwrap().entries, 4);
    assert_eq!(broken_at(&house, &copy, &[]).await, None);
}

#[tokio::test]
async fn an_edited_entry_is_found() {
    let (house, copy) = copy().await;
    assert_eq!(broken_at(&house, &copy, &["UPDATE audit SET detail = '{}' WHERE sequence = 2"]).await, Some(2));
}

#[tokio::test]
async fn every_column_is_under_the_hash() {
    for sql in [
        &["UPDATE audit SET at_ms = at_ms + 1 WHERE sequence = 3"],
        &["UPDATE audit SET actor = 'account:mallory' WHERE sequence = 3"],
        &["UPDATE audit SET network = '192.0.2.1' WHERE sequence = 3"],
        &["UPDATE audit SET action = 'link.revoked' WHERE sequence = 3"],
        &["UPDATE audit SET object = 'link:x' WHERE sequence = 3"],
        &["UPDATE audit SET result = 'refused' WHERE sequence = 3"],
        &["UPDATE audit SET review = NULL WHERE sequence = 3"],
        &["UPDATE audit SET viewing = 'x' WHERE sequence = 3"],
        &["UPDATE audit SET previous = zeroblob(32) WHERE sequence = 3"],
        &["UPDATE audit SET hash = zeroblob(32) WHERE sequence = 3"],
        &["UPDATE audit SET redacted = 1 WHERE sequence = 3"],
    ] {
        let (house, copy) = copy().await;
        assert_eq!(broken_at(&house, &copy, sql).await, Some(3), "{sql:?}");
    }
}

#[tokio::test]
async fn a_deleted_entry_is_found() {
    let (house, copy) = copy().await;
    assert_eq!(broken_at(&house, &copy, &["DELETE FROM audit WHERE sequence = 2"]).await, Some(2));
}

const SWAP: &[&str] = &[
    "UPDATE audit SET sequence = 99 WHERE sequence = 2",
    "UPDATE audit SET sequence = 2 WHERE sequence = 3",
    "UPDATE audit SET sequence = 3 WHERE sequence = 99",
];

#[tokio::test]
async fn moved_entries_are_found() {
    let (house, copy) = copy().await;
    assert_eq!(broken_at(&house, &copy, SWAP).await, Some(2));
}

#[tokio::test]
async fn the_record_cannot_be_changed_or_shortened() {
    let house = House::new().await;
    house.review().await;
    let mut connection = house.raw().await;
    for sql in ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"] {
        let error = sqlx::query(sql).execute(&mut connection).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[tokio::test]
async fn entries_are_canonical_json() {
    let house = House::new().await;
    house.review().await;
    let stored = house.services.audit_entries(&AuditFilter::default()).await.unwrap().remove(0);
    let canonical = stored.entry.canonical().unwrap();
    let text = String::from_utf8(canonical.clone()).unwrap();
    let sorted: std::collections::BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&sorted).unwrap(), text, "keys are sorted and there is no white space");
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    hasher.update([0]);
    hasher.update(&canonical);
    assert_eq!(hex(&hasher.finalize()), hex(&stored.hash));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_write_one_chain() {
    let house = House::new().await;
    let review = house.review().await;
    let other = house.other_process().await;
    let writers = [house.services.clone(), other].map(|services| {
        tokio::spawn(async move {
            for _ in 0..10 {
                services.create_link(review, Invitation::to("A", "a@b"), &By::COMMAND_LINE).await.unwrap();
            }
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(house.verify().await.unwrap().entries, 21);
}

/// Makes the chain fit again from sequence 2 on, as whoever holds the database could.
async fn recompute(database: &Path) {
    tamper(database, &["UPDATE audit SET actor = 'account:mallory' WHERE sequence = 2"]).await;
    let mut connection = raw(database).await;
    let mut previous = GENESIS;
    for mut stored in table::page(&mut connection, 0, 1_000).await.unwrap() {
        stored.entry.previous = hex(&previous);
        let hash = stored.entry.hash().unwrap();
        sqlx::query("UPDATE audit SET previous = ?, hash = ? WHERE sequence = ?")
            .bind(previous.as_slice())
            .bind(hash.as_slice())
            .bind(stored.entry.sequence)
            .execute(&mut connection)
            .await
            .unwrap();
        previous = hash;
    }
    sqlx::query("DELETE FROM checkpoints").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// A verifier that shares no line with the server.
pub fn by_python(database: &Path, key: &NoteKey, checkpoint: Option<&Path>) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/verify_audit.py");
    let lines = std::fs::read_to_string(&script).unwrap().lines().count();
    assert!(lines <= 100, "a verifier that can be read at one sitting has at most 100 lines, not {lines}");
    let mut command = Command::new("python3");
    command.arg(script).arg(database).arg(key.verifier().to_string()).args(checkpoint);
    let output = command.output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn with_an_earlier_checkpoint_all_five_ways_of_tampering_are_found_twice() {
    const CUT: &[&str] = &["DELETE FROM audit WHERE sequence > 3", "DELETE FROM checkpoints"];
    let tampered: [(&str, Option<&'static [&'static str]>, &str, u64); 5] = [
        ("edit", Some(&["UPDATE audit SET detail = '{}' WHERE sequence = 2"]), "broken 2", 2),
        ("delete", Some(&["DELETE FROM audit WHERE sequence = 2"]), "broken 2", 2),
        ("reorder", Some(SWAP), "broken 2", 2),
        ("cut", Some(CUT), "incomplete 3", 4),
        ("recompute", None, "rewritten 1-5", 1),
    ];
    for (name, sql, found, first) in tampered {
        let house = House::new().await;
        let review = house.review().await;
        for _ in 0..4 {
            house.link(review).await;
        }
        let key = house.note_key();
        let note = house.services.checkpoint(&key).await.unwrap().unwrap().note;
        let file = house.dir.path().join("kept.txt");
        std::fs::write(&file, &note).unwrap();
        house.link(review).await;
        let copy = copy_of(&house).await;
        assert_eq!(by_python(&copy, &key, Some(&file)), "ok");
        match sql {
            Some(sql) => tamper(&copy, sql).await,
            None => recompute(&copy).await,
        }
        let kept = [key.verifier().open(&note).unwrap()];
        let fault = verify(&copy, &key, &kept).await.unwrap_err();
        assert_eq!(fault.first_bad_sequence(), Some(first), "{name}: {fault}");
        assert!(found.starts_with(fault.word()), "{name}: {fault}");
        assert_eq!(by_python(&copy, &key, Some(&file)), found, "{name}");
    }
}

#[tokio::test]
async fn what_was_written_anew_is_not_found_without_a_checkpoint_and_narrowed_down_with_two() {
    let house = House::new().await;
    let (key, review) = (house.note_key(), house.review().await);
    let mut kept = Vec::new();
    for _ in 0..2 {
        let note = house.services.checkpoint(&key).await.unwrap().unwrap().note;
        kept.push(key.verifier().open(&note).unwrap());
        house.link(review).await;
        house.link(review).await;
    }
    let copy = copy_of(&house).await;
    recompute(&copy).await;
    assert!(verify(&copy, &key, &[]).await.is_ok(), "a chain alone proves nothing to whoever can rewrite it");
    assert_eq!(verify(&copy, &key, &kept).await, Err(Fault::Rewritten { first: 2, last: 3 }));
}

#[tokio::test]
async fn checkpoints_in_the_database_are_believed_only_under_the_key() {
    let house = House::new().await;
    house.review().await;
    house.services.checkpoint(&house.note_key()).await.unwrap();
    assert_eq!(house.verify().await.unwrap().signed, 1);
    house.sql("UPDATE checkpoints SET note = replace(note, 'vitrine', 'Vitrine')").await;
    assert_eq!(house.verify().await, Err(Fault::Unsigned { size: 1 }));
}

#[tokio::test]
async fn a_checkpoint_is_a_signed_note() {
    let (house, other) = (House::new().await, House::new().await);
    house.review().await;
    let (key, foreign) = (house.note_key(), other.note_key());
    let note = house.services.checkpoint(&key).await.unwrap().unwrap().note;
    let lines: Vec<&str> = note.split('\n').collect();
    assert_eq!((lines.len(), lines[1], lines[3], lines[5]), (6, "1", "", ""), "{note}");
    assert!(lines[4].starts_with(&format!("\u{2014} {} ", lines[0])), "{note}");
    let verifier: NoteVerifier = key.verifier().to_string().parse().unwrap();
    assert_eq!(verifier.open(&note).unwrap().size, 1);
    let name = foreign.verifier().to_string().split('+').next().unwrap().to_owned();
    assert_eq!(foreign.verifier().open(&note), Err(NoteError::NotSigned { name }));
    assert!(matches!(verifier.open(&note.replacen("\n1\n", "\n2\n", 1)), Err(NoteError::NotSigned { .. })));
    for malformed in ["", "\n\n", "a\n1\nAA==\n\n", "a\n01\n\n\n", note.trim_end()] {
        assert_eq!(verifier.open(malformed), Err(NoteError::Malformed), "{malformed:?}");
    }
    for wrong in ["", "a+b", "a+00000000+AQ==", &key.verifier().to_string().to_uppercase()] {
        assert_eq!(wrong.parse::<NoteVerifier>(), Err(NoteError::Key), "{wrong}");
    }
}

#[test]
fn the_tree_has_the_heads_of_rfc_6962() {
    // Test vectors of Certificate Transparency's own implementations: leaves of 0, 1, 1, 2 ... bytes.
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = MerkleTree::default();
    assert_eq!(hex(&tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (leaf, root) in leaves.iter().zip(roots) {
        let bytes: Vec<u8> =
            (0..leaf.len() / 2).map(|i| u8::from_str_radix(&leaf[2 * i..2 * i + 2], 16).unwrap()).collect();
        use sha2::Digest as _;
        tree.push(sha2::Sha256::digest([&[0], bytes.as_slice()].concat()).into());
        assert_eq!(hex(&tree.root()), root);
        let grown = MerkleTree::grown(tree.size(), &tree.subtrees()).unwrap();
        assert_eq!(grown, tree);
        assert_eq!(MerkleTree::grown(tree.size(), &tree.subtrees()[1..]), None);
    }
}

/// RFC 6962, 2.1.1 with RFC 9162, 2.1.3.2: every leaf of every tree proves itself, and nothing else.
#[test]
fn every_leaf_of_a_tree_proves_itself() {
    for size in 1..=70_u64 {
        let leaves: Vec<[u8; 32]> = (0..size).map(|leaf| [leaf as u8 + 1; 32]).collect();
        let mut tree = MerkleTree::default();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        let proofs = Proofs::over(leaves.clone()).unwrap();
        for index in 0..size {
            let (leaf, path) = (leaves[index as usize], proofs.path(index).unwrap());
            assert_eq!(head_of(leaf, index, size, &path), Some(tree.root()));
            assert_ne!(head_of([0; 32], index, size, &path), Some(tree.root()));
            assert_ne!(head_of(leaf, (index + 1) % size, size, &path), Some(tree.root()).filter(|_| size > 1));
            assert_eq!(head_of(leaf, index, size, &[path.as_slice(), &[leaf]].concat()), None);
            assert_eq!(head_of(leaf, size, size, &path), None);
        }
        assert_eq!(proofs.path(size), None);
    }
    assert!(Proofs::over(Vec::new()).is_none());
}

#[test]
fn a_checkpoint_is_due_after_256_entries_or_a_minute() {
    let made = UtcInstant::now();
    let later = |seconds| made.plus(Duration::from_secs(seconds));
    assert!(!is_due(0, made, later(600)));
    assert!(!is_due(255, made, later(59)));
    assert!(is_due(256, made, made));
    assert!(is_due(1, made, later(60)));
}

#[tokio::test]
async fn a_due_checkpoint_is_signed_and_copied_once() {
    let house = House::new().await;
    let (key, review) = (house.note_key(), house.review().await);
    assert!(!house.services.checkpoint_due(&key).await.unwrap());
    for _ in 0..300 {
        house
            .services
            .record(&vitrine::domain::audit::Event::done(
                UtcInstant::now(),
                &By::SERVER,
                vitrine::domain::audit::Action::AccessDenied,
                format!("review:{review}"),
            ))
            .await
            .unwrap();
    }
    assert!(house.services.checkpoint_due(&key).await.unwrap());
    assert!(!house.services.checkpoint_due(&key).await.unwrap());
    let missing = house.dir.path().join("away");
    assert!(house.services.copy_checkpoints(&missing).await.is_err(), "an absent mount is no directory to make");
    std::fs::create_dir(&missing).unwrap();
    house.services.copy_checkpoints(&missing).await.unwrap();
    let file = missing.join("checkpoint-000000000301.txt");
    assert_eq!(key.verifier().open(&std::fs::read_to_string(&file).unwrap()).unwrap().size, 301);
    std::fs::remove_file(&file).unwrap();
    house.services.copy_checkpoints(&missing).await.unwrap();
    assert!(!file.exists(), "what was copied is not copied again");
    assert_eq!(house.verify().await.unwrap().signed, 301);
}

#[tokio::test]
async fn the_record_is_searched() {
    let house = House::new().await;
    let cookie = house.sign_in().await;
    let (review, other) = (house.review().await, house.review().await);
    let link = house.link(review).await;
    house.join(&link).await;
    house.link(other).await;
    let count = async |query: String| {
        let answer = house.get(&format!("/api/audit?{query}"), &cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        answer.json()["entries"].as_array().unwrap().len()
    };
    assert_eq!(count(format!("review={review}&action=viewer.joined")).await, 1, "who saw this review");
    assert_eq!(count("email=ana@example.org".to_owned()).await, 2, "what did this person do: join, with a lease");
    assert_eq!(count("email=ben@example.org".to_owned()).await, 0);
    assert_eq!(count("action=link.created".to_owned()).await, 2);
    assert_eq!(count("actor=command-line&action=review.created".to_owned()).await, 2);
    assert_eq!(count("before=2".to_owned()).await, 1);
    assert_eq!(count("since=2099-01-01T00:00:00Z".to_owned()).await, 0);
    assert!(count("until=2099-01-01T00:00:00Z".to_owned()).await > 5);
    for wrong in ["action=dance", "since=yesterday", "review=x", "before=x"] {
        assert_eq!(house.get(&format!("/api/audit?{wrong}"), &cookie).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn the_record_is_exported_and_that_is_recorded() {
    let house = House::new().await;
    let cookie = house.sign_in().await;
    let review = house.review().await;
    let by = By::COMMAND_LINE;
    house.services.create_link(review, Invitation::to("=1+1", "ana@example.org"), &by).await.unwrap();
    let answer = house.get(&format!("/api/audit/json?review={review}"), &cookie).await;
    let entries = answer.json()["entries"].clone();
    assert_eq!(entries[0]["entry"]["action"], "review.created");
    assert_eq!(entries[1]["hash"].as_str().unwrap().len(), 64);
    let csv = house.get("/api/audit/csv?action=link.created", &cookie).await;
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"audit.csv\"");
    let text = String::from_utf8(csv.body).unwrap();
    assert!(text.starts_with("Sequence,At UTC,Actor,"), "{text}");
    assert_eq!(text.lines().count(), 2);
    assert_eq!(house.recorded("audit.exported", Some(("action", "link.created"))).await, 1);
    assert_eq!(house.get("/api/audit/xml", &cookie).await.status, StatusCode::NOT_FOUND);
    house.account("ana", Role::Producer).await;
    let producer = house.enrol("ana").await.0;
    assert_eq!(house.get("/api/audit/csv", &producer).await.status, StatusCode::FORBIDDEN);
}
