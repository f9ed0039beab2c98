//! Where a point of the reference lies in the suspect.
//!
//! Points are counted from the picture's centre in half widths, so that a map does not depend on sizes.

use super::gray::Gray;

/// A plane projective map, row by row; the identity maps centre to centre and left edge to left edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homography(pub [f64; 9]);

/// A suspect brought into the reference's place: what lies outside the suspect is not valid.
pub(super) struct Warped {
    pub codes: Vec<f32>,
    pub valid: Vec<bool>,
}

impl Homography {
    /// Scales by `sx`, `sy`, then shifts.
    pub(super) fn scale_shift(sx: f64, sy: f64, dx: f64, dy: f64) -> Self {
        Self([sx, 0.0, dx, 0.0, sy, dy, 0.0, 0.0, 1.0])
    }

    /// This map after `first`.
    pub(super) fn after(&self, first: &Self) -> Self {
        let mut product = [0.0; 9];
        for (at, out) in product.iter_mut().enumerate() {
            *out = (0..3).map(|k| self.0[at / 3 * 3 + k] * first.0[k * 3 + at % 3]).sum();
        }
        let scale = product[8];
        Self(product.map(|value| value / scale))
    }

    /// The image of a point.
    pub(super) fn map(&self, x: f64, y: f64) -> (f64, f64) {
        let h = &self.0;
        let w = h[6] * x + h[7] * y + h[8];
        ((h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w)
    }

    /// Part of the reference's width that the suspect shows, about.
    pub(super) fn shown(&self) -> f64 {
        1.0 / self.0[0].hypot(self.0[3]).max(0.05)
    }

    /// Farthest that two maps differ at the corners and the centre of a picture, in its widths.
    pub(super) fn distance(&self, other: &Self, aspect: f64) -> f64 {
        [(0.0, 0.0), (-1.0, -aspect), (1.0, -aspect), (-1.0, aspect), (1.0, aspect)]
            .iter()
            .map(|(x, y)| {
                let (a, b) = (self.map(*x, *y), other.map(*x, *y));
                (a.0 - b.0).hypot(a.1 - b.1) / 2.0
            })
            .fold(0.0, f64::max)
    }

    /// The suspect as a picture of `width` x `height` in the reference's place, bilinear. The suspect should be about
    /// as fine as that: see [`Homography::fitting`].
    pub(super) fn warp(&self, suspect: &Gray, width: usize, height: usize) -> Warped {
        let (half, suspect_half) = (width as f64 / 2.0, suspect.width as f64 / 2.0);
        let middle = (height as f64 / 2.0, suspect.height as f64 / 2.0);
        let (last_x, last_y) = ((suspect.width - 1) as f64, (suspect.height - 1) as f64);
        let mut codes = Vec::with_capacity(width * height);
        let mut valid = Vec::with_capacity(width * height);
        for row in 0..height {
            let y = (row as f64 + 0.5 - middle.0) / half;
            for column in 0..width {
                let (u, v) = self.map((column as f64 + 0.5 - half) / half, y);
                let (u, v) = (u * suspect_half + suspect_half - 0.5, v * suspect_half + middle.1 - 0.5);
                // Half a sample beyond the outermost centres still belongs to the picture.
                let inside = u >= -0.51 && v >= -0.51 && u <= last_x + 0.51 && v <= last_y + 0.51;
                valid.push(inside);
                codes.push(if inside { suspect.between(u.clamp(0.0, last_x), v.clamp(0.0, last_y)) } else { 0.0 });
            }
        }
        Warped { codes, valid }
    }

    /// The suspect brought to the fineness of a reference `width` samples wide, never finer than it is.
    pub(super) fn fitting(&self, suspect: &Gray, width: usize) -> Gray {
        suspect.at_most(((self.shown() * width as f64).round() as usize).max(8))
    }
}

impl Gray {
    fn between(&self, u: f64, v: f64) -> f32 {
        let (x, y) = ((u as usize).min(self.width.saturating_sub(2)), (v as usize).min(self.height.saturating_sub(2)));
        let (fx, fy) = ((u - x as f64) as f32, (v - y as f64) as f32);
        let at = y * self.width + x;
        let (right, below) = (usize::from(self.width > 1), if self.height > 1 { self.width } else { 0 });
        let top = self.codes[at] + (self.codes[at + right] - self.codes[at]) * fx;
        let bottom = self.codes[at + below] + (self.codes[at + below + right] - self.codes[at + below]) * fx;
        top + (bottom - top) * fy
    }
}
