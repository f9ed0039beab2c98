//! The record as the house reads it.

use std::collections::{BTreeMap, HashMap};

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
use crate::domain::verification::Whole;
use crate::store::audit::StoredEntry;
use crate::store::checkpoint::CheckpointRecord;

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
    /// Name and address of a guest who acted, as they were invited.
    person: Option<String>,
    review: Option<String>,
    viewing: Option<String>,
    network: Option<String>,
    action: String,
    object: String,
    result: String,
    detail: BTreeMap<String, String>,
}

impl AuditEntry {
    fn new(StoredEntry { entry, .. }: StoredEntry, guests: &HashMap<String, String>) -> Self {
        Self {
            person: guests.get(&entry.actor).cloned(),
            review: entry.review,
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
    let services = &state.screening.services;
    let entries = services.audit_read_by(&filter(query)?, &signed_in.by()).await?;
    let guests = services.guests_of(&entries).await?;
    Ok(Json(AuditEntries { entries: entries.into_iter().map(|stored| AuditEntry::new(stored, &guests)).collect() }))
}

/// A signed head of the record.
#[derive(Serialize, ToSchema)]
pub struct Checkpoint {
    /// Entries it covers.
    entries: u64,
    made_at: UtcInstant,
    /// The signed note, to be kept where this machine cannot change it.
    note: String,
}

/// What vouches for the record.
#[derive(Serialize, ToSchema)]
pub struct AuditState {
    checkpoint: Option<Checkpoint>,
    /// The key that verifies checkpoints.
    key: String,
    /// Every action that can be searched for.
    actions: &'static [Action],
}

/// Whether the record is whole.
#[derive(Serialize, ToSchema)]
pub struct AuditVerdict {
    ok: bool,
    /// `ok`, or what is wrong in a word.
    verdict: &'static str,
    /// What is wrong in words.
    reason: Option<String>,
    first_bad_sequence: Option<u64>,
    entries: Option<u64>,
    /// How many of them are under a checkpoint.
    signed: Option<u64>,
}

/// The last checkpoint, and the key that verifies it.
#[utoipa::path(get, path = "/api/audit/state", tag = "console", security(("account" = [])),
    responses((status = 200, body = AuditState), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn audit_state(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<AuditState>, Problem> {
    let checkpoint = state.screening.services.last_checkpoint(&signed_in.by()).await?;
    let checkpoint =
        checkpoint.map(|CheckpointRecord { size, made_at, note }| Checkpoint { entries: size, made_at, note });
    Ok(Json(AuditState { checkpoint, key: state.note_key.verifier().to_string(), actions: Action::ALL }))
}

/// Walks the whole record; one at a time.
#[utoipa::path(post, path = "/api/audit/verify", tag = "console", security(("account" = [])),
    responses((status = 200, body = AuditVerdict), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 503, body = Problem)))]
pub async fn verify_audit(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<AuditVerdict>, Problem> {
    let verdict = state.screening.services.verify_audit_for(state.note_key.verifier(), &signed_in.by()).await?;
    Ok(Json(match verdict {
        Ok(Whole { entries, signed, .. }) => AuditVerdict {
            ok: true,
            verdict: "ok",
            reason: None,
            first_bad_sequence: None,
            entries: Some(entries),
            signed: Some(signed),
        },
        Err(fault) => AuditVerdict {
            ok: false,
            verdict: fault.word(),
            reason: Some(fault.to_string()),
            first_bad_sequence: fault.first_bad_sequence(),
            entries: None,
            signed: None,
        },
    }))
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
