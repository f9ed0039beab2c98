//! Files that come in. Pure: bytes in, what they say out. Here: what an edit replied to the comments it was sent.
//!
//! A reply names its thread by the comment's id (CSV) or by its timecode (marker EDL). What each format can say stands in
//! docs/exports.md.

mod csv;
pub mod ocio;
mod resolve;

use uuid::Uuid;

use crate::domain::comment::TEXT_LIMIT;
use crate::export::MarkerList;

/// Largest file that is read, in bytes.
pub const BYTES_MOST: usize = 8 << 20;
/// Most replies that one file may hold.
pub const REPLIES_MOST: usize = 20_000;

/// What a file says to one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Where it stands in the file, from 1.
    pub line: usize,
    /// The comment that the thread begins with, or any answer in it.
    pub comment: Uuid,
    /// What is answered.
    pub text: Option<String>,
    /// Whether the thread is settled; `None` leaves it.
    pub resolved: Option<bool>,
}

/// Something in a file that belongs to no thread of the review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Where it stands in the file, from 1.
    pub line: usize,
    /// What it was meant for: an id or a timecode.
    pub place: String,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replies {
    /// In the order of the file.
    pub replies: Vec<Reply>,
    /// What found no thread.
    pub strays: Vec<Stray>,
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Too large.
    #[error("the file has {bytes} bytes; at most {BYTES_MOST} are read")]
    TooLarge {
        /// What was given.
        bytes: usize,
    },
    /// Neither of the formats.
    #[error("the file is neither a CSV with a column Id, as Vitrine exports it, nor a marker EDL of DaVinci Resolve")]
    Unknown,
    /// A column that must be there is not.
    #[error("line 1: the CSV has no column {column}; expected Id, and Reply or Status or both")]
    Column {
        /// Its name.
        column: &'static str,
    },
    /// A row that is not as it must be.
    #[error("line {line}: {reason}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// Too many.
    #[error("the file holds more than {REPLIES_MOST} replies")]
    TooMany,
}

/// Reads a file by what is in it. `sent` is what the review's markers were when they were exported, by which an EDL's notes
/// are told from what was added to them.
///
/// # Errors
/// When it is none of the formats, or a line is not as it must be; nothing is read then.
pub fn read(text: &str, sent: &[MarkerList]) -> Result<Replies, ImportError> {
    if text.len() > BYTES_MOST {
        return Err(ImportError::TooLarge { bytes: text.len() });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let replies = if resolve::is_edl(text) { resolve::read(text, sent)? } else { csv::read(text)? };
    if replies.replies.len() + replies.strays.len() > REPLIES_MOST { Err(ImportError::TooMany) } else { Ok(replies) }
}

/// A reply's words; `None` when there are none.
fn words(text: &str, line: usize) -> Result<Option<String>, ImportError> {
    let text = text.trim();
    let length = text.chars().count();
    if length > TEXT_LIMIT {
        let reason = format!("the reply has {length} characters; at most {TEXT_LIMIT} are allowed");
        return Err(ImportError::Line { line, reason });
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}
