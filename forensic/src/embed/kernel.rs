//! The pass over the samples: interpolate, dither, add, keep within black and white. Integers throughout.

use crate::simd::per_level;

/// One row's ingredients; all slices are as long as the row.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// The mark at the centres of the cells above and below, in 1024ths of an 8-bit code, at most 4096.
    pub upper: &'a [i16],
    /// See `upper`.
    pub lower: &'a [i16],
    /// How far the row is from the upper centres to the lower, in 32768ths.
    pub fraction: i16,
    /// Phase of the dither along the row, in 65536ths.
    pub phase: &'a [u16],
    /// Phase of the dither at the row's beginning.
    pub row_phase: u16,
}

per_level! {
    /// Marks a row of 8-bit samples.
    pub(super) fn eight(samples: &mut [u8], line: Line<'_>) = mark_eight;
}

per_level! {
    /// Marks a row of 10-bit samples, little-endian.
    pub(super) fn ten(samples: &mut [[u8; 2]], line: Line<'_>) = mark_ten;
}

#[inline(always)]
fn mark_eight(samples: &mut [u8], line: Line<'_>) {
    let marks = line.upper.iter().zip(line.lower).zip(line.phase);
    for (sample, ((upper, lower), phase)) in samples.iter_mut().zip(marks) {
        let dither = (dither(*phase, line.row_phase) >> 6) as i16;
        let change = between(*upper, *lower, line.fraction).wrapping_add(dither) >> 10;
        *sample = limited(i16::from(*sample), change, 16, 235) as u8;
    }
}

#[inline(always)]
fn mark_ten(samples: &mut [[u8; 2]], line: Line<'_>) {
    let marks = line.upper.iter().zip(line.lower).zip(line.phase);
    for (sample, ((upper, lower), phase)) in samples.iter_mut().zip(marks) {
        let dither = (dither(*phase, line.row_phase) >> 8) as i16;
        let change = between(*upper, *lower, line.fraction).wrapping_add(dither) >> 8;
        *sample = limited(i16::from_le_bytes(*sample), change, 64, 940).to_le_bytes();
    }
}

#[inline(always)]
fn between(upper: i16, lower: i16, fraction: i16) -> i16 {
    let twice = lower.wrapping_sub(upper).wrapping_mul(2);
    upper.wrapping_add((i32::from(twice).wrapping_mul(i32::from(fraction)) >> 16) as i16)
}

/// The noise's second factor, 52.9829189, is 53 - 1119 / 65536.
#[inline(always)]
fn dither(phase: u16, row_phase: u16) -> u16 {
    let phase = phase.wrapping_add(row_phase);
    let correction = (u32::from(phase).wrapping_mul(1119) >> 16) as u16;
    phase.wrapping_mul(53).wrapping_sub(correction)
}

/// A sample between black and white stays there; any other stays as it is.
#[inline(always)]
fn limited(sample: i16, change: i16, black: i16, white: i16) -> i16 {
    let marked = sample.wrapping_add(change).max(black).min(white);
    if sample > black && sample < white { marked } else { sample }
}
