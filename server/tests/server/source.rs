//! A review's sources over HTTP: added, put on air, removed; each with its record.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::media::MediaEvent;

use crate::support::{Answer, House};

/// A house with a live review that somebody watches, and an account.
async fn live() -> (House, Uuid, String) {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let program = house.services.review(review).await.unwrap().program;
    vitrine::service::Projector::open(&*house.projector, review, program);
    (house, review, account)
}

async fn add(house: &House, review: Uuid, account: &str, body: Value) -> Answer {
    house.post(&format!("/api/reviews/{review}/sources"), account, body).await
}

async fn show(house: &House, review: Uuid, account: &str, source: &Value) -> Answer {
    let source = source["id"].as_str().unwrap();
    house.post(&format!("/api/reviews/{review}/sources/{source}/show"), account, json!({})).await
}

fn listed(review: &Value, name: &str) -> Value {
    review["sources"].as_array().unwrap().iter().find(|source| source["name"] == name).cloned().unwrap()
}

#[tokio::test]
async fn a_source_is_added_put_on_air_and_keeps_its_own_look() {
    let (house, review, account) = live().await;
    let body = json!({ "name": "Reel 2", "source": { "kind": "test-reel", "height": 540 }, "input_color": "srgb",
        "start_timecode": "02:00:00:00" });
    let added = add(&house, review, &account, body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.json());
    let first = listed(&added.json(), "Reference reel");
    let second = listed(&added.json(), "Reel 2");
    assert_eq!((&first["on_air"], &second["on_air"]), (&json!(true), &json!(false)));
    assert_eq!(house.projector.open.lock().unwrap()[&review].source_id.to_string(), first["id"].as_str().unwrap());

    house.patch(&format!("/api/reviews/{review}/look"), &account, json!({ "range": "full" })).await;
    let shown = show(&house, review, &account, &second).await.json();
    assert_eq!(listed(&shown, "Reel 2")["on_air"], true);
    assert_eq!((&shown["input_color"], &shown["look"]["range"]), (&json!("srgb"), &json!("from-tags")));
    let open = house.projector.open.lock().unwrap()[&review].clone();
    assert_eq!(open.source_id.to_string(), second["id"].as_str().unwrap());
    assert_eq!(open.start_timecode.as_deref(), Some("02:00:00:00"));

    let back = show(&house, review, &account, &first).await.json();
    assert_eq!((&back["input_color"], &back["look"]["range"]), (&json!("bt1886"), &json!("full")), "as it was left");
    assert_eq!(house.recorded("review.source_added", Some(("name", "Reel 2"))).await, 1);
    assert_eq!(house.recorded("review.source", Some(("name", "Reel 2"))).await, 1);
    assert_eq!(house.recorded("review.source", Some(("from_name", "Reel 2"))).await, 1);
    show(&house, review, &account, &first).await;
    assert_eq!(house.recorded("review.source", None).await, 2, "what is on air already is not put on air");
}

#[tokio::test]
async fn a_comment_is_pinned_to_the_source_that_was_on_screen() {
    let (house, review, account) = live().await;
    let link = house.link(review).await;
    let (cookie, viewing) = house.watch(review, &link).await;
    let comment = async |text: &str| {
        let body = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": 3_600, "text": text });
        house.post("/api/comments", &cookie, body).await.json()
    };
    let added = add(&house, review, &account, json!({ "name": "Reel 2", "source": { "kind": "slate" } })).await.json();
    let one = comment("on the first").await;
    show(&house, review, &account, &listed(&added, "Reel 2")).await;
    let two = comment("on the second").await;
    assert_eq!(one["source_id"], listed(&added, "Reference reel")["id"]);
    assert_eq!(two["source_id"], listed(&added, "Reel 2")["id"]);
    assert_eq!(one["source_frame"], two["source_frame"]);
    let source = two["source_id"].as_str().unwrap();
    assert_eq!(house.recorded("comment.made", Some(("source", source))).await, 1);
    assert!(house.projector.runs(viewing), "the viewer stays");
}

#[tokio::test]
async fn what_is_on_air_cannot_be_removed_and_the_rest_can() {
    let (house, review, account) = live().await;
    let added = add(&house, review, &account, json!({ "source": { "kind": "slate" } })).await.json();
    let path = |name: &str| {
        let id = listed(&added, name)["id"].as_str().unwrap().to_owned();
        format!("/api/reviews/{review}/sources/{id}")
    };
    assert_eq!(house.delete(&path("Reference reel"), &account).await.code(), "source_on_air");
    assert_eq!(house.delete(&path("Slate"), &account).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.delete(&path("Slate"), &account).await.code(), "not_found");
    assert_eq!(show(&house, review, &account, &listed(&added, "Slate")).await.code(), "not_found");
    assert_eq!(house.recorded("review.source_removed", Some(("name", "Slate"))).await, 1);
}

#[tokio::test]
async fn a_wrong_source_is_refused_with_what_was_expected() {
    let (house, review, account) = live().await;
    for (source, words) in [
        (json!({ "kind": "sequence", "path": "shots/a.%04d.dpx", "rate": null }), "not an absolute path"),
        (json!({ "kind": "sequence", "path": "/nowhere/a.%04d.dpx", "rate": null }), "no numbered pictures found"),
        (json!({ "kind": "sequence", "path": "/tmp/a.dpx", "rate": null }), "expected a place for the number"),
        (
            json!({ "kind": "sequence", "path": "/tmp/a.%04d.dpx", "rate": { "num": 0, "den": 1, "drop_frame": false } }),
            "expected 1 to 120 frames a second",
        ),
        (json!({ "kind": "srt", "uri": "rtmp://a" }), "rendezvous"),
    ] {
        let answer = add(&house, review, &account, json!({ "source": source })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{source}");
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(words), "{}", answer.json());
    }
    for _ in 1..50 {
        add(&house, review, &account, json!({ "source": { "kind": "slate" } })).await;
    }
    let full = add(&house, review, &account, json!({ "source": { "kind": "slate" } })).await;
    assert!(full.json()["error"]["message"].as_str().unwrap().contains("50 sources already"), "{}", full.json());
    house.services.end_review(review, &By::COMMAND_LINE).await.unwrap();
    assert_eq!(add(&house, review, &account, json!({ "source": { "kind": "slate" } })).await.code(), "review_over");
}

#[tokio::test]
async fn another_process_can_switch_and_the_server_follows() {
    let (house, review, account) = live().await;
    let added = add(&house, review, &account, json!({ "name": "B", "source": { "kind": "slate" } })).await.json();
    let second: Uuid = listed(&added, "B")["id"].as_str().unwrap().parse().unwrap();
    let _jobs = house.start_jobs();
    house.other_process().await.switch_source(review, second, &By::COMMAND_LINE).await.unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while house.projector.open.lock().unwrap()[&review].source_id != second {
        assert!(std::time::Instant::now() < deadline, "the server did not follow");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Viewers' comments name a source, and every export of them the reel that was in its file.
#[tokio::test]
async fn the_reel_of_a_file_is_kept_with_its_source() {
    let (house, review, account) = live().await;
    let _jobs = house.start_jobs();
    while house.projector.events.lock().unwrap().is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let source = house.projector.open.lock().unwrap()[&review].source_id;
    for reel in [Some("A001"), Some("A002"), None] {
        house.projector.tell(MediaEvent::ReelFound { review, source, reel: reel.map(str::to_owned) });
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let found = house.get(&format!("/api/reviews/{review}"), &account).await.json();
            if found["sources"][0]["reel"] == json!(reel) {
                break;
            }
            assert!(std::time::Instant::now() < deadline, "{reel:?} was not kept: {found}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn loss_and_return_of_a_source_are_recorded() {
    let (house, review, _) = live().await;
    let _jobs = house.start_jobs();
    while house.projector.events.lock().unwrap().is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    house.projector.tell(MediaEvent::SourceLost { review, reason: "the sender stopped".to_owned() });
    house.comes_to_be_recorded("source.lost", Some(("reason", "the sender stopped")), 1).await;
    house.projector.tell(MediaEvent::SourceLive { review });
    house.comes_to_be_recorded("source.live", None, 1).await;
}

/// A database written before a review could have several sources.
#[tokio::test]
async fn a_review_from_before_has_one_source_with_its_comments() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("vitrine.db");
    std::fs::write(&file, b"").unwrap();
    let mut old = crate::support::raw(&file).await;
    let mut before = sqlx::migrate!("./migrations");
    before.migrations.to_mut().retain(|migration| migration.version < 40);
    before.run(&mut old).await.unwrap();
    let review = Uuid::now_v7().to_string();
    for sql in [
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO reviews (id, title, host, starts_at, ends_at, source, input_color, drop_frame, created_at, project_id)
         VALUES (?1, 'Reel 3', 'North Light', 0, 1, '{\"kind\":\"test-reel\",\"height\":720}', 'bt1886', 0, 0,
                 '019aa000-0000-7000-8000-000000000001')",
        "INSERT INTO links (id, review_id, name, email, secret_hash, passphrase_hash, expires_at, created_at)
         VALUES (?1, ?1, 'Ana', 'ana@example.org', x'00', 'none', 0, 0)",
        "INSERT INTO viewers (id, review_id, link_id, token_hash, ip, browser, session_code, joined_at, seen_at)
         VALUES (?1, ?1, ?1, x'00', '192.0.2.1', 'Test', 'code', 0, 0)",
        "INSERT INTO viewings (id, viewer_id, review_id, started_at) VALUES (?1, ?1, ?1, 0)",
        "INSERT INTO comments VALUES (?1, ?1, ?1, ?1, 'Ana', 'ana@example.org', 'dark', 7, 25, 1, 0, '01:00:00:07', 0)",
    ] {
        sqlx::query(sql).bind(&review).execute(&mut old).await.unwrap();
    }
    drop(old);
    let store = vitrine::store::Store::open(&file).await.unwrap();
    let services = vitrine::service::Services::new(store, vitrine::domain::policy::Profile::Facility);
    let id: Uuid = review.parse().unwrap();
    let sources = services.sources(id).await.unwrap();
    assert_eq!(sources.iter().map(|source| (source.id, source.on_air)).collect::<Vec<_>>(), [(id, true)]);
    assert_eq!(services.review(id).await.unwrap().program.source_id, id);
    assert_eq!(services.comments(id).await.unwrap()[0].source_id, id);
}
