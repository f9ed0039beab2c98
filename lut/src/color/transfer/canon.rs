//! Canon Log 2 and 3, version 1.2 (Canon, "Canon Log Gamma Curves", 2018). Canon's light is 0.9 of a reflectance.

use super::Pair;

pub(super) const LOG2: Pair = Pair { to_linear: log2_to_linear, from_linear: log2_from_linear };
pub(super) const LOG3: Pair = Pair { to_linear: log3_to_linear, from_linear: log3_from_linear };

/// `slope * log10(gain * x + 1)`, mirrored through the origin.
struct Branch {
    slope: f64,
    gain: f64,
}

impl Branch {
    fn signal(&self, x: f64) -> f64 {
        (self.slope * (self.gain * x.abs() + 1.0).log10()).copysign(x)
    }

    fn light(&self, v: f64) -> f64 {
        ((10.0_f64.powf(v.abs() / self.slope) - 1.0) / self.gain).copysign(v)
    }
}

const BRANCH2: Branch = Branch { slope: 0.241_360_77, gain: 87.099_375 };
const BLACK2: f64 = 0.092_864_125;

fn log2_to_linear(v: f64) -> f64 {
    BRANCH2.light(v - BLACK2) * 0.9
}

fn log2_from_linear(l: f64) -> f64 {
    BRANCH2.signal(l / 0.9) + BLACK2
}

const BRANCH3: Branch = Branch { slope: 0.367_268_45, gain: 14.983_25 };
/// Offsets of the branch below, of the line, and of the branch above.
const OFFSETS3: [f64; 3] = [0.127_839_01, 0.125_122_19, 0.122_405_37];
const LINE3: f64 = 1.975_479_8;
/// Signal at both ends of the line; the light there is -0.014 and 0.014.
const ENDS3: [f64; 2] = [0.097_465_473, 0.152_778_91];

fn log3_to_linear(v: f64) -> f64 {
    let x = if v < ENDS3[0] {
        BRANCH3.light(v - OFFSETS3[0])
    } else if v <= ENDS3[1] {
        (v - OFFSETS3[1]) / LINE3
    } else {
        BRANCH3.light(v - OFFSETS3[2])
    };
    x * 0.9
}

fn log3_from_linear(l: f64) -> f64 {
    let x = l / 0.9;
    if x < -0.014 {
        BRANCH3.signal(x) + OFFSETS3[0]
    } else if x <= 0.014 {
        LINE3 * x + OFFSETS3[1]
    } else {
        BRANCH3.signal(x) + OFFSETS3[2]
    }
}
