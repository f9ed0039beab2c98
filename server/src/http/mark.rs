//! What the visible marks of a project show, and moments without them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use pipelines::spec::watermark as spec;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use super::project::Project;
use crate::domain::instant::UtcInstant;

/// What visible marks say, and how they look. The code of the viewing and name or e-mail are always among the fields.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkTemplate {
    /// In order: `name`, `email`, `company`, `review`, `text`, `ip`, `utc`, `code`.
    #[schema(value_type = Vec<String>)]
    fields: Vec<spec::MarkField>,
    /// For `company`: at most 60 characters.
    #[serde(default)]
    company: String,
    /// For `text`: at most 60 characters.
    #[serde(default)]
    text: String,
    /// `line`, `corners`, `tiled` or `moving`.
    #[schema(value_type = String)]
    layout: spec::MarkLayout,
    /// Height of capitals in thousandths of the picture's, 16 to 60.
    size: u16,
    /// Hundredths, 20 to 70.
    opacity: u8,
}

impl From<spec::MarkTemplate> for MarkTemplate {
    fn from(template: spec::MarkTemplate) -> Self {
        let spec::MarkTemplate { fields, company, text, layout, size, opacity } = template;
        Self { fields, company, text, layout, size, opacity }
    }
}

impl From<MarkTemplate> for spec::MarkTemplate {
    fn from(template: MarkTemplate) -> Self {
        let MarkTemplate { fields, company, text, layout, size, opacity } = template;
        Self { fields, company: company.trim().to_owned(), text: text.trim().to_owned(), layout, size, opacity }
    }
}

/// Says what a project's visible marks show. Whoever watches is marked by it from one of the next pictures on.
#[utoipa::path(put, path = "/api/projects/{id}/mark", tag = "people", request_body = MarkTemplate,
    security(("account" = [])), params(("id" = uuid::Uuid, Path, description = "The project")),
    responses((status = 200, body = Project), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn set_mark(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(template): Body<MarkTemplate>,
) -> Result<Json<Project>, Problem> {
    let project = state.screening.services.set_mark_template(id, &template.into(), &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(project.into()))
}

/// What a template looks like: the real mark, of nobody, over the test chart, as of now.
#[utoipa::path(post, path = "/api/projects/{id}/mark/preview", tag = "people", request_body = MarkTemplate,
    security(("account" = [])), params(("id" = uuid::Uuid, Path, description = "The project")),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn preview_mark(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(template): Body<MarkTemplate>,
) -> Result<Response, Problem> {
    let jpeg = state.screening.services.preview_mark(id, template.into(), &signed_in.by()).await?;
    Ok(([(CONTENT_TYPE, "image/jpeg")], jpeg).into_response())
}

/// Whether a project has clean holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowCleanHold {
    /// Never true where classification or policy rule it out.
    allowed: bool,
}

/// Says whether the visible marks of a project may be lifted for moments. Taking that back ends one that lasts.
#[utoipa::path(put, path = "/api/projects/{id}/clean-hold", tag = "people", request_body = AllowCleanHold,
    security(("account" = [])), params(("id" = uuid::Uuid, Path, description = "The project")),
    responses((status = 200, body = Project), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn allow_clean_hold(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<AllowCleanHold>,
) -> Result<Json<Project>, Problem> {
    let project = state.screening.services.set_clean_hold(id, body.allowed, &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(project.into()))
}

/// A clean hold to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCleanHold {
    /// How long, 1 to 60.
    seconds: u64,
}

/// A clean hold that lasts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CleanHold {
    started_at: UtcInstant,
    /// The server ends it then, whatever becomes of the console.
    ends_at: UtcInstant,
}

/// Lifts the visible mark from the pictures of whoever watches now; the invisible one stays. Everybody is told.
#[utoipa::path(post, path = "/api/reviews/{id}/clean-hold", tag = "console", request_body = NewCleanHold,
    security(("account" = [])), params(("id" = uuid::Uuid, Path, description = "The review")),
    responses((status = 201, body = CleanHold), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "One lasts, or ended less than a minute ago"),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn start_clean_hold(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<NewCleanHold>,
) -> Result<(StatusCode, Json<CleanHold>), Problem> {
    let lasting = Duration::from_secs(body.seconds);
    let hold = state.screening.start_clean_hold(id, lasting, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, Json(CleanHold { started_at: hold.started_at, ends_at: hold.ends_at })))
}

/// Brings the visible mark back at once.
#[utoipa::path(delete, path = "/api/reviews/{id}/clean-hold", tag = "console", security(("account" = [])),
    params(("id" = uuid::Uuid, Path, description = "The review")),
    responses((status = 204, description = "It is there"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn end_clean_hold(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    state.screening.end_clean_hold(id, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
