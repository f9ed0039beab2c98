//! Reviews over HTTP.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::instant::UtcInstant;

use crate::support::House;

fn body() -> Value {
    let now = UtcInstant::now();
    json!({
        "title": "Reel 3", "host": "North Light", "starts_at": now, "ends_at": now.plus(std::time::Duration::from_secs(60)),
        "source": { "kind": "test-reel", "height": 1080 }, "input_color": "bt1886", "look_cube": null, "look_name": null,
        "start_timecode": "01:00:00:00", "drop_frame": false,
    })
}

#[tokio::test]
async fn a_review_is_planned_shown_coloured_and_ended() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let made = house.post("/api/reviews", &account, body()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&made.body));
    let review = made.json();
    assert_eq!(review["state"], "live");
    assert_eq!(review["source"]["state"], "waiting");
    assert_eq!(review["source_spec"], json!({ "kind": "test-reel", "height": 1080 }));
    assert_eq!(review["capacity"], json!({ "viewers_now": 0, "viewers_possible": 3 }));
    let path = format!("/api/reviews/{}", review["id"].as_str().unwrap());
    assert_eq!(house.get(&path, &account).await.json(), review);
    let listed = house.get("/api/reviews", &account).await.json();
    assert_eq!(listed["reviews"][0]["title"], "Reel 3");

    let colored = house.post(&format!("{path}/input-color"), &account, json!({ "input_color": "p3-d65" })).await;
    assert_eq!(colored.json()["input_color"], "p3-d65");
    let id: Uuid = review["id"].as_str().unwrap().parse().unwrap();
    let spec = house.projector.open.lock().unwrap().get(&id).cloned().unwrap();
    assert_eq!(spec.look.input_color, pipelines::spec::color::InputColor::P3D65);

    let link = house.link(id).await;
    assert_eq!(house.post(&format!("{path}/end"), &account, json!({})).await.json()["state"], "ended");
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.code(), "refused");
    let late = house.post(&format!("{path}/input-color"), &account, json!({ "input_color": "srgb" })).await;
    assert_eq!(late.code(), "review_over");
    let invite = house.post(&format!("{path}/links"), &account, json!({ "name": "A", "email": "a@b" })).await;
    assert_eq!(invite.code(), "review_over");
    assert_eq!(house.get(&format!("/api/reviews/{}", Uuid::now_v7()), &account).await.code(), "not_found");
}

#[tokio::test]
async fn what_is_wrong_with_a_review_is_said_with_its_field() {
    let house = House::new().await;
    let account = house.sign_in().await;
    for (field, value, named) in [
        ("title", json!(" "), "title"),
        ("host", json!("x".repeat(201)), "host"),
        ("ends_at", json!("2020-01-01T00:00:00Z"), "ends_at"),
        ("source", json!({ "kind": "file", "path": "/no/such/file.mov" }), "source"),
        ("source", json!({ "kind": "file", "path": "relative.mov" }), "source"),
        ("source", json!({ "kind": "srt", "uri": "http://host" }), "source"),
        ("source", json!({ "kind": "srt", "uri": "srt://host:1?passphrase=0123456789" }), "source"),
        ("source", json!({ "kind": "srt", "uri": "srt://host:1", "passphrase": "short" }), "source"),
        ("source", json!({ "kind": "test-reel", "height": 7 }), "source"),
        ("start_timecode", json!("1 o'clock"), "start_timecode"),
        ("look_cube", json!("LUT_1D_SIZE 2\n0 0\n"), "look_cube"),
    ] {
        let mut body = body();
        body[field] = value;
        let answer = house.post("/api/reviews", &account, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(answer.json()["error"]["field"], named);
        if field == "look_cube" {
            assert!(answer.json()["error"]["message"].as_str().unwrap().starts_with("line 2:"), "the line is named");
        }
    }
    let mut more = body();
    more["surprise"] = json!(1);
    assert_eq!(house.post("/api/reviews", &account, more).await.code(), "invalid");
}

#[tokio::test]
async fn an_srt_passphrase_never_comes_back() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let mut body = body();
    body["source"] =
        json!({ "kind": "srt", "uri": "srt://127.0.0.1:9000?mode=listener", "passphrase": "0123456789secret" });
    let made = house.post("/api/reviews", &account, body).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let path = format!("/api/reviews/{}", made.json()["id"].as_str().unwrap());
    let archive = house.get(&format!("{path}/archive.zip"), &account).await;
    for answer in [made, house.get(&path, &account).await, house.get("/api/audit", &account).await, archive] {
        assert!(!String::from_utf8_lossy(&answer.body).contains("0123456789secret"));
    }
    let live = house.services.live_reviews().await.unwrap();
    let pipelines::spec::source::SourceSpec::Srt { passphrase, .. } = &live[0].program.source else {
        panic!("not SRT")
    };
    assert_eq!(passphrase.as_ref().unwrap().reveal(), "0123456789secret");
}
