//! Display curves: BT.1886, sRGB, and the camera curve of BT.709 that is so often taken for one.

use super::Pair;

/// IEC 61966-2-1.
pub(super) const SRGB: Pair = Pair { to_linear: srgb_to_linear, from_linear: srgb_from_linear };

/// ITU-R BT.709-6, item 1.2.
pub(super) const BT709: Pair = Pair { to_linear: bt709_to_linear, from_linear: bt709_from_linear };

/// The ITU-R BT.1886 annex 1 reference EOTF with black lift.
///
/// `signal` 0..1, `white` and `black` in cd/m2 (`white > black >= 0`); returns cd/m2.
#[must_use]
pub fn bt1886_eotf(signal: f64, white: f64, black: f64) -> f64 {
    let (gain, lift) = bt1886_gain_lift(white, black);
    gain * (signal + lift).max(0.0).powf(2.4)
}

/// The inverse of [`bt1886_eotf`]: `luminance` in cd/m2 to signal 0..1.
#[must_use]
pub fn bt1886_inverse_eotf(luminance: f64, white: f64, black: f64) -> f64 {
    let (gain, lift) = bt1886_gain_lift(white, black);
    (luminance / gain).max(0.0).powf(1.0 / 2.4) - lift
}

/// `a` (user gain, cd/m2) and `b` (black lift, signal units) of BT.1886 annex 1.
fn bt1886_gain_lift(white: f64, black: f64) -> (f64, f64) {
    let (w, b) = (white.powf(1.0 / 2.4), black.max(0.0).powf(1.0 / 2.4));
    ((w - b).powf(2.4), b / (w - b))
}

fn srgb_to_linear(v: f64) -> f64 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

fn srgb_from_linear(l: f64) -> f64 {
    if l <= 0.003_130_8 { l * 12.92 } else { 1.055 * l.powf(1.0 / 2.4) - 0.055 }
}

fn bt709_to_linear(v: f64) -> f64 {
    if v < 0.081 { v / 4.5 } else { ((v + 0.099) / 1.099).powf(1.0 / 0.45) }
}

fn bt709_from_linear(l: f64) -> f64 {
    if l < 0.018 { l * 4.5 } else { 1.099 * l.powf(0.45) - 0.099 }
}
