//! From the colour of a source to that of a viewer: which steps, and by which method.
//!
//! | from | to | how |
//! |---|---|---|
//! | SDR | SDR | the same light, relative to white, in the target's primaries |
//! | SDR | PQ, HLG | white at 203 cd/m2 (ITU-R BT.2408), absolute light; HLG on a display of 1,000 cd/m2 |
//! | PQ, HLG | SDR | BT.2390's EETF from 1,000 to 100 cd/m2, then clipped to the target's gamut ([`lut::ops::hdr`]) |
//! | PQ | HLG and back | absolute light on a display of 1,000 cd/m2 (ITU-R BT.2408, BT.2100) |
//! | what a camera or ACES encoded | BT.1886 on 709 | its show LUT, else an ACES output transform |

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use lut::bake::{Config, ConfigError, Shaper, Spread, bake, bake_fitted, bake_steep};
use lut::color::transfer::{PQ_PEAK, pq_inverse_eotf};
use lut::color::{GamutMapping, HDR_REFERENCE_WHITE, HlgDisplay, Luminances, Primaries, Transfer, Vec3, apply};
use lut::formats::Lut;
use lut::ops::hdr::{HdrError, HdrSignal, HdrSource, HdrToSdr, SdrTarget, hdr_to_sdr};
use lut::ops::lut1d::Lut1d;
use lut::ops::lut3d::{Domain, LutDataError};
use lut::{Affine, ColorSpec, Op, Transform};

use crate::spec::color::{AcesVersion, TargetColor};

/// Black and peak of HDR grades, of which neither code values nor tags tell: what most are made on.
pub(crate) const HDR_GRADE: Luminances = Luminances { black: 0.0, peak: 1_000.0 };
/// Black and peak of an SDR display.
const SDR: Luminances = Luminances { black: 0.0, peak: 100.0 };
/// Entries along an edge of a baked cube.
const CUBE: usize = 65;
/// Entries of a curve over a signal.
const CURVE: usize = 4_096;
/// Exponent under which output transforms are baked: it halves their largest errors (docs/color.md).
const STEEP: f64 = 1.5;
const DISPLAY: &str = "Rec.1886 Rec.709 - Display";

/// Why there is no way from one colour to another.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConvertError {
    /// A method refuses.
    #[error("HDR: {0}")]
    Hdr(#[from] HdrError),
    /// A table cannot be made.
    #[error("conversion: {0}")]
    Table(#[from] LutDataError),
    /// The ACES configuration has no such transform, or may not be used here.
    #[error("ACES output transform: {0}")]
    Aces(#[from] ConfigError),
}

/// What is made once in the life of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Made {
    Between(Primaries, Transfer, TargetColor),
    Scene(AcesVersion, &'static str),
}

static MADE: LazyLock<Mutex<HashMap<Made, Arc<Lut>>>> = LazyLock::new(Mutex::default);

/// There are few colours, so nothing is ever thrown away.
fn once(key: Made, make: impl FnOnce() -> Result<Lut, ConvertError>) -> Result<Arc<Lut>, ConvertError> {
    let known = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = known().get(&key) {
        return Ok(Arc::clone(made));
    }
    let made = Arc::new(make()?);
    known().insert(key, Arc::clone(&made));
    Ok(made)
}

/// What happens to code values that mean `color` (after `grade`) for viewers of `target`.
pub(crate) fn transform(color: ColorSpec, grade: Option<&Lut>, target: TargetColor) -> Result<Transform, ConvertError> {
    let output = target.color_spec();
    let Some(conversion) = conversion(color, target)? else {
        return Ok(Transform { input: color, look: grade.cloned(), output });
    };
    // The look ends in the target's own R'G'B', so nothing is left to do after it.
    let mut look = grade.cloned().unwrap_or_default();
    look.ops.extend(conversion.ops.iter().cloned());
    let input = ColorSpec { primaries: output.primaries, transfer: output.transfer, ..color };
    Ok(Transform { input, look: Some(look), output })
}

/// The steps between R'G'B' of two colours that more lies between than a curve and primaries.
fn conversion(color: ColorSpec, target: TargetColor) -> Result<Option<Arc<Lut>>, ConvertError> {
    let (from, to) = (color.transfer, target.color_spec().transfer);
    if from == to || !(is_hdr(from) || is_hdr(to)) {
        return Ok(None);
    }
    let primaries = color.primaries;
    let key = Made::Between(primaries, from, target);
    let made = once(key, || match (from, to) {
        (Transfer::Pq, Transfer::Hlg) => Ok(bake(pq_to_hlg(primaries), Shaper::None, CUBE)?),
        (Transfer::Hlg, Transfer::Pq) => hlg_to_pq(),
        (Transfer::Pq | Transfer::Hlg, _) => to_sdr(color, target),
        (_, Transfer::Hlg) => Ok(bake(sdr_to_hlg(primaries, from), Shaper::None, CUBE)?),
        _ => sdr_to_pq(primaries, from),
    })?;
    Ok(Some(made))
}

fn is_hdr(transfer: Transfer) -> bool {
    matches!(transfer, Transfer::Pq | Transfer::Hlg)
}

fn hlg_display() -> HlgDisplay {
    HlgDisplay::new(HDR_GRADE.peak, HDR_GRADE.black)
}

/// Curve, primaries, curve. Between them light is relative to white, so that the second curve, spaced like halves, is fine
/// enough near black.
fn sdr_to_pq(primaries: Primaries, transfer: Transfer) -> Result<Lut, ConvertError> {
    let pq = |light: f64| pq_inverse_eotf(light.max(0.0) * HDR_REFERENCE_WHITE);
    let halves: Vec<[f32; 3]> = (0..=u16::MAX).map(|bits| [pq(half(bits)) as f32; 3]).collect();
    Ok(Lut::from([
        Op::Lut1d(curve(|signal| transfer.to_linear(signal))?),
        Op::Affine(Affine::linear(primaries.to(Primaries::Bt2020))),
        Op::Lut1d(Lut1d::half_domain(halves)?),
    ]))
}

fn sdr_to_hlg(primaries: Primaries, transfer: Transfer) -> impl Fn(Vec3) -> Vec3 {
    let (to_2020, display) = (primaries.to(Primaries::Bt2020), hlg_display());
    move |signal| {
        let light = apply(&to_2020, signal.map(|v| transfer.to_linear(v) * HDR_REFERENCE_WHITE));
        display.inverse_eotf(light)
    }
}

fn pq_to_hlg(primaries: Primaries) -> impl Fn(Vec3) -> Vec3 {
    let (to_2020, display) = (primaries.to(Primaries::Bt2020), hlg_display());
    move |signal| {
        // Beyond the peak too: what is clipped is clipped after the cube, where its edge is sharp.
        display.inverse_eotf(apply(&to_2020, signal.map(|v| Transfer::Pq.to_linear(v) * PQ_PEAK)))
    }
}

/// A cube of PQ colours behind the curve that greys follow: PQ is steeper near black than a cube over HLG could follow.
fn hlg_to_pq() -> Result<Lut, ConvertError> {
    let display = hlg_display();
    let grey = |signal: f64| pq_inverse_eotf(display.eotf([signal; 3])[0]);
    let cube = bake(
        |pq| {
            let signal = pq.map(|v| display.inverse_eotf([Transfer::Pq.to_linear(v) * PQ_PEAK; 3])[0].max(0.0));
            display.eotf(signal).map(|light| pq_inverse_eotf(light.max(0.0)))
        },
        Shaper::None,
        CUBE,
    )?;
    let mut lut = Lut::from([Op::Lut1d(curve(grey)?)]);
    lut.ops.extend(cube.ops);
    Ok(lut)
}

fn to_sdr(color: ColorSpec, target: TargetColor) -> Result<Lut, ConvertError> {
    let signal = match color.transfer {
        Transfer::Hlg => HdrSignal::Hlg(hlg_display()),
        _ => HdrSignal::Pq(HDR_GRADE),
    };
    let source = HdrSource { signal, primaries: color.primaries };
    let ColorSpec { primaries, transfer, .. } = target.color_spec();
    let ops =
        hdr_to_sdr(source, HdrToSdr::Bt2390(GamutMapping::Clip), SdrTarget { primaries, transfer, luminances: SDR })?;
    let steps = Lut::from(ops);
    Ok(bake(|signal| steps.apply(signal), Shaper::None, CUBE)?)
}

/// What shows a scene when no show LUT does: the SDR video output transform of a version of ACES, to BT.1886 on 709. From
/// ACEScct it is fitted, within 0.5 deltaE2000 everywhere, which takes some seconds once; from a camera's log it is not.
pub(crate) fn scene_look(version: AcesVersion, space: &'static str) -> Result<Arc<Lut>, ConvertError> {
    once(Made::Scene(version, space), || {
        let (config, view) = match version {
            AcesVersion::V1 => (Config::aces_1_3()?, "ACES 1.0 - SDR Video"),
            AcesVersion::V2 => (Config::aces_2_0()?, "ACES 2.0 - SDR 100 nits (Rec.709)"),
        };
        let output = config.display_view(space, DISPLAY, view)?;
        let f = |colors: &mut [[f32; 3]]| output.apply_all(colors);
        Ok(match (space, version) {
            ("ACEScct", AcesVersion::V1) => bake_fitted(f, Shaper::None, Spread::EVEN, CUBE)?,
            ("ACEScct", AcesVersion::V2) => bake_fitted(f, Shaper::None, Spread::ACESCCT, CUBE)?,
            _ => bake_steep(f, Shaper::None, STEEP, CUBE)?,
        })
    })
}

/// A grey of a page (sRGB, 0..1) in the signal of a target.
pub(crate) fn grey_in(target: TargetColor, grey: f64) -> f64 {
    let light = Transfer::Srgb.to_linear(grey);
    match target.color_spec().transfer {
        Transfer::Pq => pq_inverse_eotf(light * HDR_REFERENCE_WHITE),
        Transfer::Hlg => hlg_display().inverse_eotf([light * HDR_REFERENCE_WHITE; 3])[0],
        display => display.from_linear(light),
    }
}

/// A curve over the signal 0..1.
fn curve(f: impl Fn(f64) -> f64) -> Result<Lut1d, LutDataError> {
    let values = (0..CURVE).map(|i| [f(i as f64 / (CURVE - 1) as f64) as f32; 3]).collect();
    Lut1d::new(Domain::UNIT, values)
}

/// The value of a half float; of infinities and NaN, which no table looks at, some finite one.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff) / 1_024.0);
    sign * match exponent {
        0 => fraction * 2.0_f64.powi(-14),
        _ => (1.0 + fraction) * 2.0_f64.powi(exponent - 15),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::spec::color::InputColor;

    /// R'G'B' in, R'G'B' of the target out.
    fn shown(input: InputColor, target: TargetColor, signal: Vec3) -> Vec3 {
        let (primaries, transfer) = input.declared().unwrap();
        let color = ColorSpec { primaries, transfer, ..ColorSpec::BT1886_709_LIMITED };
        conversion(color, target).unwrap().unwrap().apply(signal)
    }

    fn assert_close(found: Vec3, expected: Vec3, within: f64) {
        let far = found.iter().zip(expected).any(|(f, e)| (f - e).abs() > within);
        assert!(!far, "{found:?} is not {expected:?}");
    }

    /// Half a code of 10-bit limited range.
    const HALF_CODE: f64 = 0.5 / 876.0;

    #[test]
    fn sdr_white_is_at_203_cd_m2() {
        assert_close(shown(InputColor::Bt1886, TargetColor::Hdr10, [1.0; 3]), [0.5807; 3], 1e-4);
        // BT.2408 table 1: 75 % HLG.
        assert_close(shown(InputColor::Bt1886, TargetColor::Hlg, [1.0; 3]), [0.75; 3], 1e-3);
    }

    #[test]
    fn sdr_in_pq_is_exact_down_to_black() {
        for code in 0..=876 {
            let signal = f64::from(code) / 876.0;
            let expected = pq_inverse_eotf(203.0 * signal.powf(2.4));
            let found = shown(InputColor::Bt1886, TargetColor::Hdr10, [signal; 3]);
            assert_close(found, [expected; 3], HALF_CODE);
        }
    }

    #[test]
    fn a_709_red_in_pq_has_the_light_it_had() {
        let expected = Primaries::Bt709.to(Primaries::Bt2020).map(|row| pq_inverse_eotf(row[0] * 203.0));
        assert_close(shown(InputColor::Bt1886, TargetColor::Hdr10, [1.0, 0.0, 0.0]), expected, HALF_CODE);
    }

    #[test]
    fn hlg_in_pq_has_its_display_light() {
        for step in 0..=100 {
            let grey = [f64::from(step) / 100.0; 3];
            let tinted = [grey[0], grey[0] * 0.8, grey[0] * 0.6];
            for signal in [grey, tinted] {
                let expected = hlg_display().eotf(signal).map(pq_inverse_eotf);
                assert_close(shown(InputColor::Rec2100Hlg, TargetColor::Hdr10, signal), expected, 2.0 * HALF_CODE);
            }
        }
    }

    #[test]
    fn pq_in_hlg_and_back_is_the_same_light() {
        for nits in [1.0, 26.0, 203.0, 600.0] {
            let pq = pq_inverse_eotf(nits);
            let hlg = shown(InputColor::Rec2100Pq, TargetColor::Hlg, [pq; 3]);
            assert_close(shown(InputColor::Rec2100Hlg, TargetColor::Hdr10, hlg), [pq; 3], 4.0 * HALF_CODE);
        }
    }

    #[test]
    fn the_peak_of_an_hdr_grade_is_sdr_white_and_black_stays() {
        for input in [InputColor::Rec2100Pq, InputColor::P3D65Pq, InputColor::Rec2100Hlg] {
            let peak = if input == InputColor::Rec2100Hlg { 1.0 } else { pq_inverse_eotf(1_000.0) };
            for target in [TargetColor::Srgb709, TargetColor::Reference709, TargetColor::DisplayP3] {
                assert_close(shown(input, target, [peak; 3]), [1.0; 3], 2e-3);
                assert_close(shown(input, target, [0.0; 3]), [0.0; 3], 1e-6);
            }
        }
    }

    #[test]
    fn every_scene_has_an_output_transform_that_shows_grey_as_grey() {
        for (version, space) in InputColor::ALL.into_iter().filter_map(InputColor::scene) {
            let [r, g, b] = scene_look(version, space).unwrap().apply([0.4; 3]);
            assert!((0.05..0.95).contains(&g), "{space}: {g}");
            assert!((r - g).abs() < 0.01 && (b - g).abs() < 0.01, "{space}: {r} {g} {b}");
        }
    }
}
