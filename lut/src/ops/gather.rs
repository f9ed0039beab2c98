//! Entries `i` and `i + 1` of a table, for each of a vector of `i`, as one 64-bit load per lane: half the loads of two
//! 32-bit gathers.

pub(super) mod avx2 {
    use std::arch::x86_64::*;

    /// `(base[i], base[i + 1])` for eight `i`.
    ///
    /// # Safety
    /// All of `base[i]` and `base[i + 1]` must be readable.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(in crate::ops) unsafe fn gather_pairs(base: *const f32, i: __m256i) -> (__m256, __m256) {
        // Lanes 0 1 4 5 and 2 3 6 7, so that the shuffles below, which work within 128 bits, restore the order.
        let i = _mm256_permute4x64_epi64::<0b11_01_10_00>(i);
        let (low, high) = (_mm256_castsi256_si128(i), _mm256_extracti128_si256::<1>(i));
        // SAFETY: the caller's; a gather has no alignment.
        let (low, high) =
            unsafe { (_mm256_i32gather_pd::<4>(base.cast(), low), _mm256_i32gather_pd::<4>(base.cast(), high)) };
        let (low, high) = (_mm256_castpd_ps(low), _mm256_castpd_ps(high));
        (_mm256_shuffle_ps::<0b10_00_10_00>(low, high), _mm256_shuffle_ps::<0b11_01_11_01>(low, high))
    }
}

pub(super) mod avx512 {
    use std::arch::x86_64::*;

    /// `(base[i], base[i + 1])` for sixteen `i`.
    ///
    /// # Safety
    /// All of `base[i]` and `base[i + 1]` must be readable.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(in crate::ops) unsafe fn gather_pairs(base: *const f32, i: __m512i) -> (__m512, __m512) {
        // As for AVX2: even pairs of lanes first, then odd ones.
        let i = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), i);
        let (low, high) = (_mm512_castsi512_si256(i), _mm512_extracti64x4_epi64::<1>(i));
        // SAFETY: the caller's; a gather has no alignment.
        let (low, high) =
            unsafe { (_mm512_i32gather_pd::<4>(low, base.cast()), _mm512_i32gather_pd::<4>(high, base.cast())) };
        let (low, high) = (_mm512_castpd_ps(low), _mm512_castpd_ps(high));
        (_mm512_shuffle_ps::<0b10_00_10_00>(low, high), _mm512_shuffle_ps::<0b11_01_11_01>(low, high))
    }
}
