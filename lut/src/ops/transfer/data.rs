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
        let found = Self::within(&f, domain, DISPLAY_ERROR, &mut { usize::MAX });
        found.unwrap_or_else(|| Self::sampled(&f, domain, STEP_BITS[2]))
    }

    /// The coarsest table of `f` that is nowhere seen more than `error` off, relative to the larger of the value and
    /// one. None when no table is fine enough, or when finding it takes more than `calls` of `f`, from which those
    /// that were made are taken.
    ///
    /// `f` is given the same input for all channels. `domain` is (low, high) per channel, no end further from 0 than
    /// [`LARGEST_INPUT`].
    pub(crate) fn within(
        f: &impl Fn(f64) -> Vec3,
        domain: (Vec3, Vec3),
        error: f64,
        calls: &mut usize,
    ) -> Option<Self> {
        let mut spend = |count: usize| {
            let left = calls.checked_sub(count);
            *calls = left.unwrap_or(0);
            left
        };
        // Where a straight line was seen to do, a finer table is not asked again.
        let mut bent = Interval::all(Spacing::new(STEP_BITS[0]), domain);
        for (i, step_bits) in STEP_BITS.into_iter().enumerate() {
            let spacing = Spacing::new(step_bits);
            if i > 0 {
                bent = bent.into_iter().flat_map(|interval| interval.split(step_bits - STEP_BITS[i - 1])).collect();
            }
            spend(bent.len() * Interval::CALLS)?;
            bent.retain(|interval| !interval.is_straight(spacing, f, domain, error));
            if bent.is_empty() {
                spend(Interval::count(spacing, domain) + ENDS * Interval::CALLS)?;
                let table = Self::sampled(f, domain, step_bits);
                if table.ends_are_within(f, error) {
                    return Some(table);
                }
            }
        }
        None
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

    /// Whether interpolation is within `error` of `f` at the ends of the domain and beside them, where
    /// [`Interval::is_straight`] does not look.
    fn ends_are_within(&self, f: &impl Fn(f64) -> Vec3, error: f64) -> bool {
        let close = |x: f32| {
            let expected = f(f64::from(x));
            self.channels.iter().zip(expected).all(|(channel, expected)| {
                let outside = x < channel.low || channel.high < x;
                outside || is_close(channel.value(x), expected, error)
            })
        };
        let ends = self.channels.iter().flat_map(|channel| [channel.low, channel.high]);
        ends.flat_map(|end| {
            let interval = Interval::of(self.channels[0].spacing, end);
            interval.probes(self.channels[0].spacing).map(|(_, x)| x as f32).into_iter().chain([end])
        })
        .all(close)
    }
}

/// Ends of the three channels' domains.
const ENDS: usize = 6;

fn is_close(found: f32, expected: f64, error: f64) -> bool {
    (f64::from(found) - expected).abs() <= error * expected.abs().max(1.0)
}

/// From one entry of a table to the next, away from 0.
#[derive(Clone, Copy)]
struct Interval {
    /// 1 or -1.
    sign: f64,
    /// The entry nearer to 0.
    index: usize,
}

impl Interval {
    /// Calls of the function that looking at one takes.
    const CALLS: usize = 5;

    /// Intervals, of both signs, of a table over `domain`.
    fn count(spacing: Spacing, domain: (Vec3, Vec3)) -> usize {
        Self::sides(spacing, domain).into_iter().map(|(_, count)| count).sum()
    }

    /// How many lie to each side of 0.
    fn sides(spacing: Spacing, (low, high): (Vec3, Vec3)) -> [(f64, usize); 2] {
        let highest = high.into_iter().fold(0.0, f64::max);
        let lowest = low.into_iter().fold(0.0, f64::min);
        [(1.0, highest), (-1.0, -lowest)].map(|(sign, end)| (sign, spacing.locate(end as f32).0 + 1))
    }

    fn all(spacing: Spacing, domain: (Vec3, Vec3)) -> Vec<Self> {
        let sides = Self::sides(spacing, domain).into_iter();
        sides.flat_map(|(sign, count)| (0..count).map(move |index| Self { sign, index })).collect()
    }

    /// The one that `x` lies in.
    fn of(spacing: Spacing, x: f32) -> Self {
        Self { sign: if x < 0.0 { -1.0 } else { 1.0 }, index: spacing.locate(x.abs()).0 }
    }

    /// Its parts in a table with `bits` more.
    fn split(self, bits: u32) -> impl Iterator<Item = Self> {
        (self.index << bits..(self.index + 1) << bits).map(move |index| Self { index, ..self })
    }

    /// Its ends, the one nearer to 0 first.
    fn ends(self, spacing: Spacing) -> [f64; 2] {
        [self.index, self.index + 1].map(|i| self.sign * spacing.magnitude(i))
    }

    /// How far along three inputs lie, and these.
    fn probes(self, spacing: Spacing) -> [(f64, f64); 3] {
        let [a, b] = self.ends(spacing);
        [0.25, 0.5, 0.75].map(|at| (at, a + (b - a) * at))
    }

    /// Whether a line from end to end is within `error` of `f` three times on the way, in every channel that has no end
    /// of its domain here: there the table is not `f` ([`Channel::pin`]).
    fn is_straight(self, spacing: Spacing, f: &impl Fn(f64) -> Vec3, (low, high): (Vec3, Vec3), error: f64) -> bool {
        let [a, b] = self.ends(spacing);
        let inside = |c: usize| low[c] <= a.min(b) && a.max(b) <= high[c];
        if !(0..3).any(inside) {
            return true;
        }
        let (from, to) = (f(a), f(b));
        self.probes(spacing).into_iter().all(|(at, x)| {
            let expected = f(x);
            (0..3)
                .filter(|c| inside(*c))
                .all(|c| is_close((from[c] + (to[c] - from[c]) * at) as f32, expected[c], error))
        })
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
