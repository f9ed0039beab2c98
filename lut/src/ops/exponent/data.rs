//! What an exponent means: SMPTE ST 2136-1, Exponent; the styles are those of its ten names, less the direction.

use crate::ops::{Direction, OpError};

/// What happens below 0, and near it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExponentStyle {
    /// A power; negative values become 0.
    Basic,
    /// A power; negative values as positive ones, with the sign kept.
    BasicMirror,
    /// A power; negative values unchanged.
    BasicPassThru,
    /// A power that meets a straight line with equal slope, as sRGB does; the line goes on below 0.
    MonCurve,
    /// As [`ExponentStyle::MonCurve`]; negative values as positive ones, with the sign kept.
    MonCurveMirror,
}

/// The parameters of one channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// 0.01..=100; for the MonCurve styles 1..=10.
    pub exponent: f64,
    /// 0..=0.9, for the MonCurve styles; 0 for the others.
    pub offset: f64,
}

/// A power function per channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponent {
    /// The shape.
    pub style: ExponentStyle,
    /// Red, green, blue.
    pub channels: [Power; 3],
    /// Forward raises to the exponent, inverse to its reciprocal.
    pub direction: Direction,
}

impl Exponent {
    /// The value of one colour.
    #[must_use]
    pub fn apply(&self, rgb: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|c| self.channel(self.channels[c], rgb[c]))
    }

    /// # Errors
    /// [`OpError::NotFinite`] names the first parameter that is NaN or infinite.
    pub fn check(&self) -> Result<(), OpError> {
        let finite = self.channels.iter().all(|power| power.exponent.is_finite() && power.offset.is_finite());
        if finite { Ok(()) } else { Err(OpError::NotFinite { parameter: "an exponent or its offset" }) }
    }

    /// The other direction.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self { direction: self.direction.reversed(), ..*self }
    }

    fn channel(&self, power: Power, v: f64) -> f64 {
        let curve = |v: f64| match self.direction {
            Direction::Forward => v.powf(power.exponent),
            Direction::Inverse => v.powf(power.exponent.recip()),
        };
        match self.style {
            ExponentStyle::Basic => curve(v.max(0.0)),
            ExponentStyle::BasicMirror => curve(v.abs()).copysign(v),
            ExponentStyle::BasicPassThru if v > 0.0 => curve(v),
            ExponentStyle::BasicPassThru => v,
            ExponentStyle::MonCurve => power.mon_curve(v, self.direction),
            ExponentStyle::MonCurveMirror => power.mon_curve(v.abs(), self.direction).copysign(v),
        }
    }
}

impl Power {
    /// The line meets the power where value and slope agree. An exponent of 1 or an offset of 0 has no such point and
    /// is taken as the smallest step away from it, as OpenColorIO does.
    fn mon_curve(self, v: f64, direction: Direction) -> f64 {
        const SMALLEST: f64 = 1.0e-6;
        let (g, o) = (self.exponent.max(1.0 + SMALLEST), self.offset.max(SMALLEST));
        let meets = o / (g - 1.0);
        let level = (meets / (1.0 + o) + o / (1.0 + o)).powf(g);
        let slope = level / meets;
        match direction {
            Direction::Forward if v <= meets => v * slope,
            Direction::Forward => ((v + o) / (1.0 + o)).powf(g),
            Direction::Inverse if v <= level => v / slope,
            Direction::Inverse => v.powf(g.recip()) * (1.0 + o) - o,
        }
    }
}
