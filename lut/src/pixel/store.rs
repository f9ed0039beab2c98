//! Rows of unrounded codes in `f32` to stored rows.

use super::dither::{Dither, Pattern};
use super::format::{BitDepth, Component, PixelFormat};
use super::image::ImageMut;
use crate::ops::clamp;
use crate::simd::{Simd, per_level};

/// How codes become whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantizer {
    pub dither: Dither,
    pub depth: BitDepth,
}

/// 2^23: adding it leaves a whole number in the low mantissa bits, rounded to nearest even.
const ROUND: f32 = 8_388_608.0;

/// The whole code of `value + offset`, within 0..=`max`.
#[inline(always)]
pub(crate) fn code(value: f32, offset: f32, max: f32) -> u16 {
    (clamp(value + offset, 0.0, max) + ROUND).to_bits() as u16
}

/// Writes component `index` (0..3) to row `y` of its plane in `dst`, whose row 0 is row `top` of
/// the whole plane (dither depends on the place in the whole picture).
pub(crate) fn store_component(
    simd: Simd,
    quantizer: Quantizer,
    dst: &mut ImageMut<'_>,
    (index, component): (usize, Component),
    (y, top): (usize, usize),
    row: &[f32],
) {
    let pattern = quantizer.dither.pattern(index, top + y);
    let max = quantizer.depth.max_code() as f32;
    let Component { plane, step, first, shift, .. } = component;
    let bytes = dst.row_mut(plane, y);
    match (quantizer.depth.bytes(), step) {
        (1, 1) => codes_to_bytes(simd, row, &pattern, max, bytes),
        (1, _) => {
            let samples = bytes.iter_mut().skip(first).step_by(step);
            for ((byte, v), offset) in samples.zip(row).zip(pattern.iter().cycle()) {
                *byte = code(*v, *offset, max) as u8;
            }
        }
        (_, 1) => codes_to_words(simd, row, &pattern, max, shift, bytes),
        _ => {
            let samples = bytes.as_chunks_mut::<2>().0.iter_mut().skip(first).step_by(step);
            for ((word, v), offset) in samples.zip(row).zip(pattern.iter().cycle()) {
                *word = code(*v, *offset, max).wrapping_shl(shift).to_le_bytes();
            }
        }
    }
}

per_level! { fn codes_to_bytes(row: &[f32], pattern: &Pattern, max: f32, bytes: &mut [u8]) = to_bytes; }
per_level! {
    fn codes_to_words(row: &[f32], pattern: &Pattern, max: f32, shift: u32, bytes: &mut [u8]) = to_words;
}

/// Pixels whose offsets are laid out at once: a whole number of patterns and of vectors.
const TILE: usize = 64;

/// The pattern, repeated.
#[inline(always)]
fn tile(pattern: &Pattern) -> [f32; TILE] {
    std::array::from_fn(|i| pattern[i % pattern.len()])
}

#[inline(always)]
fn to_bytes(row: &[f32], pattern: &Pattern, max: f32, bytes: &mut [u8]) {
    let offsets = tile(pattern);
    for (out, block) in bytes.chunks_mut(TILE).zip(row.chunks(TILE)) {
        for ((out, v), offset) in out.iter_mut().zip(block).zip(&offsets) {
            *out = code(*v, *offset, max) as u8;
        }
    }
}

#[inline(always)]
fn to_words(row: &[f32], pattern: &Pattern, max: f32, shift: u32, bytes: &mut [u8]) {
    let offsets = tile(pattern);
    for (out, block) in bytes.as_chunks_mut::<2>().0.chunks_mut(TILE).zip(row.chunks(TILE)) {
        for ((out, v), offset) in out.iter_mut().zip(block).zip(&offsets) {
            *out = code(*v, *offset, max).wrapping_shl(shift).to_le_bytes();
        }
    }
}

/// Writes 255 to the fourth byte of the packed formats.
pub(crate) fn fill_padding(dst: &mut ImageMut<'_>, y: usize) {
    if matches!(dst.format(), PixelFormat::Rgba | PixelFormat::Bgra) {
        for pixel in dst.row_mut(0, y).as_chunks_mut::<4>().0 {
            pixel[3] = 255;
        }
    }
}
