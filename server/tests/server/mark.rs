//! The invisible mark: its keys, what is written down of who saw what, and who may ask whose copy a leak is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;
use vitrine::config::data::{self, DataDir};
use vitrine::domain::account::{AccountActor, Role};
use vitrine::domain::audit::{Actor, By};
use vitrine::domain::mark::{Frames, MarksConfig};
use vitrine::export;
use vitrine::service::Error;
use vitrine::service::identify::{Inquiry, Scope};
use vitrine::store::mark;
use vitrine::token::key_file::KeyFileError;
use vitrine::token::mark_key::MarkKeys;

use crate::support::House;

/// Chips of a viewing: what two equal keys have in common.
fn chips(keys: &MarkKeys, project: u128, review: u128, viewing: u128) -> Vec<u8> {
    let [project, review, viewing] = [project, review, viewing].map(Uuid::from_u128);
    keys.of_viewing(project, review, viewing).viewing.chips(0).to_vec()
}

#[test]
fn the_master_key_is_made_once_sealed_and_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::open(folder.path()).unwrap();
    let made = MarkKeys::load_or_make(&data, &MarksConfig::default()).unwrap();
    let again = MarkKeys::load_or_make(&data, &MarksConfig::default()).unwrap();
    assert_eq!(chips(&made, 1, 2, 3), chips(&again, 1, 2, 3));
    for file in [data.mark_master(), data.mark_seal()] {
        assert_eq!(data::mode(&file).unwrap(), 0o600);
    }
    assert_eq!(format!("{made:?}"), "MarkKeys { master: MasterKey(..) }", "it cannot be logged");
    let others = [chips(&made, 9, 2, 3), chips(&made, 1, 9, 3), chips(&made, 1, 2, 9)];
    assert!(others.iter().all(|other| *other != chips(&made, 1, 2, 3)), "project, review and viewing each count");
}

#[test]
fn without_its_seal_the_master_key_does_not_open_and_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let data = DataDir::open(folder.path()).unwrap();
    let seal_key = Some(elsewhere.path().join("seal.key"));
    let config = MarksConfig { seal_key, ..MarksConfig::default() };
    let made = MarkKeys::load_or_make(&data, &config).unwrap();
    assert!(!data.mark_seal().exists(), "the seal lies where it was named");

    std::fs::rename(elsewhere.path().join("seal.key"), elsewhere.path().join("lost.key")).unwrap();
    assert!(matches!(MarkKeys::load_or_make(&data, &config), Err(KeyFileError::File(_))));
    data.write_private(&elsewhere.path().join("seal.key"), "0".repeat(64).as_bytes()).unwrap();
    let refused = MarkKeys::load_or_make(&data, &config).unwrap_err();
    assert!(refused.to_string().contains("does not open with the key in"), "{refused}");
    data.write_private(&elsewhere.path().join("seal.key"), b"short").unwrap();
    let refused = MarkKeys::load_or_make(&data, &config).unwrap_err();
    assert!(refused.to_string().contains("64 hexadecimal digits"), "{refused}");
    std::fs::rename(elsewhere.path().join("lost.key"), elsewhere.path().join("seal.key")).unwrap();
    let opened = MarkKeys::load_or_make(&data, &config).unwrap();
    assert_eq!(chips(&made, 1, 2, 3), chips(&opened, 1, 2, 3));
}

#[test]
fn a_key_that_the_database_remembers_is_neither_made_anew_nor_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::open(folder.path()).unwrap();
    let config = MarksConfig::default();
    let made = MarkKeys::load_known(&data, &config, None).unwrap();
    let known = made.fingerprint();
    assert_eq!(MarkKeys::load_known(&data, &config, Some(&known)).unwrap().fingerprint(), known);
    assert!(MarkKeys::load_known(&data, &config, Some("")).is_ok(), "a house from before fingerprints were kept");

    let kept = folder.path().join("kept");
    std::fs::rename(data.mark_master(), &kept).unwrap();
    for known in [known.as_str(), ""] {
        let lost = MarkKeys::load_known(&data, &config, Some(known)).unwrap_err();
        assert!(matches!(lost, KeyFileError::MarksLost { .. }), "{lost}");
        assert!(lost.to_string().contains("from a backup"), "{lost}");
        assert!(!data.mark_master().exists(), "no new key in its place");
    }
    MarkKeys::load_or_make(&data, &config).unwrap();
    let other = MarkKeys::load_known(&data, &config, Some(&known)).unwrap_err();
    assert!(matches!(other, KeyFileError::MarksOther { .. }), "{other}");
    std::fs::rename(&kept, data.mark_master()).unwrap();
    assert!(MarkKeys::load_known(&data, &config, Some(&known)).is_ok());
}

#[tokio::test]
async fn what_a_viewing_was_shown_is_written_down_and_kept_when_it_grows() {
    let house = House::new().await;
    let review = house.review().await;
    let (_, viewing) = house.watch(review, &house.link(review).await).await;
    let stranger = Uuid::now_v7();
    let mut written = HashMap::new();
    for ranges in [vec![(10, 40)], vec![(10, 55), (100, 110)], vec![(100, 130)]] {
        *house.projector.seen.lock().unwrap() =
            vec![(viewing, Frames::of(ranges.clone())), (stranger, Frames::of(ranges))];
        house.screening.note_seen(&mut written).await.unwrap();
    }
    let witnesses = mark::witnesses(&mut house.services.store.read().await.unwrap(), review).await.unwrap();
    assert_eq!(witnesses.len(), 1);
    assert_eq!((witnesses[0].viewing, witnesses[0].name.as_str()), (viewing, "Ana Ito"));
    assert_eq!(witnesses[0].frames.ranges(), [(10, 55), (100, 130)]);
}

/// A grey still, which shows nothing of anything.
fn still(folder: &Path) -> PathBuf {
    let path = folder.join("leak.png");
    let grey = image::GrayImage::from_fn(320, 180, |x, y| image::Luma([(x + y) as u8 / 2]));
    grey.save(&path).unwrap();
    path
}

#[tokio::test]
async fn who_may_not_trace_leaks_is_refused_and_recorded() {
    let house = House::new().await;
    let review = house.review().await;
    let project = house.services.review(review).await.unwrap().project.id;
    let keys = || Arc::new(MarkKeys::load(&house.data(), &MarksConfig::default()).unwrap());
    let leak = still(house.dir.path());
    for role in [Role::Producer, Role::Colourist] {
        let (id, user) = (Uuid::now_v7(), "somebody".to_owned());
        let account = AccountActor { id, user, role, projects: vec![project], second_factor: true };
        let by = By { actor: Actor::Account(account), network: None };
        for scope in [Scope::Review(review), Scope::Project(project)] {
            let inquiry = Inquiry { leak: leak.clone(), scope, reference: None };
            let refused = house.services.identify(inquiry, &house.data(), keys(), &by).await;
            assert!(matches!(refused, Err(Error::Forbidden)));
        }
    }
    assert_eq!(house.recorded("access.denied", Some(("permission", "leak.trace"))).await, 4);
    assert_eq!(house.recorded("leak.traced", None).await, 0);
}

#[tokio::test]
async fn a_leak_of_something_else_gives_no_decision_and_a_report_that_says_so() {
    let house = House::new().await;
    let review = house.review().await;
    let keys = Arc::new(MarkKeys::load(&house.data(), &MarksConfig::default()).unwrap());
    let inquiry = Inquiry { leak: still(house.dir.path()), scope: Scope::Review(review), reference: None };
    let found = house.services.identify(inquiry, &house.data(), keys, &By::COMMAND_LINE).await.unwrap();
    assert!(found.evidence.named().next().is_none() && found.evidence.undecided().is_some());
    assert_eq!(found.evidence.leak.sha256.len(), 64);
    assert_eq!(house.recorded("leak.traced", Some(("named", "none"))).await, 1);
    let json: serde_json::Value = serde_json::from_slice(&export::evidence::write(&found.evidence).unwrap()).unwrap();
    assert_eq!(json["decision"]["named"], serde_json::json!([]));
    let pdf = export::pdf::evidence::write(&found.evidence, None).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn a_file_that_is_no_media_is_said_to_be_none() {
    let house = House::new().await;
    let review = house.review().await;
    let leak = house.dir.path().join("notes.mp4");
    std::fs::write(&leak, "not a film").unwrap();
    let keys = Arc::new(MarkKeys::load(&house.data(), &MarksConfig::default()).unwrap());
    let missing = Inquiry { leak: "/nowhere/leak.mp4".into(), scope: Scope::Review(review), reference: None };
    for (inquiry, said) in
        [(Inquiry { leak, scope: Scope::Review(review), reference: None }, "notes.mp4"), (missing, "/nowhere/leak.mp4")]
    {
        let refused = house.services.identify(inquiry, &house.data(), Arc::clone(&keys), &By::COMMAND_LINE).await;
        let text = refused.err().unwrap().to_string();
        assert!(text.contains(said), "{text}");
    }
    let unknown = Inquiry { leak: still(house.dir.path()), scope: Scope::Review(Uuid::now_v7()), reference: None };
    let refused = house.services.identify(unknown, &house.data(), keys, &By::COMMAND_LINE).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })));
}
