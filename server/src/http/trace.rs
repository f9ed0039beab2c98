//! Whose copy is this? Leaks that are sent to be compared, and codes that were read off them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body as RawBody;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::HttpState;
use super::export::file;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::service::Error;
use crate::service::identify::Scope;
use crate::service::trace::{Report, Trace as Kept, TraceState, Traces as Desk};
use crate::store::mark::Witness;

/// Most viewings that are told of beside those that are named.
const LISTED: usize = 20;

/// A viewing that was tried, or whose code was read.
#[derive(Serialize, ToSchema)]
pub struct Suspect {
    viewing: Uuid,
    review: Uuid,
    name: String,
    email: String,
    ip: String,
    session_code: String,
    started_at: UtcInstant,
    ended_at: Option<UtcInstant>,
    /// Standard deviations from what chance expects; missing where only the code was read.
    z: Option<f64>,
    /// Bound on the chance that any innocent viewing is this far out.
    p: Option<f64>,
    /// Its mark is there beyond doubt.
    named: bool,
    /// Its mark is there with the wrong sign: somebody took it out.
    subtracted: bool,
}

impl From<Witness> for Suspect {
    fn from(witness: Witness) -> Self {
        let Witness { viewing, review, name, email, ip, session_code, started_at, ended_at, .. } = witness;
        let (z, p, named, subtracted) = (None, None, false, false);
        Self { viewing, review, name, email, ip, session_code, started_at, ended_at, z, p, named, subtracted }
    }
}

impl From<&crate::domain::evidence::Suspect> for Suspect {
    fn from(suspect: &crate::domain::evidence::Suspect) -> Self {
        Self {
            viewing: suspect.viewing,
            review: suspect.review,
            name: suspect.name.clone(),
            email: suspect.email.clone(),
            ip: suspect.ip.clone(),
            session_code: suspect.session_code.clone(),
            started_at: suspect.started_at,
            ended_at: suspect.ended_at,
            z: Some(suspect.z),
            p: Some(suspect.p),
            named: suspect.named,
            subtracted: suspect.subtracted,
        }
    }
}

/// What was found about a leak.
#[derive(Serialize, ToSchema)]
pub struct Finding {
    /// Why nobody is named, when nobody is.
    no_decision: Option<String>,
    sha256: String,
    pictures: u64,
    /// Viewings that were tried, and the z that names one.
    viewings: usize,
    needed_z: f64,
    /// Those that are named, and the likeliest of the others.
    suspects: Vec<Suspect>,
    /// Whether `leak.png` and `reference.png` are there.
    has_pictures: bool,
}

impl From<&Report> for Finding {
    fn from(report: &Report) -> Self {
        let evidence = &report.evidence;
        let told = evidence.suspects.iter().enumerate();
        let told = told.filter(|(at, suspect)| suspect.named || suspect.subtracted || *at < LISTED);
        Self {
            no_decision: evidence.undecided().map(str::to_owned),
            sha256: evidence.leak.sha256.clone(),
            pictures: evidence.leak.pictures,
            viewings: evidence.method.viewings,
            needed_z: evidence.method.needed_z,
            suspects: told.map(|(_, suspect)| Suspect::from(suspect)).collect(),
            has_pictures: report.pictures.is_some(),
        }
    }
}

/// A leak that was sent. Kept for an hour, in memory only; the file itself is deleted as soon as it was compared.
#[derive(Serialize, ToSchema)]
pub struct Trace {
    id: Uuid,
    /// `review:...` or `project:...`.
    scope: String,
    name: String,
    sent_at: UtcInstant,
    /// `waiting`, `running`, `done` or `failed`.
    state: &'static str,
    /// Why it failed.
    reason: Option<String>,
    finding: Option<Finding>,
}

impl From<Kept> for Trace {
    fn from(trace: Kept) -> Self {
        let (state, reason, finding) = match &trace.state {
            TraceState::Waiting => ("waiting", None, None),
            TraceState::Running => ("running", None, None),
            TraceState::Done(report) => ("done", None, Some(Finding::from(report))),
            TraceState::Failed(reason) => ("failed", Some(reason.clone()), None),
        };
        let scope = trace.scope.to_string();
        Self { id: trace.id, scope, name: trace.name, sent_at: trace.sent_at, state, reason, finding }
    }
}

/// Leaks, newest first.
#[derive(Serialize, ToSchema)]
pub struct TraceList {
    traces: Vec<Trace>,
}

/// Where a leak is looked for, and what it is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// In this review; or
    review: Option<Uuid>,
    /// in all reviews of this project.
    project: Option<Uuid>,
    /// The file's name.
    name: Option<String>,
}

fn scope(review: Option<Uuid>, project: Option<Uuid>) -> Result<Option<Scope>, Invalid> {
    match (review, project) {
        (Some(review), None) => Ok(Some(Scope::Review(review))),
        (None, Some(project)) => Ok(Some(Scope::Project(project))),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            let reason = "name a review or a project, not both".to_owned();
            Err(Invalid::Field { field: "review", reason })
        }
    }
}

fn desk(state: &HttpState) -> Result<&Arc<Desk>, Problem> {
    state.traces.as_ref().ok_or_else(|| Error::Busy.into())
}

/// Sends a leak to be compared with what was shown, after those that were sent before. The body is the file, up to 2 GiB.
#[utoipa::path(post, path = "/api/traces", tag = "console", security(("account" = [])), params(Asked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "A clip or a still"),
    responses((status = 202, body = Trace), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem, description = "Too many are there already")))]
pub async fn send_leak(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
    body: RawBody,
) -> Result<(StatusCode, Json<Trace>), Problem> {
    let unnamed = || Invalid::Field { field: "review", reason: "name a review or a project to look in".to_owned() };
    let Query(asked) = asked.map_err(|_| Error::from(unnamed()))?;
    let scope = scope(asked.review, asked.project).map_err(Error::from)?;
    let scope = scope.ok_or_else(|| Error::from(unnamed()))?;
    let name = asked.name.unwrap_or_else(|| "leak".to_owned());
    let trace = desk(&state)?.receive(scope, &name, signed_in.by(), body.into_data_stream()).await?;
    Ok((StatusCode::ACCEPTED, Json(trace.into())))
}

/// Leaks that were sent within the last hour.
#[utoipa::path(get, path = "/api/traces", tag = "console", security(("account" = [])),
    responses((status = 200, body = TraceList), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_traces(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<TraceList>, Problem> {
    let traces = desk(&state)?.list(&signed_in.by()).await?;
    Ok(Json(TraceList { traces: traces.into_iter().map(Trace::from).collect() }))
}

/// How far a comparison is, and what was found.
#[utoipa::path(get, path = "/api/traces/{id}", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The leak")),
    responses((status = 200, body = Trace), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get_trace(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Trace>, Problem> {
    Ok(Json(desk(&state)?.get(id, &signed_in.by()).await?.into()))
}

/// A file of the report: `evidence.pdf`, `evidence.json`, `leak.png` or `reference.png`.
#[utoipa::path(get, path = "/api/traces/{id}/{file}", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The leak"), ("file" = String, Path, description = "Which")),
    responses((status = 200, description = "The file", content(
            (Vec<u8> = "application/pdf"), (Object = "application/json"), (Vec<u8> = "image/png"))),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get_report(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    path: Result<Path<(Uuid, String)>, PathRejection>,
) -> Result<Response, Problem> {
    // Who may not ask is told that, whatever stands in the path.
    let (id, name) = path.map_or((Uuid::nil(), String::new()), |Path(path)| path);
    let trace = desk(&state)?.get(id, &signed_in.by()).await?;
    let TraceState::Done(report) = trace.state else { return Err(Problem::not_found()) };
    let picture = |at: usize| report.pictures.as_ref().map(|pictures| ("image/png", pictures[at].clone()));
    let (kind, bytes) = match name.as_str() {
        "evidence.pdf" => ("application/pdf", report.pdf),
        "evidence.json" => ("application/json", report.json),
        "leak.png" => picture(0).ok_or_else(Problem::not_found)?,
        "reference.png" => picture(1).ok_or_else(Problem::not_found)?,
        _ => return Err(Problem::not_found()),
    };
    Ok(file(kind, &name, bytes.into()))
}

/// Forgets what was found about a leak. That it was asked, and the outcome, stay in the record.
#[utoipa::path(delete, path = "/api/traces/{id}", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The leak")),
    responses((status = 204, description = "Forgotten"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 503, body = Problem, description = "It is being compared")))]
pub async fn forget_trace(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    desk(&state)?.forget(id, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code that somebody read off a picture.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadCode {
    /// Case, spaces and hyphens do not matter; `?` stands for a character that cannot be read.
    code: String,
    /// Look in this review only; or
    review: Option<Uuid>,
    /// in this project only; without either, in the whole house.
    project: Option<Uuid>,
}

/// Whose code it is.
#[derive(Serialize, ToSchema)]
pub struct CodeBearers {
    /// It is no code: something was misread. `bearers` are then those whose code is nearly that.
    misread: bool,
    /// Newest first, at most 100.
    bearers: Vec<Suspect>,
}

/// Finds the viewings whose visible code somebody read off a leak.
#[utoipa::path(post, path = "/api/codes", tag = "console", request_body = ReadCode, security(("account" = [])),
    responses((status = 200, body = CodeBearers), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn read_code(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(read): Body<ReadCode>,
) -> Result<Json<CodeBearers>, Problem> {
    let scope = scope(read.review, read.project).map_err(Error::from)?;
    let found = state.screening.services.find_code(&read.code, scope, &signed_in.by()).await?;
    let bearers = found.bearers.into_iter().map(Suspect::from).collect();
    Ok(Json(CodeBearers { misread: found.misread, bearers }))
}
