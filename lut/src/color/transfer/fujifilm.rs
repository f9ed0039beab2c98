//! Fujifilm F-Log2 ("F-Log2 Data Sheet", 2022).

use super::log::LogCurve;

pub(super) const F_LOG2: LogCurve = LogCurve {
    base: 10.0,
    log_slope: 0.245_281,
    log_offset: 0.384_316,
    light_slope: 5.555_556,
    light_offset: 0.064_829,
    line_slope: 8.799_461,
    line_offset: 0.092_864,
    light_cut: 0.000_889,
    signal_cut: 0.100_686_685_370_811,
};
