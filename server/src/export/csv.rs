//! CSV (RFC 4180), for spreadsheets and for programs that read the columns `Timecode` and `Comment`.

use std::borrow::Cow;

use super::{ExportError, rate_name};
use crate::domain::comment::{Category, Comment};
use crate::domain::log::Thread;
use crate::domain::proof::{FrameWitness, State};
use crate::store::review::ReviewRecord;

/// Columns, in order.
const COLUMNS: [&str; 20] = [
    "Timecode",
    "Comment",
    "Frame",
    "Rate",
    "Author",
    "Email",
    "Created UTC",
    "Review",
    "Id",
    "Frames",
    "Category",
    "Priority",
    "Status",
    "Edited UTC",
    "Thread",
    "Picture",
    "Drawing Picture",
    "Frame Witness",
    "Source",
    "Reel",
];

/// A cell that no spreadsheet takes for a formula: `= + - @`, tab and line break at its start get an apostrophe before.
pub fn cell(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            Cow::Owned(format!("'{text}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// Comments as CSV, in the order in which they were made, without those taken back. `Thread` is the id of the comment that
/// the thread starts with; an answer has no category, priority or status of its own. `Picture` is the state of its author's picture,
/// `Source` what the house calls the source it was made on, `Reel` the reel that the source's file names.
///
/// # Errors
/// When writing fails.
pub fn comments_csv(review: &ReviewRecord, comments: &[Comment], bom: bool) -> Result<Vec<u8>, ExportError> {
    write(comments.iter().map(|comment| (review.title.as_str(), comment)), bom)
}

/// The same of threads of many reviews.
///
/// # Errors
/// When writing fails.
pub fn log_csv(threads: &[Thread], bom: bool) -> Result<Vec<u8>, ExportError> {
    let comments = threads.iter().flat_map(|thread| {
        let all = std::iter::once(&thread.first).chain(&thread.answers);
        all.map(|comment| (thread.review_title.as_str(), comment))
    });
    write(comments, bom)
}

fn write<'a>(comments: impl Iterator<Item = (&'a str, &'a Comment)>, bom: bool) -> Result<Vec<u8>, ExportError> {
    let bytes = if bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(bytes);
    writer.write_record(COLUMNS)?;
    for (title, comment) in comments.filter(|(_, comment)| comment.deleted_at.is_none()) {
        let first = comment.parent_id.is_none();
        writer.write_record([
            comment.timecode.as_str(),
            &cell(&comment.text),
            &comment.source_frame.to_string(),
            &rate_name(comment.rate),
            &cell(&comment.author),
            &cell(&comment.email),
            &comment.created_at.to_string(),
            &cell(title),
            &comment.id.to_string(),
            &comment.duration_frames.to_string(),
            comment.category.map(Category::name).unwrap_or_default(),
            if first { comment.priority.as_str() } else { "" },
            if first { status(comment) } else { "" },
            &comment.edited_at.map(|at| at.to_string()).unwrap_or_default(),
            &comment.thread().to_string(),
            comment.proof.map(State::as_str).unwrap_or_default(),
            comment.drawing_proof.map(State::as_str).unwrap_or_default(),
            comment.frame_witness.map(FrameWitness::as_str).unwrap_or_default(),
            &cell(comment.source_name.as_deref().unwrap_or_default()),
            &cell(comment.source_reel.as_deref().unwrap_or_default()),
        ])?;
    }
    writer.into_inner().map_err(|error| ExportError::Io(error.into_error()))
}

/// Whether a thread is settled, as files say it.
pub const fn status(comment: &Comment) -> &'static str {
    if comment.resolved_at.is_some() { "resolved" } else { "open" }
}
