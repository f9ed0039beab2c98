//! Matrices between primaries: 1e-5 of the largest element; and the ColorChecker in several of them.

use anyhow::Context as _;
use lut::color::{Adaptation, Mat3, WHITE_D65, apply};
use lut::{Primaries, Transfer};
use serde_json::Value;

use super::entry::{Outcome, Scale, list, of_colors};

const TOLERANCE: f64 = 1.0e-5;
/// The ColorChecker's sRGB values come of the four-digit matrix of IEC 61966-2-1, which moves some to the next code.
const FOUR_DIGITS: f64 = 2.0e-4;

pub fn outcome(name: &str, entry: &Value) -> anyhow::Result<Option<Outcome>> {
    if let Some(name) = name.strip_prefix("lin_") {
        let Some(matrix) = matrix(name) else { return Ok(None) };
        return of_colors(entry, TOLERANCE, Scale::Relative, |rgb| apply(&matrix, rgb)).map(Some);
    }
    Ok(match name {
        "matrices_row_major" => Some(matrices(entry)?),
        "colorchecker24_after2014_srgb_linear" => Some(color_checker(entry)?),
        _ => None,
    })
}

fn primaries(name: &str) -> Option<Primaries> {
    Some(match name {
        "rec709" => Primaries::Bt709,
        "rec2020" => Primaries::Bt2020,
        "p3d65" => Primaries::DisplayP3,
        "ap0" => Primaries::AcesAp0,
        "ap1" => Primaries::AcesAp1,
        "awg3" => Primaries::ArriWideGamut3,
        "awg4" => Primaries::ArriWideGamut4,
        "sgamut3" => Primaries::SGamut3,
        "sgamut3cine" => Primaries::SGamut3Cine,
        _ => return None,
    })
}

/// `awg4_to_ap0_cat02_colour`, `rec709_to_xyz_d65`, `rec709_to_p3d65`.
fn matrix(name: &str) -> Option<Mat3> {
    let (from, to) = name.split_once("_to_")?;
    let from = primaries(from)?;
    if to == "xyz_d65" {
        return Some(from.rgb_to_xyz());
    }
    let (to, adaptation) = match to.strip_suffix("_cat02_colour") {
        Some(to) => (to, Adaptation::Cat02),
        None => (to.strip_suffix("_bradford_colour").unwrap_or(to), Adaptation::Bradford),
    };
    Some(from.chromaticities().adapted_to(&primaries(to)?.chromaticities(), adaptation))
}

fn matrices(entry: &Value) -> anyhow::Result<Outcome> {
    let all = entry["matrices"].as_object().context("found no \"matrices\"")?;
    let mut outcome = Outcome::new(TOLERANCE);
    for (name, expected) in all {
        let found = matrix(name).with_context(|| format!("unknown matrix {name:?}"))?;
        let expected: Mat3 = serde_json::from_value(expected.clone())?;
        let largest = expected.as_flattened().iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        for (found, expected) in found.as_flattened().iter().zip(expected.as_flattened()) {
            outcome.add(found / largest, expected / largest, Scale::Absolute);
        }
    }
    Ok(outcome)
}

/// The 24 patches, given as xyY under the chart's illuminant, in linear RGB and as 10-bit codes of a 2.4 display.
fn color_checker(entry: &Value) -> anyhow::Result<Outcome> {
    let patches: Vec<[f64; 3]> = list(entry, "xyY")?;
    let illuminant: [f64; 2] = list(entry, "illuminant")?.try_into().ok().context("expected xy")?;
    let adapted = Adaptation::Cat02.matrix(illuminant, WHITE_D65);
    let spaces = [
        ("sRGB", Primaries::Bt709, FOUR_DIGITS, 1.0),
        ("ITU-R BT.709", Primaries::Bt709, TOLERANCE, 0.0),
        ("P3-D65", Primaries::DisplayP3, TOLERANCE, 0.0),
        ("ITU-R BT.2020", Primaries::Bt2020, TOLERANCE, 0.0),
    ];
    let mut worst = Outcome::new(TOLERANCE);
    for (space, primaries, tolerance, codes_off) in spaces {
        let (mut linear, mut codes) = (Outcome::new(tolerance), Outcome::new(codes_off));
        let from_xyz = lut::color::inverse(&primaries.rgb_to_xyz());
        let expected = list(entry, &format!("{space}_linear"))?.into_iter();
        let expected_codes: Vec<[f64; 3]> = list(entry, &format!("{space}_gamma2.4_10bit_full"))?;
        for ((patch, expected), code) in patches.iter().zip(expected).zip(expected_codes) {
            let rgb = apply(&from_xyz, apply(&adapted, xyz(*patch)));
            linear.add_color(rgb, expected, Scale::Relative);
            let found = rgb.map(|v| (1023.0 * Transfer::Bt1886.from_linear(v.clamp(0.0, 1.0))).round());
            codes.add_color(found, code, Scale::Absolute);
        }
        worst = worst.worse(linear).worse(codes);
    }
    Ok(worst)
}

fn xyz([x, y, luminance]: [f64; 3]) -> [f64; 3] {
    [x * luminance / y, luminance, (1.0 - x - y) * luminance / y]
}
