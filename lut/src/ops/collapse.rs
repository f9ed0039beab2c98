//! One cube for a long list of ops, if it is close enough.

use thiserror::Error;

use super::Op;
use super::lut1d::{Lut1d, half_inputs};
use super::lut3d::{Domain, Lut3d, LutDataError};
use crate::color::Vec3;

/// Largest error that is let pass unless another is asked for, relative to the larger of the value and 1: half of a
/// 10-bit code.
pub const COLLAPSE_ERROR: f64 = 0.5 / 1023.0;

/// Entries along the edge of the cubes that are tried.
const SIZES: [usize; 2] = [33, 65];

/// Colours at which a cube is compared with what it stands for.
const PROBES: u32 = 20_000;

/// The inputs a cube is to cover; what lies beyond is clipped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Covered {
    /// 0..1, evenly: signals with a curve.
    Signal,
    /// Linear light from 0 to this (above 0, at most 65,504), evenly in its logarithm down to 2^-9, where it bends
    /// towards 0.
    Light(f32),
}

/// A list in the form of a cube.
#[derive(Clone, Debug, PartialEq)]
pub struct Collapsed {
    /// A cube, with [`Covered::Light`] behind a table that takes the logarithm.
    pub ops: Vec<Op>,
    /// The largest error seen, relative to the larger of the value and 1.
    pub error: f64,
}

/// Why a list is not collapsed.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum CollapseError {
    /// The finest cube is too coarse.
    #[error("found an error of {found} with a cube of {size}, expected at most {expected}")]
    Error {
        /// The largest error seen.
        found: f64,
        /// The largest error asked for.
        expected: f64,
        /// Entries along the edge.
        size: usize,
    },
    /// The list gives what no table can hold, or the range of light is none.
    #[error(transparent)]
    Table(#[from] LutDataError),
}

/// The smallest cube, of 33 or 65 entries along the edge, that does what `ops` do within `error` (see
/// [`COLLAPSE_ERROR`]) at all of 20,000 colours spread over what is `covered` as evenly as the cube's entries are.
/// Worth its second for lists with steps that are slow for every colour.
///
/// # Errors
/// Neither size is close enough; or the list gives a value that is not finite or beyond 1e9.
pub fn collapsed(ops: &[Op], covered: Covered, error: f64) -> Result<Collapsed, CollapseError> {
    let mut best = CollapseError::Error { found: f64::INFINITY, expected: error, size: 0 };
    for size in SIZES {
        let found = Collapsed::new(ops, covered, size)?;
        if found.error <= error {
            return Ok(found);
        }
        best = CollapseError::Error { found: found.error, expected: error, size };
    }
    Err(best)
}

impl Collapsed {
    fn new(ops: &[Op], covered: Covered, size: usize) -> Result<Self, CollapseError> {
        let exact = |at: Vec3| run(ops, at.map(|v| covered.input(v)));
        let step = |i: usize| i as f64 / (size - 1) as f64;
        let color = |i: usize| exact([step(i % size), step(i / size % size), step(i / size / size)]).map(|v| v as f32);
        let cube = Lut3d::new(size, Domain::UNIT, (0..size.pow(3)).map(color).collect())?;
        let ops: Vec<Op> = covered.shaper()?.into_iter().chain([Op::Lut3d(cube)]).collect();
        let error = probes().map(|at| distance(run(&ops, at.map(|v| covered.input(v))), exact(at))).fold(0.0, f64::max);
        Ok(Self { ops, error })
    }
}

impl Covered {
    /// Where the logarithm bends.
    const TOE: f64 = 1.0 / 512.0;

    /// The input at `at` (0..1) along the edge of the cube.
    fn input(self, at: f64) -> f64 {
        match self {
            Self::Signal => at,
            Self::Light(highest) => Self::TOE * ((at * (f64::from(highest) / Self::TOE).ln_1p()).exp_m1()),
        }
    }

    /// What brings an input to its place along the edge of the cube.
    fn shaper(self) -> Result<Option<Op>, LutDataError> {
        let Self::Light(highest) = self else { return Ok(None) };
        Domain { min: [0.0; 3], max: [highest; 3] }.check()?;
        let whole = (f64::from(highest) / Self::TOE).ln_1p();
        let place = |x: f64| (x.max(0.0) / Self::TOE).ln_1p() / whole;
        Ok(Some(Op::Lut1d(Lut1d::half_domain(half_inputs().map(|x| [place(x) as f32; 3]).collect())?)))
    }
}

fn run(ops: &[Op], rgb: Vec3) -> Vec3 {
    ops.iter().fold(rgb, |rgb, op| op.apply(rgb))
}

/// The largest difference of a channel, relative to the larger of the expected value and 1.
fn distance(found: Vec3, expected: Vec3) -> f64 {
    (0..3).map(|c| (found[c] - expected[c]).abs() / expected[c].abs().max(1.0)).fold(0.0, f64::max)
}

/// Places in the unit cube, every eighth of them grey.
fn probes() -> impl Iterator<Item = Vec3> {
    (0..PROBES).map(|i| {
        let at = scattered(i as usize);
        if i % 8 == 0 { [at[0]; 3] } else { at }
    })
}

/// The i-th of places that leave no gaps in the unit cube: an additive recurrence with the plastic number's powers (M.
/// Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018).
pub(crate) fn scattered(i: usize) -> Vec3 {
    const STEPS: Vec3 = [0.819_172_513_396_164_4, 0.671_043_606_703_789_2, 0.549_700_477_901_970_1];
    STEPS.map(|step| (0.5 + step * i as f64).fract())
}
