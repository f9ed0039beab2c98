//! The logarithmic encodings of ACES. Their clip at 65,504, the largest half float, is left out.

use super::Pair;
use super::log::LogCurve;

/// Academy S-2016-001.
pub(super) const ACESCCT: LogCurve = LogCurve {
    base: 2.0,
    log_slope: 1.0 / 17.52,
    log_offset: 9.72 / 17.52,
    light_slope: 1.0,
    light_offset: 0.0,
    line_slope: 10.540_237_741_654_5,
    line_offset: 0.072_905_534_195_835_5,
    light_cut: 0.007_812_5,
    signal_cut: 0.155_251_141_552_511,
};

/// Academy S-2014-003: light at or below 0 becomes the lowest code, -0.3584.
pub(super) const ACESCC: Pair = Pair { to_linear: acescc_to_linear, from_linear: acescc_from_linear };

/// 2^-16.
const SMALLEST: f64 = 1.0 / 65_536.0;

fn acescc_to_linear(v: f64) -> f64 {
    let power = (v * 17.52 - 9.72).exp2();
    if v <= (9.72 - 15.0) / 17.52 { 2.0 * (power - SMALLEST) } else { power }
}

fn acescc_from_linear(l: f64) -> f64 {
    let argument = if l < 2.0 * SMALLEST { SMALLEST + l.max(0.0) / 2.0 } else { l };
    (argument.log2() + 9.72) / 17.52
}
