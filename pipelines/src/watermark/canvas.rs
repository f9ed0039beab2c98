//! A plane of letters to draw on, and rectangles in it.

use super::text::Coverage;

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// Coverage of letters, 0 (none) to 255 (full), row by row.
#[derive(Clone, Debug, Default)]
pub(super) struct Canvas {
    pub width: usize,
    pub height: usize,
    pub letters: Vec<u8>,
}

impl Canvas {
    /// An empty one.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, letters: vec![0; width * height] }
    }

    /// Draws a line of text with its start at (`x`, `baseline`); what lies outside is cut.
    pub fn draw(&mut self, text: &Coverage, x: i32, baseline: i32) {
        let (left, top) = (x + text.left, baseline - text.ascent);
        for row in 0..text.height {
            let Ok(y) = usize::try_from(top + row as i32) else { continue };
            if y >= self.height {
                break;
            }
            let skip = usize::try_from(-left).unwrap_or(0).min(text.width);
            let start = usize::try_from(left).unwrap_or(0).min(self.width);
            let source = &text.data[row * text.width + skip..(row + 1) * text.width];
            for (letter, &coverage) in self.letters[y * self.width..][start..self.width].iter_mut().zip(source) {
                *letter = (*letter).max(coverage);
            }
        }
    }

    /// Takes the letters away within an area.
    pub fn erase(&mut self, area: Area) {
        let right = (area.x + area.width).min(self.width);
        for y in area.y..(area.y + area.height).min(self.height) {
            self.letters[y * self.width + area.x.min(right)..y * self.width + right].fill(0);
        }
    }

    /// Whether a column has no ink within rows.
    pub fn is_gap(&self, x: usize, rows: std::ops::Range<usize>) -> bool {
        rows.into_iter().all(|y| self.letters.get(y * self.width + x).is_none_or(|letter| *letter < 16))
    }
}
