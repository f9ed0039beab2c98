//! Frame numbers, rates and timecode. A time is always a frame number and a rate.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Frames per second as a ratio, with the drop-frame counting convention stated, never inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FrameRate {
    /// Frames counted in `den` seconds; at least 1.
    pub num: u32,
    /// Seconds; at least 1.
    pub den: u32,
    /// Whether timecode is counted drop-frame (SMPTE ST 12-1); only meaningful at 29.97 and 59.94.
    pub drop_frame: bool,
}

impl FrameRate {
    /// 23.976 frames per second.
    pub const FPS_23_976: Self = Self::new(24_000, 1_001);
    /// 25 frames per second.
    pub const FPS_25: Self = Self::new(25, 1);

    /// A rate counted without dropping timecode labels.
    pub const fn new(num: u32, den: u32) -> Self {
        Self { num, den, drop_frame: false }
    }

    /// The same rate counted drop-frame where that is defined (30000/1001 and 60000/1001), else unchanged.
    pub fn with_drop_frame(self) -> Self {
        let drop_frame = self.den == 1_001 && (self.num == 30_000 || self.num == 60_000);
        Self { drop_frame, ..self }
    }

    /// The timecode base: frames labelled in one counted second (24 for 23.976).
    pub fn nominal(self) -> u32 {
        (self.num + self.den / 2).checked_div(self.den).unwrap_or(1).max(1)
    }

    /// Frames per second.
    pub fn as_f64(self) -> f64 {
        f64::from(self.num) / f64::from(self.den.max(1))
    }

    /// Duration of one frame, to the nanosecond below.
    pub fn frame_duration(self) -> Duration {
        Duration::from_nanos(u64::from(self.den) * 1_000_000_000 / u64::from(self.num.max(1)))
    }

    /// Presentation time of the start of frame `frame`, counted from frame 0, in nanoseconds (rounded down).
    pub fn frame_to_ns(self, frame: u64) -> u64 {
        let ns = u128::from(frame) * u128::from(self.den) * 1_000_000_000 / u128::from(self.num.max(1));
        u64::try_from(ns).unwrap_or(u64::MAX)
    }

    /// The frame whose start is nearest to `ns`, counted from frame 0.
    pub fn ns_to_frame(self, ns: u64) -> u64 {
        let den = u128::from(self.den.max(1)) * 1_000_000_000;
        let frame = (u128::from(ns) * u128::from(self.num) + den / 2) / den;
        u64::try_from(frame).unwrap_or(u64::MAX)
    }
}

/// A timecode label (SMPTE ST 12-1): hours wrap at 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timecode {
    /// Frames since 00:00:00:00 in counted labels (dropped labels are not counted).
    frames: u64,
    rate: FrameRate,
}

/// Why a text is not a timecode of a rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimecodeError {
    /// The text is not `HH:MM:SS:FF` (or `HH:MM:SS;FF` for drop-frame).
    #[error("timecode {0:?} is not HH:MM:SS:FF (HH:MM:SS;FF for drop-frame)")]
    Malformed(String),
    /// A field is out of its range.
    #[error("timecode {text:?}: {field} must be below {limit}")]
    OutOfRange {
        /// What was given.
        text: String,
        /// hours, minutes, seconds or frames.
        field: &'static str,
        /// First value that is too large.
        limit: u32,
    },
    /// A label that drop-frame counting skips.
    #[error("timecode {0:?} is a label that drop-frame counting skips")]
    Dropped(String),
}

impl Timecode {
    /// The label of frame `frames` counted from 00:00:00:00 at `rate`.
    pub fn from_frames(frames: u64, rate: FrameRate) -> Self {
        let day = Self::labels_per_day(rate);
        Self { frames: frames % day, rate }
    }

    /// Frames since 00:00:00:00.
    pub fn frames(self) -> u64 {
        self.frames
    }

    /// The rate this label counts in.
    pub fn rate(self) -> FrameRate {
        self.rate
    }

    /// This label, `frames` later; wraps at midnight.
    pub fn plus(self, frames: u64) -> Self {
        Self::from_frames(self.frames + frames, self.rate)
    }

    /// This label, `frames` earlier; wraps at midnight.
    pub fn minus(self, frames: u64) -> Self {
        let day = Self::labels_per_day(self.rate);
        Self::from_frames(self.frames + day - frames % day, self.rate)
    }

    /// Reads `HH:MM:SS:FF`; a `;` or `.` before the frames is accepted and required to be drop-frame only in meaning.
    ///
    /// # Errors
    /// When the text is malformed, a field is out of range, or the label is one that drop-frame skips.
    pub fn parse(text: &str, rate: FrameRate) -> Result<Self, TimecodeError> {
        let malformed = || TimecodeError::Malformed(text.to_owned());
        let fields: Vec<&str> = text.split([':', ';', '.']).collect();
        let [hours, minutes, seconds, frames] = fields.as_slice() else { return Err(malformed()) };
        let number = |field: &str| match field.len() {
            1..=3 if field.bytes().all(|b| b.is_ascii_digit()) => u32::from_str(field).map_err(|_| malformed()),
            _ => Err(malformed()),
        };
        let (h, m, s, f) = (number(hours)?, number(minutes)?, number(seconds)?, number(frames)?);
        let nominal = rate.nominal();
        for (value, field, limit) in [(h, "hours", 24), (m, "minutes", 60), (s, "seconds", 60), (f, "frames", nominal)]
        {
            if value >= limit {
                return Err(TimecodeError::OutOfRange { text: text.to_owned(), field, limit });
            }
        }
        let dropped = Self::dropped_per_minute(rate);
        if rate.drop_frame && s == 0 && f < dropped && m % 10 != 0 {
            return Err(TimecodeError::Dropped(text.to_owned()));
        }
        let minutes = u64::from(h * 60 + m);
        let labels = (minutes * 60 + u64::from(s)) * u64::from(nominal) + u64::from(f);
        let skipped = if rate.drop_frame { u64::from(dropped) * (minutes - minutes / 10) } else { 0 };
        Ok(Self { frames: labels - skipped, rate })
    }

    fn dropped_per_minute(rate: FrameRate) -> u32 {
        rate.nominal() / 15
    }

    fn labels_per_day(rate: FrameRate) -> u64 {
        let all = u64::from(rate.nominal()) * 86_400;
        if rate.drop_frame { all - u64::from(Self::dropped_per_minute(rate)) * (1_440 - 144) } else { all }
    }

    /// Label number as if nothing were dropped, which splits into fields by plain division.
    fn label(self) -> u64 {
        if !self.rate.drop_frame {
            return self.frames;
        }
        let dropped = u64::from(Self::dropped_per_minute(self.rate));
        let per_minute = u64::from(self.rate.nominal()) * 60 - dropped;
        let per_ten = per_minute * 10 + dropped;
        let (tens, rest) = (self.frames / per_ten, self.frames % per_ten);
        // The first minute of every ten keeps all its labels.
        let minutes = rest.saturating_sub(dropped) / per_minute;
        self.frames + dropped * (9 * tens + minutes)
    }
}

impl fmt::Display for Timecode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nominal = u64::from(self.rate.nominal());
        let label = self.label();
        let (seconds, frames) = (label / nominal, label % nominal);
        let separator = if self.rate.drop_frame { ';' } else { ':' };
        let width = if nominal > 100 { 3 } else { 2 };
        write!(f, "{:02}:{:02}:{:02}{separator}{frames:0width$}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }
}
