//! Rounds: the next version of a work, and what became of the comments of the last.

use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;
use vitrine::domain::instant::UtcInstant;

use crate::support::House;

fn next(previous: Uuid, title: &str) -> Value {
    let now = UtcInstant::now();
    json!({ "previous": previous, "title": title, "host": "North Light", "starts_at": now,
        "ends_at": now.plus(Duration::from_secs(3_600)), "source": { "kind": "test-reel", "height": 540 } })
}

async fn say(house: &House, cookie: &str, viewing: Uuid, frame: u32, text: &str) -> Value {
    let comment = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": frame * 3_600, "text": text });
    house.post("/api/comments", cookie, comment).await.json()
}

#[tokio::test]
async fn a_next_round_counts_up_and_knows_what_of_the_last_is_settled() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let first = house.review().await;
    let (guest, viewing) = house.watch(first, &house.link(first).await).await;
    let late = say(&house, &guest, viewing, 9, "wire in the sky").await;
    let early = say(&house, &guest, viewing, 2, "warmer").await;
    let path = format!("/api/log/{}", early["id"].as_str().unwrap());
    house.patch(&path, &account, json!({ "resolved": true })).await;

    let made = house.post("/api/reviews", &account, next(first, "Reel 3, v2")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    let second = made.json();
    assert_eq!((&second["version"], &second["previous"]), (&json!(2), &json!(first)));
    let id: Uuid = second["id"].as_str().unwrap().parse().unwrap();
    let rounds = house.get(&format!("/api/reviews/{id}/rounds"), &account).await.json();
    let counts: Vec<_> = rounds["rounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|round| {
            (
                round["review"]["version"].as_u64().unwrap(),
                round["threads"].as_u64().unwrap(),
                round["open"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(counts, [(2, 0, 0), (1, 2, 1)]);
    let last: Vec<_> = rounds["last"].as_array().unwrap().iter().map(|comment| comment["id"].clone()).collect();
    assert_eq!(last, [early["id"].clone(), late["id"].clone()], "by frame");
    assert_eq!(rounds["last"][0]["resolved_by"], "grader");
    assert_eq!(house.recorded("review.created", Some(("previous", &first.to_string()))).await, 1);

    let joined = house.join(&house.link(id).await).await;
    assert_eq!(house.get("/api/room", &joined).await.json()["review"]["version"], 2, "guests see which version it is");
    let alone = house.get(&format!("/api/reviews/{first}/rounds"), &account).await.json();
    assert_eq!((alone["rounds"].as_array().unwrap().len(), &alone["last"]), (1, &json!([])));
}

#[tokio::test]
async fn a_round_before_is_one_that_is_there_and_in_the_same_project() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let missing = house.post("/api/reviews", &account, next(Uuid::now_v7(), "x")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let project = json!({ "name": "Other", "classification": "internal" });
    let project = house.post("/api/projects", &account, project).await.json();
    let mut body = next(house.review().await, "x");
    body["project"] = project["id"].clone();
    let refused = house.post("/api/reviews", &account, body).await;
    assert_eq!((refused.code().as_str(), &refused.json()["error"]["field"]), ("invalid", &json!("previous")));
}
