//! A two-dimensional Fourier transform of complex planes, sides a power of two; real and imaginary parts apart, so that
//! the compiler makes vectors of whole rows.

use std::f32::consts::TAU;

/// A complex plane, row by row.
#[derive(Clone)]
pub(super) struct Plane {
    pub width: usize,
    pub height: usize,
    pub re: Vec<f32>,
    pub im: Vec<f32>,
}

impl Plane {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, re: vec![0.0; width * height], im: vec![0.0; width * height] }
    }

    /// The spectrum, rows and columns exchanged (radix 2, decimation in time; Cooley and Tukey, 1965).
    pub fn forward(mut self) -> Self {
        self.columns();
        let mut turned = self.transposed();
        turned.columns();
        turned
    }

    /// What the product of this spectrum and the conjugate of `other`'s belongs to: the correlation of both planes, rows and
    /// columns as they were, times their area.
    pub fn correlated(mut self, other: &Self) -> Self {
        let mine = self.re.iter_mut().zip(&mut self.im);
        for ((re, im), (a, b)) in mine.zip(other.re.iter().zip(&other.im)) {
            // The inverse transform is the forward one of the conjugate.
            (*re, *im) = (*re * a + *im * b, -(*im * a - *re * b));
        }
        let mut back = self.forward();
        back.im.iter_mut().for_each(|im| *im = -*im);
        back
    }

    fn transposed(&self) -> Self {
        let mut out = Self::new(self.height, self.width);
        for (y, (re, im)) in self.re.chunks_exact(self.width).zip(self.im.chunks_exact(self.width)).enumerate() {
            for (x, (re, im)) in re.iter().zip(im).enumerate() {
                out.re[x * self.height + y] = *re;
                out.im[x * self.height + y] = *im;
            }
        }
        out
    }

    fn columns(&mut self) {
        let (width, height) = (self.width, self.height);
        let shift = usize::BITS - height.trailing_zeros();
        for row in 0..height {
            let other = row.reverse_bits() >> shift;
            if other > row {
                swap(&mut self.re, width, row, other);
                swap(&mut self.im, width, row, other);
            }
        }
        let mut half = 1;
        while half < height {
            for within in 0..half {
                let (sin, cos) = (-TAU * within as f32 / (2 * half) as f32).sin_cos();
                for first in (within..height).step_by(2 * half) {
                    let (a, b) = pair(&mut self.re, width, first, first + half);
                    let (c, d) = pair(&mut self.im, width, first, first + half);
                    for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                        let (re, im) = (*b * cos - *d * sin, *b * sin + *d * cos);
                        (*a, *b) = (*a + re, *a - re);
                        (*c, *d) = (*c + im, *c - im);
                    }
                }
            }
            half *= 2;
        }
    }
}

fn pair(plane: &mut [f32], width: usize, upper: usize, lower: usize) -> (&mut [f32], &mut [f32]) {
    let (above, below) = plane.split_at_mut(lower * width);
    (&mut above[upper * width..][..width], &mut below[..width])
}

fn swap(plane: &mut [f32], width: usize, upper: usize, lower: usize) {
    let (a, b) = pair(plane, width, upper, lower);
    a.swap_with_slice(b);
}

#[cfg(test)]
mod tests {
    use super::Plane;

    #[test]
    fn a_correlation_peaks_where_the_pattern_lies() {
        let pattern = |x: usize, y: usize| ((x * 7 + y * 13) * 2_654_435_761 % 1_000) as f32 / 500.0 - 1.0;
        let (mut whole, mut part) = (Plane::new(32, 16), Plane::new(32, 16));
        for (x, y) in (0..8).flat_map(|y| (0..12).map(move |x| (x, y))) {
            whole.re[(y + 3) * 32 + x + 5] = pattern(x, y);
            part.re[y * 32 + x] = pattern(x, y);
        }
        let found = whole.forward().correlated(&part.forward());
        let best = (0..found.re.len()).max_by(|a, b| found.re[*a].total_cmp(&found.re[*b]));
        assert_eq!(best.map(|best| (best % 32, best / 32)), Some((5, 3)));
    }
}
