//! A program's own clock, which never goes back, whatever its sources do.

use std::time::{Duration, Instant};

use crate::engine::FrameStamp;
use crate::frame::FrameTime;

/// Smallest step of a program's clock.
const PTS_STEP: Duration = Duration::from_millis(1);

/// Counts from when the program was opened.
pub(super) struct ProgramClock {
    epoch: Instant,
    last: Option<Duration>,
}

impl ProgramClock {
    /// Starts at zero at `epoch`.
    pub fn new(epoch: Instant) -> Self {
        Self { epoch, last: None }
    }

    /// Program time of an instant, for the picture that `stamp` names; later than that of every picture before it.
    pub fn time(&mut self, presented_at: Instant, stamp: FrameStamp) -> FrameTime {
        let mut pts = presented_at.saturating_duration_since(self.epoch);
        if let Some(last) = self.last {
            pts = pts.max(last + PTS_STEP);
        }
        self.last = Some(pts);
        FrameTime { pts, presented_at: self.epoch + pts, stamp, hdr: None }
    }
}
