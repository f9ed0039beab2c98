//! Leases: the right to media for minutes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::HttpState;
use super::extract::Joined;
use super::problem::Problem;
use crate::domain::instant::UtcInstant;
use crate::token::lease::RENEW_AFTER;

/// A lease.
#[derive(Serialize, ToSchema)]
pub struct Lease {
    /// The JWT, for the `Authorization` header of WHEP.
    lease: String,
    /// First instant after it.
    expires_at: UtcInstant,
    /// When to ask for the next.
    renew_after_s: u64,
}

/// Gives the right to media for minutes, and prolongs a running viewing.
#[utoipa::path(post, path = "/api/leases", tag = "room", security(("viewer" = [])),
    responses((status = 201, body = Lease), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem, description = "Waiting to be let in"),
        (status = 410, body = Problem)))]
pub async fn create_lease(
    State(state): State<HttpState>,
    joined: Joined,
) -> Result<(StatusCode, Json<Lease>), Problem> {
    let screening = &state.screening;
    let lease = screening.services.give_lease(&screening.leases, &joined.viewer, joined.ip).await?;
    let body = Lease { lease: lease.token, expires_at: lease.expires_at, renew_after_s: RENEW_AFTER.as_secs() };
    Ok((StatusCode::CREATED, Json(body)))
}
