//! How long the record keeps what is personal, and how its signed head leaves the house.

use std::time::Duration;

use serde_json::{Value, json};
use vitrine::config::Config;
use vitrine::domain::audit::{Action, AuditFilter, By, Event};
use vitrine::domain::checkpoint::AuditConfig;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::verification::Fault;
use vitrine::notify::Target;
use vitrine::notify::config::NotifyConfig;

use crate::audit::{by_python, copy_of, tamper, verify};
use crate::mailbox::Mailbox;
use crate::receiver::Receiver;
use crate::support::House;

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// What nobody may find in the files any more.
const NAME: &str = "Ana-Personally-Ito";

/// A house with four entries of more than 400 days ago, one of 399, and one of today, all under a checkpoint.
async fn old_house() -> House {
    let house = House::new().await;
    let now = UtcInstant::now();
    let by = By::stranger("192.0.2.77".parse().unwrap());
    for days in [500, 499, 450, 401, 399, 0] {
        let event = Event::done(now.minus(days * DAY), &by, Action::LinkTried, format!("link:{NAME}{days}"));
        house.services.record(&event.with("name", NAME)).await.unwrap();
    }
    house
}

async fn kept(house: &House) -> Vec<(String, Option<String>, bool)> {
    let mut entries = house.services.audit_entries(&AuditFilter::default()).await.unwrap();
    entries.reverse();
    entries.into_iter().map(|stored| (stored.entry.object, stored.entry.network, stored.redacted)).collect()
}

#[tokio::test]
async fn what_is_personal_goes_after_400_days_and_the_record_is_still_whole() {
    let house = old_house().await;
    let key = house.note_key();
    let keeper = house.keeper(AuditConfig::default(), Vec::new());
    keeper.redact(&house.services).await.unwrap();
    assert!(kept(&house).await.iter().all(|(_, _, redacted)| !redacted), "nothing that no checkpoint proves");
    let early = house.services.checkpoint(&key).await.unwrap().unwrap().note;
    keeper.redact(&house.services).await.unwrap();
    keeper.redact(&house.services).await.unwrap();

    let entries = kept(&house).await;
    assert_eq!(entries.len(), 7, "six, and one that says that it was done: once");
    for (object, network, redacted) in &entries[..4] {
        assert_eq!((object.as_str(), network, *redacted), ("redacted", &None, true));
    }
    assert_eq!(entries[4], (format!("link:{NAME}399"), Some("192.0.2.77".to_owned()), false));
    assert_eq!(house.recorded("audit.redacted", Some(("through", "4"))).await, 1);
    assert_eq!(house.recorded("audit.redacted", Some(("entries", "4"))).await, 1);
    for file in ["vitrine.db", "vitrine.db-wal"] {
        let bytes = std::fs::read(house.dir.path().join(file)).unwrap_or_default();
        let gone = format!("{NAME}401");
        assert!(!bytes.windows(gone.len()).any(|found| found == gone.as_bytes()), "{file} still has it");
    }

    let whole = house.verify().await.unwrap();
    assert_eq!((whole.entries, whole.redacted), (7, 4));
    let earlier = key.verifier().open(&early).unwrap();
    assert!(house.services.verify_audit(key.verifier(), &[earlier]).await.unwrap().is_ok(), "by a head from before");
    let file = house.dir.path().join("early.txt");
    std::fs::write(&file, early).unwrap();
    assert_eq!(by_python(&copy_of(&house).await, &key, Some(&file)), "ok");
}

#[tokio::test]
async fn addresses_and_browsers_of_stays_and_notifications_go_with_the_record() {
    let house = House::new().await;
    let review = house.review().await;
    let (old, young, here) = (house.link(review).await, house.link(review).await, house.link(review).await);
    for link in [&old, &young, &here] {
        house.join(link).await;
    }
    let days_ago = |days: u32| UtcInstant::now().minus(days * DAY).as_ms();
    for (link, days) in [(&old, 401), (&young, 399)] {
        for sql in
            ["UPDATE viewers SET ended_at = ? WHERE link_id = ?", "UPDATE notifications SET at = ? WHERE link = ?"]
        {
            let made_old = sqlx::query(sql).bind(days_ago(days)).bind(link.link.id.to_string());
            made_old.execute(&mut house.raw().await).await.unwrap();
        }
    }
    let before = "SELECT ip FROM viewers LIMIT 1";
    let ip_before: String = sqlx::query_scalar(before).fetch_one(&mut house.raw().await).await.unwrap();
    let keeper = house.keeper(AuditConfig::default(), Vec::new());
    keeper.redact(&house.services).await.unwrap();
    keeper.redact(&house.services).await.unwrap();

    let stays: Vec<(String, String, String)> =
        sqlx::query_as("SELECT link_id, ip, browser FROM viewers").fetch_all(&mut house.raw().await).await.unwrap();
    for (link, ip, browser) in stays {
        let gone = link == old.link.id.to_string();
        assert_eq!((ip == "redacted", browser == "redacted", ip == ip_before), (gone, gone, !gone), "{link}");
    }
    let told: Vec<String> =
        sqlx::query_scalar("SELECT link FROM notifications").fetch_all(&mut house.raw().await).await.unwrap();
    assert!(told.len() == 2 && !told.contains(&old.link.id.to_string()), "{told:?}");
    assert_eq!(house.recorded("addresses.redacted", Some(("viewers", "1"))).await, 1);
    assert_eq!(house.recorded("addresses.redacted", Some(("notifications", "1"))).await, 1, "once");
}

#[tokio::test]
async fn a_notification_that_may_still_be_on_its_way_is_kept_however_short_a_house_keeps() {
    let house = House::new().await;
    let review = house.review().await;
    house.join(&house.link(review).await).await;
    let keeper = house.keeper(AuditConfig { keep_days: 1, ..AuditConfig::default() }, Vec::new());
    for (hours, left) in [(47, 1), (49, 0)] {
        let at = UtcInstant::now().minus(Duration::from_secs(hours * 3_600)).as_ms();
        sqlx::query("UPDATE notifications SET at = ?").bind(at).execute(&mut house.raw().await).await.unwrap();
        keeper.redact(&house.services).await.unwrap();
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM notifications").fetch_one(&mut house.raw().await).await.unwrap();
        assert_eq!(count, left, "{hours} h");
    }
}

#[tokio::test]
async fn redaction_hides_nothing_else() {
    let tampered: [(&'static [&'static str], u64); 5] = [
        // An entry that nobody may have redacted yet.
        (
            &[
                "UPDATE audit SET redacted = 1, actor = 'redacted', object = 'redacted', network = NULL, detail = '{}' WHERE sequence = 5",
            ],
            5,
        ),
        (
            &[
                "UPDATE audit SET redacted = 1, actor = 'redacted', object = 'redacted', network = NULL, detail = '{}' WHERE sequence = 6",
            ],
            6,
        ),
        // Something put into a redacted one.
        (&["UPDATE audit SET actor = 'account:mallory' WHERE sequence = 3"], 3),
        // One that is given back its content, and another hash in the place of a redacted one's.
        (&["UPDATE audit SET redacted = 0 WHERE sequence = 2"], 2),
        (&["UPDATE audit SET hash = zeroblob(32) WHERE sequence = 1"], 2),
    ];
    for (sql, first) in tampered {
        let house = old_house().await;
        let key = house.note_key();
        house.services.checkpoint(&key).await.unwrap();
        house.keeper(AuditConfig::default(), Vec::new()).redact(&house.services).await.unwrap();
        house.services.checkpoint(&key).await.unwrap();
        let copy = copy_of(&house).await;
        tamper(&copy, sql).await;
        let fault = verify(&copy, &key, &[]).await.unwrap_err();
        assert_eq!((fault.word(), fault.first_bad_sequence()), ("broken", Some(first)), "{sql:?}: {fault}");
        assert_eq!(by_python(&copy, &key, None), format!("broken {first}"), "{sql:?}");
    }
}

#[tokio::test]
async fn a_redacted_entry_whose_hash_was_exchanged_with_the_chain_is_found_by_the_checkpoint() {
    let house = old_house().await;
    let key = house.note_key();
    house.services.checkpoint(&key).await.unwrap();
    house.keeper(AuditConfig::default(), Vec::new()).redact(&house.services).await.unwrap();
    let copy = copy_of(&house).await;
    tamper(
        &copy,
        &[
            "UPDATE audit SET hash = zeroblob(32) WHERE sequence = 1",
            "UPDATE audit SET previous = zeroblob(32) WHERE sequence = 2",
        ],
    )
    .await;
    assert_eq!(verify(&copy, &key, &[]).await, Err(Fault::Rewritten { first: 1, last: 6 }));
    assert_eq!(by_python(&copy, &key, None), "rewritten 1-6");
}

#[tokio::test]
async fn nothing_but_redaction_changes_an_entry_and_a_house_may_keep_all() {
    let house = old_house().await;
    house.services.checkpoint(&house.note_key()).await.unwrap();
    let forever = AuditConfig { keep_days: 0, ..AuditConfig::default() };
    house.keeper(forever, Vec::new()).redact(&house.services).await.unwrap();
    assert!(kept(&house).await.iter().all(|(_, _, redacted)| !redacted));
    let mut connection = house.raw().await;
    for sql in [
        "UPDATE audit SET redacted = 1",
        "UPDATE audit SET redacted = 1, actor = 'redacted', object = 'redacted', network = NULL, detail = '{}', at_ms = 0",
        "UPDATE audit SET redacted = 1, actor = 'redacted', object = 'redacted', network = NULL, detail = '{\"a\":\"b\"}'",
    ] {
        let error = sqlx::query(sql).execute(&mut connection).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
}

fn notify(text: &str) -> NotifyConfig {
    Config::parse(text, "test").unwrap().notify
}

fn webhook(house: &House, receiver: &Receiver) -> NotifyConfig {
    let secret = house.dir.path().join("hook-secret");
    house.data().write_private(&secret, b"a secret of more than thirty-two characters").unwrap();
    notify(&format!(
        "[[notify.webhook]]\nname = \"siem\"\nurl = \"https://localhost:{}/hook\"\nsecret_file = \"{}\"\nca = \"{}\"
         networks = [\"127.0.0.0/8\", \"::1/128\"]\n",
        receiver.address.port(),
        secret.display(),
        receiver.ca.display()
    ))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_checkpoint_is_sent_to_a_webhook_at_most_so_often_and_again_when_it_was_not_taken() {
    let house = House::new().await;
    let receiver = Receiver::new(&house).await;
    let targets = Target::named(&webhook(&house, &receiver), &["siem".to_owned()]).unwrap();
    let keeper = house.keeper(AuditConfig::default(), targets);
    keeper.send(&house.services).await;
    assert!(receiver.got().is_empty(), "there is none yet");
    house.review().await;
    house.services.checkpoint(&keeper.key).await.unwrap();
    receiver.answers("503 Service Unavailable");
    keeper.send(&house.services).await;
    receiver.answers("204 No Content");
    keeper.send(&house.services).await;
    keeper.send(&house.services).await;
    let got = receiver.got();
    assert_eq!(got.len(), 2, "refused, taken, and not sent again");
    let said: Value = got[1].json();
    assert_eq!((&said["occasion"], &said["facts"]["entries"]), (&json!("audit.checkpoint"), &json!("1")));
    let verifier: vitrine::token::note::NoteVerifier = said["facts"]["key"].as_str().unwrap().parse().unwrap();
    assert_eq!(verifier.open(said["facts"]["note"].as_str().unwrap()).unwrap().size, 1);
    house.review().await;
    house.services.checkpoint(&keeper.key).await.unwrap();
    keeper.send(&house.services).await;
    assert_eq!(receiver.got().len(), 2, "not within the hour");
    house.sql("UPDATE checkpoint_sends SET sent_at = sent_at - 3600000").await;
    keeper.send(&house.services).await;
    assert_eq!(receiver.got()[2].json()["facts"]["entries"], "2");
    assert_eq!(house.verify().await.unwrap().entries, 2, "sending is no entry, or it would never come to rest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_by_mail_can_be_kept_as_a_file_and_verified_with() {
    let house = House::new().await;
    let mailbox = Mailbox::start(&house, "vitrine", "mail password");
    let password = house.dir.path().join("mail-password");
    house.data().write_private(&password, b"mail password\n").unwrap();
    let config = notify(&format!(
        "[[notify.mail]]\nname = \"mail\"\nserver = \"localhost\"\nport = {}\nuser = \"vitrine\"\npassword_file = \"{}\"
         from = \"vitrine@house.example\"\nto = [\"lead@house.example\"]\nca = \"{}\"\n",
        mailbox.port,
        password.display(),
        house.data().ca_certificate().display()
    ));
    let keeper = house.keeper(AuditConfig::default(), Target::named(&config, &["mail".to_owned()]).unwrap());
    house.review().await;
    house.services.checkpoint(&keeper.key).await.unwrap();
    keeper.send(&house.services).await;
    let mail = mailbox.next();
    assert_eq!(mail["subject"], "Vitrine: Checkpoint of the record over 1 entries");
    let text = mail["text"].as_str().unwrap().replace("\r\n", "\n");
    let note = format!("{}\n", text[text.find("\n\nvitrine-audit-").unwrap() + 2..].trim_end());
    assert_eq!(keeper.key.verifier().open(&note).unwrap().size, 1);
}

#[test]
fn a_target_that_does_not_exist_is_refused_at_start() {
    let error = Target::named(&NotifyConfig::default(), &["siem".to_owned()]).unwrap_err();
    assert!(error.to_string().contains("audit.send names \"siem\""), "{error}");
}
