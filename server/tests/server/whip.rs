//! WHIP over HTTP: keys, who may publish, what the record says; and what WHEP has in common with it.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::media::{MediaEvent, PublishRefusal};

use crate::support::{Answer, HOST, House, ORIGIN, USER};

const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// A house with a review that has a source to publish to, an account, and the source's key.
struct Stage {
    house: House,
    review: Uuid,
    account: String,
    source: String,
    key: String,
}

impl Stage {
    async fn new() -> Self {
        let house = House::new().await;
        let account = house.sign_in().await;
        let review = house.review().await;
        let body = json!({ "source": { "kind": "whip" } });
        let added = house.post(&format!("/api/reviews/{review}/sources"), &account, body).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.json());
        let source = listed(&added.json())["id"].as_str().unwrap().to_owned();
        let mut stage = Self { house, review, account, source, key: String::new() };
        stage.key = stage.new_key().await;
        stage
    }

    async fn new_key(&self) -> String {
        let path = format!("/api/reviews/{}/sources/{}/key", self.review, self.source);
        let made = self.house.post(&path, &self.account, json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
        assert_eq!(made.json()["url"], format!("https://localhost:8443/whip/{}", self.source));
        made.json()["key"].as_str().unwrap().to_owned()
    }

    fn path(&self) -> String {
        format!("/whip/{}", self.source)
    }

    /// As OBS asks: no cookie, no origin.
    async fn ask(&self, method: Method, path: &str, key: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", HOST);
        request = request.header("authorization", format!("Bearer {key}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.house.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn publish(&self, key: &str) -> Answer {
        self.ask(Method::POST, &self.path(), key, &[("content-type", "application/sdp")], "offer").await
    }

    async fn patch(&self, location: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.ask(Method::PATCH, location, &self.key, headers, body).await
    }

    async fn listed(&self) -> Value {
        listed(&self.house.get(&format!("/api/reviews/{}", self.review), &self.account).await.json())
    }

    fn falls_silent(&self) {
        for (_, silence) in self.house.projector.publishings.lock().unwrap().values_mut() {
            *silence = Duration::from_secs(3);
        }
    }
}

fn listed(review: &Value) -> Value {
    review["sources"].as_array().unwrap().iter().find(|source| source["spec"]["kind"] == "whip").cloned().unwrap()
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_sender_with_the_key_publishes_and_stops() {
    let stage = Stage::new().await;
    let answer = stage.publish(&stage.key).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!((header(&answer, "content-type"), header(&answer, "etag")), ("application/sdp", "\"us\""));
    assert_eq!((header(&answer, "accept-patch"), header(&answer, "link")), (FRAGMENT, ""));
    assert_eq!(answer.body, b"answer to offer");
    let location = header(&answer, "location").to_owned();
    assert!(location.starts_with(&format!("{}/", stage.path())), "{location}");
    assert!(stage.listed().await["publish"]["since"].is_string());

    let (id, _) = *vitrine::service::Projector::publishings(&*stage.house.projector).first().unwrap();
    stage.house.screening.publishing_connected(id, "SRTP_AEAD_AES_256_GCM").await.unwrap();
    assert_eq!(stage.listed().await["publish"]["cipher"], "SRTP_AEAD_AES_256_GCM");

    let stopped = stage.ask(Method::DELETE, &location, &stage.key, &[], "").await;
    assert_eq!(stopped.status, StatusCode::OK);
    assert!(stage.house.projector.publishings.lock().unwrap().is_empty());
    assert_eq!(stage.ask(Method::DELETE, &location, &stage.key, &[], "").await.code(), "not_found");
    assert_eq!(stage.house.recorded("publish.started", None).await, 1);
    assert_eq!(stage.house.recorded("publish.connected", Some(("cipher", "SRTP_AEAD_AES_256_GCM"))).await, 1);
    assert_eq!(stage.house.recorded("publish.ended", Some(("reason", "left"))).await, 1);
    assert!(stage.house.verify().await.is_ok());
}

#[tokio::test]
async fn a_key_is_shown_once_and_kept_as_its_hash() {
    let stage = Stage::new().await;
    let review = stage.house.get(&format!("/api/reviews/{}", stage.review), &stage.account).await;
    assert!(!String::from_utf8_lossy(&review.body).contains(&stage.key));
    assert!(stage.listed().await["publish"]["key_made_at"].is_string());
    let database = std::fs::read(stage.house.data().database()).unwrap();
    assert!(!database.windows(stage.key.len()).any(|window| window == stage.key.as_bytes()));
    // Nothing of it is for viewers.
    let link = stage.house.link(stage.review).await;
    let cookie = stage.house.join(&link).await;
    let room = stage.house.get("/api/room", &cookie).await;
    let room = String::from_utf8_lossy(&room.body).into_owned();
    assert!(!room.contains("whip") && !room.contains(&stage.source), "{room}");
}

#[tokio::test]
async fn whatever_is_wrong_with_a_key_the_answer_is_the_same_and_the_record_says_what() {
    let stage = Stage::new().await;
    let other = Stage::new().await;
    let first = stage.publish("").await;
    assert_eq!((first.status, first.code().as_str()), (StatusCode::UNAUTHORIZED, "key_refused"));
    assert_eq!(header(&first, "www-authenticate"), "Bearer");
    let old = stage.key.clone();
    stage.new_key().await;
    for key in [old.as_str(), other.key.as_str(), "not-a-key"] {
        let answer = stage.publish(key).await;
        assert_eq!((answer.status, &answer.body), (first.status, &first.body));
    }
    let elsewhere = stage
        .ask(
            Method::POST,
            &format!("/whip/{}", Uuid::now_v7()),
            &stage.key,
            &[("content-type", "application/sdp")],
            "o",
        )
        .await;
    assert_eq!(elsewhere.body, first.body);
    assert_eq!(stage.house.recorded("publish.refused", Some(("reason", "unknown_key"))).await, 3);
    assert_eq!(stage.house.recorded("publish.refused", Some(("reason", "key_replaced"))).await, 1);
    assert_eq!(stage.house.recorded("publish.refused", Some(("reason", "another_source"))).await, 1);
}

#[tokio::test]
async fn a_second_sender_is_refused_until_the_first_is_gone_or_silent() {
    let stage = Stage::new().await;
    stage.publish(&stage.key).await;
    let second = stage.publish(&stage.key).await;
    assert_eq!((second.status, second.code().as_str()), (StatusCode::CONFLICT, "already_publishing"));
    assert_eq!(header(&second, "retry-after"), "5");
    assert_eq!(stage.house.recorded("publish.refused", Some(("reason", "already_publishing"))).await, 1);
    stage.falls_silent();
    assert_eq!(stage.publish(&stage.key).await.status, StatusCode::CREATED);
    assert_eq!(stage.house.projector.publishings.lock().unwrap().len(), 1);
    assert_eq!(stage.house.recorded("publish.ended", Some(("reason", "replaced"))).await, 1);
}

#[tokio::test]
async fn a_key_goes_with_the_account_that_made_it_and_its_sender_stops() {
    let stage = Stage::new().await;
    stage.publish(&stage.key).await;
    let maker = stage.house.services.account(USER).await.unwrap().id;
    stage.house.services.offboard(maker, None, &By::COMMAND_LINE).await.unwrap();
    stage.house.screening.supervise().await.unwrap();
    assert!(stage.house.projector.publishings.lock().unwrap().is_empty());
    assert_eq!(stage.publish(&stage.key).await.code(), "key_refused");
    assert_eq!(stage.house.recorded("publish.key_ended", Some(("because", "account_offboarded"))).await, 1);
}

#[tokio::test]
async fn a_new_key_a_removed_source_and_the_end_of_the_review_stop_the_sender() {
    let running = |stage: &Stage| stage.house.projector.publishings.lock().unwrap().len();
    let stage = Stage::new().await;
    stage.publish(&stage.key).await;
    stage.new_key().await;
    assert_eq!(running(&stage), 0);
    assert_eq!(stage.house.recorded("publish.ended", Some(("reason", "key_replaced"))).await, 1);

    let stage = Stage::new().await;
    stage.publish(&stage.key).await;
    let source = stage.source.parse().unwrap();
    // By another process, which cannot tell this one.
    stage.house.other_process().await.remove_source(stage.review, source, &By::COMMAND_LINE).await.unwrap();
    stage.house.screening.supervise().await.unwrap();
    assert_eq!(running(&stage), 0);
    assert_eq!(stage.house.recorded("publish.ended", Some(("reason", "source_removed"))).await, 1);
    assert_eq!(stage.publish(&stage.key).await.code(), "key_refused");

    let stage = Stage::new().await;
    stage.publish(&stage.key).await;
    stage.house.services.end_review(stage.review, &By::COMMAND_LINE).await.unwrap();
    stage.house.screening.supervise().await.unwrap();
    assert_eq!(running(&stage), 0);
    assert_eq!(stage.house.recorded("publish.ended", Some(("reason", "review_ended"))).await, 1);
    let late = stage.publish(&stage.key).await;
    assert_eq!((late.status, late.code().as_str()), (StatusCode::CONFLICT, "review_over"));
}

#[tokio::test]
async fn a_request_that_cannot_be_served_says_why_by_its_status() {
    let stage = Stage::new().await;
    let post = async |headers: &[(&str, &str)]| stage.ask(Method::POST, &stage.path(), &stage.key, headers, "o").await;
    assert_eq!(post(&[("content-type", "text/plain")]).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let html = post(&[("content-type", "application/sdp"), ("accept", "text/html")]).await;
    assert_eq!(html.status, StatusCode::NOT_ACCEPTABLE);
    for (refusal, status) in [
        (PublishRefusal::BadOffer("a".to_owned()), StatusCode::BAD_REQUEST),
        (PublishRefusal::NotAcceptable("b".to_owned()), StatusCode::NOT_ACCEPTABLE),
        (PublishRefusal::Unusable("c".to_owned()), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        *stage.house.projector.refuse_publishing.lock().unwrap() = Some(refusal.clone());
        let answer = stage.publish(&stage.key).await;
        assert_eq!((answer.status, &answer.json()["error"]["message"]), (status, &json!(refusal.to_string())));
    }
    assert_eq!(stage.house.recorded("publish.refused", None).await, 3);
    // A refused offer leaves nothing behind.
    *stage.house.projector.refuse_publishing.lock().unwrap() = None;
    assert_eq!(stage.publish(&stage.key).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn candidates_trickle_in_and_ice_is_not_restarted() {
    let stage = Stage::new().await;
    let location = header(&stage.publish(&stage.key).await, "location").to_owned();
    let ours = [("content-type", FRAGMENT), ("if-match", "\"us\"")];
    let candidate = "a=ice-ufrag:them\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
    assert_eq!(stage.patch(&location, &ours, candidate).await.status, StatusCode::NO_CONTENT);
    let status = async |headers: &[(&str, &str)], body: &str| stage.patch(&location, headers, body).await.status;
    assert_eq!(status(&ours[..1], candidate).await, StatusCode::PRECONDITION_REQUIRED);
    let other = [("content-type", FRAGMENT), ("if-match", "\"other\"")];
    assert_eq!(status(&other, candidate).await, StatusCode::PRECONDITION_FAILED);
    let restart = "a=ice-ufrag:anew\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n";
    assert_eq!(status(&[ours[0], ("if-match", "*")], restart).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(status(&[ours[1]], candidate).await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let nowhere = format!("{}/{}", stage.path(), Uuid::now_v7());
    assert_eq!(stage.patch(&nowhere, &ours, candidate).await.status, StatusCode::NOT_FOUND);
    let put = stage.ask(Method::PUT, &location, &stage.key, &[], "").await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn options_say_what_is_taken_and_let_no_foreign_page_in() {
    let stage = Stage::new().await;
    for path in [stage.path(), format!("/whep/{}", stage.review)] {
        let answer = stage.ask(Method::OPTIONS, &path, "", &[("origin", "https://elsewhere.example")], "").await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!((header(&answer, "allow"), header(&answer, "accept-post")), ("POST, OPTIONS", "application/sdp"));
        assert_eq!(header(&answer, "access-control-allow-origin"), "");
    }
    let sdp = ("content-type", "application/sdp");
    let foreign = [sdp, ("origin", "https://elsewhere.example")];
    let answer = stage.ask(Method::POST, &stage.path(), &stage.key, &foreign, "o").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "refused"));
    // Without a token, in a cookie's name, it is no request of a sender.
    let cookie = [sdp, ("cookie", stage.account.as_str())];
    assert_eq!(stage.ask(Method::POST, &stage.path(), &stage.key, &cookie, "o").await.code(), "refused");
    let own = [sdp, ("origin", ORIGIN)];
    assert_eq!(stage.ask(Method::POST, &stage.path(), &stage.key, &own, "o").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn only_a_source_of_the_kind_whip_has_a_key() {
    let stage = Stage::new().await;
    let review = stage.house.get(&format!("/api/reviews/{}", stage.review), &stage.account).await.json();
    let reel = review["sources"].as_array().unwrap().iter().find(|source| source["on_air"] == true).unwrap();
    assert_eq!(reel["publish"], Value::Null);
    let path = format!("/api/reviews/{}/sources/{}/key", stage.review, reel["id"].as_str().unwrap());
    let refused = stage.house.post(&path, &stage.account, json!({})).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "not_published"));
}

#[tokio::test]
async fn a_sender_that_is_lost_is_recorded_with_the_reason() {
    let stage = Stage::new().await;
    stage.publish(&stage.key).await;
    let _jobs = stage.house.start_jobs();
    while stage.house.projector.events.lock().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (publishing, _) = *vitrine::service::Projector::publishings(&*stage.house.projector).first().unwrap();
    let reason = "the sender encrypts its media with SRTP_AES128_CM_SHA1_80".to_owned();
    stage.house.projector.tell(MediaEvent::PublishingLost { publishing, reason: reason.clone() });
    stage.house.comes_to_be_recorded("publish.ended", Some(("words", &reason)), 1).await;
}

#[tokio::test]
async fn whep_names_its_negotiation_and_takes_candidates_like_whip() {
    let stage = Stage::new().await;
    let house = &stage.house;
    let program = house.services.review(stage.review).await.unwrap().program;
    vitrine::service::Projector::open(&*house.projector, stage.review, program);
    let cookie = house.join(&house.link(stage.review).await).await;
    let lease = house.lease(&cookie).await;
    // As a player that is no browser asks: no cookie, no origin.
    let path = format!("/whep/{}", stage.review);
    let sdp = [("content-type", "application/sdp")];
    let answer = stage.ask(Method::POST, &path, &lease, &sdp, "offer").await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!((header(&answer, "etag"), header(&answer, "accept-patch")), ("\"us\"", FRAGMENT));
    let location = header(&answer, "location").to_owned();
    let patch = async |tag: &str| {
        let headers = [("content-type", FRAGMENT), ("if-match", tag)];
        stage.ask(Method::PATCH, &location, &lease, &headers, "a=end-of-candidates\r\n").await.status
    };
    assert_eq!(patch("\"us\"").await, StatusCode::NO_CONTENT);
    assert_eq!(patch("\"other\"").await, StatusCode::PRECONDITION_FAILED);
    let html = stage.ask(Method::POST, &path, &lease, &[sdp[0], ("accept", "text/html")], "offer").await;
    assert_eq!(html.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(stage.ask(Method::DELETE, &location, &lease, &[], "").await.status, StatusCode::OK);
}
