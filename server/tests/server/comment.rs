//! Comments: pinned by the server to the frame that was sent.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::House;

fn new(viewing: Uuid, rtp_timestamp: u32, text: &str) -> Value {
    json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": rtp_timestamp, "text": text })
}

#[tokio::test]
async fn a_comment_carries_the_frame_that_was_on_screen() {
    let house = House::new().await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    let comment = new(viewing, 7 * 3_600, "  the skin is too red\r\nhere ");
    let made = house.post("/api/comments", &cookie, comment.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let facts = made.json();
    assert_eq!(facts["source_frame"], 7);
    assert_eq!(facts["timecode"], "01:00:00:07");
    assert_eq!(facts["rate"], json!({ "num": 25, "den": 1, "drop_frame": false }));
    assert_eq!(facts["author"], "Ana Ito");
    assert_eq!(facts["text"], "the skin is too red\nhere");

    let again = house.post("/api/comments", &cookie, comment).await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, facts.clone()), "sending twice keeps one");
    assert_eq!(house.get("/api/comments", &cookie).await.json(), json!({ "comments": [facts] }));
    assert_eq!(house.recorded("comment.made", Some(("timecode", "01:00:00:07"))).await, 1);
}

#[tokio::test]
async fn comments_that_cannot_be_pinned_are_refused() {
    let house = House::new().await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    let (other, others) = house.watch(review, &house.link(review).await).await;
    for (comment, status, code) in [
        (new(viewing, 1, "x"), StatusCode::CONFLICT, "frame_unknown"),
        (new(others, 3_600, "x"), StatusCode::CONFLICT, "frame_unknown"),
        (new(Uuid::now_v7(), 3_600, "x"), StatusCode::CONFLICT, "frame_unknown"),
        (new(viewing, 3_600, " \n "), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        (new(viewing, 3_600, &"x".repeat(4_001)), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        (new(viewing, 3_600, "bell \u{7}"), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        (json!({ "text": "x" }), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
    ] {
        let answer = house.post("/api/comments", &cookie, comment.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{comment}");
    }
    let mine = new(viewing, 3_600, &"é".repeat(4_000));
    assert_eq!(house.post("/api/comments", &cookie, mine.clone()).await.status, StatusCode::CREATED);
    let taken = json!({ "id": mine["id"], "viewing_id": others, "rtp_timestamp": 3_600, "text": "x" });
    assert_eq!(house.post("/api/comments", &other, taken).await.code(), "comment_taken");
    assert_eq!(house.post("/api/comments", "", mine).await.code(), "not_joined");
}
