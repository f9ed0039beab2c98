//! The colour a source is declared to be in, and the colours a viewer can be sent.

use std::str::FromStr;

use lut::color::{ColorSpec, Matrix, Primaries, Range, Transfer};
use serde::{Deserialize, Serialize};

use super::encode::VideoFormat;

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
    /// P3 primaries with D65 white, PQ (SMPTE ST 2084), graded on a display of 1,000 cd/m2.
    P3D65Pq,
    /// ITU-R BT.2100 PQ, graded on a display of 1,000 cd/m2.
    Rec2100Pq,
    /// ITU-R BT.2100 HLG, for a display of 1,000 cd/m2.
    Rec2100Hlg,
    /// ARRI LogC3 (EI 800), ARRI Wide Gamut 3.
    LogC3,
    /// ARRI LogC4, ARRI Wide Gamut 4.
    LogC4,
    /// Sony S-Log3, S-Gamut3.Cine.
    SLog3,
    /// Panasonic V-Log, V-Gamut.
    VLog,
    /// Canon Log 2, Cinema Gamut.
    CLog2,
    /// Canon Log 3, Cinema Gamut.
    CLog3,
    /// RED Log3G10, REDWideGamutRGB.
    Log3G10,
    /// DaVinci Intermediate, DaVinci Wide Gamut.
    DavinciIntermediate,
    /// Blackmagic Film generation 5, its wide gamut.
    BmdFilmGen5,
    /// ACEScct, shown by the ACES 1.3 output transform for SDR video.
    Acescct,
    /// ACEScct, shown by the ACES 2.0 output transform for SDR video.
    AcescctAces2,
}

/// The version of ACES whose output transform shows a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AcesVersion {
    /// 1.3.
    V1,
    /// 2.0.
    V2,
}

impl InputColor {
    /// All of them, as a person is offered them.
    pub const ALL: [Self; 18] = [
        Self::FromTags,
        Self::Bt1886,
        Self::P3D65,
        Self::Srgb,
        Self::P3D65Pq,
        Self::Rec2100Pq,
        Self::Rec2100Hlg,
        Self::LogC3,
        Self::LogC4,
        Self::SLog3,
        Self::VLog,
        Self::CLog2,
        Self::CLog3,
        Self::Log3G10,
        Self::DavinciIntermediate,
        Self::BmdFilmGen5,
        Self::Acescct,
        Self::AcescctAces2,
    ];

    /// Its name in every interface; the same that is serialised.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FromTags => "from-tags",
            Self::Bt1886 => "bt1886",
            Self::P3D65 => "p3-d65",
            Self::Srgb => "srgb",
            Self::P3D65Pq => "p3-d65-pq",
            Self::Rec2100Pq => "rec2100-pq",
            Self::Rec2100Hlg => "rec2100-hlg",
            Self::LogC3 => "log-c3",
            Self::LogC4 => "log-c4",
            Self::SLog3 => "s-log3",
            Self::VLog => "v-log",
            Self::CLog2 => "c-log2",
            Self::CLog3 => "c-log3",
            Self::Log3G10 => "log3-g10",
            Self::DavinciIntermediate => "davinci-intermediate",
            Self::BmdFilmGen5 => "bmd-film-gen5",
            Self::Acescct => "acescct",
            Self::AcescctAces2 => "acescct-aces2",
        }
    }

    /// Primaries and transfer that were declared, or `None` when the tags decide. For what a camera or ACES encoded they
    /// are those of the picture that its show LUT or output transform makes.
    pub fn declared(self) -> Option<(Primaries, Transfer)> {
        match self {
            Self::FromTags => None,
            Self::P3D65 => Some((Primaries::DisplayP3, Transfer::Gamma26)),
            Self::Srgb => Some((Primaries::Bt709, Transfer::Srgb)),
            Self::P3D65Pq => Some((Primaries::DisplayP3, Transfer::Pq)),
            Self::Rec2100Pq => Some((Primaries::Bt2020, Transfer::Pq)),
            Self::Rec2100Hlg => Some((Primaries::Bt2020, Transfer::Hlg)),
            _ => Some((Primaries::Bt709, Transfer::Bt1886)),
        }
    }

    /// For what shows a scene and not a picture: its name in the ACES configurations, and which of them brings it to a
    /// display when no show LUT does.
    pub fn scene(self) -> Option<(AcesVersion, &'static str)> {
        let name = match self {
            Self::LogC3 => "ARRI LogC3 (EI800)",
            Self::LogC4 => "ARRI LogC4",
            Self::SLog3 => "S-Log3 S-Gamut3.Cine",
            Self::VLog => "V-Log V-Gamut",
            Self::CLog2 => "CanonLog2 CinemaGamut D55",
            Self::CLog3 => "CanonLog3 CinemaGamut D55",
            Self::Log3G10 => "Log3G10 REDWideGamutRGB",
            Self::DavinciIntermediate => "DaVinci Intermediate WideGamut",
            Self::BmdFilmGen5 => "BMDFilm WideGamut Gen5",
            Self::Acescct | Self::AcescctAces2 => "ACEScct",
            _ => return None,
        };
        let version = if self == Self::AcescctAces2 { AcesVersion::V2 } else { AcesVersion::V1 };
        Some((version, name))
    }
}

/// The colour a viewer is sent: what the code values of their picture mean. The same enum names it in requests, in the
/// database, in the record and in the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetColor {
    /// sRGB transfer, 709 primaries and matrix: H.273 1-13-1, what browsers show most alike.
    #[default]
    Srgb709,
    /// 709 primaries, BT.1886, tagged 1-1-1: untouched for calibrated 2.4 displays and the iPad's reference mode.
    Reference709,
    /// P3 primaries with D65 white, sRGB transfer, 709 matrix: 12-13-1.
    DisplayP3,
    /// ITU-R BT.2100 PQ, 9-16-9, with HDR10's metadata.
    Hdr10,
    /// ITU-R BT.2100 HLG, 9-18-9.
    Hlg,
}

impl TargetColor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Srgb709, Self::Reference709, Self::DisplayP3, Self::Hdr10, Self::Hlg];

    /// Its name in every interface; the same that is serialised.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Srgb709 => "srgb709",
            Self::Reference709 => "reference709",
            Self::DisplayP3 => "display-p3",
            Self::Hdr10 => "hdr10",
            Self::Hlg => "hlg",
        }
    }

    /// For people: curve, primaries, range and the H.273 code points.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Srgb709 => "sRGB on Rec.709, limited range (1-13-1)",
            Self::Reference709 => "BT.1886 on Rec.709, limited range (1-1-1)",
            Self::DisplayP3 => "Display P3, limited range (12-13-1)",
            Self::Hdr10 => "HDR10 PQ on Rec.2020, limited range (9-16-9)",
            Self::Hlg => "HLG on Rec.2020, limited range (9-18-9)",
        }
    }

    /// What the code values of this target mean.
    pub const fn color_spec(self) -> ColorSpec {
        let (primaries, transfer, matrix) = match self {
            Self::Srgb709 => (Primaries::Bt709, Transfer::Srgb, Matrix::Bt709),
            Self::Reference709 => (Primaries::Bt709, Transfer::Bt1886, Matrix::Bt709),
            Self::DisplayP3 => (Primaries::DisplayP3, Transfer::Srgb, Matrix::Bt709),
            Self::Hdr10 => (Primaries::Bt2020, Transfer::Pq, Matrix::Bt2020Ncl),
            Self::Hlg => (Primaries::Bt2020, Transfer::Hlg, Matrix::Bt2020Ncl),
        };
        ColorSpec { primaries, transfer, matrix, range: Range::Limited }
    }

    /// Whether highlights above reference white can be sent.
    pub const fn is_hdr(self) -> bool {
        matches!(self, Self::Hdr10 | Self::Hlg)
    }

    /// Whether a format has enough codes for it: HDR in 8 bits has visible steps everywhere.
    pub fn fits(self, format: VideoFormat) -> bool {
        !self.is_hdr() || format.bit_depth() != lut::BitDepth::Eight
    }

    /// What a display can show of a source in `color`, best first choice: HDR only for what is HDR, P3 only for what may be
    /// outside 709.
    pub fn suited(display: Display, color: ColorSpec) -> Self {
        let is_hdr = matches!(color.transfer, Transfer::Pq | Transfer::Hlg);
        match (is_hdr && display.hdr, display.gamut) {
            (true, _) => Self::Hdr10,
            (false, Gamut::P3 | Gamut::Rec2020) if color.primaries != Primaries::Bt709 => Self::DisplayP3,
            _ => Self::Srgb709,
        }
    }
}

/// A fault made on purpose: pictures whose tags do not say what their code values mean. To see that the proof of picture
/// notices, in a demonstration or a test; nothing else can ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drill {
    /// Tagged with the matrix of BT.601.
    Matrix601,
    /// Tagged as full range.
    FullRange,
    /// Tagged with the primaries and the matrix of BT.2020.
    Bt2020,
    /// Tagged with the transfer PQ.
    Pq,
}

impl Drill {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Matrix601, Self::FullRange, Self::Bt2020, Self::Pq];

    /// Its name on the command line; the same that is serialised.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Matrix601 => "matrix601",
            Self::FullRange => "full-range",
            Self::Bt2020 => "bt2020",
            Self::Pq => "pq",
        }
    }

    /// The tags in place of the right ones.
    pub const fn mistag(self, color: ColorSpec) -> ColorSpec {
        match self {
            Self::Matrix601 => ColorSpec { matrix: Matrix::Bt601, ..color },
            Self::FullRange => ColorSpec { range: Range::Full, ..color },
            Self::Bt2020 => ColorSpec { primaries: Primaries::Bt2020, matrix: Matrix::Bt2020Ncl, ..color },
            Self::Pq => ColorSpec { transfer: Transfer::Pq, ..color },
        }
    }
}

/// What a viewer's browser says of their display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// The widest gamut it covers (the `color-gamut` media query).
    pub gamut: Gamut,
    /// Whether its video is shown in high dynamic range (`video-dynamic-range` or `dynamic-range`).
    pub hdr: bool,
}

/// The widest gamut that a display covers, as CSS names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gamut {
    /// About sRGB, or not known.
    #[default]
    Srgb,
    /// About Display P3.
    P3,
    /// About Rec.2020.
    Rec2020,
}

/// A word that names nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {found:?}, expected one of {expected}")]
pub struct UnknownName {
    found: String,
    expected: String,
}

fn by_name<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> Result<T, UnknownName> {
    all.iter().copied().find(|one| name(*one) == text).ok_or_else(|| UnknownName {
        found: text.chars().take(60).collect(),
        expected: all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", "),
    })
}

impl FromStr for InputColor {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        by_name(&Self::ALL, Self::name, text)
    }
}

impl FromStr for TargetColor {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        by_name(&Self::ALL, Self::name, text)
    }
}

impl FromStr for Drill {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        by_name(&Self::ALL, Self::name, text)
    }
}

impl std::fmt::Display for TargetColor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_is_serialised_and_is_read_again() {
        for color in InputColor::ALL {
            assert_eq!(serde_json::to_value(color).unwrap(), color.name());
            assert_eq!(color.name().parse(), Ok(color));
        }
        for target in TargetColor::ALL {
            assert_eq!(serde_json::to_value(target).unwrap(), target.name());
            assert_eq!(target.name().parse(), Ok(target));
        }
        for drill in Drill::ALL {
            assert_eq!(serde_json::to_value(drill).unwrap(), drill.name());
            assert_eq!(drill.name().parse(), Ok(drill));
        }
        assert!("rec709".parse::<TargetColor>().unwrap_err().to_string().contains("display-p3"));
    }

    #[test]
    fn labels_tell_the_code_points_of_the_spec() {
        for target in TargetColor::ALL {
            let (primaries, transfer, matrix, _) = target.color_spec().h273();
            assert!(target.label().ends_with(&format!("({primaries}-{transfer}-{matrix})")), "{target}");
        }
    }

    #[test]
    fn a_display_is_sent_no_more_than_the_source_needs() {
        let (hdr, wide) = (Display { gamut: Gamut::P3, hdr: true }, Display { gamut: Gamut::P3, hdr: false });
        let pq = TargetColor::Hdr10.color_spec();
        let p3 = ColorSpec { primaries: Primaries::DisplayP3, transfer: Transfer::Gamma26, ..pq };
        assert_eq!(TargetColor::suited(hdr, ColorSpec::BT1886_709_LIMITED), TargetColor::Srgb709);
        assert_eq!(TargetColor::suited(hdr, pq), TargetColor::Hdr10);
        assert_eq!(TargetColor::suited(wide, pq), TargetColor::DisplayP3);
        assert_eq!(TargetColor::suited(wide, p3), TargetColor::DisplayP3);
        assert_eq!(TargetColor::suited(Display::default(), p3), TargetColor::Srgb709);
    }
}
