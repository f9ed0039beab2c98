//! The floor of a room on the wire.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HttpState;
use super::drive::named;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use super::viewer::Viewer;
use crate::domain::floor as domain;
use crate::service::floor::FloorChange;

/// What the house says over everybody's picture, and who may point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Floor {
    /// Whether guests may point into the picture.
    pub pointers: bool,
    /// What is said over the picture now.
    pub talkback: Option<String>,
}

impl From<domain::Floor> for Floor {
    fn from(domain::Floor { pointers, talkback }: domain::Floor) -> Self {
        Self { pointers, talkback }
    }
}

/// What changes on the floor; what is not named stays, `null` takes it away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeFloor {
    pointers: Option<bool>,
    /// A sentence of 1 to 120 characters.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    talkback: Option<Option<String>>,
}

/// Says something over everybody's picture, or takes it away; lets guests point, or not.
#[utoipa::path(patch, path = "/api/reviews/{id}/floor", tag = "console", request_body = ChangeFloor,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The review")),
    responses((status = 200, body = Floor), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn change_floor(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(ChangeFloor { pointers, talkback }): Body<ChangeFloor>,
) -> Result<Json<Floor>, Problem> {
    let change = FloorChange { pointers, talkback };
    let floor = state.screening.services.change_floor(id, change, &signed_in.by()).await?;
    Ok(Json(floor.into()))
}

/// Whether a viewer is muted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    muted: bool,
}

/// Mutes a viewer, or lets them speak again: no chat and no pointing, until it is taken back. Comments are taken as before.
#[utoipa::path(post, path = "/api/viewers/{id}/mute", tag = "console", request_body = Mute,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The viewer")),
    responses((status = 200, body = Viewer), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn mute_viewer(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(Mute { muted }): Body<Mute>,
) -> Result<Json<Viewer>, Problem> {
    let viewer = state.screening.services.mute_viewer(id, muted, &signed_in.by()).await?;
    Ok(Json(Viewer::new(&state, viewer)))
}

/// Takes a viewer's hand down.
#[utoipa::path(post, path = "/api/viewers/{id}/lower-hand", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The viewer")),
    responses((status = 204, description = "Down, now or before"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn lower_hand(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    state.screening.services.lower_hand(id, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
