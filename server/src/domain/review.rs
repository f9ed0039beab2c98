//! A review: the event people are invited to.

use std::time::Duration;

use super::instant::UtcInstant;
use super::invalid::Invalid;
use super::word::word_enum;

/// Longest title and host, in characters.
pub const TITLE_LIMIT: usize = 200;
/// Longest window of a review.
pub const LONGEST_WINDOW: Duration = Duration::from_secs(90 * 24 * 3600);

word_enum! {
    /// Where a review stands.
    ReviewState {
        /// Its window has not begun.
        Planned = "planned",
        /// People can watch.
        Live = "live",
        /// Its window is over, or it was ended.
        Ended = "ended",
    }
}

/// When people can watch: from `starts_at`, up to but not including `ends_at`, unless it is ended before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReviewWindow {
    /// First instant.
    pub starts_at: UtcInstant,
    /// First instant after.
    pub ends_at: UtcInstant,
    /// When a person ended it.
    pub ended_at: Option<UtcInstant>,
}

impl ReviewWindow {
    /// A window for a new review.
    ///
    /// # Errors
    /// When it ends before it starts, is already over, or is longer than the house allows.
    pub fn plan(starts_at: UtcInstant, ends_at: UtcInstant, now: UtcInstant) -> Result<Self, Invalid> {
        if ends_at <= starts_at {
            return Err(Invalid::WindowReversed { starts_at, ends_at });
        }
        if ends_at <= now {
            return Err(Invalid::WindowOver { ends_at });
        }
        if ends_at > starts_at.plus(LONGEST_WINDOW) {
            let reason = format!("the review would last until {ends_at}; at most 90 days are allowed");
            return Err(Invalid::Field { field: "ends_at", reason });
        }
        Ok(Self { starts_at, ends_at, ended_at: None })
    }

    /// First instant at which it is over, as things stand.
    pub fn over_at(&self) -> UtcInstant {
        self.ended_at.map_or(self.ends_at, |ended_at| ended_at.min(self.ends_at))
    }

    /// Where the review stands at `now`.
    pub fn state(&self, now: UtcInstant) -> ReviewState {
        if self.ended_at.is_some() || now >= self.ends_at {
            ReviewState::Ended
        } else if now < self.starts_at {
            ReviewState::Planned
        } else {
            ReviewState::Live
        }
    }
}
