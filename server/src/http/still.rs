//! Stills of comments.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::HttpState;
use super::extract::{Id, Joined, SignedIn};
use super::problem::Problem;

const JPEG: &str = "image/jpeg";

/// Keeps what was on the viewer's screen when they began a comment of their own. The first stays.
#[utoipa::path(put, path = "/api/comments/{id}/still", tag = "room", security(("viewer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The comment")),
    request_body(content = Vec<u8>, content_type = "image/jpeg", description = "JPEG, at most 512 KiB and 1,280 pixels on a side"),
    responses((status = 204, description = "Kept, now or before"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn keep_still(
    State(state): State<HttpState>,
    joined: Joined,
    Id(id): Id,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != JPEG) {
        let message = "The content type must be image/jpeg.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message));
    }
    let large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The still is too large.");
    let bytes = bytes.map_err(large)?;
    state.screening.services.keep_still(id, bytes.into(), &joined.viewer, &joined.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The still of a comment: its author's marked picture.
#[utoipa::path(get, path = "/api/log/{id}/still", tag = "console", security(("account" = [])),
    params(("id" = uuid::Uuid, Path, description = "The comment")),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get_still(State(state): State<HttpState>, signed_in: SignedIn, Id(id): Id) -> Result<Response, Problem> {
    let still = state.screening.services.still(id, &signed_in.by()).await?;
    Ok(([(CONTENT_TYPE, JPEG)], still.jpeg).into_response())
}
