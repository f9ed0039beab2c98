//! What a step does to a colour, in `f64`: the reference that every kernel is held to.

use thiserror::Error;

use super::cdl::Cdl;
use super::exponent::Exponent;
use super::log::Log;
use super::lut1d::Lut1d;
use super::lut3d::{Domain, Lut3d};
use super::matrix::Affine;
use super::range::Range;
use crate::color::{Eetf, GamutMapping, HlgDisplay, Transfer, Vec3};

/// One step from colour to colour.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Matrix and offset.
    Affine(Affine),
    /// A curve per channel, tabulated.
    Lut1d(Lut1d),
    /// A cube of colours.
    Lut3d(Lut3d),
    /// A scaled clamp.
    Range(Range),
    /// An ASC colour decision list.
    Cdl(Cdl),
    /// A power function per channel.
    Exponent(Exponent),
    /// A logarithm per channel.
    Log(Log),
    /// Signal to linear light, channel by channel.
    ToLinear(Transfer),
    /// Linear light to signal, channel by channel.
    FromLinear(Transfer),
    /// HLG scene light (BT.2020, 0..1) to display light (1 = the display's peak).
    HlgOotf(HlgDisplay),
    /// HLG display light to scene light: the inverse of [`Op::HlgOotf`].
    HlgInverseOotf(HlgDisplay),
    /// Linear RGB of the target's primaries into its gamut.
    GamutMap(GamutMapping),
    /// Light in cd/m2 into the luminances of a darker display.
    ToneMap(Eetf),
}

/// Why a step is refused. Tables are checked where they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpError {
    /// A parameter is NaN or infinite.
    #[error("found {parameter} that is not finite, expected a number")]
    NotFinite {
        /// Which: "a matrix entry", "an offset".
        parameter: &'static str,
    },
}

/// Why a step cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotInvertible {
    /// The matrix takes different colours to one.
    #[error("found a singular matrix, expected one with an inverse")]
    Singular,
    /// The curve turns, or is flat from end to end.
    #[error("channel {channel}: found a curve that turns or is flat, expected one that only rises or only falls")]
    NotMonotonic {
        /// Which channel, from 0.
        channel: usize,
    },
    /// Cubes are not undone.
    #[error("found a 3D LUT, expected steps with an inverse")]
    Lut3d,
    /// The step takes different colours to one.
    #[error("found {step}, expected a step that keeps colours apart")]
    Lossy {
        /// Which: "a gamut mapping".
        step: &'static str,
    },
}

impl Op {
    /// The value of one colour.
    #[must_use]
    pub fn apply(&self, rgb: Vec3) -> Vec3 {
        match self {
            Op::Affine(op) => op.apply(rgb),
            Op::Lut1d(op) => op.apply(rgb),
            Op::Lut3d(op) => op.apply(rgb),
            Op::Range(op) => op.apply(rgb),
            Op::Cdl(op) => op.apply(rgb),
            Op::Exponent(op) => op.apply(rgb),
            Op::Log(op) => op.apply(rgb),
            Op::ToLinear(transfer) => rgb.map(|v| transfer.to_linear(v)),
            Op::FromLinear(transfer) => rgb.map(|v| transfer.from_linear(v)),
            Op::HlgOotf(display) => display.ootf(rgb),
            Op::HlgInverseOotf(display) => display.inverse_ootf(rgb),
            Op::GamutMap(mapping) => mapping.apply(rgb),
            Op::ToneMap(eetf) => eetf.apply(rgb),
        }
    }

    /// Whether every parameter is a number.
    ///
    /// # Errors
    /// Names the first parameter that is NaN or infinite.
    pub fn check(&self) -> Result<(), OpError> {
        match self {
            Op::Affine(op) => op.check(),
            Op::Cdl(op) => op.check(),
            Op::Exponent(op) => op.check(),
            Op::Log(op) => op.check(),
            // Tables, ranges and what has a name are checked where they are made.
            Op::Lut1d(_) | Op::Lut3d(_) | Op::Range(_) | Op::ToLinear(_) | Op::FromLinear(_) => Ok(()),
            Op::HlgOotf(_) | Op::HlgInverseOotf(_) | Op::GamutMap(_) | Op::ToneMap(_) => Ok(()),
        }
    }

    /// The step that undoes this one, as far as nothing was clipped.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn inverse(&self) -> Result<Op, NotInvertible> {
        let lossy = |step| NotInvertible::Lossy { step };
        match self {
            Op::Affine(op) => Ok(Op::Affine(op.inverse()?)),
            Op::Lut1d(op) => Ok(Op::Lut1d(op.inverse()?)),
            Op::Lut3d(_) => Err(NotInvertible::Lut3d),
            Op::Range(op) => op.inverse().map(Op::Range).ok_or(lossy("a range with one output")),
            Op::Cdl(op) => op.inverse().map(Op::Cdl).ok_or(lossy("a CDL with a slope, power or saturation of 0")),
            Op::Exponent(op) => Ok(Op::Exponent(op.inverse())),
            Op::Log(op) => Ok(Op::Log(op.inverse())),
            Op::ToLinear(transfer) => Ok(Op::FromLinear(*transfer)),
            Op::FromLinear(transfer) => Ok(Op::ToLinear(*transfer)),
            Op::HlgOotf(display) => Ok(Op::HlgInverseOotf(*display)),
            Op::HlgInverseOotf(display) => Ok(Op::HlgOotf(*display)),
            Op::GamutMap(_) => Err(lossy("a gamut mapping")),
            Op::ToneMap(_) => Err(lossy("a tone mapping")),
        }
    }

    /// Whether each channel of the output depends on that channel of the input only.
    #[must_use]
    pub fn is_per_channel(&self) -> bool {
        match self {
            Op::Affine(op) => op.is_diagonal(),
            Op::Cdl(op) => op.saturation == 1.0,
            Op::Lut1d(_) | Op::Range(_) | Op::Exponent(_) | Op::Log(_) => true,
            Op::ToLinear(_) | Op::FromLinear(_) => true,
            Op::Lut3d(_) | Op::HlgOotf(_) | Op::HlgInverseOotf(_) | Op::GamutMap(_) | Op::ToneMap(_) => false,
        }
    }

    /// Whether no colour is changed by more than what rounding in `f64` might.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        match self {
            Op::Affine(op) => op.is_identity(),
            _ => false,
        }
    }

    /// The domain to which this step clips, if that is all it does (within [`IDENTITY`]).
    pub(crate) fn as_clip(&self) -> Option<Domain> {
        match self {
            Op::Lut1d(op) => op.is_straight().then(|| op.domain()),
            Op::Lut3d(op) => op.is_straight().then(|| op.domain()),
            Op::Range(op) => op.as_clip(),
            Op::Cdl(op) => op.as_clip(),
            _ => None,
        }
    }

    /// The domain to which this step clips its input, if it does.
    pub(crate) fn clips_to(&self) -> Option<Domain> {
        match self {
            Op::Lut1d(op) => Some(op.domain()),
            Op::Lut3d(op) => Some(op.domain()),
            other => other.as_clip(),
        }
    }

    /// Bounds within which every output lies, if it has such.
    pub(crate) fn reaches(&self) -> Option<Domain> {
        match self {
            Op::Lut1d(op) => Some(Domain::around(op.values())),
            Op::Lut3d(op) => Some(Domain::around(op.values())),
            Op::Cdl(op) => op.clamp.then_some(Domain::UNIT),
            other => other.as_clip(),
        }
    }
}

/// A change this small, relative to the larger of the value and 1, is none: what six decimals of a file leave open.
pub const IDENTITY: f64 = 1.0e-6;

/// Whether `found` is `expected` within [`IDENTITY`].
pub(crate) fn same(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= IDENTITY * expected.abs().max(1.0)
}
