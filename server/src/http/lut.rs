//! The house's LUTs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use crate::domain::instant::UtcInstant;
use crate::import::ocio::{Offer, View};
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

/// An OpenColorIO configuration: an `.ocio`, or an `.ocioz` with the files that it refers to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The file, in base64.
    #[schema(value_type = String)]
    config: FileBytes,
}

/// A view of a configuration to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// The configuration's file name, e.g. `show.ocioz`.
    name: String,
    /// The file, in base64.
    #[schema(value_type = String)]
    config: FileBytes,
    /// The color space that pictures come in.
    color_space: String,
    display: String,
    view: String,
}

/// Bytes of a file as base64.
#[derive(Debug)]
struct FileBytes(Vec<u8>);

impl<'de> Deserialize<'de> for FileBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = STANDARD.decode(String::deserialize(deserializer)?);
        bytes.map(Self).map_err(|_| serde::de::Error::custom("not base64"))
    }
}

/// What an OpenColorIO configuration offers: its color spaces, displays and views. Nothing of it is kept.
#[utoipa::path(post, path = "/api/luts/configuration", tag = "console", request_body = Configuration,
    security(("account" = [])),
    responses((status = 200, body = Offer), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn read_configuration(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(body): Body<Configuration>,
) -> Result<Json<Offer>, Problem> {
    Ok(Json(state.screening.services.offer_of(body.config.0, &signed_in.by()).await?))
}

/// Adds a view of an OpenColorIO configuration to the library, as a LUT.
#[utoipa::path(post, path = "/api/luts/view", tag = "console", request_body = NewView, security(("account" = [])),
    responses((status = 201, body = LibraryLut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn add_view(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(body): Body<NewView>,
) -> Result<(StatusCode, Json<LibraryLut>), Problem> {
    let view = View { color_space: body.color_space, display: body.display, view: body.view };
    let lut = state.screening.services.add_view(&body.name, body.config.0, view, &signed_in.by()).await?;
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
