//! Sixteen lanes.

use std::arch::x86_64::*;

use super::lanes::{Entry, Lanes, Word};
use crate::simd::Avx512;

/// The proof that the instructions are there, and a constant of theirs.
#[derive(Clone, Copy)]
pub(super) struct Wide {
    _token: Avx512,
    /// Even pairs of lanes, then odd ones: the shuffles of [`load_entries`] work within 128 bits and put them in order.
    spread: __m512i,
}

impl Wide {
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn new(token: Avx512) -> Self {
        // Kept from the compiler, which would split the one permutation into three.
        let spread = std::hint::black_box(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7));
        Self { _token: token, spread }
    }

    #[inline(always)]
    fn spread(self, at: __m512i) -> (__m256i, __m256i) {
        unsafe {
            let at = _mm512_permutexvar_epi64(self.spread, at);
            (_mm512_castsi512_si256(at), _mm512_extracti64x4_epi64::<1>(at))
        }
    }
}

// SAFETY, of every block here: the value proves that the machine has AVX-512 F, BW, DQ and VL; loads and stores are
// within the slices cut to length before them.
impl Lanes for Wide {
    const COUNT: usize = 16;
    type F = __m512;
    type I = __m512i;

    #[inline(always)]
    fn splat(self, v: f32) -> __m512 {
        unsafe { _mm512_set1_ps(v) }
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> __m512 {
        let from = &from[..16];
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn clamp(self, v: __m512, low: __m512, high: __m512) -> __m512 {
        // The constant comes second: a NaN in `v` gives it.
        unsafe { _mm512_min_ps(_mm512_max_ps(v, low), high) }
    }
    #[inline(always)]
    fn shift_in(self, before: __m512, v: __m512) -> __m512 {
        let (before, v) = (self.bits(before), self.bits(v));
        self.floats(unsafe { _mm512_alignr_epi32::<15>(v, before) })
    }
    #[inline(always)]
    fn first(self, v: __m512) -> __m512 {
        unsafe { _mm512_broadcastss_ps(_mm512_castps512_ps128(v)) }
    }
    #[inline(always)]
    fn bits(self, v: __m512) -> __m512i {
        unsafe { _mm512_castps_si512(v) }
    }
    #[inline(always)]
    fn floats(self, v: __m512i) -> __m512 {
        unsafe { _mm512_castsi512_ps(v) }
    }
    #[inline(always)]
    fn round(self, v: __m512) -> __m512i {
        unsafe { _mm512_cvtps_epi32(v) }
    }
    #[inline(always)]
    fn truncate(self, v: __m512) -> __m512i {
        unsafe { _mm512_cvttps_epi32(v) }
    }
    #[inline(always)]
    fn to_float(self, v: __m512i) -> __m512 {
        unsafe { _mm512_cvtepi32_ps(v) }
    }
    #[inline(always)]
    fn int(self, v: i32) -> __m512i {
        unsafe { _mm512_set1_epi32(v) }
    }
    #[inline(always)]
    fn iadd(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_add_epi32(a, b) }
    }
    #[inline(always)]
    fn isub(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_sub_epi32(a, b) }
    }
    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_and_si512(a, b) }
    }
    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_or_si512(a, b) }
    }
    #[inline(always)]
    fn xor3(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        unsafe { _mm512_ternarylogic_epi32::<0x96>(a, b, c) }
    }
    #[inline(always)]
    fn min(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_min_epi32(a, b) }
    }
    #[inline(always)]
    fn max(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_max_epi32(a, b) }
    }
    #[inline(always)]
    fn shl<const BY: u32>(self, v: __m512i) -> __m512i {
        unsafe { _mm512_slli_epi32::<BY>(v) }
    }
    #[inline(always)]
    fn shr<const BY: u32>(self, v: __m512i) -> __m512i {
        unsafe { _mm512_srli_epi32::<BY>(v) }
    }
    #[inline(always)]
    fn sub_halves(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_sub_epi16(a, b) }
    }
    #[inline(always)]
    fn halves(self, low: __m512i, high: __m512i) -> __m512i {
        unsafe { _mm512_mask_blend_epi16(0xaaaa_aaaa, low, high) }
    }
    #[inline(always)]
    fn dot_halves(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_madd_epi16(a, b) }
    }
    #[inline(always)]
    fn load_words(self, from: &[Word]) -> __m512i {
        let from = &from[..16];
        unsafe { _mm512_cvtepu16_epi32(_mm256_loadu_si256(from.as_ptr().cast())) }
    }
    #[inline(always)]
    fn load_pairs(self, from: &[Word]) -> (__m512i, __m512i) {
        let from = &from[..32];
        let pairs = unsafe { _mm512_loadu_si512(from.as_ptr().cast()) };
        (self.and(pairs, self.int(0xffff)), self.shr::<16>(pairs))
    }
    #[inline(always)]
    fn store_words(self, v: __m512i, to: &mut [Word]) {
        let to = &mut to[..16];
        unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), _mm512_cvtepi32_epi16(v)) }
    }
    #[inline(always)]
    fn store_pairs(self, even: __m512i, odd: __m512i, to: &mut [Word]) {
        let to = &mut to[..32];
        let pairs = self.or(even, self.shl::<16>(odd));
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), pairs) }
    }
    #[inline(always)]
    fn prefetch<const WRITE: bool>(self, at: *const Word) {
        // SAFETY: a prefetch reads nothing and never faults.
        unsafe {
            if WRITE {
                _mm_prefetch::<_MM_HINT_ET0>(at.cast());
            } else {
                _mm_prefetch::<_MM_HINT_T0>(at.cast());
            }
        }
    }
    #[inline(always)]
    unsafe fn gather(self, table: &[Entry], at: __m512i) -> (__m512i, __m512i) {
        unsafe { load_entries(table, self.spread(at)) }
    }
    #[inline(always)]
    unsafe fn gather_both(self, one: &[Entry], two: &[Entry], at: __m512i) -> [(__m512i, __m512i); 2] {
        unsafe {
            let at = self.spread(at);
            [load_entries(one, at), load_entries(two, at)]
        }
    }
}

/// # Safety
/// Every lane of `low` and `high` is an index into `table`.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load_entries(table: &[Entry], (low, high): (__m256i, __m256i)) -> (__m512i, __m512i) {
    let base = table.as_ptr().cast();
    // SAFETY: the caller's.
    let (low, high) = unsafe { (_mm512_i32gather_pd::<8>(low, base), _mm512_i32gather_pd::<8>(high, base)) };
    let (low, high) = (_mm512_castpd_ps(low), _mm512_castpd_ps(high));
    let first = _mm512_shuffle_ps::<0b10_00_10_00>(low, high);
    let second = _mm512_shuffle_ps::<0b11_01_11_01>(low, high);
    (_mm512_castps_si512(first), _mm512_castps_si512(second))
}
