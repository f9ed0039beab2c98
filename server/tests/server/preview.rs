//! The house looks at its own review: as a viewer, with a mark of its own, for as long as its session stands.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use vitrine::domain::account::Role;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;

use crate::support::{House, PASSWORD, until};

async fn start(house: &House, review: uuid::Uuid, cookie: &str) -> Value {
    let answer = house.post(&format!("/api/reviews/{review}/preview"), cookie, json!({})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    answer.json()
}

async fn viewers(house: &House, review: uuid::Uuid, cookie: &str) -> Vec<Value> {
    let found = house.get(&format!("/api/reviews/{review}"), cookie).await.json();
    found["viewers"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_house_is_a_viewer_with_a_name_a_code_and_rows_in_the_record() {
    let house = House::new().await;
    let review = house.review().await;
    let account = house.sign_in().await;
    let preview = start(&house, review, &account).await;
    let again = start(&house, review, &account).await;
    assert_eq!(again["viewer_id"], preview["viewer_id"], "asked again it is prolonged");
    let answer = house.whep(review, again["lease"].as_str().unwrap()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let seen = viewers(&house, review, &account).await;
    assert_eq!(seen.len(), 1);
    assert_eq!((&seen[0]["name"], &seen[0]["house"]), (&json!("grader"), &json!(true)));
    assert_eq!(seen[0]["session_code"], preview["session_code"]);
    assert_eq!(house.recorded("viewer.joined", Some(("for", "preview"))).await, 1);
    assert_eq!(house.recorded("viewing.started", None).await, 1);
    let links = house.get(&format!("/api/reviews/{review}"), &account).await.json()["links"].clone();
    assert_eq!((&links[0]["house"], links.as_array().unwrap().len()), (&json!(true), 1));
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn a_preview_ends_with_the_session_at_once() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let review = house.review().await;
    let account = house.sign_in().await;
    let preview = start(&house, review, &account).await;
    let answer = house.whep(review, preview["lease"].as_str().unwrap()).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let viewing = location.rsplit('/').next().unwrap().parse().unwrap();
    assert!(house.projector.runs(viewing));
    house.post("/api/sign-out", &account, json!({})).await;
    let stopped = until(Duration::from_secs(1), || !house.projector.runs(viewing)).await;
    assert!(stopped.is_some(), "the picture goes on after the session");
    house.comes_to_be_recorded("viewer.ended", Some(("reason", "signed_out")), 1).await;
}

#[tokio::test]
async fn a_second_session_takes_the_place_and_leaving_gives_it_back() {
    let house = House::new().await;
    let review = house.review().await;
    house.account("grader", Role::Colourist).await;
    house
        .sql("INSERT OR IGNORE INTO memberships (account_id, project_id) SELECT a.id, p.id FROM accounts a, projects p")
        .await;
    let (one, _, codes) = house.enrol("grader").await;
    let half = house.give_password("grader", PASSWORD).await.cookie();
    let other = house.post("/api/sign-in/code", &half, json!({ "code": codes[0] })).await.cookie();
    let first = start(&house, review, &one).await;
    let second = start(&house, review, &other).await;
    assert_ne!(first["viewer_id"], second["viewer_id"]);
    let path = format!("/api/reviews/{review}/preview");
    assert_eq!(house.delete(&path, &one).await.status, StatusCode::NO_CONTENT, "the other's stays");
    let state = async || viewers(&house, review, &one).await.iter().filter(|viewer| viewer["state"] != "ended").count();
    assert_eq!(state().await, 1);
    assert_eq!(house.delete(&path, &other).await.status, StatusCode::NO_CONTENT);
    assert_eq!(state().await, 0);
    // Through the same link: it is the same person.
    start(&house, review, &other).await;
    assert_eq!(house.services.links(Some(review)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_previews_what_is_not_live_or_was_taken_back() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let now = UtcInstant::now();
    let planned = house.review_between(now.plus(Duration::from_secs(60)), now.plus(Duration::from_secs(120))).await;
    let answer = house.post(&format!("/api/reviews/{planned}/preview"), &account, json!({})).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let review = house.review().await;
    let preview = start(&house, review, &account).await;
    let link = house.services.links(Some(review)).await.unwrap().remove(0);
    house.services.revoke_link(link.id, &By::COMMAND_LINE).await.unwrap();
    let answer = house.whep(review, preview["lease"].as_str().unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}
