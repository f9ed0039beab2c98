//! Comments by e-mail, sent by a real mail server: to whoever asked, for as long as they may, and nothing that opens anything.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::config::Config;
use vitrine::domain::account::Role;
use vitrine::domain::audit::By;
use vitrine::domain::digest::{Rhythm, Wish, wait_after};
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::project;
use vitrine::notify::digest::DigestMail;

use crate::mailbox::Mailbox;
use crate::support::House;

fn mail(house: &House, port: u16, password: &str) -> DigestMail {
    let file = house.dir.path().join("digest-password");
    house.data().write_private(&file, format!("{password}\n").as_bytes()).unwrap();
    let text = format!(
        "[notify]\ndigest_mail = \"mail\"\n[[notify.mail]]\nname = \"mail\"\nserver = \"localhost\"\nport = {port}
         user = \"vitrine\"\npassword_file = \"{}\"\nfrom = \"vitrine@house.example\"\nto = [\"lead@house.example\"]\nca = \"{}\"\n",
        file.display(),
        house.data().ca_certificate().display()
    );
    DigestMail::of(&Config::parse(&text, "test").unwrap().notify).unwrap().unwrap()
}

/// A house that sends digests, and a producer of its first project.
async fn house() -> (House, Mailbox, String, Uuid) {
    let house = House::new().await;
    let mailbox = Mailbox::start(&house, "vitrine", "mail password");
    let digests = mail(&house, mailbox.port, "mail password");
    let house = house.sending_digests(digests);
    let producer = house.account("producer", Role::Producer).await;
    house.services.set_member(project::DEFAULT, producer, true, &By::COMMAND_LINE).await.unwrap();
    let (cookie, ..) = house.enrol("producer").await;
    (house, mailbox, cookie, producer)
}

fn path(project: Uuid) -> String {
    format!("/api/projects/{project}/digest")
}

async fn wish(house: &House, cookie: &str, rhythm: &str) -> StatusCode {
    let wish = json!({ "email": "producer@house.example", "rhythm": rhythm, "hour_utc": 7 });
    house.put(&path(project::DEFAULT), cookie, wish).await.status
}

/// A guest says things on frames; they are old enough to be told.
async fn say(house: &House, review: Uuid, said: &[(u32, &str)]) -> Uuid {
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    let mut first = None;
    for (frame, text) in said {
        let id = Uuid::now_v7();
        let body = json!({ "id": id, "viewing_id": viewing, "rtp_timestamp": frame * 3_600, "text": text });
        assert_eq!(house.post("/api/comments", &cookie, body).await.status, StatusCode::CREATED);
        first.get_or_insert(id);
    }
    later(house).await;
    first.unwrap()
}

/// As if everything had happened half a minute earlier, and what is due were due now.
async fn later(house: &House) {
    for sql in [
        "UPDATE comments SET created_at = created_at - 30000, resolved_at = resolved_at - 30000",
        "UPDATE digests SET told_until = told_until - 40000, next_at = 0",
    ] {
        house.sql(sql).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_a_day_what_is_new_goes_to_whoever_asked() {
    let (house, mailbox, cookie, _) = house().await;
    assert_eq!(wish(&house, &cookie, "daily").await, StatusCode::OK);
    let review = house.review().await;
    let first = say(&house, review, &[(9, "too warm\nand <b>soft</b>"), (2, "100% green")]).await;
    let answer = json!({ "id": Uuid::now_v7(), "text": "Cooler now" });
    assert_eq!(house.post(&format!("/api/log/{first}/answers"), &cookie, answer).await.status, StatusCode::CREATED);
    house.patch(&format!("/api/log/{first}"), &cookie, json!({ "resolved": true })).await;
    later(&house).await;
    house.services.send_digests().await.unwrap();

    let mail = mailbox.next();
    assert_eq!((&mail["to"], &mail["tls"]), (&json!(["producer@house.example"]), &json!(true)));
    assert_eq!(
        (&mail["subject"], &mail["automatic"]),
        (&json!("House: 2 comments, new or changed"), &json!("auto-generated"))
    );
    assert_eq!(mail["parts"], json!(["multipart/alternative", "text/plain", "text/html"]), "nothing is attached");
    let text = mail["text"].as_str().unwrap().replace("\r\n", "\n");
    let log = house.get("/api/log", &cookie).await.json();
    let label = |n: usize| log["threads"][n]["first"]["timecode"].as_str().unwrap().to_owned();
    let expected = format!(
        "\n\nReel 3\n======\n\n{}  Ana Ito  (open)\n    100% green\n\n{}  Ana Ito  (resolved)\n    too warm\n    and <b>soft</b>\n    > producer: Cooler now\n",
        label(0),
        label(1)
    );
    assert!(text.contains(&expected), "{text}\nis not\n{expected}");
    let html = mail["html"].as_str().unwrap();
    assert!(html.contains("too warm<br>and &lt;b&gt;soft&lt;/b&gt;") && !html.contains("<b>"), "{html}");
    for secret in ["ana@example.org", "#", "<img", "<script", "src="] {
        let of_mail = html.replace("#222", "").replace("#fff", "").replace("#555", "").replace("#ccc", "");
        assert!(!text.contains(secret) && !of_mail.contains(secret), "{secret} is in the mail");
    }

    later(&house).await;
    house.sql("UPDATE digests SET told_until = 9000000000000").await;
    house.services.send_digests().await.unwrap();
    let sent = [("email", "producer@house.example"), ("threads", "2"), ("rhythm", "daily")];
    for fact in sent {
        assert_eq!(house.recorded("digest.sent", Some(fact)).await, 1, "{fact:?}: once, since nothing is new");
    }
    assert!(house.verify().await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_a_review_has_ended_all_of_it_goes_to_whoever_asked_once() {
    let (house, mailbox, cookie, _) = house().await;
    assert_eq!(wish(&house, &cookie, "review_end").await, StatusCode::OK);
    let (ended, running) = (house.review().await, house.review().await);
    say(&house, ended, &[(1, "one"), (2, "two")]).await;
    say(&house, running, &[(3, "still running")]).await;
    house.services.send_digests().await.unwrap();
    assert_eq!(house.recorded("digest.sent", None).await, 0, "none has ended");
    house.services.end_review(ended, &By::COMMAND_LINE).await.unwrap();
    house.sql("UPDATE reviews SET ended_at = ended_at - 30000").await;
    for _ in 0..2 {
        later(&house).await;
        house.services.send_digests().await.unwrap();
        house.sql("UPDATE digests SET told_until = unixepoch() * 1000 + 60000").await;
    }
    let mail = mailbox.next();
    assert_eq!(mail["subject"], "House: 1 review ended, 2 comments");
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("one") && text.contains("two") && !text.contains("still running"), "{text}");
    assert_eq!(house.recorded("digest.sent", None).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_with_the_right_to_export() {
    let (house, _mailbox, cookie, producer) = house().await;
    let review = house.review().await;
    let lost: [(&str, &str); 3] =
        [("member", "not_own"), ("class", "second_factor_missing"), ("account", "not_granted")];
    for (what, because) in lost {
        assert_eq!(wish(&house, &cookie, "daily").await, StatusCode::OK, "{what}");
        say(&house, review, &[(1, "dark")]).await;
        match what {
            "member" => house.sql("DELETE FROM memberships").await,
            "class" => house.sql("UPDATE projects SET classification = 'confidential'").await,
            _ => house.sql("UPDATE accounts SET ends_at = 1 WHERE user = 'producer'").await,
        }
        house.services.send_digests().await.unwrap();
        assert_eq!(house.recorded("digest.stopped", Some(("because", because))).await, 1, "{what}");
        house.sql("UPDATE projects SET classification = 'internal'").await;
        house.services.set_member(project::DEFAULT, producer, true, &By::COMMAND_LINE).await.unwrap();
    }
    assert_eq!(house.recorded("digest.sent", None).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_not_taken_waits_and_goes_with_the_next() {
    let (house, mailbox, cookie, _) = house().await;
    let wrong = mail(&house, mailbox.port, "another password");
    assert_eq!(wish(&house, &cookie, "daily").await, StatusCode::OK);
    say(&house, house.review().await, &[(1, "dark")]).await;
    let refused = house.services.clone().sending_digests(Some(wrong));
    refused.send_digests().await.unwrap();
    refused.send_digests().await.unwrap();
    let digests = house.get("/api/digests", &cookie).await.json()["digests"].clone();
    assert_eq!(digests[0]["tries"], 1, "not tried again at once: {digests}");
    later(&house).await;
    house.services.send_digests().await.unwrap();
    assert!(mailbox.next()["text"].as_str().unwrap().contains("dark"));
    assert_eq!(house.recorded("digest.sent", Some(("tries", "1"))).await, 2, "its leaving and its refusal");
}

#[tokio::test]
async fn nobody_is_sent_anything_unasked_or_without_a_right() {
    let (house, _mailbox, cookie, _) = house().await;
    assert_eq!(house.get("/api/digests", &cookie).await.json(), json!({ "sent": true, "digests": [] }));
    for (email, hour, field) in [("nobody", 7, "email"), ("a@b\r\nBcc: c@d", 7, "email"), ("a@b", 24, "hour_utc")] {
        let wish = json!({ "email": email, "rhythm": "daily", "hour_utc": hour });
        let refused = house.put(&path(project::DEFAULT), &cookie, wish).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{email:?}");
        assert_eq!(refused.json()["error"]["field"], field, "{email:?}");
    }
    house.sql("UPDATE projects SET classification = 'restricted'").await;
    assert_eq!(wish(&house, &cookie, "daily").await, StatusCode::CONFLICT, "a mailbox has no second factor");
    house.sql("UPDATE projects SET classification = 'internal'").await;
    assert_eq!(wish(&house, &cookie, "daily").await, StatusCode::OK);
    assert_eq!(house.get("/api/digests", &cookie).await.json()["digests"].as_array().unwrap().len(), 1);
    for _ in 0..2 {
        let stopped = house.delete(&path(project::DEFAULT), &cookie).await;
        assert_eq!(stopped.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(house.get("/api/digests", &cookie).await.json()["digests"], json!([]));
    assert_eq!((house.recorded("digest.asked", None).await, house.recorded("digest.stopped", None).await), (1, 1));
}

#[tokio::test]
async fn a_house_without_a_mail_server_for_it_sends_none() {
    let house = House::new().await;
    let cookie = house.sign_in().await;
    let answer: Value = house.get("/api/digests", &cookie).await.json();
    assert_eq!(answer["sent"], false);
    assert_eq!(wish(&house, &cookie, "daily").await, StatusCode::CONFLICT);
    let unknown = Config::parse("[notify]\ndigest_mail = \"post\"\n", "test").unwrap().notify;
    let error = DigestMail::of(&unknown).unwrap_err().to_string();
    assert!(error.contains("notify.digest_mail") && error.contains("post"), "{error}");
}

#[test]
fn a_day_begins_at_its_hour_and_waiting_grows_to_a_day() {
    let at = |text: &str| text.parse::<UtcInstant>().unwrap();
    let wish = Wish { email: "a@b".to_owned(), rhythm: Rhythm::Daily, hour_utc: 7 };
    assert_eq!(wish.next_at(at("2026-11-30T06:59:59Z")), at("2026-11-30T07:00:00Z"));
    assert_eq!(wish.next_at(at("2026-11-30T07:00:00Z")), at("2026-12-01T07:00:00Z"));
    let minutes: Vec<u64> = [1, 2, 3, 6, 7, 60].iter().map(|tries| wait_after(*tries).as_secs() / 60).collect();
    assert_eq!(minutes, [1, 4, 16, 1_024, 1_440, 1_440]);
}
