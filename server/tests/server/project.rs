//! Projects: what reviews belong to.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::account::Role;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::link::{Invitation, LinkState};
use vitrine::domain::policy::Profile;
use vitrine::domain::project::{self, Classification};
use vitrine::service::Services;
use vitrine::store::Store;

use crate::support::{House, raw};

async fn new(house: &House, admin: &str, classification: &str) -> Uuid {
    let body = json!({ "name": format!("Project {classification}"), "classification": classification });
    let made = house.post("/api/projects", admin, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&made.body));
    made.json()["id"].as_str().unwrap().parse().unwrap()
}

async fn put(house: &House, method: &str, cookie: &str, project: Uuid, account: Uuid) -> StatusCode {
    let request = axum::http::Request::builder()
        .method(method)
        .uri(format!("/api/projects/{project}/members/{account}"))
        .header("host", crate::support::HOST)
        .header("origin", crate::support::ORIGIN)
        .header("cookie", cookie);
    house.send(request.body(axum::body::Body::empty()).unwrap()).await.status
}

#[tokio::test]
async fn reviews_of_before_belong_to_the_first_project() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("vitrine.db");
    std::fs::File::create(&database).unwrap();
    let mut old = raw(&database).await;
    // A database of the version before projects, with a review and a link in it.
    let first = include_str!("../../migrations/0001_first_light.sql");
    sqlx::raw_sql(first).execute(&mut old).await.unwrap();
    let id = Uuid::now_v7();
    let sql = "INSERT INTO reviews (id, title, host, starts_at, ends_at, source, input_color, drop_frame, created_at)
               VALUES (?, 'Old', 'House', 0, 1, '{\"kind\":\"test-reel\",\"height\":720}', 'bt1886', 0, 0)";
    sqlx::query(sql).bind(id.to_string()).execute(&mut old).await.unwrap();
    sqlx::raw_sql(include_str!("../../migrations/0002_access.sql")).execute(&mut old).await.unwrap();
    let project: String = sqlx::query_scalar("SELECT project_id FROM reviews").fetch_one(&mut old).await.unwrap();
    assert_eq!(project, project::DEFAULT.to_string());

    let fresh = Services::new(Store::open(&dir.path().join("fresh.db")).await.unwrap(), Profile::Facility);
    assert_eq!(fresh.project(project::DEFAULT).await.unwrap().facts.classification, Classification::Internal);
}

#[tokio::test]
async fn members_come_and_go_at_once() {
    let house = House::new().await;
    let admin = house.sign_in().await;
    let project = new(&house, &admin, "internal").await;
    let ana = house.account("ana", Role::Producer).await;
    let cookie = house.enrol("ana").await.0;
    let seen = async || house.get("/api/projects", &cookie).await.json()["projects"].clone();
    assert_eq!(seen().await, json!([]));
    assert_eq!(put(&house, "PUT", &admin, project, ana).await, StatusCode::NO_CONTENT);
    assert_eq!(seen().await[0]["members"], json!([{ "id": ana, "user": "ana" }]));
    let now = UtcInstant::now();
    let review = house.review_in(Some(project), now, now.plus(std::time::Duration::from_secs(60))).await;
    assert_eq!(house.get(&format!("/api/reviews/{review}"), &cookie).await.status, StatusCode::OK);
    assert_eq!(put(&house, "DELETE", &admin, project, ana).await, StatusCode::NO_CONTENT);
    assert_eq!(house.get(&format!("/api/reviews/{review}"), &cookie).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        (house.recorded("project.member_added", None).await, house.recorded("project.member_removed", None).await),
        (1, 1)
    );
    let again =
        house.post("/api/projects", &admin, json!({ "name": "Project internal", "classification": "internal" }));
    assert_eq!(again.await.code(), "project_exists");
}

#[tokio::test]
async fn links_of_a_confidential_project_live_three_days() {
    let house = House::new().await;
    let admin = house.sign_in().await;
    let project = new(&house, &admin, "confidential").await;
    let now = UtcInstant::now();
    let hours = |hours: u64| now.plus(std::time::Duration::from_secs(hours * 3_600));
    let review = house.review_in(Some(project), now, hours(24 * 30)).await;
    let invite = async |body: Value| house.post(&format!("/api/reviews/{review}/links"), &admin, body).await;
    let late = invite(json!({ "name": "A", "email": "a@b", "expires_at": hours(73) })).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.json()["error"]["message"].as_str().unwrap().contains("at most 3 days"), "{late:?}");
    let made = invite(json!({ "name": "A", "email": "a@b" })).await.json();
    let expires: UtcInstant = made["link"]["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(expires <= hours(73));
}

#[tokio::test]
async fn what_becomes_restricted_loses_its_links_and_new_ones_need_named_networks() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let (_, viewing) = house.watch(review, &link).await;
    let by = By::COMMAND_LINE;
    house.services.classify_project(project::DEFAULT, Classification::Restricted, &by).await.unwrap();
    let state = house.services.links(Some(review)).await.unwrap()[0].facts.state(UtcInstant::now());
    assert_eq!(state, LinkState::Revoked, "it never passed the door that is now demanded");
    house.screening.supervise().await.unwrap();
    assert!(!house.projector.runs(viewing));
    let refused = house.services.create_link(review, Invitation::to("A", "a@b"), &by).await.unwrap_err().to_string();
    assert!(refused.contains("allowed networks"), "{refused}");
    assert_eq!(house.recorded("link.revoked", Some(("because", "project_classified"))).await, 1);
    house.services.classify_project(project::DEFAULT, Classification::Internal, &by).await.unwrap();
    assert!(house.services.create_link(review, Invitation::to("A", "a@b"), &by).await.is_ok());
}
