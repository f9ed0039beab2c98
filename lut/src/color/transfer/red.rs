//! RED Log3G10 ("White Paper on REDWideGamutRGB and Log3G10", 2018).

use super::log::LogCurve;

pub(super) const LOG3G10: LogCurve = LogCurve {
    base: 10.0,
    log_slope: 0.224_282,
    log_offset: 0.0,
    light_slope: 155.975_327,
    light_offset: 155.975_327 * 0.01 + 1.0,
    line_slope: 15.1927,
    line_offset: 15.1927 * 0.01,
    light_cut: -0.01,
    signal_cut: 0.0,
};
