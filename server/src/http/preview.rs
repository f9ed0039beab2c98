//! The preview on the wire.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Id, SignedIn};
use super::problem::Problem;
use crate::domain::instant::UtcInstant;
use crate::service::redeem::Guest;
use crate::token::lease::RENEW_AFTER;

/// The right to look at a review as its viewers do.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    /// The account as a viewer.
    viewer_id: Uuid,
    /// Burned into the picture.
    session_code: String,
    /// Where to send the offer.
    whep_url: String,
    /// Who the server is in DTLS: SHA-256 of its certificate, as SDP writes it. Media from anybody else is not played.
    media_fingerprint: String,
    /// The JWT, for the `Authorization` header of WHEP.
    lease: String,
    /// First instant after it.
    expires_at: UtcInstant,
    /// When to ask again.
    renew_after_s: u64,
}

/// Lets the house look at a live review as a viewer: with a mark of its own, in a place of its own, in the record. Asked
/// again in the same session it prolongs the right; a page elsewhere gives way.
#[utoipa::path(post, path = "/api/reviews/{id}/preview", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 201, body = Preview), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn start_preview(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    guest: Guest,
    Id(id): Id,
) -> Result<(StatusCode, Json<Preview>), Problem> {
    let screening = &state.screening;
    let found = screening.services.preview(id, &signed_in.session, &guest, &screening.leases).await?;
    let preview = Preview {
        viewer_id: found.viewer.id,
        session_code: found.viewer.session_code,
        whep_url: format!("/whep/{id}"),
        media_fingerprint: screening.projector.fingerprint().to_owned(),
        lease: found.lease.token,
        expires_at: found.lease.expires_at,
        renew_after_s: RENEW_AFTER.as_secs(),
    };
    Ok((StatusCode::CREATED, Json(preview)))
}

/// Stops looking.
#[utoipa::path(delete, path = "/api/reviews/{id}/preview", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 204, description = "Nobody of this session looks any more"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn end_preview(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    state.screening.services.end_preview(id, &signed_in.session, signed_in.ip).await?;
    state.screening.supervise().await?;
    Ok(StatusCode::NO_CONTENT)
}
