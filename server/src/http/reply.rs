//! Replies that come back from an edit as a file.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use crate::service::reply::Imported;

/// A file with replies.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepliesFile {
    /// The file's text: a CSV with the columns Id and Reply or Status, or a marker EDL of DaVinci Resolve.
    text: String,
}

/// Something in a file that belongs to no thread.
#[derive(Serialize, ToSchema)]
pub struct StrayReply {
    /// Where it stands, from 1.
    line: usize,
    /// What it was meant for: an id or a timecode.
    place: String,
}

/// What became of a file of replies.
#[derive(Serialize, ToSchema)]
pub struct ImportedReplies {
    /// Threads that were answered.
    answered: usize,
    /// Threads that were settled.
    resolved: usize,
    /// Threads that were opened again.
    reopened: usize,
    /// What was so already.
    unchanged: usize,
    /// What belongs to no thread of this review.
    strays: Vec<StrayReply>,
}

impl From<Imported> for ImportedReplies {
    fn from(imported: Imported) -> Self {
        let Imported { answered, resolved, reopened, unchanged, strays } = imported;
        let strays = strays.into_iter().map(|stray| StrayReply { line: stray.line, place: stray.place }).collect();
        Self { answered, resolved, reopened, unchanged, strays }
    }
}

/// Brings the replies of a file into the log of a review. The same file twice changes nothing more.
#[utoipa::path(post, path = "/api/reviews/{id}/replies", tag = "console", request_body = RepliesFile,
    security(("account" = [])), params(("id" = uuid::Uuid, Path, description = "The review")),
    responses((status = 200, body = ImportedReplies), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn import_replies(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(file): Body<RepliesFile>,
) -> Result<Json<ImportedReplies>, Problem> {
    let imported = state.screening.services.import_replies(id, file.text, &signed_in.by()).await?;
    Ok(Json(imported.into()))
}
