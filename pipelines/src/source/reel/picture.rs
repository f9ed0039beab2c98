//! The samples of the reel and how to draw on them.

use crate::spec::encode::PictureSize;
use crate::watermark::text::Coverage;

/// A rectangle in samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    /// First column.
    pub x: usize,
    /// First row.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// 10-bit 4:4:4 planar Y'CbCr, BT.709 matrix, limited range, for BT.1886: the bytes of GStreamer's `Y444_10LE`. Rows are
/// not padded (the width is even), planes follow one another.
#[derive(Clone, Debug)]
pub struct ReelPicture {
    pub(super) size: PictureSize,
    pub(super) data: Vec<u8>,
    /// Whether the parts that do not move are on it already; only the reel paints, so they stay.
    pub(super) holds_chart: bool,
}

impl ReelPicture {
    /// A picture to be painted.
    pub fn new(size: PictureSize) -> Self {
        Self { size, data: vec![0; size.width as usize * size.height as usize * 6], holds_chart: false }
    }

    /// Size in samples.
    pub fn size(&self) -> PictureSize {
        self.size
    }

    /// All bytes: Y, then Cb, then Cr, each `width * height` little-endian 16-bit samples.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The bytes themselves.
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }

    /// Copies a plane (0 Y, 1 Cb, 2 Cr) into memory whose rows are `stride` bytes apart; rows that do not fit are left.
    pub fn copy_plane(&self, plane: usize, out: &mut [u8], stride: usize) {
        let row_bytes = self.size.width as usize * 2;
        let start = (plane.min(2)) * self.plane_bytes();
        let rows = self.data[start..start + self.plane_bytes()].chunks_exact(row_bytes);
        for (row, target) in rows.zip(out.chunks_mut(stride.max(1))) {
            if let Some(target) = target.get_mut(..row_bytes) {
                target.copy_from_slice(row);
            }
        }
    }

    /// Y', Cb and Cr codes at a place, or `None` outside.
    pub fn codes(&self, x: usize, y: usize) -> Option<[u16; 3]> {
        let (width, plane) = (self.size.width as usize, self.plane_bytes());
        let at = (y * width + x) * 2;
        (x < width && at + 1 < plane)
            .then(|| [0, 1, 2].map(|p| u16::from_le_bytes([self.data[p * plane + at], self.data[p * plane + at + 1]])))
    }

    fn plane_bytes(&self) -> usize {
        self.data.len() / 3
    }

    /// The part of `rect` inside the picture.
    fn clip(&self, rect: Rect) -> Rect {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let (x, y) = (rect.x.min(width), rect.y.min(height));
        Rect { x, y, width: rect.width.min(width - x), height: rect.height.min(height - y) }
    }

    /// One row of one plane, from `x` on.
    fn row(&mut self, plane: usize, x: usize, y: usize, columns: usize) -> &mut [[u8; 2]] {
        let start = plane * self.plane_bytes() + (y * self.size.width as usize + x) * 2;
        self.data[start..start + columns * 2].as_chunks_mut::<2>().0
    }

    pub(super) fn fill(&mut self, rect: Rect, codes: [u16; 3]) {
        let Rect { x, y, width, height } = self.clip(rect);
        for (plane, code) in codes.into_iter().enumerate() {
            for row in y..y + height {
                self.row(plane, x, row, width).fill(code.to_le_bytes());
            }
        }
    }

    /// Draws each sample of a rectangle from its column and row within it.
    pub(super) fn draw(&mut self, rect: Rect, codes: impl Fn(usize, usize) -> [u16; 3]) {
        let Rect { x, y, width, height } = self.clip(rect);
        for row in 0..height {
            for column in 0..width {
                for (plane, code) in codes(column, row).into_iter().enumerate() {
                    self.row(plane, x + column, y + row, 1)[0] = code.to_le_bytes();
                }
            }
        }
    }

    /// One row of luma, for parts that are neutral and drawn every frame.
    pub(super) fn luma_row(&mut self, rect: Rect, row: usize) -> &mut [[u8; 2]] {
        let clipped = self.clip(rect);
        let columns = if row < clipped.height { clipped.width } else { 0 };
        self.row(0, clipped.x, clipped.y + row.min(clipped.height.saturating_sub(1)), columns)
    }

    /// Draws text with its start at (`x`, `baseline`), as luma `code` over what is there.
    pub(super) fn text(&mut self, text: &Coverage, x: i32, baseline: i32, code: u16) {
        let (left, top) = (x + text.left, baseline - text.ascent);
        let (Ok(left), Ok(top)) = (usize::try_from(left), usize::try_from(top)) else { return };
        let area = self.clip(Rect { x: left, y: top, width: text.width, height: text.height });
        for row in 0..area.height {
            let coverage = &text.data[row * text.width..][..area.width];
            for (sample, &c) in self.row(0, area.x, area.y + row, area.width).iter_mut().zip(coverage) {
                let under = i32::from(u16::from_le_bytes(*sample));
                let mixed = under + (i32::from(code) - under) * i32::from(c) / 255;
                *sample = (mixed as u16).to_le_bytes();
            }
        }
    }
}
