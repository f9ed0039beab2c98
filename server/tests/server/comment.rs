//! Comments: pinned by the server to the frame that was sent.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, HOST, House, ORIGIN};

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

/// A review, and somebody who watches it: cookie and viewing.
async fn room(house: &House) -> (Uuid, String, Uuid) {
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    (review, cookie, viewing)
}

async fn say(house: &House, cookie: &str, viewing: Uuid, text: &str) -> Value {
    let made = house.post("/api/comments", cookie, new(viewing, 3_600, text)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    made.json()
}

fn path_of(comment: &Value) -> String {
    format!("/api/comments/{}", comment["id"].as_str().unwrap())
}

fn log_of(comment: &Value) -> String {
    format!("/api/log/{}", comment["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_range_is_from_the_earlier_to_the_later_of_two_frames() {
    let house = House::new().await;
    let (_, cookie, viewing) = room(&house).await;
    for (first, last) in [(2, 9), (9, 2)] {
        let mut comment = new(viewing, first * 3_600, "a dissolve here");
        comment["end_rtp_timestamp"] = json!(last * 3_600);
        let facts = house.post("/api/comments", &cookie, comment).await.json();
        assert_eq!((&facts["source_frame"], &facts["duration_frames"]), (&json!(2), &json!(8)));
        assert_eq!(facts["timecode"], "01:00:00:02");
    }
    let mut unknown = new(viewing, 3_600, "x");
    unknown["end_rtp_timestamp"] = json!(1);
    assert_eq!(house.post("/api/comments", &cookie, unknown).await.code(), "frame_unknown");
}

#[tokio::test]
async fn answers_stand_on_the_frames_of_what_they_answer_in_one_thread() {
    let house = House::new().await;
    let (review, cookie, viewing) = room(&house).await;
    let first = say(&house, &cookie, viewing, "wire in the sky").await;
    let answer = json!({ "id": Uuid::now_v7(), "parent_id": first["id"], "text": "which one?" });
    let answer = house.post("/api/comments", &cookie, answer).await.json();
    assert_eq!((&answer["parent_id"], &answer["timecode"]), (&first["id"], &first["timecode"]));

    let account = house.sign_in().await;
    let body = json!({ "id": Uuid::now_v7(), "text": "gone in v4" });
    let path = format!("{}/answers", log_of(&answer));
    let house_says = house.post(&path, &account, body.clone()).await.json();
    assert_eq!(house_says["parent_id"], first["id"], "an answer to an answer is in the same thread");
    assert_eq!((&house_says["link_id"], &house_says["author"]), (&Value::Null, &json!("grader")));
    assert_eq!(house.post(&path, &account, body).await.json(), house_says, "sending twice keeps one");
    let all = house.get(&format!("/api/reviews/{review}"), &account).await.json();
    assert_eq!(all["comments"].as_array().unwrap().len(), 3);

    let missing = json!({ "id": Uuid::now_v7(), "parent_id": Uuid::now_v7(), "text": "x" });
    assert_eq!(house.post("/api/comments", &cookie, missing).await.status, StatusCode::NOT_FOUND);
    let (_, foreign, _) = room(&house).await;
    let foreign = house
        .post("/api/comments", &foreign, json!({ "id": Uuid::now_v7(), "parent_id": first["id"], "text": "x" }))
        .await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "another review's comment is nobody's to answer");
}

#[tokio::test]
async fn an_author_rewords_and_takes_back_and_the_house_keeps_what_was_said() {
    let house = House::new().await;
    let (review, cookie, viewing) = room(&house).await;
    let other = house.watch(review, &house.link(review).await).await.0;
    let comment = say(&house, &cookie, viewing, "to dark").await;
    let reworded = house.patch(&path_of(&comment), &cookie, json!({ "text": "too dark" })).await.json();
    assert_eq!((&reworded["text"], &reworded["revision"]), (&json!("too dark"), &json!(2)));
    assert!(reworded["edited_at"].is_string());
    let same = house.patch(&path_of(&comment), &cookie, json!({ "text": "too dark" })).await.json();
    assert_eq!(same["revision"], 2, "what changes nothing is no change");

    for change in [json!({ "text": "mine now" }), json!({ "resolved": true })] {
        assert_eq!(house.patch(&path_of(&comment), &other, change).await.code(), "not_author");
    }
    assert_eq!(house.delete(&path_of(&comment), &other).await.code(), "not_author");
    assert_eq!(house.recorded("comment.edited", Some(("reason", "not_author"))).await, 2);

    assert_eq!(house.delete(&path_of(&comment), &cookie).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.delete(&path_of(&comment), &cookie).await.status, StatusCode::NO_CONTENT, "twice is once");
    let left = house.get("/api/comments", &cookie).await.json()["comments"][0].clone();
    assert_eq!((&left["deleted"], &left["text"]), (&json!(true), &json!("")));
    assert_eq!(house.patch(&path_of(&comment), &cookie, json!({ "text": "back" })).await.code(), "comment_gone");
    assert_eq!(house.recorded("comment.deleted", Some(("reason", "not_author"))).await, 1);
    assert_eq!(house.recorded("comment.deleted", None).await, 2, "that one, and what its author did");

    let account = house.sign_in().await;
    let zip = house.get(&format!("/api/reviews/{review}/archive.zip"), &account).await.body;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let history: Value = serde_json::from_reader(zip.by_name("comments-history.json").unwrap()).unwrap();
    assert_eq!(history["replaced"][0]["text"], "to dark");
    assert_eq!(history["deleted"][0]["text"], "too dark");
}

#[tokio::test]
async fn an_author_is_the_same_person_when_they_come_again() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let (cookie, viewing) = house.watch(review, &link).await;
    let comment = say(&house, &cookie, viewing, "to dark").await;
    house.post("/api/room/leave", &cookie, json!({})).await;
    let again = house.join(&link).await;
    let reworded = house.patch(&path_of(&comment), &again, json!({ "text": "too dark" })).await;
    assert_eq!(reworded.status, StatusCode::OK, "{}", reworded.json());
}

#[tokio::test]
async fn a_thread_is_settled_sorted_and_opened_again() {
    let house = House::new().await;
    let (_, cookie, viewing) = room(&house).await;
    let mut comment = new(viewing, 3_600, "flicker");
    comment["category"] = json!("vfx");
    comment["priority"] = json!("high");
    let comment = house.post("/api/comments", &cookie, comment).await.json();
    assert_eq!((&comment["category"], &comment["priority"]), (&json!("vfx"), &json!("high")));
    let account = house.sign_in().await;
    let settled =
        house.patch(&log_of(&comment), &account, json!({ "resolved": true, "category": "color" })).await.json();
    assert_eq!((&settled["resolved_by"], &settled["category"]), (&json!("grader"), &json!("color")));
    assert_eq!(settled["revision"], 2, "one change, whatever it changes");
    assert_eq!(house.recorded("comment.resolved", None).await, 1);
    assert_eq!(house.recorded("comment.sorted", Some(("category", "color"))).await, 1);
    let opened = house.patch(&path_of(&comment), &cookie, json!({ "resolved": false, "category": null })).await.json();
    assert_eq!((&opened["resolved_at"], &opened["category"]), (&Value::Null, &Value::Null));
    assert_eq!(house.patch(&log_of(&comment), &account, json!({ "text": "x" })).await.code(), "not_author");
    for wrong in [json!({ "category": "hair" }), json!({ "priority": "urgent" }), json!({ "author": "x" })] {
        assert_eq!(house.patch(&log_of(&comment), &account, wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn people_who_were_in_the_room_can_be_named_and_nobody_else() {
    let house = House::new().await;
    let (review, cookie, viewing) = room(&house).await;
    let ben = house.link(review).await;
    let absent = house.link(review).await.link.id;
    house.watch(review, &ben).await;
    let naming = |links: Vec<Uuid>| {
        let mut comment = new(viewing, 3_600, "@Ana Ito look");
        comment["mentions"] = json!(links);
        comment
    };
    let named = house.post("/api/comments", &cookie, naming(vec![ben.link.id, ben.link.id])).await.json();
    assert_eq!(named["mentions"], json!([ben.link.id]));
    let stranger = house.post("/api/comments", &cookie, naming(vec![absent])).await;
    assert_eq!(
        (stranger.status, stranger.json()["error"]["field"].clone()),
        (StatusCode::UNPROCESSABLE_ENTITY, json!("mentions"))
    );
}

#[tokio::test]
async fn drawings_are_kept_in_coordinates_of_the_picture_and_within_limits() {
    let house = House::new().await;
    let (_, cookie, viewing) = room(&house).await;
    let with = |drawing: Value| {
        let mut comment = new(viewing, 3_600, "here");
        comment["drawing"] = drawing;
        comment
    };
    let drawing = json!({ "shapes": [
        { "kind": "pen", "ink": "red", "points": [[0.0, 0.0], [0.5, 0.25], [1.0, 1.0]] },
        { "kind": "arrow", "ink": "yellow", "from": [0.1, 0.2], "to": [0.3, 0.4] },
        { "kind": "box", "ink": "green", "from": [0.1, 0.2], "to": [0.3, 0.4] },
        { "kind": "ellipse", "ink": "blue", "from": [0.1, 0.2], "to": [0.3, 0.4] },
        { "kind": "text", "ink": "white", "at": [0.5, 0.5], "text": "肌 <b>" },
    ] });
    let made = house.post("/api/comments", &cookie, with(drawing.clone())).await;
    assert_eq!((made.status, &made.json()["drawing"]), (StatusCode::CREATED, &drawing));
    let pen = |points: usize| json!({ "kind": "pen", "ink": "red", "points": vec![[0.5, 0.5]; points] });
    let text = |text: &str| json!({ "shapes": [{ "kind": "text", "ink": "red", "at": [0, 0], "text": text }] });
    for wrong in [
        json!({ "shapes": [] }),
        json!({ "shapes": vec![pen(2); 65] }),
        json!({ "shapes": [pen(2_001)] }),
        json!({ "shapes": [pen(1)] }),
        json!({ "shapes": [{ "kind": "arrow", "ink": "red", "from": [0, 0], "to": [1.01, 0] }] }),
        json!({ "shapes": [{ "kind": "arrow", "ink": "red", "from": [0, -0.01], "to": [1, 0] }] }),
        json!({ "shapes": [{ "kind": "arrow", "ink": "pink", "from": [0, 0], "to": [1, 0] }] }),
        json!({ "shapes": [{ "kind": "script", "ink": "red" }] }),
        text(""),
        text("a\nb"),
        text(&"x".repeat(121)),
    ] {
        let answer = house.post("/api/comments", &cookie, with(wrong.clone())).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{wrong}");
    }
}

#[tokio::test]
async fn a_display_check_is_kept_with_the_viewer_and_recorded() {
    let house = House::new().await;
    let (review, cookie, _) = room(&house).await;
    let check = json!({ "gamut": "p3", "hdr": true, "depth_bits": 10, "width": 3_840, "height": 2_160, "scale_percent": 200,
        "blacks": true, "whites": true, "greys": false, "patches": true });
    assert_eq!(house.put("/api/room/display", &cookie, check.clone()).await.status, StatusCode::NO_CONTENT);
    let account = house.sign_in().await;
    let seen = house.get(&format!("/api/reviews/{review}"), &account).await.json();
    assert_eq!(seen["viewers"][0]["display"], check);
    assert_eq!(house.recorded("display.checked", Some(("passed", "false"))).await, 1);
    for (field, value) in [("depth_bits", 0), ("width", 0), ("height", 40_000), ("scale_percent", 1)] {
        let mut wrong = check.clone();
        wrong[field] = json!(value);
        let answer = house.put("/api/room/display", &cookie, wrong).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(field))
        );
    }
}

/// A JPEG as a browser makes it.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]));
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(&mut bytes).encode_image(&picture).unwrap();
    bytes
}

async fn put_still(house: &House, cookie: &str, id: &Value, kind: &str, bytes: Vec<u8>) -> Answer {
    let uri = format!("/api/comments/{}/still", id.as_str().unwrap());
    let request = Request::put(uri).header("host", HOST).header("origin", ORIGIN).header("cookie", cookie);
    house.send(request.header("content-type", kind).body(Body::from(bytes)).unwrap()).await
}

#[tokio::test]
async fn a_still_comes_with_a_comment_once_and_is_the_houses_to_see() {
    let house = House::new().await;
    let (review, cookie, viewing) = room(&house).await;
    let made = house.post("/api/comments", &cookie, new(viewing, 3_600, "warmer")).await.json();
    assert_eq!(made["has_still"], false);
    for _ in 0..2 {
        assert_eq!(
            put_still(&house, &cookie, &made["id"], "image/jpeg", jpeg(640, 360)).await.status,
            StatusCode::NO_CONTENT
        );
    }
    let comment = &house.get("/api/comments", &cookie).await.json()["comments"][0];
    assert_eq!((&comment["has_still"], &comment["revision"]), (&json!(true), &json!(2)), "told once");
    assert_eq!(house.recorded("comment.still", None).await, 1);
    let account = house.sign_in().await;
    let path = format!("/api/log/{}/still", made["id"].as_str().unwrap());
    let shown = house.get(&path, &account).await;
    assert_eq!((shown.status, &shown.headers["content-type"]), (StatusCode::OK, &"image/jpeg".parse().unwrap()));
    let picture = image::load_from_memory(&shown.body).unwrap();
    assert_eq!((picture.width(), picture.height()), (640, 360));
    assert_eq!(house.get(&path, &cookie).await.status, StatusCode::UNAUTHORIZED, "no guest sees it");
    let zip = house.get(&format!("/api/reviews/{review}/archive.zip"), &account).await.body;
    let files = vitrine::export::archive::container::unpack(&zip, None).unwrap();
    assert!(files.iter().any(|file| file.name.starts_with("still-01-00-00-01-") && file.content == shown.body));
    let taken_back = house.delete(&format!("/api/comments/{}", made["id"].as_str().unwrap()), &cookie).await;
    assert_eq!(taken_back.status, StatusCode::NO_CONTENT);
    assert_eq!(house.get(&path, &account).await.status, StatusCode::NOT_FOUND, "taken back with its comment");
}

#[tokio::test]
async fn what_is_no_still_of_ones_own_is_refused() {
    let house = House::new().await;
    let (review, cookie, viewing) = room(&house).await;
    let (other, _) = house.watch(review, &house.link(review).await).await;
    let id = house.post("/api/comments", &cookie, new(viewing, 3_600, "warmer")).await.json()["id"].clone();
    let unknown = json!(Uuid::now_v7());
    for (who, comment, kind, bytes, status) in [
        (&cookie, &id, "image/png", jpeg(64, 64), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (&cookie, &id, "image/jpeg", b"<svg onload=alert(1)>".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
        (&cookie, &id, "image/jpeg", jpeg(8, 8), StatusCode::UNPROCESSABLE_ENTITY),
        (&cookie, &id, "image/jpeg", jpeg(1_300, 20), StatusCode::UNPROCESSABLE_ENTITY),
        (&cookie, &id, "image/jpeg", vec![0xff; 600 * 1024], StatusCode::UNPROCESSABLE_ENTITY),
        (&cookie, &unknown, "image/jpeg", jpeg(64, 64), StatusCode::NOT_FOUND),
        (&other, &id, "image/jpeg", jpeg(64, 64), StatusCode::FORBIDDEN),
    ] {
        let answer = put_still(&house, who, comment, kind, bytes).await;
        assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
    }
    assert_eq!(house.get("/api/comments", &cookie).await.json()["comments"][0]["has_still"], false);
}
