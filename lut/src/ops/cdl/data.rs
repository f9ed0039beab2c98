//! What an ASC CDL means: ASC Color Decision List v1.2 (2009), and the styles of CLF (SMPTE ST 2136-1).

use crate::ops::lut3d::Domain;
use crate::ops::{Direction, OpError};

/// Weights of the luma in the saturation step: BT.709, whatever the primaries.
pub const LUMA: [f64; 3] = [0.2126, 0.7152, 0.0722];

/// Slope, offset, power per channel, then saturation.
///
/// `v = clamp(rgb * slope + offset)`, `v = v ^ power`, `luma = LUMA . v`, `out = clamp(luma + saturation * (v - luma))`,
/// where `clamp` is to 0..=1 or, without it, nothing: then negative values are not raised to the power.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cdl {
    /// Per channel, 0 or more.
    pub slope: [f64; 3],
    /// Per channel.
    pub offset: [f64; 3],
    /// Per channel, above 0.
    pub power: [f64; 3],
    /// 0 or more; 1 leaves the colour alone.
    pub saturation: f64,
    /// Whether values are clamped to 0..=1, as ASC CDL v1.2 does.
    pub clamp: bool,
    /// Whether the correction is done or undone.
    pub direction: Direction,
}

impl Default for Cdl {
    /// No correction, clamped.
    fn default() -> Self {
        Self {
            slope: [1.0; 3],
            offset: [0.0; 3],
            power: [1.0; 3],
            saturation: 1.0,
            clamp: true,
            direction: Direction::Forward,
        }
    }
}

impl Cdl {
    /// The value of one colour.
    #[must_use]
    pub fn apply(&self, rgb: [f64; 3]) -> [f64; 3] {
        match self.direction {
            Direction::Forward => self.forward(rgb),
            Direction::Inverse => self.backward(rgb),
        }
    }

    /// The correction undone. What a clamp cut off stays cut off.
    /// `None` when a slope, a power or the saturation is 0: then colours were lost.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let invertible = self.slope.iter().chain(&self.power).all(|&v| v > 0.0) && self.saturation > 0.0;
        invertible.then_some(Self { direction: self.direction.reversed(), ..*self })
    }

    /// # Errors
    /// [`OpError::NotFinite`] names the first parameter that is NaN or infinite.
    pub fn check(&self) -> Result<(), OpError> {
        let all = [("a slope", self.slope), ("an offset", self.offset), ("a power", self.power)];
        let bad = all.into_iter().find(|(_, values)| !values.iter().all(|v| v.is_finite())).map(|(name, _)| name);
        let bad = bad.or_else(|| (!self.saturation.is_finite()).then_some("a saturation"));
        bad.map_or(Ok(()), |parameter| Err(OpError::NotFinite { parameter }))
    }

    /// 0..1, if all it does is clamp to that.
    pub(crate) fn as_clip(&self) -> Option<Domain> {
        let plain = Self { direction: self.direction, ..Self::default() };
        (*self == plain).then_some(Domain::UNIT)
    }

    fn forward(&self, rgb: [f64; 3]) -> [f64; 3] {
        let graded = std::array::from_fn(|c| {
            let v = self.clamped(rgb[c] * self.slope[c] + self.offset[c]);
            raised(v, self.power[c])
        });
        saturated(graded, self.saturation).map(|v| self.clamped(v))
    }

    fn backward(&self, rgb: [f64; 3]) -> [f64; 3] {
        let plain = saturated(rgb.map(|v| self.clamped(v)), self.saturation.recip());
        std::array::from_fn(|c| {
            let v = raised(self.clamped(plain[c]), self.power[c].recip());
            self.clamped((v - self.offset[c]) / self.slope[c])
        })
    }

    /// NaN becomes 0 when clamped.
    fn clamped(&self, v: f64) -> f64 {
        match self.clamp {
            true if v > 0.0 => v.min(1.0),
            true => 0.0,
            false => v,
        }
    }
}

/// `v ^ power`; a negative `v`, which has no power, as it is.
fn raised(v: f64, power: f64) -> f64 {
    if v < 0.0 { v } else { v.powf(power) }
}

fn saturated(v: [f64; 3], saturation: f64) -> [f64; 3] {
    let luma = LUMA[0] * v[0] + LUMA[1] * v[1] + LUMA[2] * v[2];
    v.map(|v| luma + saturation * (v - luma))
}
