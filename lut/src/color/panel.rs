//! What a probe found on a display, judged against what the display should show.

use super::difference::{delta_e_2000, xyz_to_lab};
use super::mat3::{Vec3, apply};
use super::primaries::Primaries;
use super::transfer::{Transfer, bt1886_eotf};
use crate::formats::cgats::{Measurements, Patch};

/// Y of the darkest white that is judged, in the file's own unit; what follows would be noise, and its figures not finite.
const LEAST_WHITE: f64 = 0.01;

/// What a display is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PanelTarget {
    /// Rec.709 primaries, D65, the sRGB curve.
    Srgb,
    /// Rec.709 primaries, D65, BT.1886 with the display's own black.
    Bt1886,
    /// P3 primaries, D65, the sRGB curve.
    DisplayP3,
}

/// Why a display cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    /// Nothing to measure against.
    #[error("found no patch of full white (100 100 100), expected one")]
    NoWhite,
    /// White that is not light.
    #[error("found a white patch without light, expected XYZ not below 0 and Y of at least {}", LEAST_WHITE)]
    DarkWhite,
}

/// A display as it was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel {
    /// CIEDE2000 over all patches, each relative to the measured white, the target scaled to its luminance.
    pub delta_mean: f64,
    /// Of the worst patch.
    pub delta_max: f64,
    /// CIE 1931 xy of white.
    pub white: [f64; 2],
    /// Correlated colour temperature of white in kelvin.
    pub cct: f64,
    /// Distance of white from the Planckian locus in CIE 1960 uv; positive is greenish.
    pub duv: f64,
    /// Exponent of the power that fits the greys best, from 5 % to 95 %, black taken off; `None` with fewer than three.
    pub gamma: Option<f64>,
    /// Luminance of white in cd/m2; `None` for relative measurements.
    pub peak_cdm2: Option<f64>,
    /// Luminance of black in cd/m2; `None` for relative measurements or without a black patch.
    pub black_cdm2: Option<f64>,
    /// White to black; `None` without a black patch, or when it gave no light at all.
    pub contrast: Option<f64>,
    /// Patches that were measured.
    pub patches: usize,
}

impl Panel {
    /// Judges measurements against a target whose white is D65 at the measured luminance: a wrong white is an error too.
    ///
    /// # Errors
    /// Without a white patch, or when it gives no light.
    pub fn judge(measured: &Measurements, target: PanelTarget) -> Result<Self, PanelError> {
        let white = mean_of(&measured.patches, [1.0; 3]).ok_or(PanelError::NoWhite)?;
        if white[1] < LEAST_WHITE || white.iter().any(|value| *value < 0.0) {
            return Err(PanelError::DarkWhite);
        }
        let black = mean_of(&measured.patches, [0.0; 3]).map(|xyz| xyz[1].max(0.0));
        let expected = Expected::new(target, white[1], black.unwrap_or(0.0));
        let deltas = measured.patches.iter().map(|patch| expected.difference(patch));
        let (sum, most) = deltas.fold((0.0, 0.0_f64), |(sum, most), delta| (sum + delta, most.max(delta)));
        let xy = chromaticity(white);
        let (cct, duv) = temperature(xy);
        let unit = measured.unit_cdm2;
        Ok(Self {
            delta_mean: sum / measured.patches.len() as f64,
            delta_max: most,
            white: xy,
            cct,
            duv,
            gamma: gamma(&measured.patches, white[1], black.unwrap_or(0.0)),
            peak_cdm2: unit.map(|unit| white[1] * unit),
            black_cdm2: unit.zip(black).map(|(unit, black)| black * unit),
            contrast: black.filter(|black| *black > 0.0).map(|black| white[1] / black),
            patches: measured.patches.len(),
        })
    }
}

/// The mean of all patches of a colour.
fn mean_of(patches: &[Patch], rgb: Vec3) -> Option<Vec3> {
    let of_color = |patch: &&Patch| patch.rgb.iter().zip(rgb).all(|(found, wanted)| (found - wanted).abs() < 1e-4);
    let (mut sum, mut count) = ([0.0; 3], 0_u32);
    for patch in patches.iter().filter(of_color) {
        sum = [sum[0] + patch.xyz[0], sum[1] + patch.xyz[1], sum[2] + patch.xyz[2]];
        count += 1;
    }
    (count > 0).then(|| sum.map(|value| value / f64::from(count)))
}

/// The display that should be there, as bright as the one that is.
struct Expected {
    target: PanelTarget,
    white: f64,
    black: f64,
}

impl Expected {
    const fn new(target: PanelTarget, white: f64, black: f64) -> Self {
        Self { target, white, black }
    }

    fn primaries(&self) -> Primaries {
        match self.target {
            PanelTarget::Srgb | PanelTarget::Bt1886 => Primaries::Bt709,
            PanelTarget::DisplayP3 => Primaries::DisplayP3,
        }
    }

    /// Light of a signal, 1 at white.
    fn light(&self, signal: f64) -> f64 {
        match self.target {
            PanelTarget::Srgb | PanelTarget::DisplayP3 => Transfer::Srgb.to_linear(signal),
            PanelTarget::Bt1886 if self.black < self.white => bt1886_eotf(signal, self.white, self.black) / self.white,
            PanelTarget::Bt1886 => Transfer::Bt1886.to_linear(signal),
        }
    }

    fn xyz(&self, rgb: Vec3) -> Vec3 {
        let to_xyz = self.primaries().chromaticities().rgb_to_xyz();
        apply(&to_xyz, rgb.map(|signal| self.light(signal))).map(|value| value * self.white)
    }

    fn difference(&self, patch: &Patch) -> f64 {
        let white = self.xyz([1.0; 3]);
        let found = patch.xyz.map(|value| value.max(0.0));
        delta_e_2000(xyz_to_lab(self.xyz(patch.rgb), white), xyz_to_lab(found, white))
    }
}

fn chromaticity([x, y, z]: Vec3) -> [f64; 2] {
    let sum = (x + y + z).max(f64::MIN_POSITIVE);
    [x / sum, y / sum]
}

/// The exponent g of L = signal^g by least squares of the logarithms, the display's black taken off.
fn gamma(patches: &[Patch], white: f64, black: f64) -> Option<f64> {
    let gray = |patch: &&Patch| patch.rgb[0] == patch.rgb[1] && patch.rgb[1] == patch.rgb[2];
    let within = |patch: &&Patch| (0.05..=0.95).contains(&patch.rgb[0]);
    let points = patches.iter().filter(gray).filter(within).filter_map(|patch| {
        let light = (patch.xyz[1] - black) / (white - black);
        (light > 0.0 && light.is_finite()).then(|| (patch.rgb[0].ln(), light.ln()))
    });
    let (mut count, mut products, mut squares) = (0_u32, 0.0, 0.0);
    for (signal, light) in points {
        // Through the origin: signal 1 is white.
        (count, products, squares) = (count + 1, products + signal * light, squares + signal * signal);
    }
    (count >= 3).then(|| products / squares)
}

/// Correlated colour temperature and its distance: the nearest point of the Planckian
/// locus (Krystek 1985, 1,000 to 15,000 K) by golden section in CIE 1960 uv.
fn temperature([x, y]: [f64; 2]) -> (f64, f64) {
    let denominator = (-2.0 * x + 12.0 * y + 3.0).max(f64::MIN_POSITIVE);
    let [u, v] = [4.0 * x / denominator, 6.0 * y / denominator];
    let distance = |kelvin: f64| {
        let [pu, pv] = planck(kelvin);
        (u - pu).hypot(v - pv)
    };
    let (mut low, mut high) = (1_000.0, 15_000.0);
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..80 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if distance(a) < distance(b) { high = b } else { low = a }
    }
    let kelvin = f64::midpoint(low, high);
    let above = if v >= planck(kelvin)[1] { 1.0 } else { -1.0 };
    (kelvin, above * distance(kelvin))
}

/// CIE 1960 uv of a black body (M. Krystek, Color Res. Appl. 10, 1985).
fn planck(t: f64) -> [f64; 2] {
    let u = (0.860_117_757 + 1.541_182_54e-4 * t + 1.286_412_12e-7 * t * t)
        / (1.0 + 8.424_202_35e-4 * t + 7.081_451_63e-7 * t * t);
    let v = (0.317_398_726 + 4.228_062_45e-5 * t + 4.204_816_91e-8 * t * t)
        / (1.0 - 2.897_418_16e-5 * t + 1.614_560_53e-7 * t * t);
    [u, v]
}
