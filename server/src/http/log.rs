//! The comment log over all reviews.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::HttpState;
use super::comment::{Comment, shown};
use super::export::file;
use super::extract::SignedIn;
use super::problem::Problem;
use crate::domain::comment::Category;
use crate::domain::instant::UtcInstant;
use crate::domain::log::{LogFilter, Status, Thread};

/// Which threads; what is left out does not narrow.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogOf {
    /// Only of this project.
    project: Option<Uuid>,
    /// Only of this review.
    review: Option<Uuid>,
    /// Only those that are `open` or `resolved`.
    #[param(value_type = Option<String>)]
    status: Option<Status>,
    /// Only about this.
    #[param(value_type = Option<String>)]
    category: Option<Category>,
    /// Only with these words in a comment or a name, at most 200 characters.
    text: Option<String>,
    /// Not before this instant.
    #[param(value_type = Option<String>)]
    since: Option<UtcInstant>,
    /// Only threads before this one: to go on where a page ended.
    before: Option<Uuid>,
    /// `1`: CSV with a byte order mark, for spreadsheets that want one.
    bom: Option<String>,
}

type LogQuery = Result<Query<LogOf>, QueryRejection>;

fn filter(query: LogQuery) -> Result<(LogFilter, bool), Problem> {
    let message = "The query is not understood; project, review and before are ids, status is open or resolved, category \
                   is a word of the log, since is an instant like 2026-11-21T20:15:07Z.";
    let Query(of) = query.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "malformed", message))?;
    let LogOf { project, review, status, category, text, since, before, bom } = of;
    Ok((
        LogFilter { project, review, status, category, text, since, before, changed: None },
        bom.as_deref() == Some("1"),
    ))
}

/// A comment with what answers it.
#[derive(Serialize, ToSchema)]
pub struct LogThread {
    /// Id of its review.
    review_id: Uuid,
    /// Title of its review.
    review_title: String,
    /// What it begins with.
    first: Comment,
    /// What answers it, oldest first.
    answers: Vec<Comment>,
}

impl From<Thread> for LogThread {
    fn from(thread: Thread) -> Self {
        let Thread { first, answers, review_title } = thread;
        Self { review_id: first.review_id, review_title, first: first.into(), answers: shown(answers) }
    }
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
pub struct Log {
    /// Newest first, at most 100.
    threads: Vec<LogThread>,
    /// Whether there are older ones: ask with `before`.
    more: bool,
}

/// The threads of all reviews that the account may see.
#[utoipa::path(get, path = "/api/log", tag = "console", security(("account" = [])), params(LogOf),
    responses((status = 200, body = Log), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn get_log(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    query: LogQuery,
) -> Result<Json<Log>, Problem> {
    let (threads, more) = state.screening.services.log(filter(query)?.0, &signed_in.by()).await?;
    Ok(Json(Log { threads: threads.into_iter().map(LogThread::from).collect(), more }))
}

/// The log as CSV, of the reviews whose comments the account may export.
#[utoipa::path(get, path = "/api/log.csv", tag = "console", security(("account" = [])), params(LogOf),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn export_log(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    query: LogQuery,
) -> Result<Response, Problem> {
    let (filter, bom) = filter(query)?;
    let bytes = state.screening.services.export_log(filter, bom, &signed_in.by()).await?;
    Ok(file("text/csv; charset=utf-8", "comments.csv", bytes))
}
