//! A comment pinned to the frame that was on the author's screen.

use pipelines::spec::source::SourceId;
use pipelines::spec::time::FrameRate;
use uuid::Uuid;

use super::instant::UtcInstant;
use super::invalid::Invalid;

/// Longest comment, in characters.
pub const TEXT_LIMIT: usize = 4_000;

/// A comment as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Made by the client, so that sending twice keeps one.
    pub id: Uuid,
    /// The review.
    pub review_id: Uuid,
    /// The source it was made on.
    pub source_id: SourceId,
    /// Who said it.
    pub viewer_id: Uuid,
    /// The viewing it was seen in.
    pub viewing_id: Uuid,
    /// The recipient's name.
    pub author: String,
    /// The recipient's e-mail address.
    pub email: String,
    /// What was said.
    pub text: String,
    /// Frame number in the source, from 0.
    pub source_frame: u64,
    /// The rate the frame is counted in.
    pub rate: FrameRate,
    /// The frame's timecode label.
    pub timecode: String,
    /// When it was said.
    pub created_at: UtcInstant,
}

/// A comment's text: line breaks are kept, other control characters refused.
///
/// # Errors
/// When it is empty, too long or contains control characters.
pub fn text(text: &str) -> Result<String, Invalid> {
    let text = text.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    if text.is_empty() {
        return Err(Invalid::Empty { field: "text" });
    }
    if length > TEXT_LIMIT {
        return Err(Invalid::TooLong { field: "text", length, limit: TEXT_LIMIT });
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Invalid::ControlCharacter { field: "text" });
    }
    Ok(text)
}
