//! Transfer functions: 1e-5 relative; LogC3 and V-Log, whose constants are published with six digits, 2e-5.

use lut::Transfer;
use lut::color::HlgDisplay;
use lut::color::transfer::{bt1886_eotf, bt1886_inverse_eotf, pq_eotf, pq_inverse_eotf};
use serde_json::Value;

use super::entry::{Outcome, Scale, list, of_colors, of_numbers};

const TOLERANCE: f64 = 1.0e-5;

/// Cameras and ACES: what comes before `_encode` and `_decode`.
const LOGS: [(&str, Transfer, f64); 15] = [
    ("arri_logc3_ei800", Transfer::LogC3, 2.0e-5),
    ("arri_logc4", Transfer::LogC4, TOLERANCE),
    ("sony_slog3", Transfer::SLog3, TOLERANCE),
    ("acescct", Transfer::Acescct, TOLERANCE),
    ("acescc", Transfer::Acescc, TOLERANCE),
    ("canon_log2", Transfer::CLog2, TOLERANCE),
    ("canon_log3", Transfer::CLog3, TOLERANCE),
    ("panasonic_vlog", Transfer::VLog, 2.0e-5),
    ("red_log3g10", Transfer::Log3G10, TOLERANCE),
    ("apple_log", Transfer::AppleLog, TOLERANCE),
    ("dji_dlog", Transfer::DLog, TOLERANCE),
    ("fuji_flog2", Transfer::FLog2, TOLERANCE),
    ("davinci_intermediate", Transfer::DavinciIntermediate, TOLERANCE),
    ("bmdfilm_gen5", Transfer::BmdFilmGen5, TOLERANCE),
    ("hlg", Transfer::Hlg, TOLERANCE),
];

pub fn outcome(name: &str, entry: &Value) -> anyhow::Result<Option<Outcome>> {
    if let Some(f) = function(name) {
        return of_numbers(entry, TOLERANCE, f).map(Some);
    }
    for (log, transfer, tolerance) in LOGS {
        match name.strip_prefix(log) {
            Some("_encode") => return of_numbers(entry, tolerance, |l| transfer.from_linear(l)).map(Some),
            Some("_decode") => return of_numbers(entry, tolerance, |v| transfer.to_linear(v)).map(Some),
            _ => {}
        }
    }
    if let Some(display) = hlg_display(name) {
        return of_colors(entry, TOLERANCE, Scale::Relative, |rgb| display.eotf(rgb)).map(Some);
    }
    if name == "browser_gap_preadjust_24_to" {
        return gap(entry).map(Some);
    }
    Ok(None)
}

fn function(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "bt1886_eotf_Lw100_Lb0_nits" => |v| bt1886_eotf(v, 100.0, 0.0),
        "bt1886_eotf_Lw100_Lb0.01_nits" => |v| bt1886_eotf(v, 100.0, 0.01),
        "bt1886_eotf_Lw100_Lb0.1_nits" => |v| bt1886_eotf(v, 100.0, 0.1),
        "bt1886_inverse_Lw100_Lb0.01" => |l| bt1886_inverse_eotf(l, 100.0, 0.01),
        "bt709_oetf" => |l| Transfer::Bt709Oetf.from_linear(l),
        "srgb_eotf" => |v| Transfer::Srgb.to_linear(v),
        "srgb_inverse_eotf" => |l| Transfer::Srgb.from_linear(l),
        "gamma22_eotf" => |v| Transfer::Gamma22.to_linear(v),
        "gamma26_dci_eotf" => |v| Transfer::Gamma26.to_linear(v),
        "chrome_macos_bt709apple_1.961_eotf" => |v| Transfer::Bt709Apple.to_linear(v),
        "pq_eotf_nits" => pq_eotf,
        "pq_inverse_eotf" => pq_inverse_eotf,
        "hlg_oetf" => |l| Transfer::Hlg.from_linear(l),
        "hlg_inverse_oetf" => |v| Transfer::Hlg.to_linear(v),
        _ => return None,
    })
}

/// `hlg_eotf_rgb_Lw1000_Lb0.005_nits`.
fn hlg_display(name: &str) -> Option<HlgDisplay> {
    let (peak, black) = name.strip_prefix("hlg_eotf_rgb_Lw")?.strip_suffix("_nits")?.split_once("_Lb")?;
    Some(HlgDisplay::new(peak.parse().ok()?, black.parse().ok()?))
}

/// The code a viewer must get to show a 2.4 grade, for each curve a viewer may decode with.
fn gap(entry: &Value) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::new(TOLERANCE);
    let codes: Vec<f64> = list(entry, "input_code")?;
    let viewers = [("as_srgb", Transfer::Srgb), ("as_2.2", Transfer::Gamma22), ("as_1.961", Transfer::Bt709Apple)];
    for (key, transfer) in viewers {
        for (code, expected) in codes.iter().zip(list::<f64>(entry, key)?) {
            outcome.add(transfer.from_linear(Transfer::Bt1886.to_linear(*code)), expected, Scale::Relative);
        }
    }
    Ok(outcome)
}
