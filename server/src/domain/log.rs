//! The comment log of the house: the threads of all reviews that somebody may see, narrowed and paged.

use std::ops::Range;

use uuid::Uuid;

use super::comment::{Category, Comment};
use super::instant::UtcInstant;
use super::invalid::Invalid;
use super::word::word_enum;

/// Most threads on a page.
pub const THREADS_MOST: u32 = 100;
/// Most threads in an export.
pub const EXPORTED_MOST: u32 = 50_000;
/// Longest text that is searched for, in characters.
const SEARCH_LIMIT: usize = 200;

word_enum! {
    /// Whether a thread is settled.
    Status {
        /// Not yet.
        Open = "open",
        /// It is.
        Resolved = "resolved",
    }
}

/// Which threads; what is left out does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Only of this project.
    pub project: Option<Uuid>,
    /// Only of this review.
    pub review: Option<Uuid>,
    /// Only those that are (or are not) settled.
    pub status: Option<Status>,
    /// Only about this.
    pub category: Option<Category>,
    /// Only with these words, whatever their case, in a comment or the name of who said it.
    pub text: Option<String>,
    /// Not before this instant.
    pub since: Option<UtcInstant>,
    /// Only those in which something was last said, changed or settled between these instants.
    pub changed: Option<Range<UtcInstant>>,
    /// Only those before this one, in the order of the log: to go on where a page ended.
    pub before: Option<Uuid>,
}

/// A comment with what answers it, of a review.
#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    /// What it begins with.
    pub first: Comment,
    /// What answers it, oldest first, without what was taken back.
    pub answers: Vec<Comment>,
    /// Title of its review.
    pub review_title: String,
}

impl LogFilter {
    /// The filter with its text trimmed.
    ///
    /// # Errors
    /// When the text is too long to be searched for.
    pub fn checked(self) -> Result<Self, Invalid> {
        let text = self.text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let length = text.as_ref().map_or(0, |text| text.chars().count());
        if length > SEARCH_LIMIT {
            return Err(Invalid::TooLong { field: "text", length, limit: SEARCH_LIMIT });
        }
        Ok(Self { text, ..self })
    }
}
