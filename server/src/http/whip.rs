//! WHIP (RFC 9725): what a sender publishes to a source, under the source's key.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Bearer, Client, SignedIn};
use super::problem::Problem;
use super::sdp::{self, Patch, SDP};
use crate::service::Error;

/// A key that was made, told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishKey {
    /// Where the sender publishes to.
    url: String,
    /// What it sends as `Authorization: Bearer`. It is not shown again.
    key: String,
}

/// A refusal; of a key, with the scheme that was expected (RFC 9110 section 11.6.1).
pub struct Refusal(Problem);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let asks = self.0.error.code == "key_refused";
        let mut response = self.0.into_response();
        if asks {
            response.headers_mut().insert(WWW_AUTHENTICATE, axum::http::HeaderValue::from_static("Bearer"));
        }
        response
    }
}

type OfSource = Result<Path<Uuid>, axum::extract::rejection::PathRejection>;
type OfPublishing = Result<Path<(Uuid, Uuid)>, axum::extract::rejection::PathRejection>;
type Text = Result<String, axum::extract::rejection::StringRejection>;

fn read(body: Text) -> Result<String, Problem> {
    body.map_err(|rejection| Problem::new(rejection.status(), "bad_offer", "The body could not be read as text."))
}

/// What may be sent here.
#[utoipa::path(options, path = "/whip/{source}", tag = "media",
    params(("source" = Uuid, Path, description = "The source")),
    responses((status = 204, description = "See Allow and Accept-Post")))]
pub async fn publish_options() -> Response {
    sdp::options("POST, OPTIONS")
}

/// Publishes to a source.
#[utoipa::path(post, path = "/whip/{source}", tag = "media", security(("publish_key" = [])),
    params(("source" = Uuid, Path, description = "The source")),
    request_body(content = String, content_type = "application/sdp", description = "SDP offer"),
    responses(
        (status = 201, body = String, content_type = "application/sdp", description = "SDP answer",
            headers(("Location" = String, description = "What was started"),
                ("ETag" = String, description = "The negotiation of ICE"))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 406, body = Problem),
        (status = 409, body = Problem, description = "Somebody publishes already, or the review has ended"),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn start_publishing(
    State(state): State<HttpState>,
    Client(ip): Client,
    Bearer(key): Bearer,
    source: OfSource,
    headers: HeaderMap,
    body: Text,
) -> Result<Response, Refusal> {
    let Path(source) = source.map_err(|_| Error::KeyRefused)?;
    state.screening.check_publish_key(&key, source, ip).await?;
    sdp::check_offer(&headers)?;
    let started = state.screening.publish(&key, source, read(body)?, ip).await?;
    let location = format!("/whip/{source}/{}", started.id);
    let etag = sdp::etag(&started.answer.ice);
    let headers = [(CONTENT_TYPE, SDP.to_owned()), (LOCATION, location), (ETAG, etag)];
    Ok((StatusCode::CREATED, headers, sdp::resource_headers(), started.answer.sdp).into_response())
}

/// Takes candidates, which are not needed. ICE is not restarted.
#[utoipa::path(patch, path = "/whip/{source}/{publishing}", tag = "media", security(("publish_key" = [])),
    params(("source" = Uuid, Path, description = "The source"),
        ("publishing" = Uuid, Path, description = "What was started"),
        ("If-Match" = String, Header, description = "ETag of the answer")),
    request_body(content = String, content_type = "application/trickle-ice-sdpfrag"),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)))]
pub async fn trickle_publishing(
    State(state): State<HttpState>,
    Client(ip): Client,
    Bearer(key): Bearer,
    path: OfPublishing,
    headers: HeaderMap,
    body: Text,
) -> Result<StatusCode, Refusal> {
    let Path((source, publishing)) = path.map_err(|_| Error::KeyRefused)?;
    let found = state.screening.own_publishing(&key, source, publishing, ip).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    match sdp::read_patch(&headers, &read(body)?, &found.ice)? {
        Patch::Candidates => Ok(StatusCode::NO_CONTENT),
        // A sender whose address changes goes on with the same negotiation, and one that lost it connects anew.
        Patch::Restart(_) => {
            let message = "ICE of a sender is not restarted. Delete this and post a new offer.";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no_ice_restart", message).into())
        }
    }
}

/// Stops publishing.
#[utoipa::path(delete, path = "/whip/{source}/{publishing}", tag = "media", security(("publish_key" = [])),
    params(("source" = Uuid, Path, description = "The source"),
        ("publishing" = Uuid, Path, description = "What was started")),
    responses((status = 200, description = "Stopped"), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn stop_publishing(
    State(state): State<HttpState>,
    Client(ip): Client,
    Bearer(key): Bearer,
    path: OfPublishing,
) -> Result<StatusCode, Refusal> {
    let Path((source, publishing)) = path.map_err(|_| Error::KeyRefused)?;
    match state.screening.unpublish(&key, source, publishing, ip).await? {
        true => Ok(StatusCode::OK),
        false => Err(Problem::not_found().into()),
    }
}

/// Gives a source a new key, which is shown this once; a sender with the old one is stopped.
#[utoipa::path(post, path = "/api/reviews/{id}/sources/{source}/key", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review"), ("source" = Uuid, Path, description = "The source")),
    responses((status = 201, body = PublishKey), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem, description = "Not of the kind whip")))]
pub async fn make_publish_key(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    path: OfPublishing,
) -> Result<(StatusCode, Json<PublishKey>), Problem> {
    let Path((review, source)) = path.map_err(|_| Problem::not_found())?;
    let key = state.screening.services.make_publish_key(review, source, &signed_in.by()).await?;
    state.screening.supervise().await?;
    let url = format!("{}/whip/{source}", state.names.public_url());
    Ok((StatusCode::CREATED, Json(PublishKey { url, key: key.reveal().as_str().to_owned() })))
}
