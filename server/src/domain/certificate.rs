//! Certificates: how long one holds, when it is renewed, and how long is waited after a try that came to nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::time::Time;

use super::instant::UtcInstant;

/// Of so many tries in a row that came to nothing the house is told.
pub const TOLD_AFTER: u32 = 3;
/// Four tries in the first hour: Let's Encrypt refuses the sixth failure of a name within one.
const FIRST_WAIT: Duration = Duration::from_secs(15 * 60);
/// After a start, as somebody may have mended what was wrong.
const START_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(12 * 3_600);

/// From when to when a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Not before.
    pub from: UtcInstant,
    /// Not after.
    pub until: UtcInstant,
}

impl Validity {
    /// Reads it from a certificate (DER, RFC 5280); `None` when it is none.
    pub fn of(der: &[u8]) -> Option<Self> {
        let instant = |time: Time| UtcInstant::from_ms(0).plus(time.to_unix_duration());
        let certificate = Certificate::from_der(der).ok()?;
        let validity = certificate.tbs_certificate().validity();
        Some(Self { from: instant(validity.not_before), until: instant(validity.not_after) })
    }

    /// When two thirds of its life are over: a month before the end of one of 90 days.
    pub fn renew_at(&self) -> UtcInstant {
        let life = self.until.as_ms().saturating_sub(self.from.as_ms());
        UtcInstant::from_ms(self.from.as_ms().saturating_add(life / 3 * 2))
    }
}

/// Tries for a certificate that came to nothing, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last was.
    pub at: UtcInstant,
    /// Why it came to nothing.
    pub reason: String,
}

impl Failures {
    /// One more, after those there were.
    pub fn after(before: Option<&Self>, reason: String, at: UtcInstant) -> Self {
        Self { count: before.map_or(0, |before| before.count).saturating_add(1), at, reason }
    }

    /// When it is tried again: after a quarter of an hour, then twice as long each time, at most half a day.
    pub fn next_at(&self) -> UtcInstant {
        if self.count == 0 {
            return self.at.plus(START_WAIT);
        }
        let factor = 1_u32.checked_shl(self.count.saturating_sub(1)).unwrap_or(u32::MAX);
        self.at.plus(FIRST_WAIT.saturating_mul(factor.max(1)).min(LONGEST_WAIT))
    }

    /// Counted from nothing again, as a start does: a minute after the last it is tried again.
    #[must_use]
    pub fn at_start(self) -> Self {
        Self { count: 0, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> UtcInstant {
        UtcInstant::from_ms(0).plus(Duration::from_secs(minutes * 60))
    }

    #[test]
    fn a_certificate_is_renewed_when_two_thirds_of_its_life_are_over() {
        let day = 24 * 60;
        let validity = Validity { from: at(day), until: at(91 * day) };
        assert_eq!(validity.renew_at(), at(61 * day));
    }

    #[test]
    fn what_is_no_certificate_holds_for_no_time() {
        assert_eq!(Validity::of(b"not a certificate"), None);
    }

    #[test]
    fn the_wait_doubles_from_a_quarter_of_an_hour_to_half_a_day() {
        let waits = [1, 2, 3, 6, 7, 40].map(|count| Failures { count, at: at(0), reason: String::new() }.next_at());
        assert_eq!(waits, [15, 30, 60, 480, 720, 720].map(at));
    }

    #[test]
    fn after_a_start_it_is_tried_a_minute_after_the_last_failure() {
        let mut failures = Failures::after(None, "no route".to_owned(), at(0));
        for _ in 0..5 {
            failures = Failures::after(Some(&failures), "no route".to_owned(), at(1));
        }
        assert_eq!((failures.count, failures.clone().at_start().next_at()), (6, at(2)));
    }
}
