//! Pictures for the detector: luma as `f32`, in 8-bit codes.

use crate::plane::LumaRef;

/// A luma picture; black 16, white 235, whatever the depth it came in.
#[derive(Clone, Debug)]
pub struct Gray {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) codes: Vec<f32>,
}

/// One number for each sample of the result: where its sources begin and what each weighs.
struct Taps(Vec<(usize, Vec<f32>)>);

impl From<LumaRef<'_>> for Gray {
    fn from(luma: LumaRef<'_>) -> Self {
        let mut codes = Vec::with_capacity(luma.width * luma.height);
        let mut row = Vec::new();
        for y in 0..luma.height {
            luma.row_codes(y, &mut row);
            codes.extend_from_slice(&row);
        }
        Self { width: luma.width, height: luma.height, codes }
    }
}

impl Gray {
    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Height over width.
    pub(super) fn aspect(&self) -> f64 {
        self.height as f64 / self.width as f64
    }

    /// Left and right exchanged.
    pub(super) fn mirrored(&self) -> Self {
        let codes = self.codes.chunks_exact(self.width).flat_map(|row| row.iter().rev().copied()).collect();
        Self { codes, ..*self }
    }

    /// No wider than `width`.
    #[must_use]
    pub fn at_most(&self, width: usize) -> Self {
        if self.width <= width {
            return self.clone();
        }
        self.resized(width, (self.aspect() * width as f64).round() as usize)
    }

    /// Downwards each sample is the mean of the area it covers, upwards it is interpolated.
    pub(super) fn resized(&self, width: usize, height: usize) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (width, height) == self.size() {
            return self.clone();
        }
        // Downwards first: whole rows are added, and what is left to do across is little.
        let (across, down) = (Taps::new(self.width, width), Taps::new(self.height, height));
        let mut low = vec![0.0; self.width * height];
        for ((start, taps), out) in down.0.iter().zip(low.chunks_exact_mut(self.width)) {
            for (row, tap) in self.codes[start * self.width..].chunks_exact(self.width).zip(taps) {
                out.iter_mut().zip(row).for_each(|(out, value)| *out += value * tap);
            }
        }
        let mut codes = Vec::with_capacity(width * height);
        for row in low.chunks_exact(self.width) {
            codes.extend(
                across.0.iter().map(|(start, taps)| row[*start..].iter().zip(taps).map(|(v, t)| v * t).sum::<f32>()),
            );
        }
        Self { width, height, codes }
    }

    /// A plane of 8-bit codes, row by row.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.codes.iter().map(|code| code.round() as u8).collect()
    }
}

impl Taps {
    fn new(from: usize, to: usize) -> Self {
        let scale = from as f64 / to as f64;
        Self(
            (0..to)
                .map(|at| if scale > 1.0 { Self::area(at, scale, from) } else { Self::line(at, scale, from) })
                .collect(),
        )
    }

    fn area(at: usize, scale: f64, from: usize) -> (usize, Vec<f32>) {
        let (left, right) = (at as f64 * scale, ((at + 1) as f64 * scale).min(from as f64));
        let (first, last) = (left as usize, (right.ceil() as usize).min(from));
        let covered = |i: usize| ((i + 1) as f64).min(right) - (i as f64).max(left);
        let sum: f64 = (first..last).map(covered).sum();
        (first, (first..last).map(|i| (covered(i) / sum) as f32).collect())
    }

    fn line(at: usize, scale: f64, from: usize) -> (usize, Vec<f32>) {
        let position = ((at as f64 + 0.5) * scale - 0.5).clamp(0.0, (from - 1) as f64);
        let first = (position as usize).min(from.saturating_sub(2));
        let fraction = (position - first as f64) as f32;
        if from == 1 { (0, vec![1.0]) } else { (first, vec![1.0 - fraction, fraction]) }
    }
}
