//! Sony S-Log3 ("Technical Summary for S-Gamut3.Cine/S-Log3 and S-Gamut3/S-Log3", appendix).

use super::log::LogCurve;

pub(super) const S_LOG3: LogCurve = LogCurve {
    base: 10.0,
    log_slope: 261.5 / 1023.0,
    log_offset: 420.0 / 1023.0,
    light_slope: 1.0 / (0.18 + 0.01),
    light_offset: 0.01 / (0.18 + 0.01),
    line_slope: (CUT - 95.0) / 0.011_25 / 1023.0,
    line_offset: 95.0 / 1023.0,
    light_cut: 0.011_25,
    signal_cut: CUT / 1023.0,
};
const CUT: f64 = 171.210_294_692_9;
