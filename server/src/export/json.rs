//! JSON, for programs: every fact of every comment.

use serde_json::json;

use super::ExportError;
use crate::domain::comment::Comment;
use crate::store::review::ReviewRecord;

/// Comments as JSON, in the order in which they were made, without those taken back.
///
/// # Errors
/// When writing fails.
pub fn comments_json(review: &ReviewRecord, comments: &[Comment]) -> Result<Vec<u8>, ExportError> {
    let comments: Vec<_> = comments
        .iter()
        .filter(|comment| comment.deleted_at.is_none())
        .map(|comment| {
            json!({
                "id": comment.id,
                "timecode": comment.timecode,
                "source_id": comment.source_id,
                "source_name": comment.source_name,
                "source_reel": comment.source_reel,
                "source_frame": comment.source_frame,
                "rate": comment.rate,
                "text": comment.text,
                "author": comment.author,
                "email": comment.email,
                "viewer_id": comment.viewer_id,
                "viewing_id": comment.viewing_id,
                "created_at": comment.created_at,
                "duration_frames": comment.duration_frames,
                "thread": comment.thread(),
                "parent_id": comment.parent_id,
                "by_house": comment.account_id.is_some(),
                "category": comment.category,
                "priority": comment.priority,
                "mentions": comment.mentions,
                "drawing": comment.drawing,
                "revision": comment.revision,
                "edited_at": comment.edited_at,
                "resolved_at": comment.resolved_at,
                "resolved_by": comment.resolved_by,
                "proof": comment.proof,
                "drawing_proof": comment.drawing_proof,
                "frame_witness": comment.frame_witness,
            })
        })
        .collect();
    let file =
        json!({ "review": { "id": review.id, "title": review.title, "host": review.host }, "comments": comments });
    Ok(serde_json::to_vec_pretty(&file)?)
}
