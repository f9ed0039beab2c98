//! Display checks.

use axum::extract::State;
use axum::http::StatusCode;

use super::HttpState;
use super::extract::{Body, Joined};
use super::problem::Problem;
use crate::domain::display::DisplayCheck;

/// Keeps what the viewer found when they checked their display; the house sees it.
#[utoipa::path(put, path = "/api/room/display", tag = "room", request_body = DisplayCheck, security(("viewer" = [])),
    responses((status = 204, description = "Kept"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem, description = "Waiting to be let in"),
        (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn check_display(
    State(state): State<HttpState>,
    joined: Joined,
    Body(check): Body<DisplayCheck>,
) -> Result<StatusCode, Problem> {
    state.screening.services.check_display(&joined.viewer, check, joined.ip).await?;
    Ok(StatusCode::NO_CONTENT)
}
