//! WHEP: an offer for an answer, under a lease.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::HttpState;
use super::extract::{Bearer, Client};
use super::problem::Problem;

const SDP: &str = "application/sdp";

fn is_sdp(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(SDP)
}

/// Starts a viewing; the viewer's old one, if any, is replaced.
#[utoipa::path(post, path = "/whep/{review}", tag = "media", security(("lease" = [])),
    params(("review" = Uuid, Path, description = "The review")),
    request_body(content = String, content_type = "application/sdp", description = "SDP offer"),
    responses(
        (status = 201, body = String, content_type = "application/sdp", description = "SDP answer",
            headers(("Location" = String, description = "The viewing"))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 406, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 503, body = Problem)))]
pub async fn start_viewing(
    State(state): State<HttpState>,
    Client(ip): Client,
    Bearer(lease): Bearer,
    review: Result<Path<Uuid>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
    body: Result<String, axum::extract::rejection::StringRejection>,
) -> Result<Response, Problem> {
    let Path(review) = review.map_err(|_| Problem::lease_refused())?;
    if !is_sdp(&headers) {
        let message = "The offer must be sent as Content-Type: application/sdp.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_sdp", message));
    }
    let offer =
        body.map_err(|rejection| Problem::new(rejection.status(), "bad_offer", "The offer could not be read."))?;
    let started = state.screening.start(&lease, review, offer, ip).await?;
    let location = format!("/whep/{review}/{}", started.id);
    Ok((StatusCode::CREATED, [(CONTENT_TYPE, SDP.to_owned()), (LOCATION, location)], started.sdp).into_response())
}

/// Stops a viewing.
#[utoipa::path(delete, path = "/whep/{review}/{viewing}", tag = "media", security(("lease" = [])),
    params(("review" = Uuid, Path, description = "The review"), ("viewing" = Uuid, Path, description = "The viewing")),
    responses((status = 200, description = "Stopped"), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn stop_viewing(
    State(state): State<HttpState>,
    Client(ip): Client,
    Bearer(lease): Bearer,
    path: Result<Path<(Uuid, Uuid)>, axum::extract::rejection::PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path((review, viewing)) = path.map_err(|_| Problem::lease_refused())?;
    state.screening.stop(&lease, review, viewing, ip).await?;
    Ok(StatusCode::OK)
}
