//! What is said and shown in a room beside its comments: chat, talkback, pointers, presence, hands.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::SinkExt as _;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;
use vitrine::domain::account::Role;
use vitrine::domain::pace::Pace;
use vitrine::domain::pointer::place;
use vitrine::http::config::HttpConfig;

use crate::events::{Socket, next, open};
use crate::support::House;
use crate::tls::listen;

fn line(text: &str) -> Value {
    json!({ "id": Uuid::now_v7(), "text": text })
}

async fn say(socket: &mut Socket, message: Value) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

#[test]
fn a_pace_gives_its_tokens_at_once_and_then_evenly() {
    let mut pace = Pace::new(3, 2.0, 0);
    assert_eq!([0, 0, 0, 0].map(|now| pace.take(now)), [true, true, true, false]);
    assert_eq!([499, 500, 999, 1_000].map(|now| pace.take(now)), [false, true, false, true]);
    assert!(!pace.is_full(1_000) && pace.is_full(2_500));
    assert!(
        pace.take(60_000) && pace.take(60_000) && pace.take(60_000) && !pace.take(60_000),
        "it holds no more than three"
    );
}

#[test]
fn a_place_lies_in_the_picture() {
    assert_eq!(place([0.25, 0.75]), Some([0.25, 0.75]));
    assert_eq!(place([-3.0, 1.5]), Some([0.0, 1.0]));
    assert_eq!([f32::NAN, f32::INFINITY].map(|x| place([x, 0.5])), [None, None]);
}

#[tokio::test]
async fn chat_is_kept_in_order_once_and_with_its_author() {
    let house = House::new().await;
    let review = house.review().await;
    let guest = house.join(&house.link(review).await).await;
    let account = house.sign_in().await;
    let first = line("  is this the new grade?  ");
    let said = house.post("/api/chat", &guest, first.clone()).await;
    assert_eq!(said.status, StatusCode::CREATED);
    let said = said.json();
    assert_eq!(
        (&said["number"], &said["author"], &said["text"]),
        (&json!(1), &json!("Ana Ito"), &json!("is this the new grade?"))
    );
    assert_eq!(house.post("/api/chat", &guest, first.clone()).await.json(), said, "sending twice keeps one");
    let path = format!("/api/reviews/{review}/chat");
    let answer = house.post(&path, &account, line("yes, v4")).await.json();
    assert_eq!((&answer["number"], &answer["link_id"], &answer["author"]), (&json!(2), &Value::Null, &json!("grader")));
    let room = house.get("/api/room", &guest).await.json();
    assert_eq!(room["chat"], json!([said, answer]));
    assert_eq!(house.get(&format!("/api/reviews/{review}"), &account).await.json()["chat"], room["chat"]);
    let taken = json!({ "id": first["id"], "text": "another's" });
    assert_eq!(house.post(&path, &account, taken).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in ["", " \t ", "two\nlines", &"x".repeat(501)] {
        assert_eq!(house.post("/api/chat", &guest, line(text)).await.code(), "invalid", "{text:?}");
    }
    assert_eq!(house.recorded("chat.said", None).await, 2);
    house.post("/api/chat", &guest, line("=HYPERLINK(\"https://evil.example\")")).await;
    let zip = house.get(&format!("/api/reviews/{review}/archive.zip"), &account).await.body;
    let files = vitrine::export::archive::container::unpack(&zip, None).unwrap();
    let file =
        |name: &str| String::from_utf8(files.iter().find(|file| file.name == name).unwrap().content.clone()).unwrap();
    let csv = file("chat.csv");
    assert!(csv.contains("Ana Ito") && csv.contains("'=HYPERLINK"), "{csv}");
    let chat: Value = serde_json::from_str(&file("chat.json")).unwrap();
    assert_eq!(chat["chat"].as_array().unwrap().len(), 3);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn whoever_speaks_too_fast_is_told_to_wait_and_others_are_not() {
    let house = House::new().await;
    let review = house.review().await;
    let guest = house.join(&house.link(review).await).await;
    let other = house.join(&house.link(review).await).await;
    for each in 0..5 {
        assert_eq!(house.post("/api/chat", &guest, line(&each.to_string())).await.status, StatusCode::CREATED);
    }
    let refused = house.post("/api/chat", &guest, line("and another")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_fast"));
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(house.post("/api/chat", &other, line("hello")).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn who_is_muted_says_nothing_until_it_is_taken_back_however_often_they_come() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let (guest, viewing) = house.watch(review, &link).await;
    let account = house.sign_in().await;
    let viewer = house.get("/api/room", &guest).await.json()["viewer"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/viewers/{viewer}/mute");
    for _ in 0..2 {
        assert_eq!(house.post(&path, &account, json!({ "muted": true })).await.json()["muted"], true);
    }
    assert_eq!(house.recorded("viewer.muted", None).await, 1);
    let refused = house.post("/api/chat", &guest, line("let me")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "muted"));
    let comment = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": 3_600, "text": "too dark" });
    assert_eq!(house.post("/api/comments", &guest, comment).await.status, StatusCode::CREATED, "comments are open");
    house.post("/api/room/leave", &guest, json!({})).await;
    let again = house.join(&link).await;
    assert_eq!(house.post("/api/chat", &again, line("me again")).await.code(), "muted");
    house.post(&path, &account, json!({ "muted": false })).await;
    assert_eq!(house.post("/api/chat", &again, line("thank you")).await.status, StatusCode::CREATED);
    assert_eq!(house.recorded("viewer.unmuted", None).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_what_the_house_says_over_the_picture_until_it_is_taken_away() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let review = house.review().await;
    let account = house.sign_in().await;
    let guest = house.join(&house.link(review).await).await;
    let mut room = open(&listening, "/api/room/events", &guest).await;
    assert_eq!(next(&mut room, "snapshot").await["room"]["floor"], json!({ "pointers": true, "talkback": null }));
    let mut console = open(&listening, &format!("/api/reviews/{review}/events"), &account).await;
    next(&mut console, "snapshot").await;
    let path = format!("/api/reviews/{review}/floor");
    let said = house.patch(&path, &account, json!({ "talkback": " Back in 5 " })).await.json();
    assert_eq!(said, json!({ "pointers": true, "talkback": "Back in 5" }));
    assert_eq!(next(&mut room, "floor").await["floor"], said);
    assert_eq!(next(&mut console, "floor").await["floor"], said);
    let late = house.join(&house.link(review).await).await;
    assert_eq!(house.get("/api/room", &late).await.json()["floor"], said, "whoever comes later sees it too");
    house.patch(&path, &account, json!({ "talkback": null })).await;
    assert_eq!(next(&mut room, "floor").await["floor"]["talkback"], Value::Null);
    house.patch(&path, &account, json!({ "talkback": null })).await;
    assert_eq!(house.recorded("review.floor", None).await, 2, "what changes nothing is not recorded");
    assert_eq!(house.recorded("review.floor", Some(("talkback", "Back in 5"))).await, 1);
    for wrong in [json!({ "talkback": "x".repeat(121) }), json!({ "talkback": "" }), json!({ "talkback": "a\u{7}" })] {
        assert_eq!(house.patch(&path, &account, wrong).await.code(), "invalid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pointers_reach_everybody_with_a_name_and_are_kept_by_nobody() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let review = house.review().await;
    let account = house.sign_in().await;
    let link = house.link(review).await;
    let guest = house.join(&link).await;
    let other = house.join(&house.link(review).await).await;
    let foreign = house.join(&house.link(house.review().await).await).await;
    let mut room = open(&listening, "/api/room/events", &guest).await;
    let mut others = open(&listening, "/api/room/events", &other).await;
    let mut foreigners = open(&listening, "/api/room/events", &foreign).await;
    let mut console = open(&listening, &format!("/api/reviews/{review}/events"), &account).await;
    for socket in [&mut room, &mut others, &mut foreigners, &mut console] {
        next(socket, "snapshot").await;
    }
    say(&mut room, json!({ "type": "pointer", "at": [0.25, 2.0] })).await;
    let expected = json!([{ "link_id": link.link.id, "name": "Ana Ito", "at": [0.25, 1.0] }]);
    assert_eq!(next(&mut others, "pointers").await["pointers"], expected);
    assert_eq!(next(&mut console, "pointers").await["pointers"], expected);
    say(&mut room, json!({ "type": "pointer", "at": null })).await;
    assert_eq!(next(&mut others, "pointers").await["pointers"][0]["at"], Value::Null);
    say(&mut console, json!({ "type": "pointer", "at": [0.5, 0.5] })).await;
    let house_points = next(&mut others, "pointers").await;
    assert_eq!(house_points["pointers"][0]["name"], "grader");
    assert!(timeout(Duration::from_millis(300), next(&mut foreigners, "pointers")).await.is_err(), "another review");

    // 200 places at once are a flood: others hear of the last ones of what is allowed, in few messages.
    for step in 0..200_u16 {
        say(&mut room, json!({ "type": "pointer", "at": [f32::from(step) / 200.0, 0.0] })).await;
    }
    let mut messages = 0;
    while timeout(Duration::from_millis(300), next(&mut others, "pointers")).await.is_ok() {
        messages += 1;
    }
    assert!((1..=6).contains(&messages), "{messages} messages");

    // The house takes pointers away from guests; its own stays.
    house.patch(&format!("/api/reviews/{review}/floor"), &account, json!({ "pointers": false })).await;
    next(&mut room, "floor").await;
    sleep(Duration::from_millis(600)).await;
    say(&mut room, json!({ "type": "pointer", "at": [0.1, 0.1] })).await;
    assert!(timeout(Duration::from_millis(300), next(&mut others, "pointers")).await.is_err(), "nobody may point");
    say(&mut console, json!({ "type": "pointer", "at": [0.5, 0.5] })).await;
    next(&mut others, "pointers").await;
}

async fn person(socket: &mut Socket, so: impl Fn(&Value) -> bool) -> Value {
    loop {
        let told = next(socket, "people").await;
        if so(&told["people"][0]) {
            return told["people"][0].clone();
        }
    }
}

async fn viewer(socket: &mut Socket, so: impl Fn(&Value) -> bool) -> Value {
    loop {
        let told = next(socket, "viewers").await;
        if so(&told["viewers"][0]) {
            return told["viewers"][0].clone();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn presence_and_hands_are_seen_and_a_hand_is_lowered_by_either() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let review = house.review().await;
    let account = house.sign_in().await;
    let link = house.link(review).await;
    let (guest, viewing) = house.watch(review, &link).await;
    house.screening.connected(viewing).await.unwrap();
    let mut console = open(&listening, &format!("/api/reviews/{review}/events"), &account).await;
    let snapshot = next(&mut console, "snapshot").await;
    assert_eq!(snapshot["review"]["viewers"][0]["looking"], false, "no page has the room open");
    let mut room = open(&listening, "/api/room/events", &guest).await;
    next(&mut room, "snapshot").await;
    let found = viewer(&mut console, |viewer| viewer["looking"] == true).await;
    assert_eq!(found["hand_at"], Value::Null);

    say(&mut room, json!({ "type": "presence", "looking": false })).await;
    viewer(&mut console, |viewer| viewer["looking"] == false).await;
    say(&mut room, json!({ "type": "presence", "looking": true })).await;
    say(&mut room, json!({ "type": "hand", "raised": true })).await;
    let raised = viewer(&mut console, |viewer| viewer["hand_at"].is_string()).await;
    assert_eq!(person(&mut room, |person| person["hand"] == true).await["looking"], true);

    let path = format!("/api/viewers/{}/lower-hand", raised["id"].as_str().unwrap());
    assert_eq!(house.post(&path, &account, json!({})).await.status, StatusCode::NO_CONTENT);
    person(&mut room, |person| person["hand"] == false).await;
    say(&mut room, json!({ "type": "hand", "raised": true })).await;
    person(&mut room, |person| person["hand"] == true).await;

    // A page that is reloaded finds its hand as it was.
    drop(room);
    viewer(&mut console, |viewer| viewer["looking"] == false).await;
    let mut room = open(&listening, "/api/room/events", &guest).await;
    assert_eq!(next(&mut room, "snapshot").await["room"]["people"][0]["hand"], true);
    say(&mut room, json!({ "type": "hand", "raised": false })).await;
    person(&mut room, |person| person["hand"] == false).await;
    viewer(&mut console, |viewer| viewer["hand_at"].is_null()).await;
}

#[tokio::test]
async fn a_producer_mutes_and_chats_but_does_not_speak_over_the_picture() {
    let house = House::new().await;
    let review = house.review().await;
    let guest = house.join(&house.link(review).await).await;
    let viewer = house.get("/api/room", &guest).await.json()["viewer"]["id"].as_str().unwrap().to_owned();
    house.account("producer", Role::Producer).await;
    house
        .sql("INSERT OR IGNORE INTO memberships (account_id, project_id) SELECT a.id, p.id FROM accounts a, projects p")
        .await;
    let cookie = house.enrol("producer").await.0;
    let floor = format!("/api/reviews/{review}/floor");
    assert_eq!(house.patch(&floor, &cookie, json!({ "talkback": "x" })).await.code(), "forbidden");
    assert_eq!(
        house.post(&format!("/api/viewers/{viewer}/mute"), &cookie, json!({ "muted": true })).await.status,
        StatusCode::OK
    );
    let path = format!("/api/reviews/{review}/chat");
    assert_eq!(house.post(&path, &cookie, line("hello")).await.status, StatusCode::CREATED);
}
