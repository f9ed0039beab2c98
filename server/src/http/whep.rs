//! WHEP: an offer for an answer, under a lease.

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use pipelines::spec::color::{Display, Gamut};
use pipelines::spec::encode::VideoFormat;
use serde::Deserialize;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Bearer, Client};
use super::problem::Problem;
use super::sdp::{self, Patch, SDP};
use crate::media::Asked;
use crate::service::Error;

/// What a browser says of its display, and which formats it wants.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhepQuery {
    /// The widest gamut the display covers: `srgb`, `p3` or `rec2020` (the media query `color-gamut`).
    #[serde(default)]
    #[param(value_type = Option<String>)]
    gamut: Gamut,
    /// `standard` or `high` (the media queries `video-dynamic-range` and `dynamic-range`).
    #[serde(default)]
    #[param(inline)]
    range: DynamicRange,
    /// Formats that are wanted, separated by commas, of those that are offered: for a browser that offers what it cannot
    /// decode in real time. Without it, all.
    formats: Option<String>,
}

/// How bright a display can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DynamicRange {
    /// SDR, or not known.
    #[default]
    Standard,
    /// HDR.
    High,
}

impl WhepQuery {
    fn asked(self) -> Result<Asked, Problem> {
        let named = |name: &str| {
            let known = VideoFormat::ALL.into_iter().find(|format| format.name() == name);
            known.ok_or_else(|| {
                let expected = VideoFormat::ALL.map(VideoFormat::name).join(", ");
                let message = format!("Expected formats among {expected}.");
                Problem::new(StatusCode::BAD_REQUEST, "bad_format", message).field("formats")
            })
        };
        let formats = self.formats.as_deref().map(|names| names.split(',').map(named).collect()).transpose()?;
        let display = Display { gamut: self.gamut, hdr: self.range == DynamicRange::High };
        Ok(Asked { display, formats, target: None })
    }
}

/// What may be sent here.
#[utoipa::path(options, path = "/whep/{review}", tag = "media",
    params(("review" = Uuid, Path, description = "The review")),
    responses((status = 204, description = "See Allow and Accept-Post")))]
pub async fn viewing_options() -> Response {
    sdp::options("POST, OPTIONS")
}

/// Starts a viewing; the viewer's old one, if any, is replaced.
#[utoipa::path(post, path = "/whep/{review}", tag = "media", security(("lease" = [])),
    params(("review" = Uuid, Path, description = "The review"), WhepQuery),
    request_body(content = String, content_type = "application/sdp", description = "SDP offer"),
    responses(
        (status = 201, body = String, content_type = "application/sdp", description = "SDP answer",
            headers(("Location" = String, description = "The viewing"),
                ("ETag" = String, description = "The negotiation of ICE"))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 406, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 503, body = Problem)))]
pub async fn start_viewing(
    State(state): State<HttpState>,
    Client(ip): Client,
    Bearer(lease): Bearer,
    review: Result<Path<Uuid>, axum::extract::rejection::PathRejection>,
    query: Result<Query<WhepQuery>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    body: Result<String, axum::extract::rejection::StringRejection>,
) -> Result<Response, Problem> {
    let Path(review) = review.map_err(|_| Problem::lease_refused())?;
    sdp::check_offer(&headers)?;
    let Query(query) = query.map_err(|_| {
        let message = "Expected gamut=srgb|p3|rec2020, range=standard|high, formats=..., and nothing else.";
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
    })?;
    let asked = query.asked()?;
    let offer =
        body.map_err(|rejection| Problem::new(rejection.status(), "bad_offer", "The offer could not be read."))?;
    let started = state.screening.start(&lease, review, offer, asked, ip).await?;
    let location = format!("/whep/{review}/{}", started.id);
    let headers = [(CONTENT_TYPE, SDP.to_owned()), (LOCATION, location), (ETAG, sdp::etag(&started.ice))];
    Ok((StatusCode::CREATED, headers, sdp::resource_headers(), started.sdp).into_response())
}

/// Takes candidates, which are not needed, or begins ICE anew, for a browser that changed its network.
#[utoipa::path(patch, path = "/whep/{review}/{viewing}", tag = "media", security(("lease" = [])),
    params(("review" = Uuid, Path, description = "The review"), ("viewing" = Uuid, Path, description = "The viewing"),
        ("If-Match" = String, Header, description = "ETag of the answer")),
    request_body(content = String, content_type = "application/trickle-ice-sdpfrag"),
    responses((status = 204, description = "Candidates were taken"),
        (status = 200, body = String, content_type = "application/trickle-ice-sdpfrag",
            description = "ICE begins anew: the server's credentials and candidates",
            headers(("ETag" = String, description = "The new negotiation of ICE"))),
        (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 415, body = Problem),
        (status = 428, body = Problem)))]
pub async fn trickle_viewing(
    State(state): State<HttpState>,
    Client(ip): Client,
    Bearer(lease): Bearer,
    path: Result<Path<(Uuid, Uuid)>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
    body: Result<String, axum::extract::rejection::StringRejection>,
) -> Result<Response, Problem> {
    let Path((review, viewing)) = path.map_err(|_| Problem::lease_refused())?;
    let over = || Problem::new(StatusCode::NOT_FOUND, "viewing_over", "This viewing is over. Post a new offer.");
    let ice = state.screening.ice(&lease, review, viewing, ip).await?.ok_or_else(over)?;
    let body =
        body.map_err(|rejection| Problem::new(rejection.status(), "bad_fragment", "The body could not be read."))?;
    match sdp::read_patch(&headers, &body, &ice)? {
        Patch::Candidates => Ok(StatusCode::NO_CONTENT.into_response()),
        Patch::Restart(restart) => match state.screening.restart(&lease, review, viewing, ip, restart).await {
            Ok(restarted) => Ok(sdp::restarted(restarted)),
            Err(Error::NotFound { .. }) => Err(over()),
            Err(error) => Err(error.into()),
        },
    }
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
