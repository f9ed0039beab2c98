//! CSV (RFC 4180), for spreadsheets and for programs that read the columns `Timecode` and `Comment`.

use std::borrow::Cow;

use super::{ExportError, rate_name};
use crate::domain::comment::Comment;
use crate::store::review::ReviewRecord;

/// Columns, in order.
const COLUMNS: [&str; 9] = ["Timecode", "Comment", "Frame", "Rate", "Author", "Email", "Created UTC", "Review", "Id"];

/// A cell that no spreadsheet takes for a formula: `= + - @`, tab and line break at its start get an apostrophe before.
pub fn cell(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            Cow::Owned(format!("'{text}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// Comments as CSV, in the order in which they were made.
///
/// # Errors
/// When writing fails.
pub fn comments_csv(review: &ReviewRecord, comments: &[Comment], bom: bool) -> Result<Vec<u8>, ExportError> {
    let bytes = if bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(bytes);
    writer.write_record(COLUMNS)?;
    for comment in comments {
        writer.write_record([
            comment.timecode.as_str(),
            &cell(&comment.text),
            &comment.source_frame.to_string(),
            &rate_name(comment.rate),
            &cell(&comment.author),
            &cell(&comment.email),
            &comment.created_at.to_string(),
            &cell(&review.title),
            &comment.id.to_string(),
        ])?;
    }
    writer.into_inner().map_err(|error| ExportError::Io(error.into_error()))
}
