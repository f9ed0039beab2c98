//! The time of day in a mark: `2026-11-21 20:15:07 UTC`, composed from digits rasterised once.

use std::time::{SystemTime, UNIX_EPOCH};

use super::canvas::{Area, Canvas};
use super::figures::Figures;
use super::text::{TextStyle, Typesetter};

const SYMBOLS: &str = "0123456789-: UTC";
/// Longest time that is shown: the last second of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// Whole seconds since 1970-01-01 00:00:00 UTC; 0 before that, held at the end of the year 9999.
pub fn unix_seconds(utc: SystemTime) -> u64 {
    utc.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()).min(LAST_SECOND)
}

/// `2026-11-21 20:15:07 UTC`, 23 characters.
pub fn utc_text(seconds: u64) -> String {
    let (year, month, day) = civil_date(seconds / 86_400);
    let of_day = seconds % 86_400;
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// Gregorian date of a day counted from 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms").
fn civil_date(day: u64) -> (u64, u64, u64) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Years start in March here, so that the leap day is the last.
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// A clock that stands in a block.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    figures: Figures,
}

impl Clock {
    /// Rasterises the symbols of a clock.
    pub fn new(typesetter: &mut Typesetter, style: TextStyle) -> Self {
        Self { figures: Figures::new(typesetter, SYMBOLS, style) }
    }

    /// Length in samples: the same at any time.
    pub fn width(&self) -> usize {
        self.figures.width(&utc_text(0))
    }

    /// Draws the time from `pen` (x, baseline), replacing what stood in `area`.
    pub fn draw(&self, canvas: &mut Canvas, area: Area, (x, baseline): (i32, i32), seconds: u64) {
        canvas.erase(area);
        for (offset, glyph) in self.figures.set(&utc_text(seconds)) {
            canvas.draw(glyph, x + offset, baseline);
        }
    }
}
