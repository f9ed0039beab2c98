//! A list of ops on colours that are numbers already: pictures from files, points, the entries of another table.

use super::ProcessorError;
use super::compile::{CURVE_ERROR, check, compile};
use crate::ops::{Kernel, Op};
use crate::simd::{Level, Simd};

/// Colours that are worked on at a time: three rows that stay in the first cache.
const ROW: usize = 1024;

/// Ops made ready for R, G, B in `f32`, of any magnitude: what lies outside 0..1 is clipped only where an op does so.
/// Cheap to share between threads.
///
/// The result is what [`Op::apply`] gives for each op in order, within [`CURVE_ERROR`] for each run of neighbours
/// that work per channel (joined into one table, input clipped to plus and minus 65,504) and the rounding of `f32`.
/// Ops without a kernel of their own are slow but not less exact.
#[derive(Clone, Debug)]
pub struct OpProcessor {
    kernels: Vec<Kernel>,
    simd: Simd,
}

impl OpProcessor {
    /// Prepares `ops` for the widest instruction set there is (see [`Level::best`]).
    ///
    /// # Errors
    /// [`ProcessorError::Op`] when a parameter is NaN or infinite.
    pub fn new(ops: &[Op]) -> Result<Self, ProcessorError> {
        Self::with_level(ops, CURVE_ERROR, Level::best())
    }

    /// As [`OpProcessor::new`], on `level` or what the machine has below it, curves joined within `curve_error` (0
    /// keeps every curve as it is). All levels give the same bits.
    ///
    /// # Errors
    /// As [`OpProcessor::new`].
    pub fn with_level(ops: &[Op], curve_error: f64, level: Level) -> Result<Self, ProcessorError> {
        check(ops).map_err(|(index, error)| ProcessorError::Op { index, error })?;
        Ok(Self { kernels: compile(ops, curve_error), simd: Simd::new(level) })
    }

    /// Replaces each colour by what the ops make of it.
    pub fn apply(&self, colors: &mut [[f32; 3]]) {
        let mut rows = [[0.0; ROW]; 3];
        for block in colors.chunks_mut(ROW) {
            for (i, color) in block.iter().enumerate() {
                (0..3).for_each(|c| rows[c][i] = color[c]);
            }
            let [r, g, b] = &mut rows;
            self.apply_rows([&mut r[..block.len()], &mut g[..block.len()], &mut b[..block.len()]]);
            for (i, color) in block.iter_mut().enumerate() {
                *color = [rows[0][i], rows[1][i], rows[2][i]];
            }
        }
    }

    /// As [`OpProcessor::apply`], on up to `threads` threads (1..=64), this one among them. Gives the same bits.
    pub fn apply_parallel(&self, colors: &mut [[f32; 3]], threads: usize) {
        let share = colors.len().div_ceil(threads.clamp(1, 64)).next_multiple_of(ROW).max(ROW);
        std::thread::scope(|scope| {
            let mut shares = colors.chunks_mut(share);
            let first = shares.next();
            for share in shares {
                scope.spawn(|| self.apply(share));
            }
            first.into_iter().for_each(|share| self.apply(share));
        });
    }

    /// As [`OpProcessor::apply`], on rows of R, G and B; what the longer ones have more is left as it is.
    pub fn apply_rows(&self, [r, g, b]: [&mut [f32]; 3]) {
        let length = r.len().min(g.len()).min(b.len());
        for kernel in &self.kernels {
            kernel.apply(self.simd, [&mut r[..length], &mut g[..length], &mut b[..length]]);
        }
    }
}
