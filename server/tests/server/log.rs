//! The comment log over all reviews.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::account::Role;
use vitrine::domain::pace::LimitsConfig;

use crate::support::House;

async fn say(house: &House, cookie: &str, viewing: Uuid, frame: u32, text: &str) -> Uuid {
    let id = Uuid::now_v7();
    let body = json!({ "id": id, "viewing_id": viewing, "rtp_timestamp": frame * 3_600, "text": text });
    assert_eq!(house.post("/api/comments", cookie, body).await.status, StatusCode::CREATED);
    id
}

/// Two reviews with what was said in them: `skin` (answered by the house, settled), `100% green`, `roto`.
async fn house() -> (House, String, [Uuid; 2]) {
    let house = House::new().await;
    let account = house.sign_in().await;
    let reviews = [house.review().await, house.review().await];
    let (first, first_viewing) = house.watch(reviews[0], &house.link(reviews[0]).await).await;
    let (second, second_viewing) = house.watch(reviews[1], &house.link(reviews[1]).await).await;
    let skin = say(&house, &first, first_viewing, 1, "skin").await;
    say(&house, &first, first_viewing, 2, "100% green").await;
    say(&house, &second, second_viewing, 3, "roto").await;
    let answer = json!({ "id": Uuid::now_v7(), "text": "Warmer now" });
    assert_eq!(house.post(&format!("/api/log/{skin}/answers"), &account, answer).await.status, StatusCode::CREATED);
    let settled = house.patch(&format!("/api/log/{skin}"), &account, json!({ "resolved": true })).await;
    assert_eq!(settled.status, StatusCode::OK);
    (house, account, reviews)
}

async fn texts(house: &House, account: &str, query: &str) -> Vec<String> {
    let log = house.get(&format!("/api/log{query}"), account).await;
    assert_eq!(log.status, StatusCode::OK, "{query}");
    let threads = log.json()["threads"].as_array().unwrap().clone();
    threads.iter().map(|thread| thread["first"]["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn it_holds_the_threads_of_all_reviews_newest_first() {
    let (house, account, reviews) = house().await;
    assert_eq!(texts(&house, &account, "").await, ["roto", "100% green", "skin"]);
    let log = house.get("/api/log", &account).await.json();
    let last = &log["threads"][2];
    assert_eq!((&last["review_id"], &last["review_title"]), (&json!(reviews[0]), &json!("Reel 3")));
    assert_eq!(last["answers"][0]["text"], "Warmer now");
    assert_eq!(log["more"], false);
}

#[tokio::test]
async fn it_is_narrowed_by_review_status_words_and_place() {
    let (house, account, reviews) = house().await;
    let last = house.get("/api/log", &account).await.json()["threads"][0]["first"]["id"].clone();
    for (query, expected) in [
        (format!("?review={}", reviews[1]), vec!["roto"]),
        (format!("?project={}", Uuid::now_v7()), vec![]),
        ("?status=open".to_owned(), vec!["roto", "100% green"]),
        ("?status=resolved".to_owned(), vec!["skin"]),
        ("?category=vfx".to_owned(), vec![]),
        ("?text=WARMER".to_owned(), vec!["skin"]),
        ("?text=%25".to_owned(), vec!["100% green"]),
        ("?text=Ana".to_owned(), vec!["roto", "100% green", "skin"]),
        ("?text='%20OR%201=1--".to_owned(), vec![]),
        ("?since=2100-01-01T00:00:00Z".to_owned(), vec![]),
        (format!("?before={}", last.as_str().unwrap()), vec!["100% green", "skin"]),
    ] {
        assert_eq!(texts(&house, &account, &query).await, expected, "{query}");
    }
    for query in ["?status=shut", "?review=x", "?since=yesterday"] {
        assert_eq!(house.get(&format!("/api/log{query}"), &account).await.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let long = format!("/api/log?text={}", "x".repeat(201));
    assert_eq!(house.get(&long, &account).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn nobody_finds_what_is_not_theirs_to_see_or_to_take_out() {
    let (house, account, _) = house().await;
    house.account("producer", Role::Producer).await;
    house.account("lead", Role::SecurityLead).await;
    let (producer, ..) = house.enrol("producer").await;
    let (lead, ..) = house.enrol("lead").await;
    assert!(texts(&house, &producer, "").await.is_empty(), "a member of no project");
    assert_eq!(texts(&house, &lead, "").await.len(), 3, "may see");
    let rows = |answer: Vec<u8>| csv::Reader::from_reader(answer.as_slice()).records().count();
    assert_eq!(rows(house.get("/api/log.csv", &lead).await.body), 0, "may take nothing out");
    assert_eq!(rows(house.get("/api/log.csv", &account).await.body), 4, "threads and answers");
    assert_eq!(house.recorded("comments.exported", Some(("format", "csv"))).await, 2);
    assert_eq!(house.get("/api/log", "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_long_log_comes_in_pages() {
    let house = House::new().await.limited_by(LimitsConfig::NONE);
    let account = house.sign_in().await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    for frame in 0..105 {
        say(&house, &cookie, viewing, frame, &format!("n{frame}")).await;
    }
    let first = house.get("/api/log", &account).await.json();
    let threads: &Vec<Value> = first["threads"].as_array().unwrap();
    assert_eq!((threads.len(), &first["more"]), (100, &json!(true)));
    let last = threads[99]["first"]["id"].as_str().unwrap();
    assert_eq!(texts(&house, &account, &format!("?before={last}")).await, ["n4", "n3", "n2", "n1", "n0"]);
}
