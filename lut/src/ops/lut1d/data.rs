//! What a 1D LUT is, and the table the kernels read.

use crate::ops::clip_f64;
use crate::ops::lut3d::{Domain, LutDataError, check_values};

/// Most entries a 1D LUT may have.
pub const MAX_SIZE: usize = 65_536;

/// Entries of a half-domain LUT: one for each 16-bit pattern.
pub const HALF_SIZE: usize = 65_536;

/// The largest finite half: input of a half-domain LUT is clipped to plus and minus this.
pub const LARGEST_HALF: f64 = 65_504.0;

/// Its bit pattern.
const LARGEST_HALF_BITS: usize = 0x7bff;

/// The inputs the entries of a [`Lut1d`] stand for.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// Even steps over a domain.
    Even(Domain),
    /// Entry `i` is for the IEEE 754 half with the bits `i` (CLF `halfDomain`).
    Half,
    /// One for each entry and channel, never descending. Of equal ones the first counts.
    Listed(Vec<[f32; 3]>),
}

/// Three curves of equal length, linear between their entries. Values are finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Lut1d {
    inputs: Inputs,
    values: Vec<[f32; 3]>,
}

impl Lut1d {
    /// `values[i]` is the output of the three channels at the i-th even step of `domain`.
    ///
    /// # Errors
    /// Fewer than 2 or more than 65,536 entries; a value that is not finite or beyond 1e9; an empty
    /// domain.
    pub fn new(domain: Domain, values: Vec<[f32; 3]>) -> Result<Self, LutDataError> {
        check_size(values.len(), 2)?;
        domain.check()?;
        check_values(&values)?;
        Ok(Self { inputs: Inputs::Even(domain), values })
    }

    /// `values[i]` is the output for the half with the bits `i`. What is given for infinities and NaN is not
    /// looked at: input is clipped to what is finite.
    ///
    /// # Errors
    /// Not exactly 65,536 entries; the value of a finite half is not finite or beyond 1e9.
    pub fn half_domain(mut values: Vec<[f32; 3]>) -> Result<Self, LutDataError> {
        check_size(values.len(), HALF_SIZE)?;
        for side in values.chunks_mut(HALF_SIZE / 2) {
            let largest = side[LARGEST_HALF_BITS];
            side[LARGEST_HALF_BITS + 1..].fill(largest);
        }
        check_values(&values)?;
        Ok(Self { inputs: Inputs::Half, values })
    }

    /// `values[i]` is the output at `inputs[i]`, channel by channel: the shaper of a `.csp` file, the inverse of an
    /// even table. A channel with fewer entries than another repeats its last.
    ///
    /// # Errors
    /// Fewer than 2 or more than 65,536 entries; another number of inputs; a number that is not finite or beyond
    /// 1e9; an input that descends; a channel whose inputs are all the same.
    pub fn listed(inputs: Vec<[f32; 3]>, values: Vec<[f32; 3]>) -> Result<Self, LutDataError> {
        check_size(values.len(), 2)?;
        if inputs.len() != values.len() {
            return Err(LutDataError::Count { found: inputs.len(), expected: values.len() });
        }
        check_values(&inputs)?;
        check_values(&values)?;
        if let Some(index) = inputs.windows(2).position(|pair| (0..3).any(|c| pair[1][c] < pair[0][c])) {
            return Err(LutDataError::Order { index: index + 1 });
        }
        let listed = Self { inputs: Inputs::Listed(inputs), values };
        listed.domain().check()?;
        Ok(listed)
    }

    /// Entries per channel.
    #[must_use]
    pub fn size(&self) -> usize {
        self.values.len()
    }

    /// The inputs the entries stand for.
    #[must_use]
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Whether the entries are indexed by the bits of a half.
    #[must_use]
    pub fn is_half_domain(&self) -> bool {
        self.inputs == Inputs::Half
    }

    /// The lowest and the highest input: what lies beyond is clipped.
    #[must_use]
    pub fn domain(&self) -> Domain {
        match &self.inputs {
            Inputs::Even(domain) => *domain,
            Inputs::Half => Domain { min: [-LARGEST_HALF as f32; 3], max: [LARGEST_HALF as f32; 3] },
            Inputs::Listed(inputs) => Domain { min: inputs[0], max: inputs[inputs.len() - 1] },
        }
    }

    /// The entries.
    #[must_use]
    pub fn values(&self) -> &[[f32; 3]] {
        &self.values
    }

    /// The value of one colour: linear interpolation in `f64`, input clipped to the domain. NaN is the lowest input.
    #[must_use]
    pub fn apply(&self, rgb: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|c| {
            let (i, j, fraction) = self.neighbours(c, rgb[c]);
            let (a, b) = (f64::from(self.values[i][c]), f64::from(self.values[j][c]));
            a + (b - a) * fraction
        })
    }

    /// The entries to both sides of input `x` of channel `c`, and how far it is from the first to the second.
    fn neighbours(&self, c: usize, x: f64) -> (usize, usize, f64) {
        match &self.inputs {
            Inputs::Even(domain) => {
                let position = domain.position(c, x, self.size() - 1);
                let i = (position as usize).min(self.size() - 2);
                (i, i + 1, position - i as f64)
            }
            Inputs::Half => half_neighbours(x),
            Inputs::Listed(inputs) => {
                let j = inputs.partition_point(|input| f64::from(input[c]) < x).clamp(1, inputs.len() - 1);
                let (a, b) = (f64::from(inputs[j - 1][c]), f64::from(inputs[j][c]));
                let fraction = if b > a { clip_f64((x - a) / (b - a), 0.0, 1.0) } else { f64::from(x > b) };
                (j - 1, j, fraction)
            }
        }
    }
}

/// The halves to both sides of `x`, the one nearer to zero first, and how far `x` is from the first to the second.
fn half_neighbours(x: f64) -> (usize, usize, f64) {
    let x = clip_f64(x, -LARGEST_HALF, LARGEST_HALF);
    let side = if x < 0.0 { HALF_SIZE / 2 } else { 0 };
    // The step between halves: 2^-24 below 2^-14, then 1/1024 of the power of two below.
    let exponent = (((x.abs().to_bits() >> 52) as i32) - 1023).max(-14);
    let steps = x.abs() * 2.0_f64.powi(10 - exponent);
    let position = f64::from((exponent + 14) * 1024) + steps;
    let i = (position as usize).min(LARGEST_HALF_BITS - 1);
    (side + i, side + i + 1, position - i as f64)
}

/// The inputs of a half-domain table, in the order of its entries; for infinities and NaN, the largest of the sign.
pub(crate) fn half_inputs() -> impl Iterator<Item = f64> {
    (0..HALF_SIZE).map(|bits| half((bits & 0x8000) | (bits & 0x7fff).min(LARGEST_HALF_BITS)))
}

/// The finite number whose bits as an IEEE 754 half are `bits`.
pub(super) fn half(bits: usize) -> f64 {
    let (exponent, mantissa) = ((bits >> 10 & 31) as i32, (bits & 1023) as f64);
    let magnitude =
        if exponent == 0 { mantissa * 2.0_f64.powi(-24) } else { (1024.0 + mantissa) * 2.0_f64.powi(exponent - 25) };
    if bits < HALF_SIZE / 2 { magnitude } else { -magnitude }
}

/// # Errors
/// [`LutDataError::Size`] for fewer than `min` or more than [`MAX_SIZE`] entries.
fn check_size(found: usize, min: usize) -> Result<(), LutDataError> {
    if (min..=MAX_SIZE).contains(&found) { Ok(()) } else { Err(LutDataError::Size { found, min, max: MAX_SIZE }) }
}

/// The three channels of a [`Lut1d`], ready for the kernels.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(super) channels: [Channel; 3],
}

/// One channel: `position = clamp(x * scale + offset, 0, last)`.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) scale: f32,
    pub(super) offset: f32,
    /// `values.len() - 2` as a number: the top of the domain.
    pub(super) last: f32,
    /// The entries and the last one again, so that interpolation at the top has two. At least 3.
    pub(super) values: Vec<f32>,
}

impl Table {
    /// None but for even steps.
    pub(crate) fn new(lut: &Lut1d) -> Option<Self> {
        let Inputs::Even(domain) = &lut.inputs else { return None };
        let last = lut.size() - 1;
        let channels = std::array::from_fn(|c| {
            let (scale, offset) = domain.scale_offset(c, last);
            let mut values: Vec<f32> = lut.values.iter().map(|entry| entry[c]).collect();
            values.push(values[last]);
            Channel { scale, offset, last: last as f32, values }
        });
        Some(Self { channels })
    }
}
