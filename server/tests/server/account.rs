//! Accounts: made, and ended.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;
use vitrine::domain::account::{AccountActor, Role};
use vitrine::domain::audit::{Actor, AuditFilter, By};
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::link::Invitation;
use vitrine::domain::policy::Profile;
use vitrine::domain::project;
use vitrine::domain::secret::SecretText;
use vitrine::service::link::NewLink;

use crate::support::{House, PASSWORD, until};

fn as_producer(id: Uuid) -> By {
    let actor = AccountActor {
        id,
        user: "ana".to_owned(),
        role: Role::Producer,
        projects: vec![project::DEFAULT],
        second_factor: true,
    };
    By { actor: Actor::Account(actor), network: None }
}

/// A producer with a session who planned a review, one who did not, and a guest of each, watching.
struct Leaving {
    house: House,
    account: Uuid,
    cookie: String,
    invited: Uuid,
    other: Uuid,
}

impl Leaving {
    async fn under(profile: Profile) -> Self {
        let house = House::under(profile).await;
        let password = SecretText::new("Correct-Horse-42-Battery");
        let account =
            house.services.create_account("ana", &password, Role::Producer, &By::COMMAND_LINE).await.unwrap().id;
        let cookie = house.give_password("ana", password.reveal()).await.cookie();
        let by = as_producer(account);
        let review = house.review().await;
        house.sql("UPDATE reviews SET created_by = (SELECT id FROM accounts)").await;
        let link = async |by: &By| -> NewLink {
            house.services.create_link(review, Invitation::to("Guest", "guest@example.org"), by).await.unwrap()
        };
        let (_, invited) = house.watch(review, &link(&by).await).await;
        let (_, other) = house.watch(review, &link(&By::COMMAND_LINE).await).await;
        Self { house, account, cookie, invited, other }
    }
}

#[tokio::test]
async fn short_passwords_and_taken_names_are_refused() {
    let house = House::new().await;
    let make = async |user: &str, password: &str| {
        let password = SecretText::new(password);
        house.services.create_account(user, &password, Role::Producer, &By::COMMAND_LINE).await.is_ok()
    };
    assert!(!make("ana", "elf letters").await);
    assert!(make("ana", "twelve chars").await);
    assert!(!make("ANA", "twelve chars").await);
    assert!(!make("a b", "twelve chars").await);
}

#[tokio::test]
async fn accounts_are_made_and_changed_from_the_console() {
    let house = House::new().await;
    let admin = house.sign_in().await;
    let new = json!({ "user": "ana", "password": PASSWORD, "role": "colourist" });
    let made = house.post("/api/accounts", &admin, new.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(house.post("/api/accounts", &admin, new).await.code(), "account_exists");
    let path = format!("/api/accounts/{}", made.json()["id"].as_str().unwrap());
    let changed = house.post(&format!("{path}/role"), &admin, json!({ "role": "security-lead" })).await;
    assert_eq!(changed.json()["role"], "security-lead");
    assert_eq!(house.get("/api/accounts", &admin).await.json()["accounts"].as_array().unwrap().len(), 2);
    let ends = house.post(&format!("{path}/offboard"), &admin, json!({ "at": "2099-01-01T00:00:00Z" })).await.json();
    assert_eq!((&ends["ends_at"], &ends["offboarded_at"]), (&json!("2099-01-01T00:00:00.000Z"), &json!(null)));
    let ended = house.post(&format!("{path}/offboard"), &admin, json!({})).await.json();
    assert!(ended["offboarded_at"].is_string());
}

#[tokio::test]
async fn who_leaves_takes_sessions_and_guests_along_but_not_the_review() {
    let leaving = Leaving::under(Profile::Facility).await;
    let house = &leaving.house;
    assert_eq!(house.get("/api/me", &leaving.cookie).await.status, StatusCode::OK);
    house.services.offboard(leaving.account, None, &By::COMMAND_LINE).await.unwrap();
    house.screening.supervise().await.unwrap();
    assert_eq!(house.get("/api/me", &leaving.cookie).await.code(), "not_signed_in");
    assert!(!house.projector.runs(leaving.invited), "a guest they invited");
    assert!(house.projector.runs(leaving.other), "a guest somebody else invited");
    assert_eq!(house.recorded("link.revoked", Some(("because", "account_offboarded"))).await, 1);
    assert_eq!(house.recorded("account.offboarded", Some(("reviews_ended", "0"))).await, 1);
}

#[tokio::test]
async fn under_tpn_their_reviews_end_too() {
    let leaving = Leaving::under(Profile::Tpn).await;
    let house = &leaving.house;
    house.services.offboard(leaving.account, None, &By::COMMAND_LINE).await.unwrap();
    house.screening.supervise().await.unwrap();
    assert!(!house.projector.runs(leaving.invited) && !house.projector.runs(leaving.other));
    assert_eq!(house.recorded("review.ended", Some(("because", "account_offboarded"))).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_date_set_in_advance_is_kept_while_the_server_runs() {
    let leaving = Leaving::under(Profile::Facility).await;
    let house = &leaving.house;
    let _jobs = house.start_jobs();
    let at = UtcInstant::now().plus(Duration::from_millis(1_500));
    // By another process, as `vitrine user offboard ana --at ...` does it.
    house.other_process().await.offboard(leaving.account, Some(at), &By::COMMAND_LINE).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(house.projector.runs(leaving.invited), "not yet");
    assert_eq!(house.get("/api/me", &leaving.cookie).await.status, StatusCode::OK);
    until(Duration::from_secs(8), || !house.projector.runs(leaving.invited)).await.expect("the guest was stopped");
    assert!(UtcInstant::now().as_ms() - at.as_ms() < 4_500);
    assert!(house.projector.runs(leaving.other));
    assert_eq!(house.get("/api/me", &leaving.cookie).await.code(), "not_signed_in");
    let actor = &house.services.audit_entries(&AuditFilter::default()).await.unwrap();
    let entry = actor.iter().find(|stored| stored.entry.action == "account.offboarded").unwrap();
    assert_eq!(entry.entry.actor, "server");
}

#[tokio::test]
async fn at_the_very_instant_the_account_is_over_even_before_anything_is_carried_out() {
    let leaving = Leaving::under(Profile::Facility).await;
    let house = &leaving.house;
    let at = UtcInstant::now().plus(Duration::from_millis(200));
    house.services.offboard(leaving.account, Some(at), &By::COMMAND_LINE).await.unwrap();
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(house.get("/api/me", &leaving.cookie).await.code(), "not_signed_in");
    assert_eq!(house.give_password("ana", "Correct-Horse-42-Battery").await.code(), "sign_in_refused");
}
