//! Which samples make a new one and how much of each: polyphase taps.
//!
//! The kernel is Catmull-Rom (E. Catmull, R. Rom, "A class of local interpolating splines", 1974; Keys' cubic
//! convolution with a = -1/2, IEEE Trans. ASSP 29(6), 1981), stretched by the ratio when samples become fewer, so that
//! what the new picture cannot hold is filtered out. It overshoots an edge by 4 %, less than half of Lanczos3, and is
//! worked out with the four basic operations only: every machine has the same taps.

use crate::ChromaSampling;

/// One axis of one plane. Lengths are in pixels of the picture, not samples of the plane.
#[derive(Clone, Copy, Debug)]
struct Axis {
    from: usize,
    to: usize,
    /// Pixels from one sample to the next: 1 or 2.
    every: usize,
    /// Where the first sample lies, in pixels from the centre of the first pixel.
    site: f64,
}

/// The taps of one axis: `count` neighbours for each new sample.
#[derive(Clone, Debug)]
pub(super) struct Taps {
    count: usize,
    /// The first neighbour of each new sample, in ascending order; all neighbours lie within the old samples.
    starts: Vec<usize>,
    /// `count` of each new sample, their sum 1.
    weights: Vec<f32>,
}

/// The taps of a plane.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    pub horizontal: Taps,
    pub vertical: Taps,
}

impl Grid {
    /// For a plane with `sampling`, of pictures of `from` to pictures of `to` (width, height). Chroma is sited left, as
    /// [`ChromaSampling`] says.
    pub(super) fn new(sampling: ChromaSampling, from: (usize, usize), to: (usize, usize)) -> Self {
        let (across, down) = match sampling {
            ChromaSampling::Cs420 => (2, 2),
            ChromaSampling::Cs422 => (2, 1),
            ChromaSampling::Cs444 => (1, 1),
        };
        let halfway = (down as f64 - 1.0) / 2.0;
        Self {
            horizontal: Taps::new(Axis { from: from.0, to: to.0, every: across, site: 0.0 }),
            vertical: Taps::new(Axis { from: from.1, to: to.1, every: down, site: halfway }),
        }
    }
}

impl Taps {
    fn new(axis: Axis) -> Self {
        let (from, to) = (axis.from.div_ceil(axis.every), axis.to.div_ceil(axis.every));
        let all: Vec<(usize, Vec<f64>)> = (0..to).map(|sample| axis.neighbours(sample, from)).collect();
        // A sample that lies on an old one needs no other, and so may begin after its successor: starts never descend.
        let mut starts: Vec<usize> = all.iter().map(|(first, _)| *first).collect();
        for i in (1..to).rev() {
            starts[i - 1] = starts[i - 1].min(starts[i]);
        }
        let needed = |((first, weights), start): (&(usize, Vec<f64>), &usize)| first + weights.len() - start;
        let count = all.iter().zip(&starts).map(needed).max().unwrap_or(1);
        let mut taps = Self { count, starts, weights: vec![0.0; count * to] };
        let rows = taps.weights.chunks_exact_mut(count).zip(&mut taps.starts);
        for ((first, weights), (row, start)) in all.into_iter().zip(rows) {
            *start = from.saturating_sub(count).min(*start);
            for (out, weight) in row[first - *start..].iter_mut().zip(weights) {
                *out = weight as f32;
            }
            balance(row);
        }
        taps
    }

    /// New samples.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The first neighbour of new sample `sample` and the weights of it and those after it.
    #[inline(always)]
    pub(super) fn of(&self, sample: usize) -> (usize, &[f32]) {
        (self.starts[sample], &self.weights[sample * self.count..][..self.count])
    }

    /// The neighbours of `rows` new samples from `first`: the first of them all, and how many.
    pub(super) fn span(&self, first: usize, rows: usize) -> (usize, usize) {
        let start = self.starts[first];
        (start, self.starts[first + rows - 1] + self.count - start)
    }

    /// Most neighbours of any `rows` new samples in a row.
    pub(super) fn widest_span(&self, rows: usize) -> usize {
        let last = |first: usize| self.starts[(first + rows).min(self.len()) - 1];
        (0..self.len()).map(|first| last(first) + self.count - self.starts[first]).max().unwrap_or(0)
    }
}

impl Axis {
    /// Where new sample `sample` lies, in old samples from the first one's centre.
    fn place(self, sample: usize) -> f64 {
        let (every, ratio) = (self.every as f64, self.from as f64 / self.to as f64);
        let pixel = every * sample as f64 + self.site;
        ((pixel + 0.5) * ratio - 0.5 - self.site) / every
    }

    /// The first neighbour of new sample `sample` among `from` and the weights, none of the outermost zero. What lies
    /// beyond the edge is the sample at the edge.
    fn neighbours(self, sample: usize, from: usize) -> (usize, Vec<f64>) {
        let (place, stretch) = (self.place(sample), (self.from as f64 / self.to as f64).max(1.0));
        let inside = |i: f64| i.clamp(0.0, (from - 1) as f64) as usize;
        let (low, high) = ((place - 2.0 * stretch).ceil(), (place + 2.0 * stretch).floor());
        let first = inside(low);
        let mut weights = vec![0.0; inside(high) - first + 1];
        let mut i = low;
        while i <= high {
            weights[inside(i) - first] += catmull_rom((i - place) / stretch);
            i += 1.0;
        }
        let sum: f64 = weights.iter().sum();
        let leading = weights.iter().take_while(|weight| **weight == 0.0).count();
        let trailing = weights.iter().rev().take_while(|weight| **weight == 0.0).count();
        let used = weights.get(leading..weights.len() - trailing).unwrap_or_default();
        (first + leading, used.iter().map(|weight| weight / sum).collect())
    }
}

/// The kernel, `x` in samples.
fn catmull_rom(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((2.5 - 0.5 * x) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

/// Gives what rounding to `f32` took from the sum to the largest weight, so that the sum is 1 and a flat area stays.
fn balance(weights: &mut [f32]) {
    let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    if let Some(largest) = weights.iter_mut().max_by(|a, b| a.total_cmp(b)) {
        *largest = (f64::from(*largest) + 1.0 - sum) as f32;
    }
}
