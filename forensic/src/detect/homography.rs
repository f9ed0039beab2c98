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
        let (last_x, last_y) = ((suspect.width - 1) as f32, (suspect.height - 1) as f32);
        let mut codes = Vec::with_capacity(width * height);
        let mut valid = Vec::with_capacity(width * height);
        let mut places = vec![(0.0, 0.0); width];
        for row in 0..height {
            self.places(suspect.size(), (width, height), row, &mut places);
            for (u, v) in &places {
                // Half a sample beyond the outermost centres still belongs to the picture.
                let inside = *u >= -0.51 && *v >= -0.51 && *u <= last_x + 0.51 && *v <= last_y + 0.51;
                valid.push(inside);
                codes.push(if inside { suspect.between(u.clamp(0.0, last_x), v.clamp(0.0, last_y)) } else { 0.0 });
            }
        }
        Warped { codes, valid }
    }

    /// Where in a suspect the samples of a row of a `width` x `height` reference lie, in its samples. Single precision is a
    /// ten-thousandth of a sample, and makes vectors.
    fn places(&self, suspect: (usize, usize), (width, height): (usize, usize), row: usize, places: &mut [(f32, f32)]) {
        let half = width as f64 / 2.0;
        let y = (row as f64 + 0.5 - height as f64 / 2.0) / half;
        let h = &self.0;
        let start = |at: usize| (h[at + 1] * y + h[at + 2]) as f32;
        let [across, down, depth] = [0, 3, 6].map(|at| (h[at] as f32, start(at)));
        let (middle_x, middle_y) = (suspect.0 as f32 / 2.0, suspect.1 as f32 / 2.0);
        let step = 1.0 / half as f32;
        for (column, place) in places.iter_mut().enumerate() {
            let x = (column as f32 + 0.5) * step - 1.0;
            let scale = middle_x / (depth.0 * x + depth.1);
            *place =
                ((across.0 * x + across.1) * scale + middle_x - 0.5, (down.0 * x + down.1) * scale + middle_y - 0.5);
        }
    }

    /// The suspect brought to the fineness of a reference `width` samples wide, never finer than it is.
    pub(super) fn fitting(&self, suspect: &Gray, width: usize) -> Gray {
        suspect.at_most(((self.shown() * width as f64).round() as usize).max(8))
    }
}

impl Gray {
    fn between(&self, u: f32, v: f32) -> f32 {
        let (x, y) = ((u as usize).min(self.width.saturating_sub(2)), (v as usize).min(self.height.saturating_sub(2)));
        let (fx, fy) = (u - x as f32, v - y as f32);
        let at = y * self.width + x;
        let (right, below) = (usize::from(self.width > 1), if self.height > 1 { self.width } else { 0 });
        let top = self.codes[at] + (self.codes[at + right] - self.codes[at]) * fx;
        let bottom = self.codes[at + below] + (self.codes[at + below + right] - self.codes[at + below]) * fx;
        top + (bottom - top) * fy
    }
}
