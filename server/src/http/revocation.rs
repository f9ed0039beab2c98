//! Many links taken back at once.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use crate::domain::network::Networks;
use crate::service::Error;

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revoked {
    /// How many links.
    links: usize,
}

/// Networks from which nobody may watch any more by the link they are in with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeNetworks {
    /// E.g. `192.0.2.0/24`; at least one.
    networks: Vec<String>,
}

/// Takes back all links of a project; whoever watches through one stops at once.
#[utoipa::path(post, path = "/api/projects/{id}/revoke", tag = "people", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The project")),
    responses((status = 200, body = Revoked), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn revoke_project(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Revoked>, Problem> {
    let links = state.screening.services.revoke_project(id, &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(Revoked { links }))
}

/// Takes back the links through which guests are in from some networks; whoever watches through one stops at once.
#[utoipa::path(post, path = "/api/networks/revoke", tag = "people", request_body = RevokeNetworks, security(("account" = [])),
    responses((status = 200, body = Revoked), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn revoke_networks(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(body): Body<RevokeNetworks>,
) -> Result<Json<Revoked>, Problem> {
    let networks = Networks::named(&body.networks).map_err(Error::from)?;
    let links = state.screening.services.revoke_networks(&networks, &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(Revoked { links }))
}
