//! Transfer functions between signal R'G'B' and linear light.
//!
//! | family | light 1.0 is |
//! |---|---|
//! | displays (BT.1886, sRGB, pure powers) | the display's white |
//! | PQ | 10,000 cd/m2 |
//! | HLG | the scene light of signal 1.0; [`HlgDisplay`] makes display light of it |
//! | cameras, ACES | a scene reflectance of 100 % (18 % grey is 0.18); most codes near the top mean more |
//!
//! Every function is defined for all numbers. Powers are mirrored through the origin, so a signal of -0.1 gives
//! minus the light of 0.1; a camera curve goes on below black as its maker says, mostly as a straight line.

mod aces;
mod apple;
mod arri;
mod blackmagic;
mod canon;
mod display;
mod dji;
mod fujifilm;
mod hlg;
mod log;
mod panasonic;
mod pq;
mod red;
mod sony;

pub use arri::LogC3;
pub use display::{bt1886_eotf, bt1886_inverse_eotf};
pub use hlg::HlgDisplay;
use log::LogCurve;
pub use pq::{PQ_PEAK, pq_eotf, pq_inverse_eotf};

/// How signal values relate to light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Transfer {
    /// ITU-R BT.1886 with zero black luminance: a pure power of 2.4. [`bt1886_eotf`] has the black lift.
    #[cfg_attr(feature = "serde", serde(alias = "gamma24"))]
    Bt1886,
    /// A pure power of 1.961: how Apple's colour management, and so Safari, shows video tagged BT.709.
    Bt709Apple,
    /// A pure power of 2.2.
    Gamma22,
    /// A pure power of 2.6, relative to its own white.
    Gamma26,
    /// IEC 61966-2-1, piecewise.
    Srgb,
    /// The camera curve of ITU-R BT.709-6, item 1.2: scene light, not a display.
    Bt709Oetf,
    /// SMPTE ST 2084, ITU-R BT.2100 PQ: absolute, 1.0 = 10,000 cd/m2.
    Pq,
    /// The OETF of ITU-R BT.2100 HLG: scene light 0..1, before the display's OOTF.
    Hlg,
    /// ACEScct (Academy S-2016-001).
    Acescct,
    /// ACEScc (Academy S-2014-003).
    Acescc,
    /// ARRI LogC3 at EI 800. [`LogC3`] has the other exposure indices.
    LogC3,
    /// ARRI LogC4.
    LogC4,
    /// Sony S-Log3.
    SLog3,
    /// Panasonic V-Log.
    VLog,
    /// Canon Log 2, version 1.2.
    CLog2,
    /// Canon Log 3, version 1.2.
    CLog3,
    /// RED Log3G10.
    Log3G10,
    /// Apple Log.
    AppleLog,
    /// DaVinci Intermediate.
    DavinciIntermediate,
    /// Blackmagic Design Film, generation 5.
    BmdFilmGen5,
    /// DJI D-Log.
    DLog,
    /// Fujifilm F-Log2.
    FLog2,
}

impl Transfer {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Bt1886,
        Self::Bt709Apple,
        Self::Gamma22,
        Self::Gamma26,
        Self::Srgb,
        Self::Bt709Oetf,
        Self::Pq,
        Self::Hlg,
        Self::Acescct,
        Self::Acescc,
        Self::LogC3,
        Self::LogC4,
        Self::SLog3,
        Self::VLog,
        Self::CLog2,
        Self::CLog3,
        Self::Log3G10,
        Self::AppleLog,
        Self::DavinciIntermediate,
        Self::BmdFilmGen5,
        Self::DLog,
        Self::FLog2,
    ];

    /// Signal (0..1) to linear light (the module's table says of what).
    #[must_use]
    pub fn to_linear(self, signal: f64) -> f64 {
        match self.curve() {
            Curve::Power(exponent) => mirrored(signal, |v| v.powf(exponent)),
            Curve::Mirrored(pair) => mirrored(signal, pair.to_linear),
            Curve::Own(pair) => (pair.to_linear)(signal),
            Curve::Log(log) => log.light(signal),
        }
    }

    /// Linear light to signal (0..1): the inverse of [`Transfer::to_linear`].
    #[must_use]
    pub fn from_linear(self, light: f64) -> f64 {
        match self.curve() {
            Curve::Power(exponent) => mirrored(light, |l| l.powf(1.0 / exponent)),
            Curve::Mirrored(pair) => mirrored(light, pair.from_linear),
            Curve::Own(pair) => (pair.from_linear)(light),
            Curve::Log(log) => log.signal(light),
        }
    }

    const fn curve(self) -> Curve {
        match self {
            Self::Bt1886 => Curve::Power(2.4),
            Self::Bt709Apple => Curve::Power(1.961),
            Self::Gamma22 => Curve::Power(2.2),
            Self::Gamma26 => Curve::Power(2.6),
            Self::Srgb => Curve::Mirrored(display::SRGB),
            Self::Bt709Oetf => Curve::Mirrored(display::BT709),
            Self::Pq => Curve::Mirrored(pq::PQ),
            Self::Hlg => Curve::Mirrored(hlg::HLG),
            Self::Acescct => Curve::Log(aces::ACESCCT),
            Self::Acescc => Curve::Own(aces::ACESCC),
            Self::LogC3 => Curve::Log(LogC3::EI_800.0),
            Self::LogC4 => Curve::Log(arri::LOG_C4),
            Self::SLog3 => Curve::Log(sony::S_LOG3),
            Self::VLog => Curve::Log(panasonic::V_LOG),
            Self::CLog2 => Curve::Own(canon::LOG2),
            Self::CLog3 => Curve::Own(canon::LOG3),
            Self::Log3G10 => Curve::Log(red::LOG3G10),
            Self::AppleLog => Curve::Own(apple::LOG),
            Self::DavinciIntermediate => Curve::Log(blackmagic::DAVINCI_INTERMEDIATE),
            Self::BmdFilmGen5 => Curve::Log(blackmagic::FILM_GEN5),
            Self::DLog => Curve::Log(dji::D_LOG),
            Self::FLog2 => Curve::Log(fujifilm::F_LOG2),
        }
    }

    /// TransferCharacteristics of ITU-T H.273.
    ///
    /// BT.1886 has no code of its own: a BT.709 tag (1) on display-referred video means it,
    /// as it means [`Transfer::Bt709Apple`] to Apple. A pure
    /// 2.6 has none either (17 scales the light by 52.37/48), nor has any camera or ACES curve: 2, unspecified.
    #[must_use]
    pub const fn h273(self) -> u8 {
        match self {
            Self::Bt1886 | Self::Bt709Apple | Self::Bt709Oetf => 1,
            Self::Gamma22 => 4,
            Self::Srgb => 13,
            Self::Pq => 16,
            Self::Hlg => 18,
            _ => 2,
        }
    }
}

/// The shapes a transfer function comes in.
enum Curve {
    /// A pure power, mirrored.
    Power(f64),
    /// Defined from zero up, mirrored below.
    Mirrored(Pair),
    /// Defined for all numbers.
    Own(Pair),
    /// Logarithm and straight line.
    Log(LogCurve),
}

/// A function and its inverse.
struct Pair {
    to_linear: fn(f64) -> f64,
    from_linear: fn(f64) -> f64,
}

fn mirrored(value: f64, curve: impl Fn(f64) -> f64) -> f64 {
    curve(value.abs()).copysign(value)
}
