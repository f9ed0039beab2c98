//! How fast one person may ask.

use axum::http::StatusCode;
use serde_json::json;
use vitrine::domain::account::Role;
use vitrine::domain::pace::{Allowance, LimitsConfig};

use crate::support::{House, PASSWORD};

/// So many requests at once, and one a minute after that.
const fn so_many(at_once: u32) -> Allowance {
    Allowance { at_once, per_minute: 1 }
}

async fn asked(house: &House, cookie: &str, times: usize) -> Vec<StatusCode> {
    let mut answers = Vec::new();
    for _ in 0..times {
        answers.push(house.get("/api/room", cookie).await.status);
    }
    answers
}

#[tokio::test]
async fn a_guest_who_asks_too_fast_is_told_when_to_ask_again_and_nobody_else_waits() {
    let limits = LimitsConfig { guest: so_many(3), ..LimitsConfig::NONE };
    let house = House::new().await.limited_by(limits);
    let review = house.review().await;
    let (one, other) = (house.link(review).await, house.link(review).await);
    let (one, other) = (house.join(&one).await, house.join(&other).await);
    assert_eq!(asked(&house, &one, 4).await, [200, 200, 200, 429].map(|code| StatusCode::from_u16(code).unwrap()));
    let refused = house.get("/api/room", &one).await;
    assert_eq!(
        (refused.json()["error"]["code"].clone(), &refused.headers["retry-after"]),
        (json!("too_fast"), &"60".parse().unwrap())
    );
    assert_eq!(asked(&house, &other, 1).await, [StatusCode::OK]);
}

#[tokio::test]
async fn what_changes_something_is_counted_by_itself_and_also_leases_and_viewings_are() {
    let limits = LimitsConfig { guest_changes: so_many(3), ..LimitsConfig::NONE };
    let house = House::new().await.limited_by(limits);
    let review = house.review().await;
    let cookie = house.join(&house.link(review).await).await;
    let lease = house.lease(&cookie).await;
    for _ in 0..2 {
        assert_eq!(house.post("/api/leases", &cookie, json!({})).await.status, StatusCode::CREATED);
    }
    assert_eq!(house.post("/api/leases", &cookie, json!({})).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(asked(&house, &cookie, 5).await, [StatusCode::OK; 5], "reading is not");
    for _ in 0..3 {
        assert_eq!(house.whep(review, &lease).await.status, StatusCode::CREATED);
    }
    let refused = house.whep(review, &lease).await;
    assert_eq!((refused.status, refused.headers.contains_key("retry-after")), (StatusCode::TOO_MANY_REQUESTS, true));
}

#[tokio::test]
async fn an_account_is_counted_over_all_its_sessions() {
    let limits = LimitsConfig { account: so_many(8), ..LimitsConfig::NONE };
    let house = House::new().await.limited_by(limits);
    house.account("ana", Role::Producer).await;
    let (first, _, codes) = house.enrol("ana").await;
    let half = house.give_password("ana", PASSWORD).await.cookie();
    let second = house.post("/api/sign-in/code", &half, json!({ "code": codes[0] })).await.cookie();
    let mut answers = Vec::new();
    for cookie in [&first, &second].repeat(5) {
        answers.push(house.get("/api/me", cookie).await.status);
    }
    assert_eq!(answers.last(), Some(&StatusCode::TOO_MANY_REQUESTS), "{answers:?}");
}

#[tokio::test]
async fn a_password_without_the_second_factor_takes_nothing_from_the_owner() {
    let limits = LimitsConfig { account: so_many(8), ..LimitsConfig::NONE };
    let house = House::new().await.limited_by(limits);
    house.account("ana", Role::Producer).await;
    let (own, ..) = house.enrol("ana").await;
    let half = house.give_password("ana", PASSWORD).await.cookie();
    let mut answers = Vec::new();
    for _ in 0..9 {
        answers.push(house.get("/api/me", &half).await.status);
    }
    assert_eq!(answers.last(), Some(&StatusCode::TOO_MANY_REQUESTS), "{answers:?}");
    assert_eq!(house.get("/api/me", &own).await.status, StatusCode::OK);
}
