//! Sixteen values at a time: two gathers of entry pairs and a linear interpolation.

use std::arch::x86_64::*;

use super::data::Channel;
use super::scalar;
use crate::ops::gather::avx512::gather_pairs;
use crate::simd::Avx512;

/// Same bits as [`scalar::apply`].
pub(super) fn apply(_: Avx512, channel: &Channel, row: &mut [f32]) {
    let (blocks, rest) = row.as_chunks_mut::<16>();
    // SAFETY: the token proves AVX-512.
    unsafe { apply_blocks(channel, blocks) };
    scalar::apply(channel, rest);
}

#[target_feature(enable = "avx512f")]
fn apply_blocks(channel: &Channel, blocks: &mut [[f32; 16]]) {
    // The gathers below rest on this.
    assert!(channel.values.len() >= 2 && channel.last as usize <= channel.values.len() - 2);
    let scale = _mm512_set1_ps(channel.scale);
    let offset = _mm512_set1_ps(channel.offset);
    let last = _mm512_set1_ps(channel.last);
    for block in blocks {
        // SAFETY: a block is sixteen floats.
        let x = unsafe { _mm512_loadu_ps(block.as_ptr()) };
        let x = _mm512_add_ps(_mm512_mul_ps(x, scale), offset);
        // The constant comes second: a NaN in `x` gives it.
        let x = _mm512_min_ps(_mm512_max_ps(x, _mm512_setzero_ps()), last);
        let i = _mm512_cvttps_epi32(x);
        let fraction = _mm512_sub_ps(x, _mm512_cvtepi32_ps(i));
        // SAFETY: 0 <= i <= last <= values.len() - 2, asserted above.
        let (a, b) = unsafe { gather_pairs(channel.values.as_ptr(), i) };
        let y = _mm512_add_ps(a, _mm512_mul_ps(_mm512_sub_ps(b, a), fraction));
        // SAFETY: a block is sixteen floats.
        unsafe { _mm512_storeu_ps(block.as_mut_ptr(), y) };
    }
}
