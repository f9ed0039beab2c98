//! Stored rows to rows of codes in `f32`, chroma brought to full size.

use super::format::{ChromaSampling, ChromaSiting, Component};
use super::image::ImageRef;
use super::packing::Unit;
use super::resample::{average, blend, double_center, double_left};
use crate::simd::{Simd, per_level};

/// Codes of row `y` of all three components, Y', Cb, Cr or R', G', B', `src.width()` of each. Chroma lies where
/// `siting` says. `half` is scratch for two chroma rows.
pub(crate) fn load_row(
    simd: Simd,
    (src, siting): (&ImageRef<'_>, ChromaSiting),
    y: usize,
    rows: [&mut [f32]; 3],
    half: [&mut [f32]; 2],
) {
    let format = src.format();
    let [near, far] = half;
    let width = src.width();
    let (half_width, half_height) = format.chroma().plane_size(width, src.height());
    for (component, row) in format.components().into_iter().zip(rows) {
        let row = &mut row[..width];
        if !component.chroma || format.chroma() == ChromaSampling::Cs444 {
            load_component(simd, src, component, y, row);
            continue;
        }
        let near = &mut near[..half_width];
        if format.chroma() == ChromaSampling::Cs420 {
            load_component(simd, src, component, y / 2, near);
            let below = y % 2 == 1;
            let beside = if below { y / 2 + 1 } else { (y / 2).saturating_sub(1) }.min(half_height - 1);
            let far = &mut far[..half_width];
            // A row that lies on its chroma needs no other.
            if below || siting != ChromaSiting::TopLeft {
                load_component(simd, src, component, beside, far);
                if siting == ChromaSiting::TopLeft { average(simd, near, far) } else { blend(simd, near, far) }
            }
        } else {
            load_component(simd, src, component, y, near);
        }
        match siting {
            ChromaSiting::Left | ChromaSiting::TopLeft => double_left(simd, near, row),
            ChromaSiting::Center => double_center(simd, near, row),
        }
    }
}

/// Codes of one component of row `y` of its own plane; `row` is as long as that plane is wide.
pub(crate) fn load_component(simd: Simd, src: &ImageRef<'_>, component: Component, y: usize, row: &mut [f32]) {
    let bytes = src.row(component.plane, y);
    let Component { step, first, shift, .. } = component;
    match (src.format().unit(), step) {
        (Unit::Byte, 1) => bytes_to_codes(simd, bytes, row),
        (Unit::Byte, _) => stepped_bytes_to_codes(simd, bytes, (step, first), row),
        (Unit::Word, 1) => words_to_codes(simd, bytes, shift, row),
        (Unit::Word, _) => stepped_words_to_codes(simd, bytes, (step, first), shift, row),
        (Unit::Tens, _) => tens_to_codes(simd, bytes, u32::from_le_bytes, shift, row),
        (Unit::TensBigEndian, _) => tens_to_codes(simd, bytes, u32::from_be_bytes, shift, row),
        (Unit::Thirds, _) => thirds_to_codes(simd, bytes, (step, first), row),
    }
}

per_level! { fn bytes_to_codes(bytes: &[u8], row: &mut [f32]) = from_bytes; }
per_level! { fn stepped_bytes_to_codes(bytes: &[u8], at: (usize, usize), row: &mut [f32]) = from_stepped_bytes; }
per_level! { fn words_to_codes(bytes: &[u8], shift: u32, row: &mut [f32]) = from_words; }
per_level! {
    fn stepped_words_to_codes(bytes: &[u8], at: (usize, usize), shift: u32, row: &mut [f32]) = from_stepped_words;
}

per_level! {
    fn tens_to_codes(bytes: &[u8], word: fn([u8; 4]) -> u32, shift: u32, row: &mut [f32]) = from_tens;
}
per_level! { fn thirds_to_codes(bytes: &[u8], at: (usize, usize), row: &mut [f32]) = from_thirds; }

/// Codes of bytes, as many as there are of both.
#[inline(always)]
pub(crate) fn from_bytes(bytes: &[u8], row: &mut [f32]) {
    for (v, byte) in row.iter_mut().zip(bytes) {
        *v = f32::from(*byte);
    }
}

#[inline(always)]
fn from_stepped_bytes(bytes: &[u8], (step, first): (usize, usize), row: &mut [f32]) {
    for (v, byte) in row.iter_mut().zip(bytes.iter().skip(first).step_by(step)) {
        *v = f32::from(*byte);
    }
}

/// Codes of little-endian words above `shift` unused low bits, as many as there are of both.
#[inline(always)]
pub(crate) fn from_words(bytes: &[u8], shift: u32, row: &mut [f32]) {
    for (v, word) in row.iter_mut().zip(bytes.as_chunks::<2>().0) {
        *v = f32::from(u16::from_le_bytes(*word).wrapping_shr(shift));
    }
}

#[inline(always)]
fn from_stepped_words(bytes: &[u8], (step, first): (usize, usize), shift: u32, row: &mut [f32]) {
    let words = bytes.as_chunks::<2>().0.iter().skip(first).step_by(step);
    for (v, word) in row.iter_mut().zip(words) {
        *v = f32::from(u16::from_le_bytes(*word).wrapping_shr(shift));
    }
}

#[inline(always)]
fn from_tens(bytes: &[u8], word: fn([u8; 4]) -> u32, shift: u32, row: &mut [f32]) {
    for (v, four) in row.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *v = (word(*four).wrapping_shr(shift) & 0x3ff) as f32;
    }
}

/// Every `step`th (2 or 4) of the samples that lie three to a word, from `first`.
#[inline(always)]
fn from_thirds(bytes: &[u8], (step, first): (usize, usize), row: &mut [f32]) {
    for (out, group) in row.chunks_mut(12 / step).zip(bytes.as_chunks::<16>().0) {
        let (words, _) = group.as_chunks::<4>();
        let sample = |i: usize| (u32::from_le_bytes(words[i / 3]) >> (i % 3 * 10) & 0x3ff) as f32;
        let samples: [f32; 12] = std::array::from_fn(sample);
        for (v, sample) in out.iter_mut().zip(samples.iter().skip(first).step_by(step)) {
            *v = *sample;
        }
    }
}
