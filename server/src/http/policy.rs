//! The house's policy, as the console names it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::HttpState;
use super::extract::SignedIn;
use super::problem::Problem;
use crate::domain::policy::{Policy as DomainPolicy, Profile};
use crate::domain::project::Classification;

/// What the house demands.
#[derive(Serialize, ToSchema)]
pub struct Policy {
    profile: Profile,
    password_least: usize,
    password_kinds: usize,
    password_blocklist: bool,
    password_life_days: Option<u64>,
    second_factor: bool,
    passwordless: bool,
    prompt_every_s: Option<u64>,
    lock_until_unlocked: bool,
    session_idle_s: u64,
    /// What each classification makes of it.
    projects: Vec<ProjectPolicy>,
}

/// What a classification demands.
#[derive(Serialize, ToSchema)]
pub struct ProjectPolicy {
    classification: Classification,
    second_factor: bool,
    link_life_s: u64,
    passphrase: bool,
    one_device: bool,
    waiting_room: bool,
    named_networks: bool,
    clean_hold: bool,
    offboarding_ends_reviews: bool,
}

fn of_project(policy: DomainPolicy, classification: Classification) -> ProjectPolicy {
    let policy = policy.tightened(classification);
    ProjectPolicy {
        classification,
        second_factor: policy.second_factor,
        link_life_s: policy.link_life.as_secs(),
        passphrase: policy.door.passphrase,
        one_device: policy.door.one_device,
        waiting_room: policy.door.waiting_room,
        named_networks: policy.door.named_networks,
        clean_hold: !policy.door.no_clean_hold,
        offboarding_ends_reviews: policy.offboarding_ends_reviews,
    }
}

/// The house's policy.
#[utoipa::path(get, path = "/api/policy", tag = "console", security(("account" = [])),
    responses((status = 200, body = Policy), (status = 401, body = Problem)))]
pub async fn get_policy(State(state): State<HttpState>, _: SignedIn) -> Json<Policy> {
    let policy = state.screening.services.policy;
    Json(Policy {
        profile: policy.profile,
        password_least: policy.password.least,
        password_kinds: policy.password.kinds,
        password_blocklist: policy.password.blocklist,
        password_life_days: policy.password_life.map(|life| life.as_secs() / 86_400),
        second_factor: policy.second_factor,
        passwordless: policy.passwordless,
        prompt_every_s: policy.prompt_every.map(|every| every.as_secs()),
        lock_until_unlocked: policy.lock_until_unlocked,
        session_idle_s: policy.session_idle.as_secs(),
        projects: Classification::ALL.iter().map(|c| of_project(policy, *c)).collect(),
    })
}
