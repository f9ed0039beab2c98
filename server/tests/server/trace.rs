//! Whose copy is this, asked in the console: leaks that are sent, and codes that were read.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::stream;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::account::Role;
use vitrine::domain::audit::By;
use vitrine::domain::project::DEFAULT;
use vitrine::service::identify::Scope;
use vitrine::service::trace::{Trace, TraceState};

use crate::support::{Answer, HOST, House, ORIGIN};

/// A grey still, which shows nothing of anything.
fn still() -> Vec<u8> {
    let grey = image::GrayImage::from_fn(320, 180, |x, y| image::Luma([(x + y) as u8 / 2]));
    let mut file = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

/// A leak that was sent and compared.
pub async fn compared(house: &House, review: Uuid) -> Trace {
    let parts = stream::iter([Ok::<_, std::io::Error>(Bytes::from(still()))]);
    let sent = house.traces.receive(Scope::Review(review), "leak.png", By::COMMAND_LINE, parts).await.unwrap();
    loop {
        let trace = house.traces.get(sent.id, &By::COMMAND_LINE).await.unwrap();
        if trace.state.is_over() {
            return trace;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn send(house: &House, query: &str, cookie: &str, body: Body) -> Answer {
    let request = Request::post(format!("/api/traces{query}"))
        .header("host", HOST)
        .header("origin", ORIGIN)
        .header("content-type", "application/octet-stream")
        .header("cookie", cookie);
    house.send(request.body(body).unwrap()).await
}

async fn over(house: &House, id: &Value, cookie: &str) -> Value {
    let path = format!("/api/traces/{}", id.as_str().unwrap());
    loop {
        let trace = house.get(&path, cookie).await.json();
        if trace["state"] == "done" || trace["state"] == "failed" {
            return trace;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn left_on_disc(house: &House) -> usize {
    std::fs::read_dir(house.data().leaks()).unwrap().count()
}

#[tokio::test]
async fn a_leak_that_is_sent_is_compared_recorded_and_deleted() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let sent =
        send(&house, &format!("?review={review}&name=leak%20%E6%98%A0.png"), &account, Body::from(still())).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.json());
    let trace = over(&house, &sent.json()["id"], &account).await;
    assert_eq!((trace["state"].as_str(), trace["name"].as_str()), (Some("done"), Some("leak 映.png")), "{trace}");
    assert!(trace["finding"]["no_decision"].is_string() && trace["finding"]["pictures"] == 1);
    assert_eq!(trace["finding"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(house.recorded("leak.traced", Some(("file", "leak 映.png"))).await, 1);
    let path = format!("/api/traces/{}", trace["id"].as_str().unwrap());
    let pdf = house.get(&format!("{path}/evidence.pdf"), &account).await;
    assert!(pdf.body.starts_with(b"%PDF-"));
    let json = house.get(&format!("{path}/evidence.json"), &account).await.json();
    assert_eq!(json["evidence"]["leak"]["name"], "leak 映.png");
    assert_eq!(house.get(&format!("{path}/leak.png"), &account).await.code(), "not_found", "there is no picture");
    assert_eq!(house.get("/api/traces", &account).await.json()["traces"].as_array().unwrap().len(), 1);
    // Whoever is told that it is over need not wait for the file to be gone, but for a moment.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(left_on_disc(&house), 0);
    assert_eq!(house.delete(&path, &account).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.get(&path, &account).await.code(), "not_found");
}

#[tokio::test]
async fn what_is_no_media_fails_in_words_and_is_deleted() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let query = format!("?review={review}&name=notes.mp4");
    let sent = send(&house, &query, &account, Body::from("not a film")).await;
    let trace = over(&house, &sent.json()["id"], &account).await;
    assert_eq!(trace["state"], "failed");
    let reason = trace["reason"].as_str().unwrap();
    assert!(reason.contains("notes.mp4") && !reason.contains("leaks/"), "{reason}");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(left_on_disc(&house), 0);
}

#[tokio::test]
async fn a_leak_needs_a_place_to_look_in_and_somebody_who_may() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    for query in
        [String::new(), "?name=a".to_owned(), format!("?review={review}&project={DEFAULT}"), "?review=x".to_owned()]
    {
        let refused = send(&house, &query, &account, Body::from(still())).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    let none = send(&house, &format!("?review={}", Uuid::now_v7()), &account, Body::from(still())).await;
    assert_eq!(none.code(), "not_found");
    house.account("pia", Role::Producer).await;
    let producer = house.enrol("pia").await.0;
    let refused = send(&house, &format!("?project={DEFAULT}"), &producer, Body::from(still())).await;
    assert_eq!(refused.code(), "not_found", "a project that is not hers is not even known");
    assert_eq!(left_on_disc(&house), 0);
    assert_eq!(house.recorded("leak.traced", None).await, 0);
}

#[tokio::test]
async fn what_does_not_arrive_whole_is_not_compared() {
    let house = House::new().await;
    let review = house.review().await;
    let broken = stream::iter([Ok(Bytes::from_static(b"half a")), Err(std::io::Error::other("connection reset"))]);
    let refused = house.traces.receive(Scope::Review(review), "a.mov", By::COMMAND_LINE, broken).await;
    assert!(refused.unwrap_err().to_string().contains("did not arrive"));
    assert_eq!(left_on_disc(&house), 0);
}

#[tokio::test]
async fn no_more_wait_than_there_is_room_for() {
    let house = House::new().await;
    let review = house.review().await;
    let mut held = Vec::new();
    for _ in 0..4 {
        let (traces, scope) = (house.traces.clone(), Scope::Review(review));
        held.push(tokio::spawn(async move {
            let never = stream::pending::<Result<Bytes, std::io::Error>>();
            traces.receive(scope, "slow.mov", By::COMMAND_LINE, never).await
        }));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let parts = stream::iter([Ok::<_, std::io::Error>(Bytes::from(still()))]);
    let refused = house.traces.receive(Scope::Review(review), "one.png", By::COMMAND_LINE, parts).await;
    assert!(matches!(refused, Err(vitrine::service::Error::Busy)));
    held.iter().for_each(tokio::task::JoinHandle::abort);
    for waiting in held {
        assert!(waiting.await.is_err());
    }
    assert!(matches!(compared(&house, review).await.state, TraceState::Done(_)), "their places are free again");
    assert_eq!(left_on_disc(&house), 0);
}

#[tokio::test]
async fn what_a_killed_server_left_is_deleted_at_the_next_start() {
    let house = House::new().await;
    std::fs::create_dir(house.data().leaks().join("left")).unwrap();
    std::fs::write(house.data().leaks().join("left/leak.mov"), "secret").unwrap();
    let again =
        vitrine::service::trace::Traces::open(&house.data(), house.services.clone(), house.screening.marks.clone());
    assert!(again.is_ok());
    assert_eq!(left_on_disc(&house), 0);
}

#[tokio::test]
async fn a_code_that_was_read_leads_to_its_viewings() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    house.watch(review, &house.link(review).await).await;
    let code = house.get("/api/room", &cookie).await.json()["viewer"]["session_code"].as_str().unwrap().to_owned();
    assert_eq!((code.len(), &code[4..5]), (9, "-"));
    let read = async |code: &str| house.post("/api/codes", &account, json!({ "code": code })).await.json();
    let found = read(&code.to_lowercase().replace('-', " ")).await;
    assert_eq!((&found["misread"], found["bearers"].as_array().unwrap().len()), (&json!(false), 1));
    assert_eq!((&found["bearers"][0]["viewing"], &found["bearers"][0]["name"]), (&json!(viewing), &json!("Ana Ito")));
    let half = read(&format!("{}?{}", &code[..2], &code[3..])).await;
    assert!(half["bearers"].as_array().unwrap().iter().any(|bearer| bearer["viewing"] == json!(viewing)));
    // Another last character cannot be a code; what it nearly is, is told.
    let other = if code.ends_with('7') { '4' } else { '7' };
    let misread = read(&format!("{}{other}", &code[..8])).await;
    assert_eq!((&misread["misread"], &misread["bearers"][0]["session_code"]), (&json!(true), &json!(code)));
    for (text, words) in
        [("K7PX", "4 characters"), ("K7PX-3MR0", "'0' is in no code"), ("K?????? E", "characters were read")]
    {
        let refused = house.post("/api/codes", &account, json!({ "code": text })).await;
        assert_eq!(refused.json()["error"]["field"], "code");
        assert!(refused.json()["error"]["message"].as_str().unwrap().contains(words), "{}", refused.json());
    }
    assert_eq!(house.recorded("leak.traced", Some(("misread", "false"))).await, 2);
    assert_eq!(house.recorded("leak.traced", Some(("misread", "true"))).await, 1);
}

#[tokio::test]
async fn codes_from_before_there_was_a_check_are_still_found() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let (_, viewing) = house.watch(review, &house.link(review).await).await;
    house.sql("UPDATE viewers SET session_code = 'K7QX-2M'").await;
    for (text, scope) in
        [("k7qx2m", json!({})), ("K7Q?-2M", json!({ "review": review })), ("K7QX-2M", json!({ "project": DEFAULT }))]
    {
        let mut body = json!({ "code": text });
        body.as_object_mut().unwrap().extend(scope.as_object().unwrap().clone());
        let found = house.post("/api/codes", &account, body).await.json();
        assert_eq!(found["bearers"][0]["viewing"], json!(viewing), "{text}: {found}");
    }
    let elsewhere = house.post("/api/codes", &account, json!({ "code": "K7QX-2M", "project": Uuid::now_v7() })).await;
    assert_eq!(elsewhere.code(), "not_found");
}
