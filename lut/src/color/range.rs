//! Code values and the numbers they stand for (ITU-T H.273 equations 20 to 37).

/// Which codes carry black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Range {
    /// 16..235 and 16..240 at 8 bits, shifted left for more.
    Limited,
    /// 0..2^n - 1.
    Full,
}

/// Code = offset + scale * value, for one range and bit depth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantization {
    /// Codes between black and white, for Y', R', G', B'.
    pub luma_scale: f64,
    /// The code of black.
    pub luma_offset: f64,
    /// Codes between -0.5 and 0.5, for Cb and Cr.
    pub chroma_scale: f64,
    /// The code of no colour difference.
    pub chroma_offset: f64,
}

impl Range {
    /// Scales and offsets at `bits` bits per sample (8..=16).
    #[must_use]
    pub fn quantization(self, bits: u32) -> Quantization {
        let step = f64::from(1_u32 << (bits.clamp(8, 16) - 8));
        let chroma_offset = 128.0 * step;
        match self {
            Self::Limited => Quantization {
                luma_scale: 219.0 * step,
                luma_offset: 16.0 * step,
                chroma_scale: 224.0 * step,
                chroma_offset,
            },
            Self::Full => Quantization {
                luma_scale: 256.0 * step - 1.0,
                luma_offset: 0.0,
                chroma_scale: 256.0 * step - 1.0,
                chroma_offset,
            },
        }
    }

    /// Unrounded code of a Y', R', G' or B' value (0..1) at `bits` bits.
    #[must_use]
    pub fn luma_code(self, value: f64, bits: u32) -> f64 {
        let q = self.quantization(bits);
        q.luma_offset + q.luma_scale * value
    }

    /// Unrounded code of a Cb or Cr value (-0.5..0.5) at `bits` bits.
    #[must_use]
    pub fn chroma_code(self, value: f64, bits: u32) -> f64 {
        let q = self.quantization(bits);
        q.chroma_offset + q.chroma_scale * value
    }

    /// Y', R', G' or B' value (0..1 for legal codes) of a code at `bits` bits.
    #[must_use]
    pub fn luma_value(self, code: f64, bits: u32) -> f64 {
        let q = self.quantization(bits);
        (code - q.luma_offset) / q.luma_scale
    }

    /// Cb or Cr value (-0.5..0.5 for legal codes) of a code at `bits` bits.
    #[must_use]
    pub fn chroma_value(self, code: f64, bits: u32) -> f64 {
        let q = self.quantization(bits);
        (code - q.chroma_offset) / q.chroma_scale
    }
}
