//! Rounds on the wire.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::HttpState;
use super::comment::{Comment, shown};
use super::extract::{Id, SignedIn};
use super::problem::Problem;
use super::review::ReviewSummary;
use crate::service::round::Round as Found;

/// A round: a review of one version.
#[derive(Serialize, ToSchema)]
pub struct Round {
    review: ReviewSummary,
    /// Comments that begin a thread.
    threads: usize,
    /// Those of them that are not settled.
    open: usize,
}

impl From<&Found> for Round {
    fn from(found: &Found) -> Self {
        Self { review: ReviewSummary::from(&found.review), threads: found.threads.len(), open: found.open() }
    }
}

/// A review among its rounds.
#[derive(Serialize, ToSchema)]
pub struct Rounds {
    /// This round and those before it, the newest first.
    rounds: Vec<Round>,
    /// The comments of the round before this one, by frame: what was to be done, and whether it is settled.
    last: Vec<Comment>,
}

/// A review, the rounds before it, and what became of the comments of the last one.
#[utoipa::path(get, path = "/api/reviews/{id}/rounds", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 200, body = Rounds), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get_rounds(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Rounds>, Problem> {
    let mut found = state.screening.services.rounds(id, &signed_in.by()).await?;
    let rounds = found.iter().map(Round::from).collect();
    let last = if found.len() > 1 { shown(found.swap_remove(1).threads) } else { Vec::new() };
    Ok(Json(Rounds { rounds, last }))
}
