//! The table. A power below 1 is infinitely steep at black, so even spacing cannot hold it: 4096
//! even steps put 10-bit code 1 of a 2.4 display in the first one. Here the spacing follows the
//! value, as floating point does: each octave has the same number of even steps, and the index and
//! the fraction are just bits of `|x| + BIAS`. The bias makes 0 the first entry, so black is exact.
//! Negative inputs have a table of their own behind the positive one.

use std::sync::Arc;

use crate::color::Vec3;
use crate::ops::clip_f64;

/// 2^-20, below one 16-bit code.
pub(super) const BIAS: f32 = 1.0 / (1 << 20) as f32;
/// Bits of [`BIAS`]: the first entry.
pub(super) const FIRST: u32 = BIAS.to_bits();
/// Steps per octave that are tried, coarsest first, as powers of two.
const STEP_BITS: [u32; 3] = [8, 10, 12];
/// Largest error of a curve between two displays: one 16-bit code.
const DISPLAY_ERROR: f64 = 1.0 / 65535.0;
/// Largest input magnitude: that of the largest half.
pub(crate) const LARGEST_INPUT: f64 = 65_504.0;

/// A curve per channel, tabulated: linear interpolation between values of the exact curve.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    pub(super) channels: [Channel; 3],
}

/// One channel: input is clipped to `low..=high`.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) low: f32,
    pub(super) high: f32,
    pub(super) spacing: Spacing,
    /// Where the entries for negative inputs begin.
    pub(super) negative: usize,
    pub(super) values: Arc<[f32]>,
}

/// Where entries lie, counted from zero outwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spacing {
    /// Mantissa bits that are left for the fraction.
    pub(super) fraction_bits: u32,
    /// Makes a number of 0..1 of the fraction.
    pub(super) scale: f32,
}

impl Spacing {
    fn new(step_bits: u32) -> Self {
        let fraction_bits = 23 - step_bits;
        Self { fraction_bits, scale: 1.0 / (1_u32 << fraction_bits) as f32 }
    }

    /// Selects the fraction.
    #[inline(always)]
    pub(super) fn mask(self) -> u32 {
        (1 << self.fraction_bits) - 1
    }

    /// The entry below a magnitude, and how far it is to the next.
    #[inline(always)]
    pub(super) fn locate(self, magnitude: f32) -> (usize, f32) {
        let bits = (magnitude + BIAS).to_bits();
        let fraction = (bits & self.mask()) as f32 * self.scale;
        (((bits - FIRST) >> self.fraction_bits) as usize, fraction)
    }

    /// The magnitude of an entry.
    fn magnitude(self, i: usize) -> f64 {
        f64::from(f32::from_bits(FIRST + ((i as u32) << self.fraction_bits))) - f64::from(BIAS)
    }
}

impl Curve {
    /// Samples `f`, which must be finite on 0..=1.01, for all three channels. Input is clipped to 0..1. Where the
    /// finest table is more than a 16-bit code off, that is what there is.
    pub(crate) fn new(f: impl Fn(f64) -> f64) -> Self {
        let f = |v: f64| [f(v); 3];
        let domain = ([0.0; 3], [1.0; 3]);
        Self::within(&f, domain, DISPLAY_ERROR).unwrap_or_else(|| Self::sampled(&f, domain, STEP_BITS[2]))
    }

    /// The coarsest table of `f` that is nowhere seen more than `error` off, relative to the larger of the value and
    /// one. None when no table is fine enough.
    ///
    /// `f` is given the same input for all channels. `domain` is (low, high) per channel, no end further from 0 than
    /// [`LARGEST_INPUT`].
    pub(crate) fn within(f: &impl Fn(f64) -> Vec3, domain: (Vec3, Vec3), error: f64) -> Option<Self> {
        let tables = STEP_BITS.into_iter().map(|bits| Self::sampled(f, domain, bits));
        tables.into_iter().find(|table| table.is_within(f, error))
    }

    fn sampled(f: &impl Fn(f64) -> Vec3, (low, high): (Vec3, Vec3), step_bits: u32) -> Self {
        let spacing = Spacing::new(step_bits);
        let lowest = low.into_iter().fold(f64::INFINITY, f64::min);
        let highest = high.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let entries = |end: f64, sign: f64| -> Vec<Vec3> {
            let count = if end > 0.0 { spacing.locate(end as f32).0 + 2 } else { 2 };
            (0..count).map(|i| f(clip_f64(sign * spacing.magnitude(i), lowest, highest))).collect()
        };
        let (positive, negative) = (entries(highest, 1.0), entries(-lowest, -1.0));
        let channel = |c: usize| {
            let column = |side: &[Vec3]| side.iter().map(|v| v[c] as f32).collect::<Vec<f32>>();
            let mut values = column(&positive);
            values.extend(column(&negative));
            let (low, high) = (low[c] as f32, high[c] as f32);
            let mut channel = Channel { low, high, spacing, negative: positive.len(), values: values.into() };
            channel.pin(high, false, f(f64::from(high))[c]);
            channel.pin(low, true, f(f64::from(low))[c]);
            channel
        };
        let [r, mut g, mut b] = [channel(0), channel(1), channel(2)];
        // One table in the cache instead of three.
        for other in [&mut g, &mut b] {
            if other.values == r.values {
                other.values = Arc::clone(&r.values);
            }
        }
        Self { channels: [r, g, b] }
    }

    /// Whether interpolation is within `error` of `f` three times in each interval, and at the ends.
    fn is_within(&self, f: &impl Fn(f64) -> Vec3, error: f64) -> bool {
        let close = |x: f32| {
            let expected = f(f64::from(x));
            self.channels.iter().zip(expected).all(|(channel, expected)| {
                let outside = x < channel.low || channel.high < x;
                outside || (f64::from(channel.value(x)) - expected).abs() <= error * expected.abs().max(1.0)
            })
        };
        let [r, ..] = &self.channels;
        let probes = |sign: f64, count: usize| {
            (0..count - 1).flat_map(move |i| {
                let (a, b) = (r.spacing.magnitude(i), r.spacing.magnitude(i + 1));
                [0.25, 0.5, 0.75].map(|at| (sign * (a + (b - a) * at)) as f32)
            })
        };
        let ends = self.channels.iter().flat_map(|channel| [channel.low, channel.high]);
        let (positive, negative) = (r.negative, r.values.len() - r.negative);
        ends.chain(probes(1.0, positive)).chain(probes(-1.0, negative)).all(close)
    }
}

impl Channel {
    /// Whether there are entries to both sides of `x`, and those before them towards 0.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn holds(&self, x: f32) -> bool {
        let entries = if x < 0.0 { self.values.len() - self.negative } else { self.negative };
        let negative_fits = self.negative >= 2 && self.negative + 2 <= self.values.len();
        negative_fits && x.is_finite() && self.spacing.locate(x.abs()).0 + 1 < entries
    }

    /// The value at `x`.
    #[inline(always)]
    pub(super) fn value(&self, x: f32) -> f32 {
        let x = crate::ops::clamp(x, self.low, self.high);
        let (i, fraction) = self.spacing.locate(x.abs());
        let i = i + if x < 0.0 { self.negative } else { 0 };
        let (a, b) = (self.values[i], self.values[i + 1]);
        a + (b - a) * fraction
    }

    /// Makes interpolation give `value` at an end of the domain, by moving the entry outside of it.
    fn pin(&mut self, x: f32, is_low: bool, value: f64) {
        let (i, fraction) = self.spacing.locate(x.abs());
        let i = i + if x < 0.0 { self.negative } else { 0 };
        let fraction = f64::from(fraction);
        let outer_is_near = is_low == (x >= 0.0);
        let (outer, inner, weight) = if outer_is_near { (i, i + 1, 1.0 - fraction) } else { (i + 1, i, fraction) };
        // Hardly any of the outer entry counts: moving it would overshoot for nothing.
        if weight < 1.0e-3 || x == 0.0 {
            return;
        }
        let inside = f64::from(self.values[inner]);
        Arc::make_mut(&mut self.values)[outer] = (inside + (value - inside) / weight) as f32;
    }
}
