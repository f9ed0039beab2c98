//! What an HDR picture was made on and how bright it gets: SMPTE ST 2086, and MaxCLL and MaxFALL of CTA-861.3.

use lut::color::Primaries;
use serde::{Deserialize, Serialize};

/// Units of a chromaticity.
const CHROMATICITY: f64 = 50_000.0;

/// What HDR10 says beside its code values, in the units in which it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HdrMetadata {
    /// The display it was graded on.
    pub mastering: MasteringDisplay,
    /// Light of the brightest sample, in cd/m2; 0 when it is not known.
    pub max_cll: u16,
    /// Greatest mean light of a picture, in cd/m2; 0 when it is not known.
    pub max_fall: u16,
}

/// A display that a picture was graded on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MasteringDisplay {
    /// Peak, in cd/m2.
    pub peak: u16,
    /// Black, in 0.0001 cd/m2.
    pub black: u16,
    /// x and y of red, green, blue and white, in 1/50,000.
    pub points: [u16; 8],
}

impl MasteringDisplay {
    /// What nearly every HDR grade is made on: P3-D65, 0.0001 to 1,000 cd/m2.
    pub fn usual() -> Self {
        let display = Primaries::DisplayP3.chromaticities();
        let mut points = [0; 8];
        let values = [display.red, display.green, display.blue, display.white];
        for (point, value) in points.iter_mut().zip(values.into_iter().flatten()) {
            *point = (value * CHROMATICITY).round() as u16;
        }
        Self { peak: 1_000, black: 1, points }
    }
}

impl Default for HdrMetadata {
    /// Of a source that says nothing.
    fn default() -> Self {
        Self { mastering: MasteringDisplay::usual(), max_cll: 0, max_fall: 0 }
    }
}
