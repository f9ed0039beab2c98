//! Hybrid log-gamma (ITU-R BT.2100-2, table 5): the camera's curve, and what a display of any peak makes of it.

use super::Pair;
use crate::color::Vec3;

const A: f64 = 0.178_832_77;
const B: f64 = 1.0 - 4.0 * A;

/// Weights of Ys, as BT.2100 rounds them.
const LUMINANCE: Vec3 = [0.2627, 0.6780, 0.0593];

/// The OETF: scene light 0..1 to signal 0..1.
pub(super) const HLG: Pair = Pair { to_linear, from_linear };

/// `0.5 - a * ln(4a)`.
fn c() -> f64 {
    0.5 - A * (4.0 * A).ln()
}

fn to_linear(v: f64) -> f64 {
    if v <= 0.5 { v * v / 3.0 } else { (((v - c()) / A).exp() + B) / 12.0 }
}

fn from_linear(l: f64) -> f64 {
    if l <= 1.0 / 12.0 { (3.0 * l).sqrt() } else { A * (12.0 * l - B).ln() + c() }
}

/// A display that shows HLG: its peak and black in cd/m2, and the system gamma that goes with them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HlgDisplay {
    /// Luminance of signal 1.0, cd/m2.
    pub peak: f64,
    /// Luminance of signal 0.0, cd/m2.
    pub black: f64,
    /// Exponent of the OOTF.
    pub gamma: f64,
}

impl HlgDisplay {
    /// A display of `peak` > `black` >= 0 cd/m2, its gamma `1.2 + 0.42 log10(peak / 1000)`: BT.2100 note 5f, which
    /// means it for 400 to 2,000 cd/m2. See [`HlgDisplay::extended`] for others.
    #[must_use]
    pub fn new(peak: f64, black: f64) -> Self {
        Self { peak, black, gamma: 1.2 + 0.42 * (peak / 1000.0).log10() }
    }

    /// As [`HlgDisplay::new`] with the gamma `1.2 * 1.111 ^ log2(peak / 1000)` that BT.2100 note 5f gives for peaks
    /// outside 400 to 2,000 cd/m2.
    #[must_use]
    pub fn extended(peak: f64, black: f64) -> Self {
        Self { peak, black, gamma: 1.2 * 1.111_f64.powf((peak / 1000.0).log2()) }
    }

    /// Scene light (BT.2020 RGB, 0..1) to display light (1 = peak): the reference OOTF, `Ys ^ (gamma - 1) * E`.
    #[must_use]
    pub fn ootf(&self, scene: Vec3) -> Vec3 {
        scale_by_luminance(scene, self.gamma - 1.0)
    }

    /// The inverse of [`HlgDisplay::ootf`].
    #[must_use]
    pub fn inverse_ootf(&self, display: Vec3) -> Vec3 {
        scale_by_luminance(display, 1.0 / self.gamma - 1.0)
    }

    /// R'G'B' (0..1) to display light in cd/m2: black lift, inverse OETF, OOTF.
    #[must_use]
    pub fn eotf(&self, signal: Vec3) -> Vec3 {
        let lift = self.lift();
        let scene = signal.map(|v| to_linear(((1.0 - lift) * v + lift).max(0.0)));
        self.ootf(scene).map(|v| v * self.peak)
    }

    /// Display light in cd/m2 to R'G'B': the inverse of [`HlgDisplay::eotf`]. Light below 0 counts as 0.
    #[must_use]
    pub fn inverse_eotf(&self, light: Vec3) -> Vec3 {
        let lift = self.lift();
        let scene = self.inverse_ootf(light.map(|v| v.max(0.0) / self.peak));
        scene.map(|v| (from_linear(v) - lift) / (1.0 - lift))
    }

    /// Beta of BT.2100: the signal that would give `black`.
    pub(crate) fn lift(&self) -> f64 {
        (3.0 * (self.black / self.peak).powf(1.0 / self.gamma)).sqrt()
    }
}

/// `rgb * luminance ^ exponent`; black, and what has no positive luminance, stays black.
fn scale_by_luminance(rgb: Vec3, exponent: f64) -> Vec3 {
    let luminance = LUMINANCE.iter().zip(rgb).map(|(weight, v)| weight * v).sum::<f64>();
    let gain = if luminance > 0.0 { luminance.powf(exponent) } else { 0.0 };
    rgb.map(|v| v * gain)
}
