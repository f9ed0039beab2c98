//! Digests: comments by e-mail, each account for itself.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use crate::domain::digest::{Rhythm, Wish};
use crate::domain::instant::UtcInstant;
use crate::store::digest::DigestRecord;

/// Comments of a project that go to the account by e-mail.
#[derive(Serialize, ToSchema)]
pub struct Digest {
    /// The project.
    project: Uuid,
    email: String,
    rhythm: Rhythm,
    /// At which full hour of UTC, when it is daily.
    hour_utc: u8,
    /// When it is looked at next.
    next_at: UtcInstant,
    /// How often the next one was tried and not taken.
    tries: u32,
}

impl From<DigestRecord> for Digest {
    fn from(record: DigestRecord) -> Self {
        let DigestRecord { project_id, wish: Wish { email, rhythm, hour_utc }, next_at, tries, .. } = record;
        Self { project: project_id, email, rhythm, hour_utc, next_at, tries }
    }
}

/// What goes to the account by e-mail.
#[derive(Serialize, ToSchema)]
pub struct Digests {
    /// Whether the house sends comments by e-mail at all.
    sent: bool,
    digests: Vec<Digest>,
}

/// What is to go to the account by e-mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskDigest {
    email: String,
    rhythm: Rhythm,
    /// At which full hour of UTC, 0 to 23, when it is daily.
    #[serde(default)]
    hour_utc: u8,
}

/// The projects whose comments go to the account by e-mail.
#[utoipa::path(get, path = "/api/digests", tag = "console", security(("account" = [])),
    responses((status = 200, body = Digests), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_digests(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<Digests>, Problem> {
    let (sent, digests) = state.screening.services.digests(&signed_in.by()).await?;
    Ok(Json(Digests { sent, digests: digests.into_iter().map(Digest::from).collect() }))
}

/// Sends the account a project's comments by e-mail: what is new once a day, or all of a review when it has ended.
#[utoipa::path(put, path = "/api/projects/{id}/digest", tag = "console", request_body = AskDigest,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The project")),
    responses((status = 200, body = Digest), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn ask_digest(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(AskDigest { email, rhythm, hour_utc }): Body<AskDigest>,
) -> Result<Json<Digest>, Problem> {
    let wish = Wish { email, rhythm, hour_utc };
    Ok(Json(state.screening.services.ask_digest(id, wish, &signed_in.by()).await?.into()))
}

/// Sends the account a project's comments no more.
#[utoipa::path(delete, path = "/api/projects/{id}/digest", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The project")),
    responses((status = 204, description = "None are sent"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn stop_digest(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    state.screening.services.stop_digest(id, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
