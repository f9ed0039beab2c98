//! Luma and colour difference: Y'CbCr from R'G'B', derived from Kr and Kb.

use super::mat3::{Mat3, identity};

/// How R'G'B' is turned into the three coded components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Matrix {
    /// No matrix: the components are R', G', B'.
    Identity,
    /// ITU-R BT.709-6, item 3.2.
    Bt709,
    /// ITU-R BT.601-7.
    Bt601,
    /// ITU-R BT.2020-2, non-constant luminance.
    Bt2020Ncl,
}

impl Matrix {
    /// The luma weights (Kr, Kb) of ITU-T H.273, or `None` for [`Matrix::Identity`].
    #[must_use]
    pub const fn kr_kb(self) -> Option<(f64, f64)> {
        match self {
            Self::Identity => None,
            Self::Bt709 => Some((0.2126, 0.0722)),
            Self::Bt601 => Some((0.299, 0.114)),
            Self::Bt2020Ncl => Some((0.2627, 0.0593)),
        }
    }

    /// R'G'B' (0..1) to Y' (0..1), Cb, Cr (-0.5..0.5): H.273 equations 38 to 40.
    #[must_use]
    pub const fn rgb_to_ycbcr(self) -> Mat3 {
        let Some((kr, kb)) = self.kr_kb() else {
            return identity();
        };
        let kg = 1.0 - kr - kb;
        let (b, r) = (2.0 * (1.0 - kb), 2.0 * (1.0 - kr));
        [[kr, kg, kb], [-kr / b, -kg / b, (1.0 - kb) / b], [(1.0 - kr) / r, -kg / r, -kb / r]]
    }

    /// Y' (0..1), Cb, Cr (-0.5..0.5) to R'G'B': the exact inverse of [`Matrix::rgb_to_ycbcr`].
    #[must_use]
    pub const fn ycbcr_to_rgb(self) -> Mat3 {
        let Some((kr, kb)) = self.kr_kb() else {
            return identity();
        };
        let kg = 1.0 - kr - kb;
        let (b, r) = (2.0 * (1.0 - kb), 2.0 * (1.0 - kr));
        [[1.0, 0.0, r], [1.0, -kb * b / kg, -kr * r / kg], [1.0, b, 0.0]]
    }

    /// MatrixCoefficients of ITU-T H.273.
    #[must_use]
    pub const fn h273(self) -> u8 {
        match self {
            Self::Identity => 0,
            Self::Bt709 => 1,
            Self::Bt601 => 6,
            Self::Bt2020Ncl => 9,
        }
    }
}
