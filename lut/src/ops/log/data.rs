//! What a log means: SMPTE ST 2136-1, Log. Every style is this one formula with some parameters at rest.

use crate::ops::{Direction, OpError};

/// The straight part near black of a camera curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraLine {
    /// Linear value at or below which the line is taken.
    pub lin_side_break: f64,
    /// Slope of the line; none: that of the log curve at the break.
    pub linear_slope: Option<f64>,
}

/// The parameters of one channel:
/// `log = log_side_slope * log_base(lin_side_slope * lin + lin_side_offset) + log_side_offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogCurve {
    /// Not 0.
    pub lin_side_slope: f64,
    /// Added before the logarithm.
    pub lin_side_offset: f64,
    /// Not 0.
    pub log_side_slope: f64,
    /// Added after the logarithm.
    pub log_side_offset: f64,
    /// The camera styles' line near black.
    pub line: Option<CameraLine>,
}

impl Default for LogCurve {
    /// The plain logarithm.
    fn default() -> Self {
        Self { lin_side_slope: 1.0, lin_side_offset: 0.0, log_side_slope: 1.0, log_side_offset: 0.0, line: None }
    }
}

/// A logarithm per channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Log {
    /// Above 0 and not 1.
    pub base: f64,
    /// Red, green, blue.
    pub channels: [LogCurve; 3],
    /// Forward is linear to log.
    pub direction: Direction,
}

impl Log {
    /// The value of one colour. What has no logarithm is taken as the smallest normal `f32`, as the standard says.
    #[must_use]
    pub fn apply(&self, rgb: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|c| match self.direction {
            Direction::Forward => self.channels[c].to_log(self.base, rgb[c]),
            Direction::Inverse => self.channels[c].to_lin(self.base, rgb[c]),
        })
    }

    /// # Errors
    /// [`OpError::NotFinite`] names the first parameter that is NaN or infinite.
    pub fn check(&self) -> Result<(), OpError> {
        let finite = |curve: &LogCurve| {
            let sides = [curve.lin_side_slope, curve.lin_side_offset, curve.log_side_slope, curve.log_side_offset];
            let line = curve.line.map_or([0.0; 2], |line| [line.lin_side_break, line.linear_slope.unwrap_or(0.0)]);
            sides.iter().chain(&line).all(|v| v.is_finite())
        };
        let all = self.base.is_finite() && self.channels.iter().all(finite);
        if all { Ok(()) } else { Err(OpError::NotFinite { parameter: "a parameter of a log" }) }
    }

    /// The other direction.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self { direction: self.direction.reversed(), ..*self }
    }
}

impl LogCurve {
    fn to_log(self, base: f64, v: f64) -> f64 {
        match self.line {
            Some(line) if v <= line.lin_side_break => {
                let (slope, offset) = self.line(line, base);
                slope * v + offset
            }
            _ => self.curve(base, v),
        }
    }

    fn to_lin(self, base: f64, v: f64) -> f64 {
        if let Some(line) = self.line
            && v < self.curve(base, line.lin_side_break)
        {
            let (slope, offset) = self.line(line, base);
            return (v - offset) / slope;
        }
        (base.powf((v - self.log_side_offset) / self.log_side_slope) - self.lin_side_offset) / self.lin_side_slope
    }

    fn curve(self, base: f64, v: f64) -> f64 {
        let v = (self.lin_side_slope * v + self.lin_side_offset).max(f64::from(f32::MIN_POSITIVE));
        self.log_side_slope * v.ln() / base.ln() + self.log_side_offset
    }

    /// Slope and offset of the line, which meets the curve at the break.
    fn line(self, line: CameraLine, base: f64) -> (f64, f64) {
        let at = line.lin_side_break;
        let tangent =
            self.log_side_slope * self.lin_side_slope / ((self.lin_side_slope * at + self.lin_side_offset) * base.ln());
        let slope = line.linear_slope.unwrap_or(tangent);
        (slope, self.curve(base, at) - slope * at)
    }
}
