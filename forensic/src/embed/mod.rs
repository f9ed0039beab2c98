//! One viewing's mark, laid under the luma of a picture.

mod kernel;
mod upsample;

use std::sync::Arc;

use crate::grid::{self, CELLS, Grid};
use crate::key::{PilotKey, ViewingKey, epoch_of, pilot_sign};
use crate::mask::Mask;
use crate::plane::{Depth, LumaMut};
use crate::simd::{Level, Simd};
use upsample::Upsampler;

/// The pilot's part of the mark's energy; the viewing's chips have the rest.
const PILOT_ENERGY: f32 = 0.2;
/// Parts of an 8-bit code in which the mark is counted: a power of two that leaves an `i16` room for the sums.
const UNIT: f32 = 1024.0;
/// Most that the mark can be, in 8-bit codes.
const LARGEST: f32 = 3.9;

/// Marks pictures for one viewing.
pub struct ForensicMark {
    key: ViewingKey,
    pilot: Arc<[f32]>,
    simd: Simd,
    pattern: Option<(u64, Grid)>,
    upsampler: Upsampler,
}

/// The picture is not the one the mask was made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a mask of {mask:?} samples does not fit a picture of {picture:?}")]
pub struct WrongMask {
    /// Width and height of the mask's picture.
    pub mask: (usize, usize),
    /// Width and height of this picture.
    pub picture: (usize, usize),
}

impl ForensicMark {
    /// The mark of a viewing, over the pilot of its production.
    #[must_use]
    pub fn new(key: ViewingKey, pilot: &PilotKey) -> Self {
        Self::with_level(key, pilot, Level::best())
    }

    /// The same on no wider an instruction set than `level`; the marked picture does not depend on it.
    #[must_use]
    pub fn with_level(key: ViewingKey, pilot: &PilotKey, level: Level) -> Self {
        let pilot = grid::signs(&pilot.chips()).map(|sign| sign * PILOT_ENERGY.sqrt()).collect();
        Self { key, pilot, simd: Simd::new(level), pattern: None, upsampler: Upsampler::default() }
    }

    /// Marks `picture` in place. The pattern depends on the number of the *source* frame: paused, looped or played
    /// again, a frame is marked alike. Samples at or beyond black and white stay as they are.
    ///
    /// # Errors
    /// When `mask` was made of a picture of another size; the picture is untouched then.
    pub fn burn(&mut self, picture: &mut LumaMut<'_>, mask: &Mask, source_frame: u64) -> Result<(), WrongMask> {
        let size = (picture.width, picture.height);
        if size != mask.size {
            return Err(WrongMask { mask: mask.size, picture: size });
        }
        self.follow(epoch_of(source_frame));
        let Some((_, pattern)) = &self.pattern else { return Ok(()) };
        self.upsampler.fit(mask.area);
        self.upsampler.load(&weave(pattern, mask));
        let bytes = picture.depth.bytes();
        let area = mask.area;
        for row in 0..area.height {
            let start = (area.y + row) * picture.stride + area.x * bytes;
            let samples = &mut picture.bytes[start..start + area.width * bytes];
            let line = self.upsampler.line(row, area.y + row);
            match picture.depth {
                Depth::Eight => kernel::eight(self.simd, samples, line),
                Depth::Ten => kernel::ten(self.simd, samples.as_chunks_mut::<2>().0, line),
            }
        }
        Ok(())
    }

    fn follow(&mut self, epoch: u64) {
        if self.pattern.as_ref().is_none_or(|(of, _)| *of != epoch) {
            let chips = self.key.chips(epoch);
            let own = (1.0 - PILOT_ENERGY).sqrt();
            let turn = pilot_sign(epoch);
            let pattern: Grid =
                grid::signs(&chips).zip(self.pilot.iter()).map(|(chip, pilot)| chip * own + turn * pilot).collect();
            self.pattern = Some((epoch, grid::softened(&pattern)));
        }
    }
}

/// The mark of each cell in units of 1 / [`UNIT`] 8-bit codes.
fn weave(pattern: &[f32], mask: &Mask) -> Vec<i16> {
    let cells: Grid = pattern.iter().zip(&mask.amplitude).map(|(sign, amplitude)| sign * amplitude).collect();
    let mean = grid::box_mean(&cells, 2);
    let mut mark = Vec::with_capacity(CELLS);
    for at in 0..CELLS {
        let limit = mask.limit[at].min(LARGEST);
        // A cell that bears no mark gets none from its neighbours' high pass either.
        let value = if mask.amplitude[at] > 0.0 { (cells[at] - mean[at]).clamp(-limit, limit) } else { 0.0 };
        mark.push((value * UNIT).round() as i16);
    }
    mark
}
