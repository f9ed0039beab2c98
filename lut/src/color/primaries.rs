//! RGB primaries and their matrices, derived from CIE 1931 xy chromaticities (SMPTE RP 177).

use super::mat3::{Mat3, apply, identity, inverse, multiply};

/// D65 as ITU-R BT.709, BT.2020 and SMPTE EG 432-1 give it: x = 0.3127, y = 0.3290.
pub const WHITE_D65: [f64; 2] = [0.3127, 0.3290];

/// How colours follow a change of white: the cone response matrix in which they are scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adaptation {
    /// Lam 1985, ICC.1:2022 annex E; what this crate uses unless told otherwise.
    Bradford,
    /// CIE 159:2004 (CIECAM02); what the ACES transforms of ARRI, Sony and Canon cameras use.
    Cat02,
}

impl Adaptation {
    const fn cone_response(self) -> Mat3 {
        match self {
            Self::Bradford => [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]],
            Self::Cat02 => [[0.7328, 0.4296, -0.1624], [-0.7036, 1.6975, 0.0061], [0.0030, 0.0136, 0.9834]],
        }
    }

    /// XYZ under white `from` to XYZ under white `to`, both as xy.
    #[must_use]
    pub fn matrix(self, from: [f64; 2], to: [f64; 2]) -> Mat3 {
        if from == to {
            return identity();
        }
        let cones = self.cone_response();
        let (source, target) = (apply(&cones, xyz_of(from)), apply(&cones, xyz_of(to)));
        let mut scaled = cones;
        for (row, (s, t)) in scaled.iter_mut().zip(source.into_iter().zip(target)) {
            *row = row.map(|value| value * t / s);
        }
        multiply(&inverse(&cones), &scaled)
    }
}

/// CIE 1931 xy of the three primaries and the white point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chromaticities {
    /// xy of red.
    pub red: [f64; 2],
    /// xy of green.
    pub green: [f64; 2],
    /// xy of blue.
    pub blue: [f64; 2],
    /// xy of white.
    pub white: [f64; 2],
}

impl Chromaticities {
    /// Linear RGB (white = 1,1,1) to CIE XYZ with Y = 1 at white (SMPTE RP 177:1993, 3.3).
    #[must_use]
    pub fn rgb_to_xyz(&self) -> Mat3 {
        let [r, g, b] = [self.red, self.green, self.blue].map(xyz_of);
        let columns = [[r[0], g[0], b[0]], [r[1], g[1], b[1]], [r[2], g[2], b[2]]];
        let gain = apply(&inverse(&columns), xyz_of(self.white));
        columns.map(|row| [row[0] * gain[0], row[1] * gain[1], row[2] * gain[2]])
    }

    /// Linear RGB of `self` to linear RGB of `to`; Bradford-adapted when the white points differ.
    #[must_use]
    pub fn to(&self, to: &Chromaticities) -> Mat3 {
        self.adapted_to(to, Adaptation::Bradford)
    }

    /// As [`Chromaticities::to`], with a choice of adaptation.
    #[must_use]
    pub fn adapted_to(&self, to: &Chromaticities, adaptation: Adaptation) -> Mat3 {
        if self == to {
            return identity();
        }
        let adapted = multiply(&adaptation.matrix(self.white, to.white), &self.rgb_to_xyz());
        multiply(&inverse(&to.rgb_to_xyz()), &adapted)
    }
}

/// XYZ (Y = 1) of a chromaticity.
fn xyz_of([x, y]: [f64; 2]) -> [f64; 3] {
    [x / y, 1.0, (1.0 - x - y) / y]
}

/// The sets of primaries a picture can be declared in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Primaries {
    /// ITU-R BT.709-6, also sRGB: H.273 code 1.
    Bt709,
    /// P3 primaries with D65 white (SMPTE EG 432-1): H.273 code 12.
    DisplayP3,
    /// P3 primaries with the DCI calibration white (SMPTE RP 431-2): H.273 code 11.
    P3Dci,
    /// ITU-R BT.2020-2: H.273 code 9.
    Bt2020,
    /// ITU-R BT.601-7 with 525 lines (SMPTE ST 170): H.273 code 6.
    #[cfg_attr(feature = "serde", serde(rename = "bt601_525"))]
    Bt601Lines525,
    /// ITU-R BT.601-7 with 625 lines: H.273 code 5.
    #[cfg_attr(feature = "serde", serde(rename = "bt601_625"))]
    Bt601Lines625,
    /// ACES AP0 (SMPTE ST 2065-1).
    AcesAp0,
    /// ACES AP1 (Academy S-2014-004).
    AcesAp1,
    /// ARRI Wide Gamut 3.
    ArriWideGamut3,
    /// ARRI Wide Gamut 4.
    ArriWideGamut4,
    /// Sony S-Gamut3 (also S-Gamut).
    SGamut3,
    /// Sony S-Gamut3.Cine.
    SGamut3Cine,
    /// Panasonic V-Gamut.
    VGamut,
    /// Canon Cinema Gamut.
    CanonCinemaGamut,
    /// REDWideGamutRGB.
    RedWideGamutRgb,
    /// DaVinci Wide Gamut.
    DavinciWideGamut,
    /// Blackmagic Wide Gamut, generation 5.
    BlackmagicWideGamutGen5,
    /// DJI D-Gamut.
    DGamut,
}

/// The white of ACES, about D60 (Academy TB-2018-001).
pub const WHITE_ACES: [f64; 2] = [0.32168, 0.33767];

impl Primaries {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Bt709,
        Self::DisplayP3,
        Self::P3Dci,
        Self::Bt2020,
        Self::Bt601Lines525,
        Self::Bt601Lines625,
        Self::AcesAp0,
        Self::AcesAp1,
        Self::ArriWideGamut3,
        Self::ArriWideGamut4,
        Self::SGamut3,
        Self::SGamut3Cine,
        Self::VGamut,
        Self::CanonCinemaGamut,
        Self::RedWideGamutRgb,
        Self::DavinciWideGamut,
        Self::BlackmagicWideGamutGen5,
        Self::DGamut,
    ];

    /// The chromaticities the standard or the maker gives.
    #[must_use]
    pub const fn chromaticities(self) -> Chromaticities {
        let (red, green, blue) = match self {
            Self::Bt709 => ([0.640, 0.330], [0.300, 0.600], [0.150, 0.060]),
            Self::DisplayP3 | Self::P3Dci => ([0.680, 0.320], [0.265, 0.690], [0.150, 0.060]),
            Self::Bt2020 => ([0.708, 0.292], [0.170, 0.797], [0.131, 0.046]),
            Self::Bt601Lines525 => ([0.630, 0.340], [0.310, 0.595], [0.155, 0.070]),
            Self::Bt601Lines625 => ([0.640, 0.330], [0.290, 0.600], [0.150, 0.060]),
            Self::AcesAp0 => ([0.7347, 0.2653], [0.0, 1.0], [0.0001, -0.0770]),
            Self::AcesAp1 => ([0.713, 0.293], [0.165, 0.830], [0.128, 0.044]),
            Self::ArriWideGamut3 => ([0.6840, 0.3130], [0.2210, 0.8480], [0.0861, -0.1020]),
            Self::ArriWideGamut4 => ([0.7347, 0.2653], [0.1424, 0.8576], [0.0991, -0.0308]),
            Self::SGamut3 => ([0.730, 0.280], [0.140, 0.855], [0.100, -0.050]),
            Self::SGamut3Cine => ([0.766, 0.275], [0.225, 0.800], [0.089, -0.087]),
            Self::VGamut => ([0.730, 0.280], [0.165, 0.840], [0.100, -0.030]),
            Self::CanonCinemaGamut => ([0.740, 0.270], [0.170, 1.140], [0.080, -0.100]),
            Self::RedWideGamutRgb => ([0.780_308, 0.304_253], [0.121_595, 1.493_994], [0.095_612, -0.084_589]),
            Self::DavinciWideGamut => ([0.8000, 0.3130], [0.1682, 0.9877], [0.0790, -0.1155]),
            Self::BlackmagicWideGamutGen5 => {
                ([0.717_721_5, 0.317_118_1], [0.228_041_0, 0.861_569_0], [0.100_584_1, -0.082_045_2])
            }
            Self::DGamut => ([0.710, 0.310], [0.210, 0.880], [0.090, -0.080]),
        };
        Chromaticities { red, green, blue, white: self.white() }
    }

    /// The white point.
    const fn white(self) -> [f64; 2] {
        match self {
            Self::P3Dci => [0.314, 0.351],
            Self::AcesAp0 | Self::AcesAp1 => WHITE_ACES,
            Self::BlackmagicWideGamutGen5 => [0.312_717_0, 0.329_031_2],
            _ => WHITE_D65,
        }
    }

    /// Linear RGB to CIE XYZ, Y = 1 at white.
    #[must_use]
    pub fn rgb_to_xyz(self) -> Mat3 {
        self.chromaticities().rgb_to_xyz()
    }

    /// Linear RGB of `self` to linear RGB of `to`, adapted by Bradford when the white points differ.
    #[must_use]
    pub fn to(self, to: Primaries) -> Mat3 {
        self.chromaticities().to(&to.chromaticities())
    }

    /// ColourPrimaries of ITU-T H.273; 2, unspecified, for what it does not list.
    #[must_use]
    pub const fn h273(self) -> u8 {
        match self {
            Self::Bt709 => 1,
            Self::Bt601Lines625 => 5,
            Self::Bt601Lines525 => 6,
            Self::Bt2020 => 9,
            Self::P3Dci => 11,
            Self::DisplayP3 => 12,
            _ => 2,
        }
    }
}
