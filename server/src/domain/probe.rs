//! What a probe measured on a viewer's display: calibration software's file, and what it amounts to.

use lut::color::{Panel, PanelTarget};
use lut::formats::cgats;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::audit::hex;
use super::invalid::{Invalid, line};
use super::word::word_enum;

/// Largest file, in bytes: some thousand patches.
pub const FILE_LIMIT: usize = 512 * 1024;
/// Longest name of a file, in characters.
const NAME_LIMIT: usize = 120;

word_enum! {
    /// What a display is meant to be.
    ProbeTarget {
        /// Rec.709 primaries, D65, the sRGB curve.
        Srgb = "srgb",
        /// Rec.709 primaries, D65, BT.1886 with the display's own black.
        Bt1886 = "bt1886",
        /// P3 primaries, D65, the sRGB curve.
        DisplayP3 = "display-p3",
    }
}

impl From<ProbeTarget> for PanelTarget {
    fn from(target: ProbeTarget) -> Self {
        match target {
            ProbeTarget::Srgb => Self::Srgb,
            ProbeTarget::Bt1886 => Self::Bt1886,
            ProbeTarget::DisplayP3 => Self::DisplayP3,
        }
    }
}

/// A file of calibration software.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeFile {
    /// Its name.
    pub name: String,
    /// What it says: CGATS text as `dispread` of ArgyllCMS writes it (`.ti3`), at most 512 KiB.
    pub text: String,
    /// What the display is meant to be.
    pub target: ProbeTarget,
}

/// A display as it was measured. Somebody who wants to deceive can send another display's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Probe {
    /// The file's name.
    pub name: String,
    /// SHA-256 of it.
    pub sha256: String,
    /// The instrument, as the file names it.
    pub instrument: Option<String>,
    /// When it was measured, as the file says it.
    pub created: Option<String>,
    /// What the display is meant to be.
    pub target: ProbeTarget,
    /// Patches that were measured.
    pub patches: usize,
    /// CIEDE2000 over all patches, against the target at the measured luminance.
    pub delta_mean: f64,
    /// Of the worst patch.
    pub delta_max: f64,
    /// CIE 1931 x of white.
    pub white_x: f64,
    /// CIE 1931 y of white.
    pub white_y: f64,
    /// Correlated colour temperature of white, in kelvin.
    pub cct: f64,
    /// Distance of white from the Planckian locus in CIE 1960 uv; positive is greenish.
    pub duv: f64,
    /// Exponent of the power that fits the greys best.
    pub gamma: Option<f64>,
    /// Luminance of white in cd/m2; null when the file is relative.
    pub peak_cdm2: Option<f64>,
    /// Luminance of black in cd/m2; null when the file is relative or has no black.
    pub black_cdm2: Option<f64>,
}

impl ProbeFile {
    /// What the file amounts to.
    ///
    /// # Errors
    /// With what is wrong with it, and where.
    pub fn judged(&self) -> Result<Probe, Invalid> {
        let name = line("name", &self.name, NAME_LIMIT)?;
        let wrong = |reason: String| Invalid::Field { field: "text", reason: format!("the file: {reason}") };
        if self.text.len() > FILE_LIMIT {
            return Err(wrong(format!("it has {} bytes; at most {FILE_LIMIT} are taken", self.text.len())));
        }
        let measured = cgats::read(self.text.as_bytes()).map_err(|error| wrong(error.to_string()))?;
        let panel = Panel::judge(&measured, self.target.into()).map_err(|error| wrong(error.to_string()))?;
        let [white_x, white_y] = panel.white;
        Ok(Probe {
            name,
            sha256: hex(&Sha256::digest(self.text.as_bytes())),
            instrument: measured.instrument,
            created: measured.created,
            target: self.target,
            patches: panel.patches,
            delta_mean: panel.delta_mean,
            delta_max: panel.delta_max,
            white_x,
            white_y,
            cct: panel.cct,
            duv: panel.duv,
            gamma: panel.gamma,
            peak_cdm2: panel.peak_cdm2,
            black_cdm2: panel.black_cdm2,
        })
    }
}
