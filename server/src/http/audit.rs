//! The record as the house reads it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::HttpState;
use super::export::file;
use super::extract::SignedIn;
use super::problem::Problem;
use crate::domain::audit::{Action, AuditFilter, AuditFormat};
use crate::domain::instant::UtcInstant;
use crate::store::audit::StoredEntry;

/// Which entries; what is left out does not narrow.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditOf {
    /// Only entries about this review.
    review: Option<Uuid>,
    /// Only by this actor, e.g. `account:ana`.
    actor: Option<String>,
    /// Only by whoever was invited under this address, on whichever link.
    email: Option<String>,
    /// Only of this action, e.g. `viewer.joined`.
    #[param(value_type = Option<String>)]
    action: Option<Action>,
    /// Not before this instant.
    #[param(value_type = Option<String>)]
    since: Option<UtcInstant>,
    /// Before this instant.
    #[param(value_type = Option<String>)]
    until: Option<UtcInstant>,
    /// Only with a lower sequence: to go on where a list ended.
    before: Option<i64>,
}

impl From<AuditOf> for AuditFilter {
    fn from(of: AuditOf) -> Self {
        let AuditOf { review, actor, email, action, since, until, before } = of;
        Self { review, actor, email, action, since, until, before }
    }
}

type AuditQuery = Result<Query<AuditOf>, QueryRejection>;

fn filter(query: AuditQuery) -> Result<AuditFilter, Problem> {
    let message = "The query is not understood; review is an id, action a word of the record, since and until are \
                   instants like 2026-11-21T20:15:07Z, before is a sequence.";
    let Query(of) = query.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "malformed", message))?;
    Ok(of.into())
}

/// An entry of the record.
#[derive(Serialize, ToSchema)]
pub struct AuditEntry {
    sequence: i64,
    at: UtcInstant,
    actor: String,
    viewing: Option<String>,
    network: Option<String>,
    action: String,
    object: String,
    result: String,
    detail: BTreeMap<String, String>,
}

impl From<StoredEntry> for AuditEntry {
    fn from(StoredEntry { entry, .. }: StoredEntry) -> Self {
        Self {
            sequence: entry.sequence,
            at: UtcInstant::from_ms(entry.at_ms),
            actor: entry.actor,
            viewing: entry.viewing,
            network: entry.network,
            action: entry.action,
            object: entry.object,
            result: entry.result,
            detail: entry.detail,
        }
    }
}

/// Entries, newest first, at most 500.
#[derive(Serialize, ToSchema)]
pub struct AuditEntries {
    entries: Vec<AuditEntry>,
}

/// The record, of one review or of all.
#[utoipa::path(get, path = "/api/audit", tag = "console", security(("account" = [])), params(AuditOf),
    responses((status = 200, body = AuditEntries), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list_audit(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    query: AuditQuery,
) -> Result<Json<AuditEntries>, Problem> {
    let entries = state.screening.services.audit_read_by(&filter(query)?, &signed_in.by()).await?;
    Ok(Json(AuditEntries { entries: entries.into_iter().map(AuditEntry::from).collect() }))
}

/// The same as a file, oldest first, at most 100,000 entries.
#[utoipa::path(get, path = "/api/audit/{format}", tag = "console", security(("account" = [])),
    params(("format" = inline(AuditFormat), Path, description = "Form of the file"), AuditOf),
    responses((status = 200, description = "The file", content((String = "text/csv"), (Object = "application/json"))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem, description = "Too many entries")))]
pub async fn export_audit(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    path: Result<Path<AuditFormat>, PathRejection>,
    query: AuditQuery,
) -> Result<Response, Problem> {
    let Path(format) = path.map_err(|_| Problem::not_found())?;
    let bytes = state.screening.services.export_audit(&filter(query)?, format, &signed_in.by()).await?;
    let content_type = match format {
        AuditFormat::Csv => "text/csv; charset=utf-8",
        AuditFormat::Json => "application/json",
    };
    Ok(file(content_type, &format!("audit.{format}"), bytes))
}
