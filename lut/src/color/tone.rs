//! From a brighter display to a darker one, and where SDR stands in HDR.

use super::mat3::Vec3;
use super::transfer::{pq_eotf, pq_inverse_eotf};

/// HDR reference white: diffuse white, and where graphics and SDR white are placed (ITU-R BT.2408-7, table 1), cd/m2.
pub const HDR_REFERENCE_WHITE: f64 = 203.0;

/// Black and peak luminance of a display or a grade, cd/m2; `0 <= black < peak <= 10,000`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Luminances {
    /// Darkest.
    pub black: f64,
    /// Brightest.
    pub peak: f64,
}

/// The EETF of ITU-R BT.2390-10, section 5.4.1, which BT.2408 annex 5 recommends from HDR to SDR: in PQ, black is
/// lifted to the target's, and a Hermite spline rolls highlights off into its peak. Applied to the largest of R, G, B,
/// the others scaled alike, so hue and saturation stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eetf {
    source: Luminances,
    target: Luminances,
}

impl Eetf {
    /// From the luminances of the grade to those of the display. A brighter target changes nothing but black.
    #[must_use]
    pub fn new(source: Luminances, target: Luminances) -> Self {
        Self { source, target }
    }

    /// Light in cd/m2 to light in cd/m2.
    #[must_use]
    pub fn apply(&self, light: Vec3) -> Vec3 {
        let largest = light[0].max(light[1]).max(light[2]);
        if largest <= 0.0 {
            return [self.target.black.min(self.luminance(0.0)); 3];
        }
        let gain = self.luminance(largest) / largest;
        light.map(|v| v * gain)
    }

    /// One luminance in cd/m2.
    #[must_use]
    pub fn luminance(&self, luminance: f64) -> f64 {
        let [low, high] = [self.source.black, self.source.peak].map(pq_inverse_eotf);
        let relative = |l: f64| (pq_inverse_eotf(l) - low) / (high - low);
        let [min, max] = [self.target.black, self.target.peak].map(relative);
        let x = relative(luminance).clamp(0.0, 1.0);
        let rolled = roll_off(x, max.min(1.0));
        // The lift is all but gone at the peak; what is left of it must not go beyond.
        let lifted = (rolled + min.max(0.0) * (1.0 - rolled).powi(4)).min(max);
        pq_eotf(lifted * (high - low) + low)
    }
}

/// E2 of BT.2390: identity up to the knee, then a Hermite spline that ends level at (1, `max`).
fn roll_off(x: f64, max: f64) -> f64 {
    let knee = (1.5 * max - 0.5).max(0.0);
    if x < knee || knee >= 1.0 {
        return x;
    }
    let t = (x - knee) / (1.0 - knee);
    let (t2, t3) = (t * t, t * t * t);
    (2.0 * t3 - 3.0 * t2 + 1.0) * knee + (t3 - 2.0 * t2 + t) * (1.0 - knee) + (-2.0 * t3 + 3.0 * t2) * max
}
