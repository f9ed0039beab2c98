//! The floor of a room: what the house says over everybody's picture, and who may point.

use super::invalid::{self, Invalid};

/// Longest sentence over the picture, in characters.
pub const TALKBACK_LIMIT: usize = 120;

/// The floor of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// Whether guests may point into the picture.
    pub pointers: bool,
    /// What is said over the picture now, if anything.
    pub talkback: Option<String>,
}

impl Default for Floor {
    fn default() -> Self {
        Self { pointers: true, talkback: None }
    }
}

/// A sentence to be shown over the picture.
///
/// # Errors
/// When it is empty, has more than [`TALKBACK_LIMIT`] characters or a control character.
pub fn talkback(text: &str) -> Result<String, Invalid> {
    invalid::line("talkback", text, TALKBACK_LIMIT)
}
