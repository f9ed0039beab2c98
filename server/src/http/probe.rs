//! Probes of viewers' displays.

use axum::Json;
use axum::extract::State;

use super::HttpState;
use super::extract::{Body, Joined};
use super::problem::Problem;
use crate::domain::probe::{Probe, ProbeFile};

/// Keeps what a probe measured on the viewer's display, and says what it amounts to; the house sees it.
#[utoipa::path(put, path = "/api/room/probe", tag = "room", request_body = ProbeFile, security(("viewer" = [])),
    responses((status = 200, body = Probe), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem, description = "Waiting to be let in"),
        (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn probe_display(
    State(state): State<HttpState>,
    joined: Joined,
    Body(file): Body<ProbeFile>,
) -> Result<Json<Probe>, Problem> {
    Ok(Json(state.screening.services.probe_display(&joined.viewer, file, &joined.by()).await?))
}
