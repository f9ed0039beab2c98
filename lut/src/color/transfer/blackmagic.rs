//! DaVinci Intermediate ("DaVinci Resolve Wide Gamut Intermediate", 2021) and Blackmagic Design Film, generation 5
//! ("Blackmagic Generation 5 Color Science", 2021).

use super::log::LogCurve;

pub(super) const DAVINCI_INTERMEDIATE: LogCurve = LogCurve {
    base: 2.0,
    log_slope: 0.073_292_48,
    log_offset: 0.073_292_48 * 7.0,
    light_slope: 1.0,
    light_offset: 0.007_5,
    line_slope: 10.444_268_55,
    line_offset: 0.0,
    light_cut: 0.002_624_09,
    signal_cut: 0.027_406_68,
};

pub(super) const FILM_GEN5: LogCurve = LogCurve {
    base: std::f64::consts::E,
    log_slope: 0.086_928_760_654_912_24,
    log_offset: 0.530_013_339_229_193_9,
    light_slope: 1.0,
    light_offset: 0.005_494_072_432_257_808,
    line_slope: 8.283_605_932_402_494,
    line_offset: 0.092_465_753_424_657_53,
    light_cut: 0.005,
    signal_cut: 8.283_605_932_402_494 * 0.005 + 0.092_465_753_424_657_53,
};
