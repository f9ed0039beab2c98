//! Transport, look and LUTs over HTTP.

use axum::http::StatusCode;
use pipelines::spec::look::{CdlValues, InputRange};
use pipelines::spec::transport::{FrameRange, TransportCommand};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, House};

const CUBE: &str = "LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n";

/// A house with a live review whose source is open, and an account.
async fn live() -> (House, Uuid, String) {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let program = house.services.review(review).await.unwrap().program;
    vitrine::service::Projector::open(&*house.projector, review, program);
    (house, review, account)
}

async fn transport(house: &House, review: Uuid, account: &str, body: Value) -> Answer {
    house.post(&format!("/api/reviews/{review}/transport"), account, body).await
}

async fn look(house: &House, review: Uuid, account: &str, body: Value) -> Answer {
    house.patch(&format!("/api/reviews/{review}/look"), account, body).await
}

#[tokio::test]
async fn every_action_reaches_the_source_and_the_record() {
    let (house, review, account) = live().await;
    for (body, command) in [
        (json!({ "action": "pause" }), TransportCommand::Pause),
        (json!({ "action": "seek", "frame": 99 }), TransportCommand::Seek { frame: 99 }),
        (json!({ "action": "step", "frames": -1 }), TransportCommand::Step { frames: -1 }),
        (
            json!({ "action": "loop", "first": 10, "last": 20 }),
            TransportCommand::Loop { range: Some(FrameRange { first: 10, last: 20 }) },
        ),
        (json!({ "action": "loop-all" }), TransportCommand::Loop { range: None }),
        (json!({ "action": "speed", "percent": 50 }), TransportCommand::Speed { percent: 50 }),
        (json!({ "action": "play" }), TransportCommand::Play),
    ] {
        let answer = transport(&house, review, &account, body.clone()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{body}");
        assert_eq!(house.projector.driven.lock().unwrap().pop(), Some((review, command)));
    }
    assert_eq!(house.recorded("review.transport", Some(("what", "seek to frame 99"))).await, 1);
    assert_eq!(house.recorded("review.transport", None).await, 7);
    for held in [true, false] {
        transport(&house, review, &account, json!({ "action": "hold", "held": held })).await;
        let shown = house.get(&format!("/api/reviews/{review}"), &account).await.json();
        assert_eq!(shown["source"]["held"], held);
        assert_eq!(shown["source"]["transport"]["frames"], 100);
    }
}

#[tokio::test]
async fn what_a_source_cannot_do_is_refused_and_not_recorded() {
    let (house, review, account) = live().await;
    for (body, words) in [
        (json!({ "action": "seek", "frame": 100 }), "found frame 100, expected 0 to 99"),
        (json!({ "action": "loop", "first": 9, "last": 8 }), "from frame 9 to 8"),
        (json!({ "action": "speed", "percent": 300 }), "300 %, expected 25 to 200 %"),
    ] {
        let answer = transport(&house, review, &account, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(words), "{}", answer.json());
    }
    house.projector.open.lock().unwrap().clear();
    let closed = transport(&house, review, &account, json!({ "action": "play" })).await;
    assert_eq!((closed.status, closed.code().as_str()), (StatusCode::CONFLICT, "transport"));
    let unknown = transport(&house, review, &account, json!({ "action": "fly" })).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.recorded("review.transport", None).await, 0);
    assert!(house.projector.driven.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_look_changes_in_part_is_kept_and_reaches_the_picture() {
    let (house, review, account) = live().await;
    let added = house.post("/api/luts", &account, json!({ "name": "dark.cube", "text": CUBE })).await;
    assert_eq!(added.status, StatusCode::CREATED);
    let lut = added.json()["id"].clone();
    let cdl =
        json!({ "slope": [1.1, 1.0, 0.9], "offset": [0.0, 0.0, 0.01], "power": [1.0, 1.0, 1.0], "saturation": 0.8 });
    let graded = look(&house, review, &account, json!({ "range": "full", "grade": { "cdl": cdl, "lut": lut } })).await;
    assert_eq!(graded.status, StatusCode::OK, "{}", graded.json());
    assert_eq!(graded.json()["look"]["grade"]["cdl"], cdl);
    assert_eq!(graded.json()["look_name"], "dark.cube");
    let off = look(&house, review, &account, json!({ "grade": { "lut_off": true } })).await.json();
    assert_eq!(off["look"]["grade"], json!({ "cdl": cdl, "lut_name": "dark.cube", "lut_off": true }));
    let wipe = json!({ "wipe": { "percent": 40, "grade": { "lut": lut } } });
    let wiped = look(&house, review, &account, wipe).await.json();
    assert_eq!(wiped["look"]["wipe"]["grade"]["lut_name"], "dark.cube");
    let shown = house.projector.open.lock().unwrap()[&review].look.clone();
    assert_eq!(shown.range, InputRange::Full);
    assert_eq!(shown.grade.cdl.map(|cdl: CdlValues| cdl.saturation), Some(0.8));
    assert_eq!(shown.grade.lut.unwrap().data, CUBE.as_bytes());
    assert_eq!(shown.wipe.unwrap().percent, 40);
    let plain = json!({ "grade": { "cdl": null, "lut": null, "lut_off": false }, "wipe": null, "input_color": "srgb" });
    let plain = look(&house, review, &account, plain).await.json();
    assert_eq!(
        plain["look"],
        json!({ "range": "full", "grade": { "cdl": null, "lut_name": null, "lut_off": false }, "wipe": null })
    );
    assert_eq!(plain["input_color"], "srgb");
    assert_eq!(house.recorded("review.look", None).await, 4);
}

#[tokio::test]
async fn a_wrong_look_is_refused_with_its_field_and_changes_nothing() {
    let (house, review, account) = live().await;
    let before = house.get(&format!("/api/reviews/{review}"), &account).await.json();
    let cdl =
        json!({ "slope": [1.0, -1.0, 1.0], "offset": [0.0, 0.0, 0.0], "power": [1.0, 1.0, 1.0], "saturation": 1.0 });
    for (body, field) in [
        (json!({ "grade": { "cdl": cdl } }), "cdl"),
        (json!({ "grade": { "lut": Uuid::now_v7() } }), "lut"),
        (json!({ "wipe": { "percent": 101 } }), "wipe"),
    ] {
        let answer = look(&house, review, &account, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.json()["error"]["field"], field);
    }
    assert_eq!(house.get(&format!("/api/reviews/{review}"), &account).await.json(), before);
    house.post(&format!("/api/reviews/{review}/end"), &account, json!({})).await;
    assert_eq!(look(&house, review, &account, json!({ "range": "full" })).await.code(), "review_over");
}

#[tokio::test]
async fn the_library_keeps_each_content_once_and_reviews_keep_what_they_use() {
    let (house, review, account) = live().await;
    let add = async |name: &str| house.post("/api/luts", &account, json!({ "name": name, "text": CUBE })).await.json();
    let first = add("a.cube").await;
    let second = add("b.cube").await;
    assert_eq!(first["id"], second["id"]);
    let listed = house.get("/api/luts", &account).await.json();
    assert_eq!(listed["luts"], json!([second]), "one LUT, under its newest name");
    look(&house, review, &account, json!({ "grade": { "lut": first["id"] } })).await;
    let path = format!("/api/luts/{}", first["id"].as_str().unwrap());
    assert_eq!(house.delete(&path, &account).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.get("/api/luts", &account).await.json()["luts"], json!([]));
    assert_eq!(house.delete(&path, &account).await.code(), "not_found");
    let kept = house.services.review(review).await.unwrap().program.look.grade.lut.unwrap();
    assert_eq!(kept.data, CUBE.as_bytes());
    let bad = house.post("/api/luts", &account, json!({ "name": "c.cube", "text": "LUT_1D_SIZE 2\n0 0\n" })).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.json()["error"]["message"].as_str().unwrap().starts_with("line 2:"), "{}", bad.json());
    assert_eq!(house.recorded("lut.added", None).await, 2);
    assert_eq!(house.recorded("lut.removed", None).await, 1);
}
