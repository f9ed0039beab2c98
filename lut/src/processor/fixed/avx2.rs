//! Eight lanes.

use std::arch::x86_64::*;

use super::lanes::{Entry, Lanes, Word};
use crate::simd::Avx2;

/// The proof that the instructions are there. Tables are read with `GATHER` instructions, or entry by entry.
#[derive(Clone, Copy)]
pub(super) struct Narrow<const GATHER: bool>(pub Avx2);

// SAFETY, of every block below: the value proves that the machine has AVX2 and FMA; loads and stores are within the slices cut
// to length before them.
impl<const GATHER: bool> Lanes for Narrow<GATHER> {
    const COUNT: usize = 8;
    type F = __m256;
    type I = __m256i;

    #[inline(always)]
    fn splat(self, v: f32) -> __m256 {
        unsafe { _mm256_set1_ps(v) }
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> __m256 {
        let from = &from[..8];
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn clamp(self, v: __m256, low: __m256, high: __m256) -> __m256 {
        // The constant comes second: a NaN in `v` gives it.
        unsafe { _mm256_min_ps(_mm256_max_ps(v, low), high) }
    }
    #[inline(always)]
    fn shift_in(self, before: __m256, v: __m256) -> __m256 {
        unsafe {
            let up = _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6);
            let (before, v) = (_mm256_permutevar8x32_ps(before, up), _mm256_permutevar8x32_ps(v, up));
            _mm256_blend_ps::<1>(v, before)
        }
    }
    #[inline(always)]
    fn first(self, v: __m256) -> __m256 {
        unsafe { _mm256_broadcastss_ps(_mm256_castps256_ps128(v)) }
    }
    #[inline(always)]
    fn bits(self, v: __m256) -> __m256i {
        unsafe { _mm256_castps_si256(v) }
    }
    #[inline(always)]
    fn floats(self, v: __m256i) -> __m256 {
        unsafe { _mm256_castsi256_ps(v) }
    }
    #[inline(always)]
    fn round(self, v: __m256) -> __m256i {
        unsafe { _mm256_cvtps_epi32(v) }
    }
    #[inline(always)]
    fn truncate(self, v: __m256) -> __m256i {
        unsafe { _mm256_cvttps_epi32(v) }
    }
    #[inline(always)]
    fn to_float(self, v: __m256i) -> __m256 {
        unsafe { _mm256_cvtepi32_ps(v) }
    }
    #[inline(always)]
    fn int(self, v: i32) -> __m256i {
        unsafe { _mm256_set1_epi32(v) }
    }
    #[inline(always)]
    fn iadd(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_add_epi32(a, b) }
    }
    #[inline(always)]
    fn isub(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_sub_epi32(a, b) }
    }
    #[inline(always)]
    fn and(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_and_si256(a, b) }
    }
    #[inline(always)]
    fn or(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_or_si256(a, b) }
    }
    #[inline(always)]
    fn xor3(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        unsafe { _mm256_xor_si256(_mm256_xor_si256(a, b), c) }
    }
    #[inline(always)]
    fn min(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_min_epi32(a, b) }
    }
    #[inline(always)]
    fn max(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_max_epi32(a, b) }
    }
    #[inline(always)]
    fn shl<const BY: u32>(self, v: __m256i) -> __m256i {
        unsafe { _mm256_sll_epi32(v, _mm_cvtsi32_si128(BY as i32)) }
    }
    #[inline(always)]
    fn shr<const BY: u32>(self, v: __m256i) -> __m256i {
        unsafe { _mm256_srl_epi32(v, _mm_cvtsi32_si128(BY as i32)) }
    }
    #[inline(always)]
    fn sub_halves(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_sub_epi16(a, b) }
    }
    #[inline(always)]
    fn halves(self, low: __m256i, high: __m256i) -> __m256i {
        unsafe { _mm256_blend_epi16::<0b1010_1010>(low, high) }
    }
    #[inline(always)]
    fn dot_halves(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_madd_epi16(a, b) }
    }
    #[inline(always)]
    fn load_words(self, from: &[Word]) -> __m256i {
        let from = &from[..8];
        unsafe { _mm256_cvtepu16_epi32(_mm_loadu_si128(from.as_ptr().cast())) }
    }
    #[inline(always)]
    fn load_pairs(self, from: &[Word]) -> (__m256i, __m256i) {
        let from = &from[..16];
        let pairs = unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
        (self.and(pairs, self.int(0xffff)), self.shr::<16>(pairs))
    }
    #[inline(always)]
    fn store_words(self, v: __m256i, to: &mut [Word]) {
        let to = &mut to[..8];
        unsafe {
            let low_halves = _mm256_and_si256(v, _mm256_set1_epi32(0xffff));
            let words = _mm256_packus_epi32(low_halves, low_halves);
            let words = _mm256_permute4x64_epi64::<0b10_00_10_00>(words);
            _mm_storeu_si128(to.as_mut_ptr().cast(), _mm256_castsi256_si128(words));
        }
    }
    #[inline(always)]
    fn store_pairs(self, even: __m256i, odd: __m256i, to: &mut [Word]) {
        let to = &mut to[..16];
        let pairs = self.or(even, self.shl::<16>(odd));
        unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), pairs) }
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
    fn swap_halves(self, v: __m256i) -> __m256i {
        unsafe {
            let within = _mm_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
            _mm256_shuffle_epi8(v, _mm256_broadcastsi128_si256(within))
        }
    }
    #[inline(always)]
    unsafe fn gather(self, table: &[Entry], at: __m256i) -> (__m256i, __m256i) {
        unsafe { if GATHER { load::<8>(table.as_ptr().cast(), at) } else { pick(table.as_ptr(), at) } }
    }
    #[inline(always)]
    unsafe fn gather_words(self, table: &[u16], at: __m256i) -> (__m256i, __m256i) {
        unsafe { if GATHER { load::<2>(table.as_ptr().cast(), at) } else { pick(table.as_ptr(), at) } }
    }
}

/// The first and the second half of the 64 bits at each of `at`, in units of `SCALE` bytes, by gather instructions.
///
/// # Safety
/// They can be read.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load<const SCALE: i32>(table: *const f64, at: __m256i) -> (__m256i, __m256i) {
    let at = _mm256_permute4x64_epi64::<0b11_01_10_00>(at);
    let (low, high) = (_mm256_castsi256_si128(at), _mm256_extracti128_si256::<1>(at));
    // SAFETY: the caller's.
    unsafe { halves(_mm256_i32gather_pd::<SCALE>(table, low), _mm256_i32gather_pd::<SCALE>(table, high)) }
}

/// As [`load`] entry by entry, `at` in units of `T`.
///
/// # Safety
/// As for [`load`].
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn pick<T>(table: *const T, at: __m256i) -> (__m256i, __m256i) {
    let (low, high) = (_mm256_castsi256_si128(at), _mm256_extracti128_si256::<1>(at));
    let join = |a, b| _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(a), b);
    // SAFETY: the caller's.
    let pair = |two| unsafe { pick_pair(table, two) };
    halves(
        join(pair(_mm_cvtsi128_si64(low)), pair(_mm_cvtsi128_si64(high))),
        join(pair(_mm_extract_epi64::<1>(low)), pair(_mm_extract_epi64::<1>(high))),
    )
}

/// The 64 bits at the first and at the second half of `two`, in units of `T`. Two places leave the vectors at a time: one by
/// one takes twice as long, and by way of memory longer still (Zen 4).
///
/// # Safety
/// As for [`load`].
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn pick_pair<T>(table: *const T, two: i64) -> __m128d {
    let two = two as u64;
    // SAFETY: the caller's; loads need no alignment.
    unsafe {
        let [first, second] = [two & 0xffff_ffff, two >> 32].map(|at| table.add(at as usize).cast());
        _mm_loadh_pd(_mm_load_sd(first), second)
    }
}

/// First and second halves of entries 0 1 4 5 and 2 3 6 7, in order: the shuffles work within 128 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn halves(low: __m256d, high: __m256d) -> (__m256i, __m256i) {
    let (low, high) = (_mm256_castpd_ps(low), _mm256_castpd_ps(high));
    let first = _mm256_shuffle_ps::<0b10_00_10_00>(low, high);
    let second = _mm256_shuffle_ps::<0b11_01_11_01>(low, high);
    (_mm256_castps_si256(first), _mm256_castps_si256(second))
}
