//! Squares of eight by eight, one 256-bit vector to a row.

use std::arch::x86_64::*;

use super::scalar::{Plane, Scratch, Turn, resize_squares};
use crate::pixel::ImageMut;
use crate::simd::Avx2;

/// Same bits as [`super::scalar::resize`].
pub(super) fn resize(token: Avx2, plane: &Plane<'_>, dst: &mut ImageMut<'_>, scratch: &mut Scratch) {
    #[target_feature(enable = "avx2")]
    fn compiled(token: Avx2, plane: &Plane<'_>, dst: &mut ImageMut<'_>, scratch: &mut Scratch) {
        resize_squares(token, plane, dst, scratch);
    }
    // SAFETY: the token proves AVX2.
    unsafe { compiled(token, plane, dst, scratch) }
}

impl Turn<8> for Avx2 {
    #[inline(always)]
    fn turn(self, square: &mut [[f32; 8]; 8]) {
        // SAFETY: the token proves AVX2.
        unsafe { turn(square) }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn turn(square: &mut [[f32; 8]; 8]) {
    // SAFETY: a row is eight floats.
    let rows = square.each_ref().map(|row| unsafe { _mm256_loadu_ps(row.as_ptr()) });
    // Halves first: rows 0..4 beside 4..8, so that what is left is a 4x4 in each half.
    let halves: [[__m256; 4]; 2] = [
        std::array::from_fn(|i| _mm256_permute2f128_ps::<0x20>(rows[i], rows[i + 4])),
        std::array::from_fn(|i| _mm256_permute2f128_ps::<0x31>(rows[i], rows[i + 4])),
    ];
    for (half, out) in halves.into_iter().zip(square.chunks_exact_mut(4)) {
        for (row, out) in turn_quarters(half).into_iter().zip(out) {
            // SAFETY: a row is eight floats.
            unsafe { _mm256_storeu_ps(out.as_mut_ptr(), row) };
        }
    }
}

/// Turns a 4x4 in each half.
#[inline]
#[target_feature(enable = "avx2")]
fn turn_quarters([a, b, c, d]: [__m256; 4]) -> [__m256; 4] {
    let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
    [
        _mm256_shuffle_ps::<0b01_00_01_00>(ab_low, cd_low),
        _mm256_shuffle_ps::<0b11_10_11_10>(ab_low, cd_low),
        _mm256_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high),
        _mm256_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high),
    ]
}
