//! The shape most camera curves share: a logarithm above a cut, a straight line below it.

/// `signal = log_slope * log_base(light_slope * light + light_offset) + log_offset` from `light_cut` up,
/// `line_slope * light + line_offset` below. Both cuts are as published, since some makers round them apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogCurve {
    pub(super) base: f64,
    pub(super) log_slope: f64,
    pub(super) log_offset: f64,
    pub(super) light_slope: f64,
    pub(super) light_offset: f64,
    pub(super) line_slope: f64,
    pub(super) line_offset: f64,
    /// Light at which the logarithm begins.
    pub(super) light_cut: f64,
    /// Signal at which the logarithm begins.
    pub(super) signal_cut: f64,
}

impl LogCurve {
    pub(super) fn light(self, signal: f64) -> f64 {
        if signal < self.signal_cut {
            return (signal - self.line_offset) / self.line_slope;
        }
        let power = self.base.powf((signal - self.log_offset) / self.log_slope);
        (power - self.light_offset) / self.light_slope
    }

    pub(super) fn signal(self, light: f64) -> f64 {
        if light < self.light_cut {
            return self.line_slope * light + self.line_offset;
        }
        let argument = self.light_slope * light + self.light_offset;
        let log = if self.base == 10.0 { argument.log10() } else { argument.log2() / self.base.log2() };
        self.log_slope * log + self.log_offset
    }
}
