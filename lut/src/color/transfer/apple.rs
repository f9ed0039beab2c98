//! Apple Log ("Apple Log Profile White Paper", 2023): a logarithm, a parabola below 1 %, flat below its foot.

use super::Pair;

pub(super) const LOG: Pair = Pair { to_linear, from_linear };

/// Light at signal 0.
const FOOT: f64 = -0.056_410_88;
/// Light at which the logarithm begins.
const CUT: f64 = 0.01;
const C: f64 = 47.287_112_36;
const BETA: f64 = 0.009_640_52;
const GAMMA: f64 = 0.085_504_79;
const DELTA: f64 = 0.693_369_45;

fn to_linear(v: f64) -> f64 {
    if v >= C * (CUT - FOOT) * (CUT - FOOT) {
        ((v - DELTA) / GAMMA).exp2() - BETA
    } else {
        (v.max(0.0) / C).sqrt() + FOOT
    }
}

fn from_linear(l: f64) -> f64 {
    if l >= CUT {
        GAMMA * (l + BETA).log2() + DELTA
    } else {
        let above = (l - FOOT).max(0.0);
        C * above * above
    }
}
