//! Probes: a file that calibration software wrote, sent by a viewer, seen by the house.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::House;

/// A display that is its target, as `fakeread` of ArgyllCMS wrote it.
pub fn file(target: &str) -> Value {
    let text = include_str!("../../../lut/tests/data/panel/srgb.ti3");
    json!({ "name": "reference display.ti3", "text": text, "target": target })
}

#[tokio::test]
async fn a_measured_display_stands_with_its_viewer_and_in_the_record() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let (cookie, _) = house.watch(review, &house.link(review).await).await;
    let answer = house.put("/api/room/probe", &cookie, file("srgb")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    let viewer = house.get(&format!("/api/reviews/{review}"), &account).await.json()["viewers"][0].clone();
    assert_eq!(viewer["probe"], answer.json());
    assert!(viewer["probe_at"].is_string());
    let probe = &viewer["probe"];
    assert!(probe["delta_max"].as_f64().unwrap() < 0.1, "{probe}");
    assert!((probe["white_x"].as_f64().unwrap() - 0.3127).abs() < 2e-4);
    assert_eq!((&probe["patches"], &probe["peak_cdm2"]), (&json!(61), &Value::Null));
    assert_eq!(house.recorded("display.probed", Some(("target", "srgb"))).await, 1);
    // Another claim about the same display is judged anew and replaces it.
    let other = house.put("/api/room/probe", &cookie, file("bt1886")).await.json();
    assert!(other["delta_mean"].as_f64().unwrap() > 1.0, "{other}");
    let viewer = house.get(&format!("/api/reviews/{review}"), &account).await.json()["viewers"][0].clone();
    assert_eq!(viewer["probe"]["target"], "bt1886");
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn what_is_no_measurement_is_refused_with_what_is_wrong() {
    let house = House::new().await;
    let review = house.review().await;
    let (cookie, _) = house.watch(review, &house.link(review).await).await;
    let good = file("srgb")["text"].as_str().unwrap().to_owned();
    for (text, says) in [
        ("LUT_3D_SIZE 2".to_owned(), "line 1"),
        (good.replace("1 100 100 100 ", "1 100 100 nan "), "line 19"),
        (good.replace(" 100 100 100 ", " 99 100 100 "), "no patch of full white"),
        (format!("{good}{}", " ".repeat(600_000)), "at most 524288"),
    ] {
        let mut wrong = file("srgb");
        wrong["text"] = json!(text);
        let answer = house.put("/api/room/probe", &cookie, wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(says), "{}", answer.json());
        assert_eq!(answer.json()["error"]["field"], "text");
    }
    assert_eq!(house.put("/api/room/probe", &cookie, file("srgb-ish")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.put("/api/room/probe", "", file("srgb")).await.code(), "not_joined");
    assert_eq!(house.recorded("display.probed", None).await, 0);
}
