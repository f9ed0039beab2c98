//! What the visible marks of a project show: said by who may, recorded, and on the pictures that run.

use axum::http::StatusCode;
use pipelines::spec::watermark::{MarkField, MarkLayout, MarkTemplate};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::domain::project::DEFAULT;

use crate::support::{Answer, House};

/// A template that is not the one that every house begins with.
pub fn template() -> Value {
    json!({ "fields": ["email", "code", "text"], "company": "", "text": "North Light", "layout": "tiled", "size": 30, "opacity": 25 })
}

async fn put(house: &House, project: Uuid, account: &str, body: Value) -> Answer {
    house.put(&format!("/api/projects/{project}/mark"), account, body).await
}

async fn shown(house: &House, project: Uuid, account: &str) -> Value {
    let projects = house.get("/api/projects", account).await.json();
    projects["projects"].as_array().unwrap().iter().find(|found| found["id"] == json!(project)).unwrap().clone()
}

#[tokio::test]
async fn a_template_is_kept_recorded_and_on_the_pictures_that_run() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let (_, viewing) = house.watch(review, &house.link(review).await).await;
    let began_with = house.projector.marks.lock().unwrap()[0].clone();
    assert_eq!(began_with.template, MarkTemplate::default());
    assert_eq!((began_with.review.as_str(), began_with.name.as_str()), ("Reel 3", "Ana Ito"));

    let changed = put(&house, DEFAULT, &account, template()).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.json());
    assert_eq!(changed.json()["mark"], template());
    assert_eq!(shown(&house, DEFAULT, &account).await["mark"], template());
    assert!(house.projector.runs(viewing), "nobody has to come back");
    let on_air = house.projector.templates.lock().unwrap()[&review].clone();
    assert_eq!(on_air.layout, MarkLayout::Tiled);
    assert_eq!(on_air.fields, [MarkField::Email, MarkField::Code, MarkField::Text]);
    assert_eq!(house.recorded("project.mark", None).await, 1);

    // Whoever joins later is marked by it from the first picture on.
    house.watch(review, &house.link(review).await).await;
    assert_eq!(house.projector.marks.lock().unwrap()[1].template, on_air);
}

#[tokio::test]
async fn what_the_command_line_says_reaches_the_pictures_of_a_running_server() {
    let house = House::new().await;
    let review = house.review().await;
    house.watch(review, &house.link(review).await).await;
    let template = MarkTemplate { layout: MarkLayout::Moving, ..MarkTemplate::default() };
    let elsewhere = house.other_process().await;
    elsewhere.set_mark_template(DEFAULT, &template, &By::COMMAND_LINE).await.unwrap();
    house.screening.supervise().await.unwrap();
    assert_eq!(house.projector.templates.lock().unwrap()[&review], template);
}

#[tokio::test]
async fn a_silly_template_is_refused_with_its_field_and_changes_nothing() {
    let house = House::new().await;
    let account = house.sign_in().await;
    for (change, field) in [
        (json!({ "fields": ["name", "utc"] }), "fields"),
        (json!({ "fields": ["code", "ip", "utc"] }), "fields"),
        (json!({ "fields": ["name", "code", "code"] }), "fields"),
        (json!({ "fields": [] }), "fields"),
        (json!({ "fields": ["name", "code", "company"] }), "company"),
        (json!({ "text": "x".repeat(61) }), "text"),
        (json!({ "text": "a\u{7}b" }), "text"),
        (json!({ "size": 15 }), "size"),
        (json!({ "size": 61 }), "size"),
        (json!({ "opacity": 19 }), "opacity"),
        (json!({ "opacity": 0 }), "opacity"),
        (json!({ "opacity": 71 }), "opacity"),
    ] {
        let mut body = template();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = put(&house, DEFAULT, &account, body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(refused.json()["error"]["field"], field, "{body}");
        let preview = house.post(&format!("/api/projects/{DEFAULT}/mark/preview"), &account, body).await;
        assert_eq!(preview.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    for body in
        [json!({ "layout": "hidden" }), json!({ "fields": ["name", "code", "password"] }), json!({ "colour": 1 })]
    {
        let mut wrong = template();
        wrong.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        assert_eq!(put(&house, DEFAULT, &account, wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(shown(&house, DEFAULT, &account).await["mark"]["layout"], "line");
    assert_eq!(house.recorded("project.mark", None).await, 0);
}

#[tokio::test]
async fn a_preview_is_the_real_mark_over_the_chart() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let preview = async |body: Value| {
        let answer = house.post(&format!("/api/projects/{DEFAULT}/mark/preview"), &account, body).await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "image/jpeg"));
        image::load_from_memory(&answer.body).unwrap().to_luma8()
    };
    let tiled = preview(template()).await;
    assert_eq!(tiled.dimensions(), (1_280, 720));
    let mut other = template();
    other["opacity"] = json!(70);
    let strong = preview(other).await;
    let differ = tiled.pixels().zip(strong.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 20).count();
    assert!(differ > 2_000, "{differ} pixels tell 25 % from 70 %");
    assert_eq!(house.recorded("project.mark", None).await, 0, "looking changes nothing");
}
