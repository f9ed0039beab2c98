//! Notifications: what the house is told of, once, in order, and only where it may be told.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;
use vitrine::config::Config;
use vitrine::domain::account::Role;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::network::is_public;
use vitrine::domain::notification::{Occasion, given_up, network_of, wait_after};
use vitrine::domain::policy::Profile;
use vitrine::http::extract::PeerAddress;
use vitrine::jobs;
use vitrine::notify::Target;
use vitrine::notify::config::NotifyConfig;

use crate::mailbox::Mailbox;
use crate::receiver::Receiver;
use crate::support::{Answer, House, PASSWORD, USER, post, redeem_body};

const SECRET: &str = "a secret of more than thirty-two characters";

fn private(path: &Path, text: &str) -> PathBuf {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path).unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    path.to_owned()
}

fn config(text: &str) -> NotifyConfig {
    Config::parse(text, "test.toml").unwrap().notify
}

/// A webhook to this receiver.
fn webhook(house: &House, receiver: &Receiver, more: &str) -> NotifyConfig {
    let secret = private(&house.dir.path().join("hook-secret"), SECRET);
    let (port, secret, ca) = (receiver.address.port(), secret.display(), receiver.ca.display());
    config(&format!(
        "[[notify.webhook]]\nname = \"siem\"\nurl = \"https://localhost:{port}/in?a=b\"\nsecret_file = \"{secret}\"\nca = \"{ca}\"\n{more}\n"
    ))
}

const LOOPBACK: &str = "networks = [\"127.0.0.0/8\", \"::1\"]";

/// Sends as the running server does, until the answer is dropped.
async fn start(house: &House, config: &NotifyConfig) -> JoinSet<()> {
    let targets = Target::of(config).unwrap();
    let names: Vec<String> = targets.iter().map(|target| target.name.clone()).collect();
    house.services.set_notification_targets(&names).await.unwrap();
    let mut running = JoinSet::new();
    jobs::notify(&mut running, &house.services, targets, &house.stop.subscribe());
    running
}

/// What was told: occasion and link.
pub async fn told(house: &House) -> Vec<(String, Value)> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT occasion, facts FROM notifications ORDER BY sequence")
        .fetch_all(&mut house.raw().await)
        .await
        .unwrap();
    rows.into_iter().map(|(occasion, facts)| (occasion, serde_json::from_str(&facts).unwrap())).collect()
}

pub async fn occasions(house: &House) -> Vec<String> {
    told(house).await.into_iter().map(|(occasion, _)| occasion).collect()
}

pub async fn from(house: &House, address: &str, path: &str, body: &Value) -> Answer {
    let mut request: Request<Body> = post(path, "", body);
    let address: IpAddr = address.parse().unwrap();
    request.extensions_mut().insert(PeerAddress(SocketAddr::new(address, 50_000)));
    house.send(request).await
}

/// Waits until so much came, and lets nothing wait longer than it takes to look.
async fn until_got(house: &House, receiver: &Receiver, count: usize) {
    let begun = Instant::now();
    while receiver.got().len() < count {
        assert!(begun.elapsed() < Duration::from_secs(30), "{} of {count} came", receiver.got().len());
        house.sql("UPDATE deliveries SET next_at = 0 WHERE next_at IS NOT NULL").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What became of each delivery, as the console is told, once none of them waits.
async fn settled(house: &House, cookie: &str, count: usize) -> Value {
    let begun = Instant::now();
    loop {
        let told = house.get("/api/notifications", cookie).await.json()["notifications"].clone();
        let all: Vec<&Value> =
            told.as_array().unwrap().iter().flat_map(|one| one["deliveries"].as_array().unwrap()).collect();
        if all.len() == count && all.iter().all(|delivery| delivery["state"] != "waiting") {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{told}");
        house.sql("UPDATE deliveries SET next_at = 0 WHERE next_at IS NOT NULL").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_first_use_of_a_link_is_told_once_and_names_whom_it_was_for() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    for _ in 0..2 {
        house.join(&link).await;
        house.sql("UPDATE viewers SET seen_at = 0").await;
    }
    let told = told(&house).await;
    let facts = json!({ "review": "Reel 3", "name": "Ana Ito", "email": "ana@example.org" });
    assert_eq!(told, [("link.first_used".to_owned(), facts)]);
}

#[tokio::test]
async fn fifty_wrong_passphrases_at_once_lock_a_link_and_that_is_told_once() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let tries = (0..50).map(|n| {
        let (router, body) = (house.router.clone(), redeem_body(&link, &format!("wrong-{n}")));
        async move { tower::ServiceExt::oneshot(router, post("/api/links/redeem", "", &body)).await.unwrap().status() }
    });
    let statuses = futures_util::future::join_all(tries).await;
    assert!(statuses.iter().all(|status| *status != StatusCode::OK));
    assert_eq!(house.recorded("link.tried", Some(("evaluated", "true"))).await, 5);
    assert_eq!(house.recorded("link.refused", Some(("reason", "wrong_passphrase"))).await, 5);
    assert_eq!(occasions(&house).await, ["link.locked"]);
    assert_eq!(house.recorded("link.locked", None).await, 1);
    assert_ne!(house.redeem(&link, link.passphrase.reveal()).await.status, StatusCode::OK, "also the right one");
}

#[tokio::test]
async fn a_refused_network_is_told_once_for_each() {
    let house = House::new().await;
    let review = house.review().await;
    let cookie = house.sign_in().await;
    let new = json!({ "name": "Ana", "email": "ana@example.org", "networks": ["192.0.2.0/24"] });
    let made = house.post(&format!("/api/reviews/{review}/links"), &cookie, new).await.json();
    let secret = made["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let body = json!({ "secret": secret });
    for address in ["198.51.100.7", "198.51.100.8", "203.0.113.7", "2001:db8:1:2::7", "2001:db8:1:3::8", "192.0.2.1"] {
        from(&house, address, "/api/links/inspect", &body).await;
    }
    let body = json!({ "secret": secret, "passphrase": made["passphrase"] });
    from(&house, "198.51.100.9", "/api/links/redeem", &body).await;
    let networks: Vec<String> = sqlx::query_scalar("SELECT network FROM notifications ORDER BY sequence")
        .fetch_all(&mut house.raw().await)
        .await
        .unwrap();
    assert_eq!(networks, ["198.51.100.0/24", "203.0.113.0/24", "2001:db8:1::/48"]);
    assert!(occasions(&house).await.iter().all(|occasion| occasion == "link.network_refused"));
}

/// Somebody watches from one place; the passphrase is given from another.
async fn two_places(house: &House, places: [&str; 2]) -> (Answer, Uuid) {
    let review = house.review().await;
    let link = house.link(review).await;
    let body = redeem_body(&link, link.passphrase.reveal());
    let inside = from(house, places[0], "/api/links/redeem", &body).await;
    let viewing = house.start(review, &inside.cookie()).await;
    (from(house, places[1], "/api/links/redeem", &body).await, viewing)
}

#[tokio::test]
async fn a_link_opened_from_two_places_at_once_is_told_and_stays() {
    let house = House::new().await;
    for places in [["192.0.2.1", "192.0.77.1"], ["2001:db8::1", "2001:db8:9::1"], ["192.0.2.1", "2001:db8::1"]] {
        two_places(&house, places).await;
    }
    assert!(!occasions(&house).await.contains(&"link.two_places".to_owned()), "the same place, as far as is known");
    for places in [["192.0.2.1", "198.51.100.1"], ["2001:db8::1", "2a00:1::1"]] {
        let (answer, viewing) = two_places(&house, places).await;
        assert_ne!(answer.status, StatusCode::OK);
        house.screening.supervise().await.unwrap();
        assert!(house.projector.runs(viewing), "whoever watches goes on");
    }
    let told = occasions(&house).await.into_iter().filter(|occasion| occasion == "link.two_places").count();
    assert_eq!((told, house.recorded("link.two_places", None).await), (2, 2));
}

#[tokio::test]
async fn under_tpn_a_link_opened_from_two_places_at_once_is_taken_back() {
    let house = House::under(Profile::Tpn).await;
    let (answer, viewing) = two_places(&house, ["192.0.2.1", "198.51.100.1"]).await;
    assert_ne!(answer.status, StatusCode::OK);
    house.screening.supervise().await.unwrap();
    assert!(!house.projector.runs(viewing), "nobody watches through it any more");
    assert_eq!(house.recorded("link.revoked", Some(("because", "two_places"))).await, 1);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn links_that_are_over_are_told_once_for_each_review() {
    let house = House::new().await;
    let (one, other) = (house.review().await, house.review().await);
    house.link(one).await;
    house.link(one).await;
    house.link(other).await;
    house.services.expire_links().await.unwrap();
    assert_eq!(occasions(&house).await, [""; 0]);
    house.sql("UPDATE links SET expires_at = 1").await;
    house.services.expire_links().await.unwrap();
    house.services.expire_links().await.unwrap();
    assert_eq!(occasions(&house).await, ["link.expired", "link.expired"]);
    assert_eq!(told(&house).await[0].1["links"], "Ana Ito <ana@example.org>, Ana Ito <ana@example.org>");
    assert_eq!(house.recorded("link.expired", None).await, 3);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn a_locked_account_is_told_once_whether_by_passwords_or_by_codes_and_no_name_that_nobody_has() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    house.account("ana", Role::Producer).await;
    house.enrol("ana").await;
    for _ in 0..7 {
        house.give_password(USER, "wrong").await;
        house.give_password("nobody", "wrong").await;
    }
    // The password is the first of the five tries.
    let cookie = house.give_password("ana", PASSWORD).await.cookie();
    for _ in 0..4 {
        house.post("/api/sign-in/code", &cookie, json!({ "code": "000000" })).await;
    }
    let users: Vec<Value> = told(&house).await.into_iter().map(|(_, facts)| facts["user"].clone()).collect();
    assert_eq!(users, [USER, "ana"]);
    assert_eq!(occasions(&house).await, ["account.locked", "account.locked"]);
    let list = house.services.account_states(&vitrine::domain::audit::By::COMMAND_LINE).await.unwrap();
    assert!(list.iter().all(|state| state.locked));
}

#[tokio::test]
async fn a_webhook_gets_everything_in_order_signed_and_again_until_it_takes_it() {
    let house = House::new().await;
    let cookie = house.sign_in().await;
    let review = house.review().await;
    house.join(&house.link(review).await).await;
    let receiver = Receiver::new(&house).await;
    receiver.answers("503 Service Unavailable");
    let _running = start(&house, &webhook(&house, &receiver, LOOPBACK)).await;
    for _ in 0..3 {
        house.join(&house.link(review).await).await;
    }
    until_got(&house, &receiver, 2).await;
    receiver.answers("200 OK");
    until_got(&house, &receiver, 5).await;
    settled(&house, &cookie, 3).await;

    let got = receiver.got();
    let ids: Vec<i64> = got.iter().map(|got| got.json()["id"].as_i64().unwrap()).collect();
    let taken = &ids[ids.len() - 3..];
    assert_eq!(taken, [2, 3, 4], "what was before the target came is not told");
    assert!(ids[..ids.len() - 3].iter().all(|id| *id == 2), "nothing overtakes what is not taken: {ids:?}");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    for got in &got {
        assert!(got.head.starts_with("POST /in?a=b HTTP/1.1\r\n"), "{}", got.head);
        let signed = format!("{}.{}", got.header("vitrine-timestamp"), got.body);
        let tag: String =
            aws_lc_rs::hmac::sign(&key, signed.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(got.header("vitrine-signature"), format!("v1={tag}"));
        let age = UtcInstant::now().as_ms() / 1_000 - got.header("vitrine-timestamp").parse::<i64>().unwrap();
        assert!((0..60).contains(&age));
        assert_eq!(got.header("vitrine-id"), got.json()["id"].to_string());
        assert_eq!(got.json()["occasion"], "link.first_used");
        assert_eq!(got.json()["facts"]["email"], "ana@example.org");
    }
    assert_eq!(house.recorded("notification.delivered", Some(("target", "siem"))).await, 3);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn what_a_receiver_refuses_for_good_is_given_up_and_the_next_goes_on() {
    let house = House::new().await;
    let cookie = house.sign_in().await;
    let review = house.review().await;
    let receiver = Receiver::new(&house).await;
    // A redirect is a refusal: it is not followed to wherever it points.
    receiver.answers("307 Temporary Redirect\r\nlocation: https://localhost:1/");
    let _running = start(&house, &webhook(&house, &receiver, LOOPBACK)).await;
    house.join(&house.link(review).await).await;
    let told = settled(&house, &cookie, 1).await;
    let delivery = &told[0]["deliveries"][0];
    assert_eq!((&delivery["state"], &delivery["tries"]), (&json!("given_up"), &json!(3)));
    assert_eq!(delivery["error"], "the receiver answered 307");
    receiver.answers("204 No Content");
    assert_eq!(
        house.post("/api/notifications/test", &cookie, json!({ "target": "siem" })).await.status,
        StatusCode::ACCEPTED
    );
    let told = settled(&house, &cookie, 2).await;
    assert_eq!((&told[0]["occasion"], &told[0]["deliveries"][0]["state"]), (&json!("test"), &json!("delivered")));
    assert_eq!(house.recorded("notification.given_up", None).await, 1);
    let unknown = house.post("/api/notifications/test", &cookie, json!({ "target": "nobody" })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_webhook_that_leads_inside_is_not_called() {
    let house = House::new().await;
    let receiver = Receiver::new(&house).await;
    for networks in ["", "networks = [\"10.0.0.0/8\"]"] {
        let config = webhook(&house, &receiver, networks);
        for target in Target::of(&config).unwrap() {
            let notification = vitrine::domain::notification::Notification::new(UtcInstant::now(), Occasion::Test);
            let record = vitrine::store::notification::NotificationRecord { sequence: 1, notification };
            let error = target.send(&record).await.unwrap_err();
            assert!(error.text.contains("which is not public") && !error.refused, "{error}");
        }
    }
    assert_eq!(*receiver.called.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_target_is_told_only_of_what_it_asked_for() {
    let house = House::new().await;
    let review = house.review().await;
    let receiver = Receiver::new(&house).await;
    let more = format!("{LOOPBACK}\nonly = [\"link.expired\"]");
    let _running = start(&house, &webhook(&house, &receiver, &more)).await;
    house.join(&house.link(review).await).await;
    house.sql("UPDATE links SET expires_at = 1").await;
    house.services.expire_links().await.unwrap();
    until_got(&house, &receiver, 1).await;
    assert_eq!(receiver.got()[0].json()["occasion"], "link.expired");
}

fn mail(house: &House, port: u16, password: &str, ca: &Path) -> NotifyConfig {
    let file = private(&house.dir.path().join("mail-password"), password);
    config(&format!(
        "[[notify.mail]]\nname = \"mail\"\nserver = \"localhost\"\nport = {port}\nuser = \"vitrine\"\npassword_file = \"{}\"
         from = \"Vitrine <vitrine@house.example>\"\nto = [\"lead@house.example\", \"Desk <desk@house.example>\"]\nca = \"{}\"\n",
        file.display(),
        ca.display()
    ))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_goes_by_tls_with_a_password_to_a_real_server() {
    let house = House::new().await;
    let cookie = house.sign_in().await;
    let mailbox = Mailbox::start(&house, "vitrine", "mail password");
    let ca = house.data().ca_certificate();
    let _running = start(&house, &mail(&house, mailbox.port, "mail password", &ca)).await;
    house.join(&house.link(house.review().await).await).await;
    let got = mailbox.next();
    assert_eq!(got["tls"], true);
    assert_eq!(got["from"], "vitrine@house.example");
    assert_eq!(got["to"], json!(["lead@house.example", "desk@house.example"]));
    assert_eq!(got["subject"], "Vitrine: Ana Ito opened the link to Reel 3 for the first time");
    assert_eq!(got["automatic"], "auto-generated");
    assert!(got["id"].as_str().unwrap().starts_with("<notification-1-"), "{got}");
    let text = got["text"].as_str().unwrap();
    assert!(text.contains("Invited: Ana Ito <ana@example.org>") && text.contains("revoke the link"), "{text}");
    assert_eq!(settled(&house, &cookie, 1).await[0]["deliveries"][0]["state"], "delivered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_is_not_the_one_gets_no_password_and_a_wrong_password_no_mail() {
    let house = House::new().await;
    let mailbox = Mailbox::start(&house, "vitrine", "mail password");
    let other = House::new().await;
    vitrine::http::tls::server_config(&vitrine::http::config::HttpConfig::default(), &other.data()).unwrap();
    let record = || vitrine::store::notification::NotificationRecord {
        sequence: 1,
        notification: vitrine::domain::notification::Notification::new(UtcInstant::now(), Occasion::Test),
    };
    let foreign = mail(&house, mailbox.port, "mail password", &other.data().ca_certificate());
    let error = Target::of(&foreign).unwrap()[0].send(&record()).await.unwrap_err();
    assert!(error.text.contains("certificate"), "{error}");
    let wrong = mail(&house, mailbox.port, "another password", &house.data().ca_certificate());
    let error = Target::of(&wrong).unwrap()[0].send(&record()).await.unwrap_err();
    assert!(error.text.contains("535"), "{error}");
    assert!(!error.text.contains("another password"));
    assert!(mailbox.lines.try_recv().is_err());
}

#[tokio::test]
async fn targets_that_cannot_be_used_are_refused_at_start() {
    let dir = tempfile::tempdir().unwrap();
    let good = private(&dir.path().join("good"), SECRET);
    let short = private(&dir.path().join("short"), "short");
    let open = dir.path().join("open");
    std::fs::write(&open, SECRET).unwrap();
    let hook = |name: &str, url: &str, secret: &Path, more: &str| {
        format!(
            "[[notify.webhook]]\nname = \"{name}\"\nurl = \"{url}\"\nsecret_file = \"{}\"\n{more}\n",
            secret.display()
        )
    };
    let mail = |more: &str| {
        format!("[[notify.mail]]\nname = \"m\"\nserver = \"mail.example\"\nfrom = \"a@b.example\"\n{more}\n")
    };
    for (text, says) in [
        (hook("a", "http://hook.example/", &good, ""), "is not HTTPS"),
        (hook("a", "https://me:pass@hook.example/", &good, ""), "holds a user name"),
        (hook("a", "hook.example", &good, ""), "expected https://host/path"),
        (hook("a", "https://hook.example/", &short, ""), "too short a secret"),
        (hook("a", "https://hook.example/", &open, ""), "others may read it"),
        (hook("a", "https://hook.example/", &dir.path().join("none"), ""), "none"),
        (hook("a", "https://hook.example/", &good, "networks = [\"here\"]"), "is not a network"),
        (hook("a", "https://hook.example/", &good, &format!("ca = \"{}\"", good.display())), "it holds none"),
        (hook("", "https://hook.example/", &good, ""), "1 to 64 characters"),
        (
            hook("a", "https://hook.example/", &good, "") + &hook("a", "https://hook.example/", &good, ""),
            "are called \"a\"",
        ),
        (mail("to = []"), "names nobody"),
        (mail("to = [\"nobody\"]"), "is no e-mail address"),
        (mail("to = [\"a@b.example\"]\nuser = \"x\""), "belong together"),
    ] {
        let error = match Target::of(&config(&text)) {
            Ok(_) => panic!("{says}: accepted"),
            Err(error) => error.to_string(),
        };
        assert!(error.contains(says), "{says}: {error}");
        assert!(!error.contains(SECRET) && !error.contains("pass@"), "{error}");
    }
}

#[test]
fn tries_are_further_and_further_apart_and_end() {
    let waits: Vec<u64> = (1..=9).map(|tries| wait_after(tries).as_secs()).collect();
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 900]);
    assert_eq!(wait_after(u32::MAX).as_secs(), 900);
    let at = UtcInstant::from_ms(1_000_000);
    let day = Duration::from_secs(24 * 3_600);
    assert!(!given_up(at, 500, false, at.plus(2 * day)));
    assert!(given_up(at, 1, false, at.plus(2 * day + Duration::from_millis(1))));
    assert!(!given_up(at, 2, true, at));
    assert!(given_up(at, 3, true, at));
}

#[test]
fn only_addresses_of_the_internet_are_public() {
    let inside = [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "3fff::1",
        "fec0::1",
        "100::1",
    ];
    for address in inside {
        assert!(!is_public(address.parse().unwrap()), "{address}");
    }
    let outside = [
        "1.1.1.1",
        "9.9.9.9",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "192.167.0.1",
        "198.17.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00::1",
        "::ffff:1.1.1.1",
    ];
    for address in outside {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
    assert_eq!(network_of("192.0.2.77".parse().unwrap()), "192.0.2.0/24");
    assert_eq!(network_of("2001:db8:1:2::7".parse().unwrap()), "2001:db8:1::/48");
    assert_eq!(network_of("::ffff:192.0.2.77".parse().unwrap()), "192.0.2.0/24");
}

#[test]
fn every_occasion_has_words() {
    for occasion in Occasion::ALL {
        let notification = vitrine::domain::notification::Notification::new(UtcInstant::now(), *occasion);
        assert!(!notification.subject().is_empty() && notification.text().lines().count() >= 5, "{occasion}");
    }
}
