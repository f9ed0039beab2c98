//! Scene-linear light as ACEScct in 16 bits, which is how it goes through the engine (Academy S-2016-001): RGB of any
//! primaries to ACES AP1 (Bradford), then the curve.
//!
//! NaN counts as 0; what lies beyond the largest half float, infinities too, as that float. Codes are 0 to 65535 for ACEScct
//! 0 to 1, which is light of AP1 from -0.0069 to 222.9; what lies outside becomes the nearer end.

use lut::color::{Chromaticities, Primaries};

/// The largest half float.
const LARGEST: f32 = 65_504.0;
/// ACEScct is a line below this light, a logarithm above.
const CUT: f32 = 0.007_812_5;
/// The code of ACEScct 1.
const TOP: f32 = 65_535.0;
/// log2 of 1 to 2 by powers of its argument less 1.5, interpolated at Chebyshev's points: within 2.5e-6, a hundredth of a code.
const LOG2: [f32; 7] =
    [0.584_962_5, 0.961_820_8, -0.320_613, 0.141_724_75, -0.070_796_86, 0.043_907_48, -0.024_568_535];
/// To this 1 is the smallest step: adding it leaves a number rounded to an integer in the low bits.
const ROUNDING: f32 = 8_388_608.0;

/// From linear RGB of some primaries to codes.
pub(super) struct AcesCct {
    matrix: [[f32; 3]; 3],
}

impl AcesCct {
    /// For light of `primaries`.
    pub fn from_primaries(primaries: &Chromaticities) -> Self {
        // Halves have eleven bits, and singles are mixed as exactly as their own precision.
        Self { matrix: primaries.to(&Primaries::AcesAp1.chromaticities()).map(|row| row.map(|value| value as f32)) }
    }

    /// Codes of a row of red, green and blue, all of one length.
    pub fn encode(&self, [red, green, blue]: [&[f32]; 3], codes: [&mut [u16]; 3]) {
        for (codes, [r, g, b]) in codes.into_iter().zip(self.matrix) {
            for (code, ((red, green), blue)) in codes.iter_mut().zip(red.iter().zip(green).zip(blue)) {
                *code = encode(r * held(*red) + g * held(*green) + b * held(*blue));
            }
        }
    }
}

/// A number to calculate with.
fn held(light: f32) -> f32 {
    let number = if light.is_nan() { 0.0 } else { light };
    number.clamp(-LARGEST, LARGEST)
}

/// The nearest code of a light.
pub(super) fn encode(light: f32) -> u16 {
    let bits = light.to_bits();
    let exponent = ((bits >> 23) as i32).wrapping_sub(127) as f32;
    let m = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.5;
    let log2 = exponent + LOG2.iter().rev().fold(0.0, |sum, power| sum * m + power);
    let line = light * (10.540_238 * TOP) + 0.072_905_53 * TOP;
    let code = if light > CUT { (log2 + 9.72) * (TOP / 17.52) } else { line };
    (code.clamp(0.0, TOP) + ROUNDING).to_bits() as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use lut::Transfer;

    fn expected(light: f64) -> f64 {
        Transfer::Acescct.from_linear(light).clamp(0.0, 1.0) * 65_535.0
    }

    #[test]
    fn codes_are_the_nearest_of_the_published_curve() {
        // S-2016-001: 0 is 0.0729055341958355, the cut 0.155251141552511; mid-grey 0.18 is 0.4135884.
        assert_eq!([0.0, 0.007_812_5, 0.18].map(encode), [4_778, 10_174, 27_105]);
        assert_eq!([-0.01, -1.0, 222.9, 65_504.0].map(encode), [0, 0, 65_535, 65_535]);
        for step in 0..2_000_000_u32 {
            let light = f32::from_bits(0x3600_0000 + step * 72);
            let (found, exact) = (f64::from(encode(light)), expected(f64::from(light)));
            assert!((found - exact).abs() < 0.52, "{light}: {found}, {exact}");
        }
    }

    #[test]
    fn what_is_no_light_has_a_defined_code() {
        let ap1 = AcesCct::from_primaries(&Primaries::AcesAp1.chromaticities());
        let strange = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, f32::MIN_POSITIVE / 2.0];
        let mut codes = [[0; 6]; 3];
        let [red, green, blue] = &mut codes;
        ap1.encode([&strange; 3], [red, green, blue]);
        assert_eq!(codes, [[4_778, 65_535, 0, 65_535, 0, 4_778]; 3]);
    }

    #[test]
    fn white_stays_white_whatever_its_primaries() {
        for primaries in [Primaries::Bt709, Primaries::AcesAp0, Primaries::P3Dci] {
            let mut codes = [[0; 1]; 3];
            let [red, green, blue] = &mut codes;
            AcesCct::from_primaries(&primaries.chromaticities()).encode([&[0.18]; 3], [red, green, blue]);
            assert_eq!(codes, [[27_105]; 3], "{primaries:?}");
        }
    }
}
