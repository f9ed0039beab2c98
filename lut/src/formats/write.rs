//! Why ops cannot be written as a file.

use thiserror::Error;

use super::Format;
use crate::ops::Op;
use crate::ops::lut1d::Inputs;

/// What a format cannot say. Baking the ops to a shaper and a cube gives something that every format can.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum WriteError {
    /// An op the format does not have.
    #[error("op {index} is {op}, which .{format} cannot hold: bake the look to a shaper and a cube first")]
    Op {
        /// The format.
        format: Format,
        /// Which op, from 0.
        index: usize,
        /// Its kind.
        op: &'static str,
    },
    /// Ops the format has, but not together or not in that order.
    #[error("found {found} ops, .{format} holds {expected}: bake the look to a shaper and a cube first")]
    Ops {
        /// The format.
        format: Format,
        /// How many there are.
        found: usize,
        /// What the format holds.
        expected: &'static str,
    },
}

/// What an op is called in a message.
pub(super) fn kind(op: &Op) -> &'static str {
    match op {
        Op::Affine(_) => "a matrix",
        Op::Lut1d(lut) => match lut.inputs() {
            Inputs::Even(_) => "a 1D LUT",
            Inputs::Half => "a 1D LUT over half-floats",
            Inputs::Listed(_) => "a 1D LUT over listed inputs",
        },
        Op::Lut3d(_) => "a 3D LUT",
        Op::Range(_) => "a range",
        Op::Cdl(_) => "an ASC CDL",
        Op::Exponent(_) => "an exponent",
        Op::Log(_) => "a log",
        Op::ToLinear(_) | Op::FromLinear(_) => "a transfer function",
        Op::HlgOotf(_) | Op::HlgInverseOotf(_) => "an HLG OOTF",
        Op::GamutMap(_) => "a gamut mapping",
        Op::ToneMap(_) => "a tone map",
    }
}
