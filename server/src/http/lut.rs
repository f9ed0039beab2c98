//! The house's LUTs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use crate::domain::instant::UtcInstant;
use crate::store::lut::LutRecord;

/// A LUT of the library.
#[derive(Serialize, ToSchema)]
pub struct LibraryLut {
    id: Uuid,
    name: String,
    sha256: String,
    listed_at: UtcInstant,
}

impl From<LutRecord> for LibraryLut {
    fn from(lut: LutRecord) -> Self {
        Self { id: lut.id, name: lut.name, sha256: lut.sha256, listed_at: lut.listed_at }
    }
}

/// The library, by name.
#[derive(Serialize, ToSchema)]
pub struct Library {
    luts: Vec<LibraryLut>,
}

/// A LUT to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLut {
    /// Its file name, e.g. `show.cube`.
    name: String,
    /// Its text, in any format that `vitrine lut info` reads.
    text: String,
}

/// The house's LUTs.
#[utoipa::path(get, path = "/api/luts", tag = "console", security(("account" = [])),
    responses((status = 200, body = Library), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_luts(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<Library>, Problem> {
    let luts = state.screening.services.luts(&signed_in.by()).await?;
    Ok(Json(Library { luts: luts.into_iter().map(LibraryLut::from).collect() }))
}

/// Adds a LUT to the library.
#[utoipa::path(post, path = "/api/luts", tag = "console", request_body = NewLut, security(("account" = [])),
    responses((status = 201, body = LibraryLut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn add_lut(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(body): Body<NewLut>,
) -> Result<(StatusCode, Json<LibraryLut>), Problem> {
    let lut = state.screening.services.add_lut(&body.name, body.text, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, Json(lut.into())))
}

/// Removes a LUT from the library; reviews that use it keep it.
#[utoipa::path(delete, path = "/api/luts/{id}", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The LUT")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn remove_lut(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    state.screening.services.remove_lut(id, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
