//! Sixteen values at a time: two gathers of entry pairs and a linear interpolation.

use std::arch::x86_64::*;

use super::data::{BIAS, Channel, FIRST};
use super::scalar;
use crate::ops::gather::avx512::gather_pairs;
use crate::simd::Avx512;

/// Same bits as [`scalar::apply`].
pub(super) fn apply(_: Avx512, channel: &Channel, row: &mut [f32]) {
    // The gathers below rest on this.
    assert!(channel.holds(channel.low) && channel.holds(channel.high));
    let (blocks, rest) = row.as_chunks_mut::<16>();
    // SAFETY: the token proves AVX-512; the ends of the domain are as asserted.
    unsafe { apply_blocks(channel, blocks) };
    scalar::apply(channel, rest);
}

/// # Safety
/// The channel holds the ends of its domain.
#[target_feature(enable = "avx512f")]
unsafe fn apply_blocks(channel: &Channel, blocks: &mut [[f32; 16]]) {
    let (low, high) = (_mm512_set1_ps(channel.low), _mm512_set1_ps(channel.high));
    let bias = _mm512_set1_ps(BIAS);
    let first = _mm512_set1_epi32(FIRST as i32);
    let shift = _mm_cvtsi32_si128(channel.spacing.fraction_bits as i32);
    let mask = _mm512_set1_epi32(channel.spacing.mask() as i32);
    let scale = _mm512_set1_ps(channel.spacing.scale);
    let negative = _mm512_set1_epi32(channel.negative as i32);
    for block in blocks {
        // SAFETY: a block is sixteen floats.
        let x = unsafe { _mm512_loadu_ps(block.as_ptr()) };
        // The constant comes second: a NaN in `x` gives it.
        let x = _mm512_min_ps(_mm512_max_ps(x, low), high);
        let below = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(x, _mm512_setzero_ps());
        let bits = _mm512_castps_si512(_mm512_add_ps(_mm512_abs_ps(x), bias));
        let i = _mm512_srl_epi32(_mm512_sub_epi32(bits, first), shift);
        let i = _mm512_mask_add_epi32(i, below, i, negative);
        let fraction = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_and_si512(bits, mask)), scale);
        // SAFETY: entries ascend with the magnitude, and those of both ends are there.
        let (a, b) = unsafe { gather_pairs(channel.values.as_ptr(), i) };
        let y = _mm512_add_ps(a, _mm512_mul_ps(_mm512_sub_ps(b, a), fraction));
        // SAFETY: a block is sixteen floats.
        unsafe { _mm512_storeu_ps(block.as_mut_ptr(), y) };
    }
}
