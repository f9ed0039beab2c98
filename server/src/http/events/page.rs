//! What a room's page may say, and how often.

use std::time::Instant;

use serde::Deserialize;

use crate::domain::pace::Pace;
use crate::http::viewer::Report;

/// A message of a page. docs/events.md says what is in each.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum PageMessage {
    /// What its browser says of the picture.
    Report(Report),
    /// Where its person points.
    Pointer {
        /// In the picture; `null`: nowhere any more.
        at: Option<[f32; 2]>,
    },
    /// Whether it is in view.
    Presence {
        /// Whether it is.
        looking: bool,
    },
    /// Whether its person's hand is up.
    Hand {
        /// Whether it is.
        raised: bool,
    },
}

/// How often a page may say what everybody is told. What is too much is left out.
#[derive(Debug)]
pub(super) struct Paces {
    since: Instant,
    pointer: Pace,
    presence: Pace,
}

impl Paces {
    /// Of a page that has said nothing yet: 25 places a second, and a turn of the head or hand every half a second.
    pub fn new() -> Self {
        Self { since: Instant::now(), pointer: Pace::new(10, 25.0, 0), presence: Pace::new(6, 2.0, 0) }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub fn may_point(&mut self) -> bool {
        let now = self.now_ms();
        self.pointer.take(now)
    }

    pub fn may_move(&mut self) -> bool {
        let now = self.now_ms();
        self.presence.take(now)
    }
}
