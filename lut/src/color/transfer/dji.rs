//! DJI D-Log ("White Paper on D-Log and D-Gamut of DJI Cinema Color System", 2017).

use super::log::LogCurve;

pub(super) const D_LOG: LogCurve = LogCurve {
    base: 10.0,
    log_slope: 0.256_663,
    log_offset: 0.584_555,
    light_slope: 0.989_2,
    light_offset: 0.010_8,
    line_slope: 6.025,
    line_offset: 0.092_9,
    light_cut: 0.007_8,
    signal_cut: 0.14,
};
