//! Clean holds: where they are allowed, who may, how long, and that the mark comes back whatever happens.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;
use vitrine::domain::account::Role;
use vitrine::domain::audit::By;
use vitrine::domain::policy::Profile;
use vitrine::domain::project::{Classification, DEFAULT};

use crate::support::{Answer, House};

async fn start(house: &House, review: Uuid, account: &str, seconds: u64) -> Answer {
    house.post(&format!("/api/reviews/{review}/clean-hold"), account, json!({ "seconds": seconds })).await
}

/// A live review in a project that has clean holds, and an admin.
async fn allowed() -> (House, Uuid, String) {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    house.services.set_clean_hold(DEFAULT, true, &By::COMMAND_LINE).await.unwrap();
    (house, review, account)
}

fn asked(house: &House) -> Vec<Option<Duration>> {
    house.projector.lifted.lock().unwrap().iter().map(|(_, lasting)| *lasting).collect()
}

#[tokio::test]
async fn there_is_none_until_the_project_says_so() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let refused = start(&house, review, &account, 5).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "clean_hold_forbidden"));
    assert!(asked(&house).is_empty());
    assert_eq!(house.recorded("mark.lifted", Some(("reason", "the project allows no clean hold"))).await, 1);
    let path = format!("/api/projects/{DEFAULT}/clean-hold");
    assert_eq!(house.put(&path, &account, json!({ "allowed": true })).await.json()["clean_hold"], true);
    assert_eq!(start(&house, review, &account, 5).await.status, StatusCode::CREATED);
    assert_eq!(house.recorded("project.clean_hold", Some(("allowed", "true"))).await, 1);
}

#[tokio::test]
async fn restricted_projects_and_strict_houses_have_none_whatever_they_say() {
    let (house, review, account) = allowed().await;
    house.services.classify_project(DEFAULT, Classification::Restricted, &By::COMMAND_LINE).await.unwrap();
    let refused = start(&house, review, &account, 5).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "clean_hold_forbidden"));
    let path = format!("/api/projects/{DEFAULT}/clean-hold");
    let said = house.put(&path, &account, json!({ "allowed": true })).await;
    assert_eq!((said.status, &said.json()["error"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("clean_hold")));
    assert!(asked(&house).is_empty());

    let strict = House::under(Profile::Tpn).await;
    assert!(strict.services.set_clean_hold(DEFAULT, true, &By::COMMAND_LINE).await.is_err());
    let review = strict.review().await;
    assert!(strict.screening.start_clean_hold(review, Duration::from_secs(5), &By::COMMAND_LINE).await.is_err());
    assert!(asked(&strict).is_empty());
}

#[tokio::test]
async fn it_is_told_ends_by_itself_and_both_are_recorded() {
    let (house, review, account) = allowed().await;
    let (_, viewing) = house.watch(review, &house.link(review).await).await;
    let jobs = house.start_jobs();
    let begun = start(&house, review, &account, 1).await;
    assert_eq!(begun.status, StatusCode::CREATED);
    assert_eq!(asked(&house), [Some(Duration::from_secs(1))]);
    let shown = house.get(&format!("/api/reviews/{review}"), &account).await.json();
    assert!(shown["source"]["clean_until"].is_string(), "the console shows it");
    // The console does nothing more.
    house.comes_to_be_recorded("mark.restored", Some(("because", "time")), 1).await;
    assert_eq!(asked(&house), [Some(Duration::from_secs(1)), None]);
    let shown = house.get(&format!("/api/reviews/{review}"), &account).await.json();
    assert_eq!(shown["source"]["clean_until"], json!(null));
    assert!(house.projector.runs(viewing));
    assert_eq!(house.recorded("mark.lifted", Some(("seconds", "1"))).await, 1);
    drop(jobs);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn everybody_who_watches_is_told() {
    let (house, review, account) = allowed().await;
    let (cookie, _) = house.watch(review, &house.link(review).await).await;
    start(&house, review, &account, 30).await;
    let room = house.get("/api/room", &cookie).await.json();
    assert!(room["source"]["clean_until"].is_string(), "{}", room["source"]);
    assert_eq!(room["source"]["held"], json!(null), "and nothing else of the console's");
}

#[tokio::test]
async fn it_is_short_and_not_one_after_the_other() {
    let (house, review, account) = allowed().await;
    for seconds in [0, 61, 100_000] {
        let refused = start(&house, review, &account, seconds).await;
        assert_eq!(
            (refused.status, &refused.json()["error"]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("seconds"))
        );
    }
    assert!(asked(&house).is_empty());
    assert_eq!(start(&house, review, &account, 60).await.status, StatusCode::CREATED);
    assert_eq!(start(&house, review, &account, 60).await.code(), "clean_hold", "one lasts");
    let path = format!("/api/reviews/{review}/clean-hold");
    assert_eq!(house.delete(&path, &account).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.recorded("mark.restored", Some(("because", "asked"))).await, 1);
    let again = start(&house, review, &account, 5).await;
    assert_eq!((again.status, again.code().as_str()), (StatusCode::CONFLICT, "clean_hold"));
    let wait: u32 = again.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((55..=61).contains(&wait), "{wait} s");
    house.sql("UPDATE clean_holds SET ended_at = ended_at - 61000").await;
    assert_eq!(start(&house, review, &account, 5).await.status, StatusCode::CREATED);
    assert_eq!(house.recorded("mark.lifted", None).await, 4, "what was refused is recorded too");
}

#[tokio::test]
async fn it_ends_when_its_right_is_taken_and_with_the_review() {
    let (house, review, account) = allowed().await;
    start(&house, review, &account, 60).await;
    house.services.classify_project(DEFAULT, Classification::Restricted, &By::COMMAND_LINE).await.unwrap();
    house.screening.supervise().await.unwrap();
    assert_eq!(house.recorded("mark.restored", Some(("because", "policy"))).await, 1);
    assert_eq!(asked(&house).last(), Some(&None));

    let (house, review, account) = allowed().await;
    start(&house, review, &account, 60).await;
    house.services.set_clean_hold(DEFAULT, false, &By::COMMAND_LINE).await.unwrap();
    house.screening.supervise().await.unwrap();
    assert_eq!(house.recorded("mark.restored", Some(("because", "policy"))).await, 1);

    let (house, review, account) = allowed().await;
    start(&house, review, &account, 60).await;
    house.post(&format!("/api/reviews/{review}/end"), &account, json!({})).await;
    house.screening.supervise().await.unwrap();
    assert_eq!(house.recorded("mark.restored", Some(("because", "review"))).await, 1);
    assert_eq!(start(&house, review, &account, 5).await.code(), "clean_hold", "the review is over");
}

#[tokio::test]
async fn what_a_killed_server_left_lifted_is_recorded_as_over() {
    let (house, review, account) = allowed().await;
    start(&house, review, &account, 60).await;
    house.screening.end_clean_holds().await.unwrap();
    assert_eq!(house.recorded("mark.restored", Some(("because", "server"))).await, 1);
    house.screening.end_clean_holds().await.unwrap();
    assert_eq!(house.recorded("mark.restored", None).await, 1);
    let _ = (review, account);
}

#[tokio::test]
async fn a_producer_and_a_security_lead_may_not() {
    let (house, review, _) = allowed().await;
    for (user, role) in [("pia", Role::Producer), ("sam", Role::SecurityLead)] {
        let id = house.account(user, role).await;
        house.services.set_member(DEFAULT, id, true, &By::COMMAND_LINE).await.unwrap();
        let cookie = house.enrol(user).await.0;
        assert_eq!(start(&house, review, &cookie, 5).await.code(), "forbidden");
    }
    let id = house.account("kit", Role::Colourist).await;
    house.services.set_member(DEFAULT, id, true, &By::COMMAND_LINE).await.unwrap();
    let cookie = house.enrol("kit").await.0;
    assert_eq!(start(&house, review, &cookie, 5).await.status, StatusCode::CREATED);
    assert_eq!(house.recorded("access.denied", Some(("permission", "mark.lift"))).await, 2);
}
