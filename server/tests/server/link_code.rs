//! Codes by e-mail, sent by a real mail server: link, passphrase and mailbox, or nothing.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::config::Config;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::link::{self, Invitation};
use vitrine::domain::policy::AccessConfig;
use vitrine::domain::project::Classification;
use vitrine::service::Error;
use vitrine::service::link::NewLink;
use vitrine::service::link_code::Codes;

use crate::mailbox::Mailbox;
use crate::support::{Answer, House};

/// A house that sends codes by this mailbox.
async fn house_with(mailbox: impl FnOnce(&House) -> Mailbox) -> (House, Mailbox) {
    let house = House::new().await;
    let mailbox = mailbox(&house);
    let codes = codes(&house, mailbox.port, &[]);
    (house.sending_codes(codes), mailbox)
}

fn codes(house: &House, port: u16, demanded_for: &[Classification]) -> Codes {
    let password = house.dir.path().join("mail-password");
    house.data().write_private(&password, b"mail password\n").unwrap();
    let text = format!(
        "[[notify.mail]]\nname = \"mail\"\nserver = \"localhost\"\nport = {port}\nuser = \"vitrine\"
         password_file = \"{}\"\nfrom = \"vitrine@house.example\"\nto = [\"lead@house.example\"]\nca = \"{}\"\n",
        password.display(),
        house.data().ca_certificate().display()
    );
    let config = Config::parse(&text, "test").unwrap();
    let access =
        AccessConfig { code_mail: Some("mail".to_owned()), code_for: demanded_for.to_vec(), ..AccessConfig::default() };
    Codes::of(&access, &config.notify).unwrap().unwrap()
}

fn mailbox(house: &House) -> Mailbox {
    Mailbox::start(house, "vitrine", "mail password")
}

async fn invite(house: &House, review: Uuid) -> NewLink {
    let invitation = Invitation { email_code: true, ..Invitation::to("Ana Ito", "ana@example.org") };
    house.services.create_link(review, invitation, &By::COMMAND_LINE).await.unwrap()
}

/// The code in a mail.
fn code(mail: &Value) -> String {
    let digits = mail["text"].as_str().unwrap().split_whitespace().find(|word| word.len() == 8);
    let digits = digits.filter(|word| word.bytes().all(|digit| digit.is_ascii_digit()));
    digits.unwrap_or_else(|| panic!("no code of eight digits: {mail}")).to_owned()
}

async fn give(house: &House, sent: &Answer, code: &str) -> Answer {
    house.post("/api/links/code", "", json!({ "ticket": sent.json()["ticket"], "code": code })).await
}

fn another(code: &str) -> String {
    format!("{:08}", (code.parse::<u32>().unwrap() + 1) % 100_000_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_passphrase_a_code_goes_to_the_invited_address_and_opens_once() {
    let (house, mailbox) = house_with(mailbox).await;
    let link = invite(&house, house.review().await).await;
    let sent = house.redeem(&link, link.passphrase.reveal()).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&sent.body));
    assert!(sent.headers.get("set-cookie").is_none(), "nobody is in yet");
    assert_eq!(sent.json()["sent_to"], "a***@example.org");
    let mail = mailbox.next();
    assert_eq!((&mail["to"], &mail["tls"]), (&json!(["ana@example.org"]), &json!(true)));
    let text = mail["text"].as_str().unwrap();
    for other in [link.secret.reveal().as_str(), link.passphrase.reveal(), "http", "Reel 3"] {
        assert!(!text.contains(other), "the mail alone opens nothing and names nothing: {text}");
    }
    let opened = give(&house, &sent, &code(&mail)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", String::from_utf8_lossy(&opened.body));
    assert_eq!(house.get("/api/room", &opened.cookie()).await.status, StatusCode::OK);
    assert_eq!(give(&house, &sent, &code(&mail)).await.code(), "refused", "a code opens once");
    assert_eq!(house.recorded("link.code_sent", Some(("email", "ana@example.org"))).await, 1);
    assert_eq!(house.recorded("viewer.joined", None).await, 1);
    // Neither the code nor what it is given with can be read from the database.
    let kept: Vec<u8> =
        sqlx::query_scalar("SELECT code_hash FROM link_codes").fetch_one(&mut house.raw().await).await.unwrap();
    assert_eq!(kept.len(), 32);
    assert!(house.verify().await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_wrong_codes_at_once_five_are_evaluated_and_the_right_one_comes_too_late() {
    let (house, mailbox) = house_with(mailbox).await;
    let link = invite(&house, house.review().await).await;
    let sent = house.redeem(&link, link.passphrase.reveal()).await;
    let right = code(&mailbox.next());
    let wrong = another(&right);
    let answers = join_all((0..50).map(|_| give(&house, &sent, &wrong))).await;
    let first = &answers[0];
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (StatusCode::FORBIDDEN, &first.body));
    }
    assert_eq!(house.recorded("link.code_tried", Some(("evaluated", "true"))).await, 5);
    let late = give(&house, &sent, &right).await;
    assert_eq!((late.status, &late.body), (first.status, &first.body));
    // Another code can be asked for with the passphrase.
    let again = house.redeem(&link, link.passphrase.reveal()).await;
    assert_eq!(give(&house, &again, &code(&mailbox.next())).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_over_of_another_ticket_or_of_a_link_taken_back_opens_nothing() {
    let (house, mailbox) = house_with(mailbox).await;
    let review = house.review().await;
    let link = invite(&house, review).await;
    let redeem = || house.redeem(&link, link.passphrase.reveal());
    let (first, second) = (redeem().await, redeem().await);
    let (of_first, of_second) = (code(&mailbox.next()), code(&mailbox.next()));
    assert_eq!(give(&house, &first, &of_second).await.code(), "refused");
    assert_eq!(give(&house, &second, "not a code").await.code(), "refused");
    let none = json!({ "ticket": "none", "code": of_first });
    assert_eq!(house.post("/api/links/code", "", none).await.code(), "refused");
    sqlx::query("UPDATE link_codes SET sent_at = sent_at - ?")
        .bind(i64::try_from(link::CODE_LIFE.as_millis()).unwrap())
        .execute(&mut house.raw().await)
        .await
        .unwrap();
    assert_eq!(give(&house, &first, &of_first).await.code(), "refused", "ten minutes later");
    let third = redeem().await;
    let of_third = code(&mailbox.next());
    house.services.revoke_link(link.link.id, &By::COMMAND_LINE).await.unwrap();
    assert_eq!(give(&house, &third, &of_third).await.code(), "refused");
    assert_eq!(house.recorded("link.refused", Some(("reason", "revoked"))).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_codes_an_hour_are_sent_for_a_link_and_a_browser_that_is_in_needs_none() {
    let (house, mailbox) = house_with(mailbox).await;
    let link = invite(&house, house.review().await).await;
    let sent = house.redeem(&link, link.passphrase.reveal()).await;
    let cookie = give(&house, &sent, &code(&mailbox.next())).await.cookie();
    let body = crate::support::redeem_body(&link, link.passphrase.reveal());
    let again = house.post("/api/links/redeem", &cookie, body).await;
    assert_eq!(again.status, StatusCode::OK, "the same browser");
    house.post("/api/room/leave", &again.cookie(), json!({})).await;
    for _ in 1..link::CODES_AN_HOUR {
        assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.status, StatusCode::CREATED);
        mailbox.next();
    }
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.code(), "refused");
    assert_eq!(house.recorded("link.refused", Some(("reason", "codes_sent"))).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_project_demands_codes_every_link_of_it_asks_for_one() {
    let house = House::new().await;
    let mailbox = mailbox(&house);
    let codes = codes(&house, mailbox.port, &[Classification::Confidential]);
    let house = house.sending_codes(codes);
    let by = By::COMMAND_LINE;
    let project = house.services.create_project("Harbour", Classification::Confidential, &by).await.unwrap().facts.id;
    let now = UtcInstant::now();
    let review = house.review_in(Some(project), now, now.plus(Duration::from_secs(600))).await;
    let (demanded, free) = (house.link(review).await, house.link(house.review().await).await);
    assert_eq!(house.redeem(&demanded, demanded.passphrase.reveal()).await.status, StatusCode::CREATED);
    code(&mailbox.next());
    assert_eq!(house.redeem(&free, free.passphrase.reveal()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_mail_server_no_link_asks_for_a_code_and_one_that_is_down_lets_nobody_in() {
    let house = House::new().await;
    let review = house.review().await;
    let asked = Invitation { email_code: true, ..Invitation::to("Ana Ito", "ana@example.org") };
    let refused = house.services.create_link(review, asked, &By::COMMAND_LINE).await.unwrap_err();
    assert!(matches!(refused, Error::Invalid(_)) && refused.to_string().contains("access.code_mail"), "{refused}");
    vitrine::http::tls::server_config(&vitrine::http::config::HttpConfig::default(), &house.data()).unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let codes = codes(&house, nobody, &[]);
    let house = house.sending_codes(codes);
    let link = invite(&house, review).await;
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.code(), "code_not_sent");
    assert_eq!(house.recorded("link.refused", Some(("reason", "code_not_sent"))).await, 1);
}

#[test]
fn a_house_that_demands_codes_and_cannot_send_them_does_not_start() {
    let demanded = AccessConfig { code_for: vec![Classification::Restricted], ..AccessConfig::default() };
    let error = Codes::of(&demanded, &Config::default().notify).unwrap_err();
    assert!(error.to_string().contains("access.code_mail"), "{error}");
    let named = AccessConfig { code_mail: Some("mail".to_owned()), ..AccessConfig::default() };
    let error = Codes::of(&named, &Config::default().notify).unwrap_err();
    assert!(error.to_string().contains("no [[notify.mail]]"), "{error}");
}
