//! Squares of sixteen by sixteen, one 512-bit vector to a row.

use std::arch::x86_64::*;

use super::scalar::{Plane, Scratch, Turn, resize_squares};
use crate::pixel::ImageMut;
use crate::simd::Avx512;

/// Same bits as [`super::scalar::resize`].
pub(super) fn resize(token: Avx512, plane: &Plane<'_>, dst: &mut ImageMut<'_>, scratch: &mut Scratch) {
    #[target_feature(enable = "avx2,avx512f,avx512bw,avx512dq,avx512vl")]
    fn compiled(token: Avx512, plane: &Plane<'_>, dst: &mut ImageMut<'_>, scratch: &mut Scratch) {
        resize_squares(token, plane, dst, scratch);
    }
    // SAFETY: the token proves AVX-512.
    unsafe { compiled(token, plane, dst, scratch) }
}

impl Turn<16> for Avx512 {
    #[inline(always)]
    fn turn(self, square: &mut [[f32; 16]; 16]) {
        // SAFETY: the token proves AVX-512.
        unsafe { turn(square) }
    }
}

/// Four rounds of shuffling row i with row i + 8 like a pack of cards: each moves one bit of the row number into the
/// column number.
#[inline]
#[target_feature(enable = "avx512f")]
fn turn(square: &mut [[f32; 16]; 16]) {
    // SAFETY: a row is sixteen floats.
    let mut rows = square.each_ref().map(|row| unsafe { _mm512_loadu_ps(row.as_ptr()) });
    rows = shuffle(rows);
    rows = shuffle(rows);
    rows = shuffle(rows);
    rows = shuffle(rows);
    for (row, out) in rows.into_iter().zip(square) {
        // SAFETY: a row is sixteen floats.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), row) };
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn shuffle(rows: [__m512; 16]) -> [__m512; 16] {
    let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    let high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    std::array::from_fn(|i| {
        let (a, b) = (rows[i / 2], rows[i / 2 + 8]);
        _mm512_permutex2var_ps(a, if i % 2 == 0 { low } else { high }, b)
    })
}
