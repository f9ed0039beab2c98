//! What a viewer found when they checked their display: what it says of itself, and what a person saw on it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::invalid::Invalid;
use super::word::word_enum;

word_enum! {
    /// The widest colours a browser says its display can show.
    Gamut {
        /// About those of Rec.709.
        Srgb = "srgb",
        /// About those of P3.
        P3 = "p3",
        /// About those of Rec.2020.
        Rec2020 = "rec2020",
        /// It does not say.
        Unknown = "unknown",
    }
}

/// Findings of one check. What a browser reports is its own word, and proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisplayCheck {
    /// The widest colours it says it can show.
    pub gamut: Gamut,
    /// Whether it says that it shows high dynamic range now.
    pub hdr: bool,
    /// Bits for each of red, green and blue, as it says: 1 to 16.
    pub depth_bits: u8,
    /// Samples in a row, 1 to 32,768.
    pub width: u32,
    /// Rows, 1 to 32,768.
    pub height: u32,
    /// Samples of the display for each of the page, in percent: 10 to 1,000.
    pub scale_percent: u16,
    /// Whether the bar just above black was seen, and the one below was not.
    pub blacks: bool,
    /// Whether the bars just below white were told apart.
    pub whites: bool,
    /// Whether the greys looked grey, without a tint.
    pub greys: bool,
    /// Whether the pairs of saturated patches were told apart.
    pub patches: bool,
}

impl DisplayCheck {
    /// Whether a person saw everything that should be seen.
    pub const fn passed(&self) -> bool {
        self.blacks && self.whites && self.greys && self.patches
    }

    /// The check, if its figures can be true.
    ///
    /// # Errors
    /// When a figure is out of range.
    pub fn checked(self) -> Result<Self, Invalid> {
        let side = 1..=32_768;
        let wrong = if !(1..=16).contains(&self.depth_bits) {
            Some(("depth_bits", "1 to 16"))
        } else if !side.contains(&self.width) {
            Some(("width", "1 to 32768"))
        } else if !side.contains(&self.height) {
            Some(("height", "1 to 32768"))
        } else if !(10..=1_000).contains(&self.scale_percent) {
            Some(("scale_percent", "10 to 1000"))
        } else {
            None
        };
        match wrong {
            Some((field, range)) => Err(Invalid::Field { field, reason: format!("{field} must be {range}") }),
            None => Ok(self),
        }
    }
}
