//! The colour a source is declared to be in, and the colour a viewer is sent.

use lut::color::{ColorSpec, Matrix, Primaries, Range, Transfer};
use serde::{Deserialize, Serialize};

/// What a person says the grading output is in. Colour is declared, never guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputColor {
    /// Nobody has said: the source's own tags are used; without tags it is treated as BT.1886/709 and shown as
    /// "unverified colour".
    #[default]
    FromTags,
    /// Rec.709 primaries, BT.1886 (gamma 2.4, black 0).
    Bt1886,
    /// P3 primaries with D65 white, gamma 2.6.
    P3D65,
    /// sRGB (IEC 61966-2-1).
    Srgb,
}

impl InputColor {
    /// Primaries and transfer that were declared, or `None` when the tags decide.
    pub fn declared(self) -> Option<(Primaries, Transfer)> {
        match self {
            Self::FromTags => None,
            Self::Bt1886 => Some((Primaries::Bt709, Transfer::Bt1886)),
            Self::P3D65 => Some((Primaries::DisplayP3, Transfer::Gamma26)),
            Self::Srgb => Some((Primaries::Bt709, Transfer::Srgb)),
        }
    }
}

/// The colour a viewer is sent. First light knows one; later classes of viewer add to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetColor {
    /// sRGB transfer, 709 primaries and matrix, limited range: H.273 1-13-1.
    #[default]
    Srgb709,
}

impl TargetColor {
    /// What the code values of this target mean.
    pub fn color_spec(self) -> ColorSpec {
        match self {
            Self::Srgb709 => ColorSpec {
                primaries: Primaries::Bt709,
                transfer: Transfer::Srgb,
                matrix: Matrix::Bt709,
                range: Range::Limited,
            },
        }
    }
}

/// How sure the house is of the input colour; shown to the colourist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColorTrust {
    /// A person declared it.
    Declared,
    /// The source's tags say it.
    Tagged,
    /// Neither: "unverified colour".
    Unverified,
}
