//! A review's sources: list, add, remove, put on air.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use pipelines::spec::color::InputColor;
use pipelines::spec::source::SourceSpec;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{NewSource, SourceFacts};
use crate::domain::instant::UtcInstant;
use crate::domain::source::ReviewSource;
use crate::http::HttpState;
use crate::http::extract::{Body, Id, SignedIn};
use crate::http::problem::Problem;
use crate::http::review::{Review, review};
use crate::service::source::NewSource as NewServiceSource;
use crate::store::publishing::PublishFacts;

/// A source of a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListedSource {
    id: Uuid,
    name: String,
    /// Whether viewers are shown it.
    on_air: bool,
    /// The reel that its file names, once it was on air.
    reel: Option<String>,
    spec: SourceFacts,
    /// Of the kind `whip`: who may publish to it, and who does.
    publish: Option<Publish>,
}

/// Who may publish to a source, and who does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Publish {
    /// Where a sender publishes to, on this server.
    path: String,
    /// When its key was made; without one nobody can publish.
    key_made_at: Option<UtcInstant>,
    /// Since when somebody publishes.
    since: Option<UtcInstant>,
    /// What that is encrypted with, once it is connected.
    cipher: Option<String>,
}

impl ListedSource {
    /// A source with what is published to it.
    pub fn new(source: ReviewSource, facts: &[PublishFacts]) -> Self {
        let spec = SourceFacts::from(&source.spec);
        let found = facts.iter().find(|facts| facts.source == source.id && source.spec == SourceSpec::Whip);
        let publish = found.map(|facts| Publish {
            path: format!("/whip/{}", source.id),
            key_made_at: facts.key_made_at,
            since: facts.since,
            cipher: facts.cipher.clone(),
        });
        Self { id: source.id, name: source.name, on_air: source.on_air, reel: source.reel, spec, publish }
    }
}

/// A source to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddSource {
    /// What the house calls it; without one, after where it comes from.
    name: Option<String>,
    source: NewSource,
    #[serde(default)]
    #[schema(value_type = String)]
    input_color: InputColor,
    /// Timecode of frame 0, when the source carries none.
    start_timecode: Option<String>,
    #[serde(default)]
    drop_frame: bool,
}

type SourcePath = Result<Path<(Uuid, Uuid)>, axum::extract::rejection::PathRejection>;

/// Adds a source to a review; it is not on air yet.
#[utoipa::path(post, path = "/api/reviews/{id}/sources", tag = "console", request_body = AddSource,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The review")),
    responses((status = 201, body = Review), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn add_source(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<AddSource>,
) -> Result<(StatusCode, Json<Review>), Problem> {
    let new = NewServiceSource {
        name: body.name.filter(|name| !name.trim().is_empty()),
        spec: body.source.into(),
        input_color: body.input_color,
        start_timecode: body.start_timecode,
        drop_frame: body.drop_frame,
    };
    let services = &state.screening.services;
    services.add_source(id, new, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, Json(review(&state, &services.review(id).await?).await?)))
}

/// Removes a source that is not on air; comments on it stay.
#[utoipa::path(delete, path = "/api/reviews/{id}/sources/{source}", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review"), ("source" = Uuid, Path, description = "The source")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem, description = "It is on air")))]
pub async fn remove_source(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    path: SourcePath,
) -> Result<StatusCode, Problem> {
    let Path((id, source)) = path.map_err(|_| Problem::not_found())?;
    state.screening.services.remove_source(id, source, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a source on air: viewers see it as soon as it has a picture, and the one before it until then.
#[utoipa::path(post, path = "/api/reviews/{id}/sources/{source}/show", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review"), ("source" = Uuid, Path, description = "The source")),
    responses((status = 200, body = Review), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn show_source(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    path: SourcePath,
) -> Result<Json<Review>, Problem> {
    let Path((id, source)) = path.map_err(|_| Problem::not_found())?;
    let record = state.screening.switch_source(id, source, &signed_in.by()).await?;
    Ok(Json(review(&state, &record).await?))
}
