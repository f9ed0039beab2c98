//! A clean hold: moments in which viewers see the picture without the visible mark, for the colourist's judgement.

use std::time::Duration;

use super::instant::UtcInstant;
use super::word::word_enum;

/// Longest clean hold.
pub const LONGEST: Duration = Duration::from_secs(60);
/// For so long the mark is there again before the next one: never off for more than half of the time.
pub const REST: Duration = Duration::from_secs(60);

const _: () = assert!(LONGEST.as_secs() <= pipelines::watermark::LONGEST_LIFT.as_secs());

word_enum! {
    /// Why the visible mark came back.
    HoldEnd {
        /// The time was over.
        Time = "time",
        /// Somebody asked for it.
        Asked = "asked",
        /// Project or policy do not allow it any more.
        Policy = "policy",
        /// The review is over.
        Review = "review",
        /// The server stopped, or was started again.
        Server = "server",
    }
}

/// Why the visible mark is not lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldRefusal {
    /// Policy or classification never allow it.
    #[error("the house's policy or the project's classification allow no clean hold")]
    Policy,
    /// The project does not.
    #[error("the project allows no clean hold")]
    Project,
    /// The review is not live.
    #[error("the review is not live")]
    NotLive,
    /// It is lifted already.
    #[error("a clean hold lasts already")]
    Running,
    /// It was lifted a moment ago.
    #[error("the last clean hold has just ended; the next one may begin in {retry_after_s} s")]
    Resting {
        /// Seconds.
        retry_after_s: u32,
    },
}

/// The last clean hold of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CleanHold {
    /// When it began.
    pub started_at: UtcInstant,
    /// When it is over at the latest.
    pub ends_at: UtcInstant,
    /// When it was over.
    pub ended_at: Option<UtcInstant>,
}

impl CleanHold {
    /// Whether another may begin.
    ///
    /// # Errors
    /// While this lasts, and for a while after it.
    pub fn lets_another(&self, now: UtcInstant) -> Result<(), HoldRefusal> {
        let Some(ended_at) = self.ended_at else { return Err(HoldRefusal::Running) };
        let again = ended_at.plus(REST);
        if now >= again {
            return Ok(());
        }
        let left_ms = again.as_ms() - now.as_ms();
        Err(HoldRefusal::Resting { retry_after_s: u32::try_from(left_ms.div_euclid(1_000) + 1).unwrap_or(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_there_for_a_while_before_the_next_clean_hold() {
        let start = UtcInstant::now();
        let at = |seconds| start.plus(Duration::from_secs(seconds));
        let hold = CleanHold { started_at: start, ends_at: at(60), ended_at: None };
        assert_eq!(hold.lets_another(at(99)), Err(HoldRefusal::Running));
        let over = CleanHold { ended_at: Some(at(10)), ..hold };
        assert_eq!(over.lets_another(at(10)), Err(HoldRefusal::Resting { retry_after_s: 61 }));
        assert_eq!(over.lets_another(at(69)), Err(HoldRefusal::Resting { retry_after_s: 2 }));
        assert_eq!(over.lets_another(at(70)), Ok(()));
    }
}
