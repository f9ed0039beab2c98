//! Camera and ACES encodings to ACES2065-1, whose reference values OpenColorIO computed in `f32`: this program's curve,
//! primaries and adaptation. ACEScc is not among them: OpenColorIO clips its ACES2065-1 at 0, so `views` has it.

use lut::Primaries::{self, *};
use lut::Transfer;
use lut::color::Adaptation::{self, Bradford, Cat02};
use lut::color::apply;
use serde_json::Value;

use super::entry::{Outcome, Scale, of_colors};

const TOLERANCE: f64 = 1.0e-5;
/// Of the curves whose constants are published with six digits.
const SIX_DIGITS: f64 = 2.0e-5;

const CAMERAS: [(&str, Option<Transfer>, Primaries, Adaptation); 12] = [
    ("ARRI_ALEXA-LOGC-EI800-AWG", Some(Transfer::LogC3), ArriWideGamut3, Cat02),
    ("ARRI_LOGC4", Some(Transfer::LogC4), ArriWideGamut4, Cat02),
    ("SONY_SLOG3-SGAMUT3", Some(Transfer::SLog3), SGamut3, Cat02),
    ("SONY_SLOG3-SGAMUT3.CINE", Some(Transfer::SLog3), SGamut3Cine, Cat02),
    ("ACEScct", Some(Transfer::Acescct), AcesAp1, Bradford),
    ("ACEScg", None, AcesAp1, Bradford),
    ("APPLE_LOG", Some(Transfer::AppleLog), Bt2020, Bradford),
    ("CANON_CLOG2-CGAMUT", Some(Transfer::CLog2), CanonCinemaGamut, Cat02),
    ("CANON_CLOG3-CGAMUT", Some(Transfer::CLog3), CanonCinemaGamut, Cat02),
    ("PANASONIC_VLOG-VGAMUT", Some(Transfer::VLog), VGamut, Bradford),
    ("RED_LOG3G10-RWG", Some(Transfer::Log3G10), RedWideGamutRgb, Bradford),
    ("DAVINCI_INTERMEDIATE-WG", Some(Transfer::DavinciIntermediate), DavinciWideGamut, Bradford),
];

pub fn outcome(name: &str, entry: &Value) -> anyhow::Result<Option<Outcome>> {
    let Some(style) = name.strip_prefix("ocio_builtin: ").and_then(|name| name.strip_suffix("_to_ACES2065-1")) else {
        return Ok(None);
    };
    let Some((_, transfer, primaries, adaptation)) = CAMERAS.into_iter().find(|camera| camera.0 == style) else {
        return Ok(None);
    };
    let matrix = primaries.chromaticities().adapted_to(&AcesAp0.chromaticities(), adaptation);
    let linear = |v| transfer.map_or(v, |transfer| transfer.to_linear(v));
    let six_digits = matches!(transfer, Some(Transfer::LogC3 | Transfer::VLog));
    let tolerance = if six_digits { SIX_DIGITS } else { TOLERANCE };
    of_colors(entry, tolerance, Scale::Relative, |rgb| apply(&matrix, rgb.map(linear))).map(Some)
}
