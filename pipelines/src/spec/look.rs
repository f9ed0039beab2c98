//! What a colourist makes of a source's code values before they are brought into the viewers' colour. All of it can change
//! while it is shown.

use lut::color::Range;
use serde::{Deserialize, Serialize};

use super::color::InputColor;

/// Colour declared and colour graded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// What a person says the grading output is in; with a grade, what comes out of the grade.
    pub input_color: InputColor,
    /// What a person says its range is.
    pub range: InputRange,
    /// What is done to its R'G'B'.
    pub grade: Grade,
    /// A second grade to compare with, to the right of a line.
    pub wipe: Option<Wipe>,
}

/// Which code values are black and white.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputRange {
    /// As the source's tags say, else limited for Y'CbCr and full for RGB.
    #[default]
    FromTags,
    /// 64 to 940 of 1023, and chroma to 960.
    Limited,
    /// 0 to 1023 of 1023.
    Full,
}

impl InputRange {
    /// The range that was declared, or `None` when the tags decide.
    pub fn declared(self) -> Option<Range> {
        match self {
            Self::FromTags => None,
            Self::Limited => Some(Range::Limited),
            Self::Full => Some(Range::Full),
        }
    }
}

/// A colour decision, then a show LUT.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grade {
    /// Slope, offset, power, saturation; comes first.
    pub cdl: Option<CdlValues>,
    /// The show LUT.
    pub lut: Option<LutFile>,
    /// Whether the show LUT is left out for now.
    pub lut_off: bool,
}

/// The numbers of an ASC CDL: `out = clamp(in * slope + offset) ^ power`, then saturation about BT.709 luma.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CdlValues {
    /// Red, green, blue; 0 to 10.
    pub slope: [f64; 3],
    /// Red, green, blue; -2 to 2.
    pub offset: [f64; 3],
    /// Red, green, blue; 0.05 to 10.
    pub power: [f64; 3],
    /// 0 is grey, 1 leaves it; up to 4.
    pub saturation: f64,
}

impl Default for CdlValues {
    /// Leaves every colour within 0 to 1 as it is.
    fn default() -> Self {
        Self { slope: [1.0; 3], offset: [0.0; 3], power: [1.0; 3], saturation: 1.0 }
    }
}

/// A number of a CDL that is out of its range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("found a {name} of {value}, expected {} to {}", range.0, range.1)]
pub struct CdlError {
    /// slope, offset, power or saturation.
    pub name: &'static str,
    /// What was found.
    pub value: f64,
    /// Least and greatest.
    pub range: (f64, f64),
}

impl CdlValues {
    /// Whether every number is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), CdlError> {
        let saturation = [self.saturation; 3];
        for (name, values, range) in [
            ("slope", self.slope, (0.0, 10.0)),
            ("offset", self.offset, (-2.0, 2.0)),
            ("power", self.power, (0.05, 10.0)),
            ("saturation", saturation, (0.0, 4.0)),
        ] {
            if let Some(value) = values.into_iter().find(|value| !(range.0..=range.1).contains(value)) {
                return Err(CdlError { name, value, range });
            }
        }
        Ok(())
    }
}

/// A LUT file of any format that the house reads.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LutFile {
    /// Its name, by which some formats are told apart.
    pub name: String,
    /// Its content.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for LutFile {
    /// Without the content, which has megabytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LutFile({:?}, {} bytes)", self.name, self.data.len())
    }
}

/// Two grades side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wipe {
    /// Where the second begins, in hundredths of the picture's width: 0 to 100.
    pub percent: u8,
    /// The second grade.
    pub grade: Grade,
}
