//! The active picture: what lies between black bars.

use crate::plane::{Depth, LumaRef};

/// Luma, in 8-bit codes, up to which a bar counts as black: a lossy source leaves bars a code or two off 16.
const BLACK: f32 = 19.0;
/// Fewest samples across and down that are taken for a picture.
const SMALLEST: usize = 32;

/// A rectangle of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Samples from the left.
    pub x: usize,
    /// Samples from the top.
    pub y: usize,
    /// Samples across.
    pub width: usize,
    /// Samples down.
    pub height: usize,
}

impl Area {
    /// All of a picture.
    #[must_use]
    pub fn full(width: usize, height: usize) -> Self {
        Self { x: 0, y: 0, width, height }
    }

    /// The part of this area that a picture of that size has; all of the picture when there is none.
    #[must_use]
    pub fn within(self, width: usize, height: usize) -> Self {
        let (x, y) = (self.x.min(width), self.y.min(height));
        let clipped = Self { x, y, width: self.width.min(width - x), height: self.height.min(height - y) };
        if clipped.width == 0 || clipped.height == 0 { Self::full(width, height) } else { clipped }
    }

    /// The picture without its black bars; all of it when hardly anything but black is there, as in a fade.
    #[must_use]
    pub fn detect(picture: LumaRef<'_>) -> Self {
        let full = Self::full(picture.width, picture.height);
        let span = |length: usize, black: &dyn Fn(usize) -> bool| {
            let first = (0..length).find(|at| !black(*at))?;
            let last = (0..length).rev().find(|at| !black(*at))?;
            Some((first, last - first + 1)).filter(|(_, length)| *length >= SMALLEST)
        };
        let rows = span(picture.height, &|y| (0..picture.width).all(|x| is_black(&picture, x, y)));
        let columns = span(picture.width, &|x| (0..picture.height).all(|y| is_black(&picture, x, y)));
        match (columns, rows) {
            (Some((x, width)), Some((y, height))) => Self { x, y, width, height },
            _ => full,
        }
    }
}

fn is_black(picture: &LumaRef<'_>, x: usize, y: usize) -> bool {
    let at = y * picture.stride + x * picture.depth.bytes();
    let code = match picture.depth {
        Depth::Eight => f32::from(picture.bytes[at]),
        Depth::Ten => f32::from(u16::from_le_bytes([picture.bytes[at], picture.bytes[at + 1]])) / 4.0,
    };
    code <= BLACK
}
