//! The signal strip: rows under each coded picture that say, in cells and colours that survive the codec, which frame it
//! is and what its code values should be. Browsers read them back (docs/proof.md); viewers never see them.
//!
//! From above: [`GUARD`] rows in about the colour of the picture's lower edge (`guard.rs`), so that scaling mixes nothing of
//! the strip into the picture's last row. Then columns of [`CELL`] samples, as many as fit in pairs, filled from the left
//! and from above: one for each bit of [`cells`], two for each of [`patches::SLOTS`] flat patches. What is left over is
//! mid-grey.

pub mod cells;
pub(crate) mod guard;
pub mod patches;

use std::time::Duration;

use crate::frame::{FrameTime, Picture, PlaneLayout};
use crate::spec::encode::{PictureSize, VideoFormat};
use cells::Message;

/// Rows between the picture and the cells.
pub const GUARD: u32 = 8;
/// Width and height of a cell in luma samples; a patch is two wide.
pub const CELL: u32 = 8;
/// Columns that cells and patches take.
const COLUMNS: u32 = cells::BITS as u32 + 2 * patches::SLOTS as u32;
/// Time between two steps of the patches.
pub const STEP: Duration = Duration::from_millis(500);

/// Rows of the strip under a picture of `width`: all that the player has to crop, and a function of nothing else.
pub const fn rows(width: u32) -> u32 {
    GUARD + CELL * COLUMNS.div_ceil(columns(width))
}

/// Columns in a row: an even number, so that no patch is divided.
const fn columns(width: u32) -> u32 {
    let pairs = width / (2 * CELL);
    if pairs == 0 { 2 } else { 2 * pairs }
}

/// Size of the coded picture of a picture that viewers see in `size`.
pub const fn coded(size: PictureSize) -> PictureSize {
    PictureSize { width: size.width, height: size.height + rows(size.width) }
}

/// Writes the strip under a picture; its guard is laid when the picture has its marks.
pub(crate) fn paint(picture: &mut Picture, time: &FrameTime) {
    let mut brush = Brush::new(picture);
    let width = brush.planes[0].width;
    brush.rect([0, 0], [width, rows(width as u32) as usize], GREY);
    // A day of steps is far from the end of either.
    let step = (time.pts.as_millis() / STEP.as_millis()) as u64;
    let message = Message {
        target: brush.picture.target,
        format: brush.format,
        // Nobody watches four billion frames of one source.
        frame: time.stamp.source_frame as u32,
        step: (step % 128) as u8,
    };
    for (column, bit) in message.bits().into_iter().enumerate() {
        brush.fill(column as u32, 1, if bit { WHITE } else { BLACK });
    }
    let color = brush.picture.target.color_spec();
    for slot in 0..patches::SLOTS {
        let code = patches::code(patches::shown(slot, message.step), color.matrix);
        brush.fill(cells::BITS as u32 + 2 * slot as u32, 2, code);
    }
}

/// Y'CbCr in 10-bit limited codes, not rounded.
type Code = [f64; 3];
const BLACK: Code = [64.0, 512.0, 512.0];
const WHITE: Code = [940.0, 512.0, 512.0];
const GREY: Code = [502.0, 512.0, 512.0];

struct Brush<'a> {
    picture: &'a mut Picture,
    format: VideoFormat,
    planes: [PlaneLayout; 3],
}

impl<'a> Brush<'a> {
    fn new(picture: &'a mut Picture) -> Self {
        Self { format: picture.format, planes: Picture::layout(picture.format, picture.size), picture }
    }

    /// Luma samples in a sample of a plane, each way.
    fn step(&self, plane: usize) -> usize {
        if plane > 0 && self.format.chroma() == lut::ChromaSampling::Cs420 { 2 } else { 1 }
    }

    /// Fills `wide` columns from the one that is `column`th in reading order.
    fn fill(&mut self, column: u32, wide: u32, code: Code) {
        let across = columns(self.planes[0].width as u32);
        let (row, column) = (column / across, column % across);
        let corner = [column * CELL, GUARD + row * CELL].map(|at| at as usize);
        self.rect(corner, [wide * CELL, CELL].map(|size| size as usize), code);
    }

    /// Fills a rectangle, in luma samples from the strip's upper left corner.
    fn rect(&mut self, [left, top]: [usize; 2], [width, height]: [usize; 2], code: Code) {
        for (index, plane) in self.planes.into_iter().enumerate() {
            let step = self.step(index);
            // Narrower than two cells nothing can be read, and nothing is written beside the plane.
            let columns = (left / step).min(plane.width)..((left + width) / step).min(plane.width);
            let sample = self.sample(code[index]);
            for y in plane.height + top / step..plane.height + (top + height) / step {
                let bytes = self.format.sample_bytes();
                let at = plane.offset + y * plane.stride;
                let samples = &mut self.picture.data[at + columns.start * bytes..at + columns.end * bytes];
                samples.chunks_exact_mut(bytes).for_each(|place| place.copy_from_slice(&sample[..bytes]));
            }
        }
    }

    /// The nearest code of the picture's own depth, little-endian.
    fn sample(&self, code: f64) -> [u8; 2] {
        let scale = if self.format.sample_bytes() == 2 { 1.0 } else { 0.25 };
        ((code * scale).round() as u16).to_le_bytes()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
