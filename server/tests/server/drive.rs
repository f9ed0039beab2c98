//! Transport, look and LUTs over HTTP.

use axum::http::StatusCode;
use base64::Engine as _;
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

/// ACEScct and the SDR output transform of ACES 1.3, as a house's own configuration has them.
const OCIO: &str = "ocio_profile_version: 2
roles: {default: ACES2065-1, scene_linear: ACES2065-1, cie_xyz_d65_interchange: CIE-XYZ-D65}
displays:
  Monitor:
    - !<View> {name: Film, view_transform: SDR, display_colorspace: Rec.1886}
view_transforms:
  - !<ViewTransform>
    name: SDR
    from_scene_reference: !<BuiltinTransform> {style: \"ACES-OUTPUT - ACES2065-1_to_CIE-XYZ-D65 - SDR-VIDEO_1.0\"}
display_colorspaces:
  - !<ColorSpace> {name: CIE-XYZ-D65}
  - !<ColorSpace>
    name: Rec.1886
    from_display_reference: !<BuiltinTransform> {style: DISPLAY - CIE-XYZ-D65_to_REC.1886-REC.709}
colorspaces:
  - !<ColorSpace> {name: ACES2065-1, encoding: scene-linear}
  - !<ColorSpace>
    name: ACEScct
    to_scene_reference: !<BuiltinTransform> {style: ACEScct_to_ACES2065-1}
";

fn view(color_space: &str, display: &str, view: &str) -> Value {
    let config = base64::engine::general_purpose::STANDARD.encode(OCIO);
    json!({ "name": "show.ocio", "config": config, "color_space": color_space, "display": display, "view": view })
}

#[tokio::test]
async fn a_view_of_a_configuration_becomes_a_lut_like_any_other() {
    let (house, review, account) = live().await;
    let offered =
        house.post("/api/luts/configuration", &account, json!({ "config": view("", "", "")["config"] })).await;
    let displays = json!([{ "name": "Monitor", "views": ["Film"] }]);
    assert_eq!(offered.json()["displays"], displays, "{}", offered.json());
    assert!(offered.json()["color_spaces"].as_array().unwrap().contains(&json!("ACEScct")), "{}", offered.json());
    let added = house.post("/api/luts/view", &account, view("ACEScct", "Monitor", "Film")).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.json());
    assert_eq!(added.json()["name"], "show.ocio, ACEScct, Monitor, Film.cube");
    assert_eq!(house.recorded("lut.added", Some(("view", "Film"))).await, 1);
    look(&house, review, &account, json!({ "grade": { "lut": added.json()["id"] } })).await;
    let kept = house.services.review(review).await.unwrap().program.look.grade.lut.unwrap();
    let lut = lut::formats::read(&kept.data, Some(&kept.name)).unwrap();
    let exact = lut::bake::Config::read(OCIO.as_bytes(), &|_| None).unwrap();
    let exact = exact.display_view("ACEScct", "Monitor", "Film").unwrap();
    for rgb in [[0.0; 3], [0.4135; 3], [0.55, 0.4, 0.3], [0.2, 0.3, 0.5], [0.5, 0.45, 0.25], [0.8; 3], [1.0; 3]] {
        let (found, expected) = (lut.apply(rgb), exact.apply(rgb));
        let worst =
            found.iter().zip(expected).map(|(v, e)| (v.clamp(0.0, 1.0) - e.clamp(0.0, 1.0)).abs()).fold(0.0, f64::max);
        assert!(worst * 1023.0 < 2.0, "{rgb:?}: {found:?}, expected {expected:?}");
    }
}

#[tokio::test]
async fn what_a_configuration_cannot_give_is_refused_at_its_field() {
    let (house, _, account) = live().await;
    for (body, field, said) in [
        (view("LogC3", "Monitor", "Film"), "color_space", "found no color space \"LogC3\""),
        (view("ACES2065-1", "Monitor", "Film"), "color_space", "linear light"),
        (view("ACEScct", "Wall", "Film"), "display", "expected one of [\"Monitor\"]"),
        (view("ACEScct", "Monitor", "Raw"), "view", "found no view \"Raw\""),
        (
            json!({ "name": "a.ocio", "config": "QQ==", "color_space": "a", "display": "b", "view": "c" }),
            "config",
            "not an",
        ),
    ] {
        let answer = house.post("/api/luts/view", &account, body).await;
        let error = answer.json()["error"].clone();
        assert_eq!((answer.status, &error["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{error}");
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    assert_eq!(house.get("/api/luts", &account).await.json()["luts"], json!([]));
}
