//! Eight values at a time: two gathers of entry pairs and a linear interpolation.

use std::arch::x86_64::*;

use super::data::{BIAS, Channel, FIRST};
use super::scalar;
use crate::ops::gather::avx2::gather_pairs;
use crate::simd::Avx2;

/// Same bits as [`scalar::apply`].
pub(super) fn apply(_: Avx2, channel: &Channel, row: &mut [f32]) {
    // The gathers below rest on this.
    assert!(channel.holds(channel.low) && channel.holds(channel.high));
    let (blocks, rest) = row.as_chunks_mut::<8>();
    // SAFETY: the token proves AVX2; the ends of the domain are as asserted.
    unsafe { apply_blocks(channel, blocks) };
    scalar::apply(channel, rest);
}

/// # Safety
/// The channel holds the ends of its domain.
#[target_feature(enable = "avx2")]
unsafe fn apply_blocks(channel: &Channel, blocks: &mut [[f32; 8]]) {
    let (low, high) = (_mm256_set1_ps(channel.low), _mm256_set1_ps(channel.high));
    let magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(i32::MAX));
    let bias = _mm256_set1_ps(BIAS);
    let first = _mm256_set1_epi32(FIRST as i32);
    let shift = _mm_cvtsi32_si128(channel.spacing.fraction_bits as i32);
    let mask = _mm256_set1_epi32(channel.spacing.mask() as i32);
    let scale = _mm256_set1_ps(channel.spacing.scale);
    let negative = _mm256_set1_epi32(channel.negative as i32);
    for block in blocks {
        // SAFETY: a block is eight floats.
        let x = unsafe { _mm256_loadu_ps(block.as_ptr()) };
        // The constant comes second: a NaN in `x` gives it.
        let x = _mm256_min_ps(_mm256_max_ps(x, low), high);
        let below = _mm256_castps_si256(_mm256_cmp_ps::<_CMP_LT_OQ>(x, _mm256_setzero_ps()));
        let bits = _mm256_castps_si256(_mm256_add_ps(_mm256_and_ps(x, magnitude), bias));
        let i = _mm256_srl_epi32(_mm256_sub_epi32(bits, first), shift);
        let i = _mm256_add_epi32(i, _mm256_and_si256(below, negative));
        let fraction = _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_and_si256(bits, mask)), scale);
        // SAFETY: entries ascend with the magnitude, and those of both ends are there.
        let (a, b) = unsafe { gather_pairs(channel.values.as_ptr(), i) };
        let y = _mm256_add_ps(a, _mm256_mul_ps(_mm256_sub_ps(b, a), fraction));
        // SAFETY: a block is eight floats.
        unsafe { _mm256_storeu_ps(block.as_mut_ptr(), y) };
    }
}
