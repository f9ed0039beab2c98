//! What cannot be recorded does not happen.

use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::link::{Invitation, LinkState};
use vitrine::domain::viewing::EndReason;

use crate::support::House;

async fn break_record(house: &House) {
    let sql = "CREATE TRIGGER no_record BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    sqlx::query(sql).execute(&mut house.raw().await).await.unwrap();
}

#[tokio::test]
async fn an_effect_without_its_record_is_rolled_back() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let (_, viewing) = house.watch(review, &link).await;
    let viewer = house.services.viewers(review).await.unwrap()[0].id;
    break_record(&house).await;

    assert!(house.services.revoke_link(link.link.id, &By::COMMAND_LINE).await.is_err());
    assert!(house.services.end_review(review, &By::COMMAND_LINE).await.is_err());
    assert!(house.services.end_viewer(viewer, EndReason::Removed, &By::COMMAND_LINE).await.is_err());
    assert!(house.services.create_link(review, Invitation::to("B", "b@c"), &By::COMMAND_LINE).await.is_err());

    let links = house.services.links(Some(review)).await.unwrap();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].facts.state(UtcInstant::now()), LinkState::InUse);
    assert!(house.services.review(review).await.unwrap().window.ended_at.is_none());
    assert!(house.services.viewer(viewer).await.unwrap().ended_at.is_none());
    assert!(house.projector.runs(viewing));
}

#[tokio::test]
async fn nobody_joins_comments_or_watches_without_a_record() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let (cookie, viewing) = house.watch(review, &link).await;
    let lease = house.lease(&cookie).await;
    let second = house.link(review).await;
    break_record(&house).await;

    assert_eq!(house.redeem(&second, second.passphrase.reveal()).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let comment = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": 3_600, "text": "too dark" });
    let answer = house.post("/api/comments", &cookie, comment).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!String::from_utf8_lossy(&answer.body).contains("disk full"), "nothing internal leaves");
    assert_eq!(house.whep(review, &lease).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(house.services.viewers(review).await.unwrap().len(), 1);
    assert!(house.services.comments(review).await.unwrap().is_empty());
    assert_eq!(house.projector.running.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn secrets_are_not_in_the_database() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let cookie = house.join(&link).await;
    house.sign_in().await;
    house.services.store.close().await;
    let bytes = std::fs::read(house.data().database()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains(&*link.secret.reveal()));
    assert!(!text.contains(link.passphrase.reveal()));
    assert!(!text.contains(&link.passphrase.reveal().replace('-', "")));
    assert!(!text.contains(cookie.split_once('=').unwrap().1));
    assert!(text.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[tokio::test]
async fn what_another_process_recorded_meanwhile_comes_before_the_next_entry() {
    let house = House::new().await;
    let review = house.review().await;
    let other = house.other_process().await;
    for name in ["A", "B", "C"] {
        house.services.create_link(review, Invitation::to(name, "a@b"), &By::COMMAND_LINE).await.unwrap();
        other.create_link(review, Invitation::to(name, "b@c"), &By::COMMAND_LINE).await.unwrap();
    }
    assert_eq!(house.recorded("link.created", None).await, 6);
    house.verify().await.unwrap();
}
