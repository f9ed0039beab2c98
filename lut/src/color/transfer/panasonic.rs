//! Panasonic V-Log ("V-Log/V-Gamut Reference Manual", 2014).

use super::log::LogCurve;

pub(super) const V_LOG: LogCurve = LogCurve {
    base: 10.0,
    log_slope: 0.241_514,
    log_offset: 0.598_206,
    light_slope: 1.0,
    light_offset: 0.008_73,
    line_slope: 5.6,
    line_offset: 0.125,
    light_cut: 0.01,
    signal_cut: 0.181,
};
