//! What a range means: SMPTE ST 2136-1, Range, style Clamp. (Without the clamp it is an [`Affine`](crate::Affine).)

use crate::ops::lut3d::Domain;
use crate::ops::op::same;

/// An input value and the output it becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// In the input.
    pub input: f64,
    /// In the output.
    pub output: f64,
}

/// Maps `min.input..=max.input` to `min.output..=max.output` on every channel and clamps what lies beyond.
/// With one bound alone nothing is scaled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    min: Option<Bound>,
    max: Option<Bound>,
}

impl Range {
    /// A range between two bounds, each (input, output).
    ///
    /// `None` without any bound; when the upper input is not above the lower, or the upper output is below the lower;
    /// when a single bound would move values; when a bound is not finite.
    #[must_use]
    pub fn new(min: Option<(f64, f64)>, max: Option<(f64, f64)>) -> Option<Self> {
        let bound = |(input, output)| Bound { input, output };
        let (min, max) = (min.map(bound), max.map(bound));
        let finite = [min, max].iter().flatten().all(|b| b.input.is_finite() && b.output.is_finite());
        let ordered = match (min, max) {
            (Some(min), Some(max)) => max.input > min.input && max.output >= min.output,
            (Some(one), None) | (None, Some(one)) => {
                (one.input - one.output).abs() <= 1.0e-6 * one.input.abs().max(1.0)
            }
            (None, None) => false,
        };
        (finite && ordered).then_some(Self { min, max })
    }

    /// The lower bound.
    #[must_use]
    pub fn min(&self) -> Option<Bound> {
        self.min
    }

    /// The upper bound.
    #[must_use]
    pub fn max(&self) -> Option<Bound> {
        self.max
    }

    /// The value of one colour. NaN becomes the lower bound, or the upper one where that is alone.
    #[must_use]
    pub fn apply(&self, rgb: [f64; 3]) -> [f64; 3] {
        let (scale, offset) = self.scale_offset();
        rgb.map(|v| {
            let v = v * scale + offset;
            let v = self.min.map_or(v, |min| v.max(min.output));
            self.max.map_or(v, |max| v.min(max.output))
        })
    }

    /// From output to input. `None` when every output is the same.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let swapped = |b: Option<Bound>| b.map(|b| (b.output, b.input));
        Self::new(swapped(self.min), swapped(self.max))
    }

    /// The domain it clips to, if it does not scale and both bounds are there.
    pub(crate) fn as_clip(&self) -> Option<Domain> {
        let (min, max) = (self.min?, self.max?);
        let still = same(min.input, min.output) && same(max.input, max.output);
        still.then_some(Domain { min: [min.output as f32; 3], max: [max.output as f32; 3] })
    }

    /// The map without its clamp: `out = in * scale + offset`.
    #[must_use]
    pub fn scale_offset(&self) -> (f64, f64) {
        match (self.min, self.max) {
            (Some(min), Some(max)) => {
                let scale = (max.output - min.output) / (max.input - min.input);
                (scale, min.output - scale * min.input)
            }
            _ => (1.0, 0.0),
        }
    }
}
