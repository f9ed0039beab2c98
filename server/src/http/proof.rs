//! Proof of picture: what a viewer's page reports, and how the house sees it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::export::file;
use super::extract::{Body, Id, Joined, SignedIn};
use super::problem::Problem;
use crate::domain::instant::UtcInstant;
use crate::domain::proof::{self as domain, CodeError, Course, DeltaE, Measure, Reason, Report};
use crate::store::viewer::ViewerRecord;

/// What a viewer's browser says of their picture now. It is the browser's word.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProofNow {
    /// When the page reported last.
    at: UtcInstant,
    state: domain::State,
    reasons: Vec<Reason>,
    /// What is true within its limits.
    rendition: String,
    measure: Measure,
    /// In steps of 10 bits.
    code_error: Option<CodeError>,
    delta_e: Option<DeltaE>,
    /// From the wire to the decoded picture, as the browser counts it.
    latency_ms: Option<f64>,
}

/// Proof of a viewer's picture.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Proof {
    /// While they watch.
    now: Option<ProofNow>,
    /// The worst state of all their viewings; null before the first report.
    worst: Option<domain::State>,
    worst_reasons: Vec<Reason>,
    /// Pictures whose frame number was compared with RTP's.
    frames_checked: u64,
    /// Those in which it was another.
    frames_disagreed: u64,
}

impl Proof {
    /// Of a viewer: from the record, and, while they watch, from the last report.
    pub(super) fn new(state: &HttpState, viewer: &ViewerRecord) -> Self {
        let services = &state.screening.services;
        let (now, pending) = match viewer.viewing.and_then(|viewing| services.proof_now(viewing)) {
            Some((report, at, pending)) => (Some(ProofNow::new(report, at)), pending),
            None => (None, (0, 0)),
        };
        let (worst, worst_reasons) = viewer.worst.clone().map(|worst| (worst.state, worst.reasons)).unzip();
        Self {
            now,
            worst,
            worst_reasons: worst_reasons.unwrap_or_default(),
            frames_checked: viewer.frames_checked + pending.0,
            frames_disagreed: viewer.frames_disagreed + pending.1,
        }
    }
}

impl ProofNow {
    fn new(report: Report, at: UtcInstant) -> Self {
        let Report { state, reasons, rendition, measure, code_error, delta_e, latency_ms, .. } = report;
        Self { at, state, reasons, rendition, measure, code_error, delta_e, latency_ms }
    }
}

/// What every viewing of a review was proven to show, over time.
#[derive(Serialize, ToSchema)]
pub struct ProofReport {
    review: Uuid,
    title: String,
    host: String,
    /// When this was known.
    made_at: UtcInstant,
    /// One for each viewing, oldest first.
    viewings: Vec<Course>,
}

/// What every viewing of a review was proven to show, over time.
#[utoipa::path(get, path = "/api/reviews/{id}/proof", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 200, body = ProofReport), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get_proof(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<ProofReport>, Problem> {
    let report = state.screening.services.proof_report(id, &signed_in.by()).await?;
    let (review, title, host) = (report.review.id, report.review.title, report.review.host);
    Ok(Json(ProofReport { review, title, host, made_at: report.made_at, viewings: report.courses }))
}

/// The same as a document, for the client's file.
#[utoipa::path(get, path = "/api/reviews/{id}/proof.pdf", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn export_proof(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Response, Problem> {
    let pdf = state.screening.services.export_proof(id, &signed_in.by()).await?;
    Ok(file("application/pdf", &format!("proof-{id}.pdf"), pdf))
}

/// Takes up what the page measured of the viewer's picture: at once when the state changes, else every ten seconds.
#[utoipa::path(post, path = "/api/room/proof", tag = "room", request_body = Report, security(("viewer" = [])),
    responses((status = 204, description = "Taken up"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem, description = "No running viewing of the viewer's"),
        (status = 409, body = Problem, description = "Waiting to be let in"), (status = 410, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn report_proof(
    State(state): State<HttpState>,
    joined: Joined,
    Body(report): Body<Report>,
) -> Result<StatusCode, Problem> {
    state.screening.report_proof(&joined.viewer, report, &joined.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
