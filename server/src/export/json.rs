//! JSON, for programs: every fact of every comment.

use serde_json::json;

use super::ExportError;
use crate::domain::comment::Comment;
use crate::store::review::ReviewRecord;

/// Comments as JSON, in the order in which they were made.
///
/// # Errors
/// When writing fails.
pub fn comments_json(review: &ReviewRecord, comments: &[Comment]) -> Result<Vec<u8>, ExportError> {
    let comments: Vec<_> = comments
        .iter()
        .map(|comment| {
            json!({
                "id": comment.id,
                "timecode": comment.timecode,
                "source_frame": comment.source_frame,
                "rate": comment.rate,
                "text": comment.text,
                "author": comment.author,
                "email": comment.email,
                "viewer_id": comment.viewer_id,
                "viewing_id": comment.viewing_id,
                "created_at": comment.created_at,
            })
        })
        .collect();
    let file =
        json!({ "review": { "id": review.id, "title": review.title, "host": review.host }, "comments": comments });
    Ok(serde_json::to_vec_pretty(&file)?)
}
