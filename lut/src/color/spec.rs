//! The four facts that say what colour a picture is in.

use super::{Matrix, Primaries, Range, Transfer};

/// ITU-T H.273 code points of a [`ColorSpec`].
pub type H273 = (u8, u8, u8, bool);

/// What the code values of a picture mean. How they are stored is [`crate::PixelFormat`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ColorSpec {
    /// RGB primaries and white.
    pub primaries: Primaries,
    /// Signal to light.
    pub transfer: Transfer,
    /// R'G'B' to coded components.
    pub matrix: Matrix,
    /// Codes of black and white.
    pub range: Range,
}

impl ColorSpec {
    /// BT.709 primaries, sRGB curve, BT.709 matrix, limited range: 1-13-1, what browsers show best.
    pub const SRGB_709_LIMITED: Self = Self::bt709(Transfer::Srgb, Range::Limited);
    /// BT.709 video for a BT.1886 (2.4) display, limited range: 1-1-1.
    pub const BT1886_709_LIMITED: Self = Self::bt709(Transfer::Bt1886, Range::Limited);
    /// As [`ColorSpec::BT1886_709_LIMITED`], full range.
    pub const BT1886_709_FULL: Self = Self::bt709(Transfer::Bt1886, Range::Full);
    /// BT.709 primaries with a pure 2.2, limited range: 1-4-1.
    pub const GAMMA22_709_LIMITED: Self = Self::bt709(Transfer::Gamma22, Range::Limited);
    /// Display P3 (P3-D65 with the sRGB curve), BT.709 matrix, limited range: 12-13-1.
    pub const DISPLAY_P3_LIMITED: Self = Self {
        primaries: Primaries::DisplayP3,
        transfer: Transfer::Srgb,
        matrix: Matrix::Bt709,
        range: Range::Limited,
    };
    /// BT.2020 SDR for a BT.1886 display, non-constant luminance, limited range.
    pub const BT1886_2020_LIMITED: Self = Self {
        primaries: Primaries::Bt2020,
        transfer: Transfer::Bt1886,
        matrix: Matrix::Bt2020Ncl,
        range: Range::Limited,
    };
    /// sRGB as R'G'B', full range: 1-13-0.
    pub const SRGB_RGB_FULL: Self =
        Self { primaries: Primaries::Bt709, transfer: Transfer::Srgb, matrix: Matrix::Identity, range: Range::Full };

    const fn bt709(transfer: Transfer, range: Range) -> Self {
        Self { primaries: Primaries::Bt709, transfer, matrix: Matrix::Bt709, range }
    }

    /// (ColourPrimaries, TransferCharacteristics, MatrixCoefficients, VideoFullRangeFlag).
    #[must_use]
    pub const fn h273(self) -> H273 {
        (self.primaries.h273(), self.transfer.h273(), self.matrix.h273(), matches!(self.range, Range::Full))
    }

    /// Whether R'G'B' values mean the same light in both.
    #[must_use]
    pub fn same_rgb(self, other: ColorSpec) -> bool {
        self.primaries == other.primaries && self.transfer == other.transfer
    }
}
