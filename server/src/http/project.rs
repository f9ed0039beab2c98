//! Projects.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::mark::MarkTemplate;
use super::problem::Problem;
use crate::domain::network::Networks;
use crate::domain::project::Classification;
use crate::service::Error;
use crate::service::project::ProjectMembers;
use crate::store::project::ProjectRecord;

/// A member of a project.
#[derive(Serialize, ToSchema)]
pub struct Member {
    id: Uuid,
    user: String,
}

/// A project.
#[derive(Serialize, ToSchema)]
pub struct Project {
    id: Uuid,
    name: String,
    classification: Classification,
    /// From where its reviews may be watched; empty: from anywhere.
    networks: Vec<String>,
    /// What its visible marks show.
    mark: MarkTemplate,
    /// Whether they may be lifted for moments.
    clean_hold: bool,
    members: Vec<Member>,
}

impl From<ProjectRecord> for Project {
    fn from(project: ProjectRecord) -> Self {
        ProjectMembers { project, members: Vec::new() }.into()
    }
}

impl From<ProjectMembers> for Project {
    fn from(ProjectMembers { project, members }: ProjectMembers) -> Self {
        Self {
            id: project.facts.id,
            name: project.name,
            classification: project.facts.classification,
            networks: project.networks.texts(),
            mark: project.mark.into(),
            clean_hold: project.clean_hold,
            members: members.into_iter().map(|(id, user)| Member { id, user }).collect(),
        }
    }
}

/// Projects by name.
#[derive(Serialize, ToSchema)]
pub struct Projects {
    projects: Vec<Project>,
}

/// A project to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    name: String,
    classification: Classification,
}

/// How secret a project is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Classify {
    classification: Classification,
}

/// The projects that the asking account may see.
#[utoipa::path(get, path = "/api/projects", tag = "people", security(("account" = [])),
    responses((status = 200, body = Projects), (status = 401, body = Problem)))]
pub async fn list_projects(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<Projects>, Problem> {
    let projects = state.screening.services.projects(&signed_in.by()).await?;
    Ok(Json(Projects { projects: projects.into_iter().map(Project::from).collect() }))
}

/// Makes a project.
#[utoipa::path(post, path = "/api/projects", tag = "people", request_body = NewProject, security(("account" = [])),
    responses((status = 201, body = Project), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn create_project(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(body): Body<NewProject>,
) -> Result<(StatusCode, Json<Project>), Problem> {
    let services = &state.screening.services;
    let project = services.create_project(&body.name, body.classification, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, Json(project.into())))
}

/// Says how secret a project is. Links that have not passed the door it now demands are taken back.
#[utoipa::path(post, path = "/api/projects/{id}/classification", tag = "people", request_body = Classify,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The project")),
    responses((status = 200, body = Project), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn classify_project(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<Classify>,
) -> Result<Json<Project>, Problem> {
    let project = state.screening.services.classify_project(id, body.classification, &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(project.into()))
}

/// Networks of a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameNetworks {
    /// E.g. `192.0.2.0/24`; empty: anywhere, or nowhere in a restricted project whose links name none.
    networks: Vec<String>,
}

/// Says from where a project's reviews may be watched. Whoever watches from elsewhere is stopped at once.
#[utoipa::path(put, path = "/api/projects/{id}/networks", tag = "people", request_body = NameNetworks,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The project")),
    responses((status = 200, body = Project), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn set_networks(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<NameNetworks>,
) -> Result<Json<Project>, Problem> {
    let networks = Networks::named(&body.networks).map_err(Error::from)?;
    let project = state.screening.services.set_networks(id, &networks, &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(project.into()))
}

type MemberPath = Result<Path<(Uuid, Uuid)>, axum::extract::rejection::PathRejection>;

async fn set_member(
    state: &HttpState,
    signed_in: &SignedIn,
    path: MemberPath,
    member: bool,
) -> Result<StatusCode, Problem> {
    let Path((project, account)) = path.map_err(|_| Problem::not_found())?;
    state.screening.services.set_member(project, account, member, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes an account a member of a project.
#[utoipa::path(put, path = "/api/projects/{id}/members/{account}", tag = "people", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The project"), ("account" = Uuid, Path, description = "The account")),
    responses((status = 204, description = "A member"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn add_member(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    path: MemberPath,
) -> Result<StatusCode, Problem> {
    set_member(&state, &signed_in, path, true).await
}

/// Ends an account's membership of a project.
#[utoipa::path(delete, path = "/api/projects/{id}/members/{account}", tag = "people", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The project"), ("account" = Uuid, Path, description = "The account")),
    responses((status = 204, description = "No member"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn remove_member(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    path: MemberPath,
) -> Result<StatusCode, Problem> {
    set_member(&state, &signed_in, path, false).await
}
