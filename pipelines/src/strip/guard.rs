//! The rows between the picture and the cells. A moving picture is predicted from what lies beyond its lower edge: what is
//! much darker or lighter there costs bits in every picture, and so do rows that move with it. So an encoder's last block
//! of the picture is filled up by the picture's last row, as encoders do themselves; below that the guard is of one colour,
//! that of the last row, and seldom changes (docs/proof.md has the figures).

use std::time::Duration;

use super::{Brush, Code, GUARD};
use crate::frame::Picture;

/// Rows of an encoder's block.
const BLOCK: usize = 16;
/// So far off, in 10-bit codes, the colour changes at once: a cut.
const CUT: f64 = 256.0;
/// So far off it changes when it has stood for [`STAY`].
const DRIFT: f64 = 24.0;
/// Shortest time between two changes that are not cuts.
const STAY: Duration = Duration::from_secs(5);

/// The guard under the pictures of one viewer.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    held: Option<(Code, Duration)>,
}

impl Guard {
    /// Lays the guard under a picture that is complete with its marks and is shown at `pts`.
    pub(crate) fn lay(&mut self, picture: &mut Picture, pts: Duration) {
        let mut brush = Brush::new(picture);
        let color = self.color(brush.edge(), pts);
        let (width, filled) = (brush.planes[0].width, filled(brush.planes[0].height));
        brush.rect([0, filled], [width, GUARD as usize - filled], color);
        brush.repeat(filled);
    }

    /// The colour that is held, or `edge` when it is time for that.
    fn color(&mut self, edge: Code, pts: Duration) -> Code {
        let held = self.held.filter(|(color, since)| {
            let off = (0..3).map(|plane| (color[plane] - edge[plane]).abs()).fold(0.0, f64::max);
            off <= DRIFT || off <= CUT && pts.abs_diff(*since) < STAY
        });
        self.held.insert(held.unwrap_or((edge, pts))).0
    }
}

/// Rows that fill up the last block of a picture of `height` rows.
fn filled(height: usize) -> usize {
    (height.next_multiple_of(BLOCK) - height).min(GUARD as usize)
}

impl Brush<'_> {
    /// Mean of the picture's last row, in 10-bit codes.
    fn edge(&self) -> Code {
        let bytes = self.format.sample_bytes();
        self.planes.map(|plane| {
            let row = &self.picture.data[plane.offset + plane.height.saturating_sub(1) * plane.stride..];
            let samples = row[..plane.width * bytes].chunks_exact(bytes);
            let sum: u64 =
                samples.map(|sample| sample.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))).sum();
            let scale = if bytes == 2 { 1.0 } else { 4.0 };
            scale * sum as f64 / plane.width.max(1) as f64
        })
    }

    /// Repeats the picture's last row `rows` times.
    fn repeat(&mut self, rows: usize) {
        for (index, plane) in self.planes.into_iter().enumerate() {
            let end = plane.offset + plane.height * plane.stride;
            for row in 0..rows / self.step(index) {
                self.picture.data.copy_within(end.saturating_sub(plane.stride)..end, end + row * plane.stride);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::spec::encode::{PictureSize, VideoFormat};

    const FORMATS: [VideoFormat; 2] = [VideoFormat::H264High444Bits10, VideoFormat::H264Bits8];

    /// One code in all samples, with a guard under it.
    fn guarded(guard: &mut Guard, format: VideoFormat, height: u32, code: u8, pts: u64) -> Picture {
        let mut picture = Picture::new(format, PictureSize { width: 640, height });
        let bytes = format.sample_bytes();
        for sample in picture.data.chunks_exact_mut(bytes) {
            let code = if bytes == 2 { u16::from(code) * 4 } else { u16::from(code) };
            sample.copy_from_slice(&code.to_le_bytes()[..bytes]);
        }
        guard.lay(&mut picture, Duration::from_millis(pts));
        picture
    }

    /// A row of a plane under the picture, in codes of 8 bits.
    fn row(picture: &Picture, plane: usize, row: usize) -> u8 {
        let layout = Picture::layout(picture.format, picture.size)[plane];
        let at = layout.offset + (layout.height + row) * layout.stride;
        match picture.format.sample_bytes() {
            1 => picture.data[at],
            _ => (u16::from_le_bytes([picture.data[at], picture.data[at + 1]]) / 4) as u8,
        }
    }

    #[test]
    fn the_guard_has_the_colour_of_the_pictures_lower_edge_in_every_plane() {
        for format in FORMATS {
            let picture = guarded(&mut Guard::default(), format, 720, 77, 0);
            let rows = if format.sample_bytes() == 2 { [7, 7, 7] } else { [7, 3, 3] };
            for (plane, last) in rows.into_iter().enumerate() {
                assert_eq!([row(&picture, plane, 0), row(&picture, plane, last)], [77, 77], "{format:?} {plane}");
            }
        }
    }

    #[test]
    fn the_colour_changes_at_once_with_a_cut_and_otherwise_after_five_seconds() {
        let mut guard = Guard::default();
        let mut shown = |code, pts| row(&guarded(&mut guard, FORMATS[0], 720, code, pts), 0, 7);
        assert_eq!([shown(50, 0), shown(60, 40), shown(60, 4_960), shown(60, 5_000)], [50, 50, 50, 60]);
        assert_eq!([shown(150, 5_040), shown(152, 20_000)], [150, 150]);
    }

    #[test]
    fn the_last_block_is_filled_up_by_the_pictures_last_row() {
        assert_eq!([540, 720, 1_080, 360, 541].map(filled), [4, 0, 8, 8, 3]);
        for format in FORMATS {
            let mut guard = Guard::default();
            guarded(&mut guard, format, 540, 50, 0);
            let picture = guarded(&mut guard, format, 540, 90, 40);
            assert_eq!([3, 4, 7].map(|at| row(&picture, 0, at)), [90, 50, 50], "{format:?}");
            let half = if format.sample_bytes() == 2 { 1 } else { 2 };
            assert_eq!([3, 4].map(|at| row(&picture, 1, at / half)), [90, 50], "{format:?}");
        }
    }
}
