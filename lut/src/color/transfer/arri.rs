//! ARRI LogC3 ("ALEXA Log C Curve, Usage in VFX", 2017, SUP 3.x) and LogC4 ("LogC4 Specification", 2022).

use super::log::LogCurve;

/// LogC3 at one exposure index, relative scene exposure (18 % grey is 0.18).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogC3(pub(super) LogCurve);

impl LogC3 {
    /// EI 800, as ARRI's table prints it.
    pub const EI_800: Self = Self(LogCurve {
        base: 10.0,
        log_slope: 0.247_190,
        log_offset: 0.385_537,
        light_slope: 5.555_556,
        light_offset: 0.052_272,
        line_slope: 5.367_655,
        line_offset: 0.092_809,
        light_cut: 0.010_591,
        signal_cut: 5.367_655 * 0.010_591 + 0.092_809,
    });

    /// `exposure_index` 160..=1600, by the derivation ARRI's table comes from; rounded to six decimals, as printed.
    #[must_use]
    pub fn new(exposure_index: f64) -> Self {
        const CUT: f64 = 1.0 / 9.0;
        const BLACK: f64 = 95.0 / 1023.0;
        const OFFSET: f64 = 400.0 / 1023.0;
        let slope = 1.0 / (CUT * std::f64::consts::LN_10);
        let offset = CUT.log10() - slope * CUT;
        let gain = 0.525 * 500.0 / 1023.0 * (1.0 - (exposure_index / 400.0).log2() * 0.11 / 3.0);
        // Black has to stay at code 95, which moves the offset, which moves black: three rounds settle it.
        let (mut black, mut log_offset) = (0.0, OFFSET);
        for _ in 0..3 {
            black = ((BLACK - log_offset) / gain - offset) / slope;
            log_offset = OFFSET - (1.0 + black).log10() * gain;
        }
        let (line_slope, line_offset) = (slope / 0.18 * gain, gain * (slope * black + offset) + log_offset);
        let (light_cut, line_slope, line_offset) =
            (rounded((CUT - black) * 0.18), rounded(line_slope), rounded(line_offset));
        Self(LogCurve {
            base: 10.0,
            log_slope: rounded(gain),
            log_offset: rounded(log_offset),
            light_slope: rounded(1.0 / 0.18),
            light_offset: rounded(black),
            line_slope,
            line_offset,
            light_cut,
            signal_cut: line_slope * light_cut + line_offset,
        })
    }

    /// Signal (0..1) to scene light.
    #[must_use]
    pub fn to_linear(self, signal: f64) -> f64 {
        self.0.light(signal)
    }

    /// Scene light to signal (0..1).
    #[must_use]
    pub fn from_linear(self, light: f64) -> f64 {
        self.0.signal(light)
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1.0e6).round() / 1.0e6
}

/// The values of the specification's a, b, c, s and t.
pub(super) const LOG_C4: LogCurve = LogCurve {
    base: 2.0,
    log_slope: B / 14.0,
    log_offset: C - 6.0 * B / 14.0,
    light_slope: ((1 << 18) - 16) as f64 / 117.45,
    light_offset: 64.0,
    line_slope: 1.0 / 0.113_597_208_610_589_1,
    line_offset: 0.018_056_996_119_911_31 / 0.113_597_208_610_589_1,
    light_cut: -0.018_056_996_119_911_31,
    signal_cut: 0.0,
};
const B: f64 = (1023.0 - 95.0) / 1023.0;
const C: f64 = 95.0 / 1023.0;
