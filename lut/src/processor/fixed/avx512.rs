//! Sixteen lanes.

use std::arch::x86_64::*;

use super::avx2;
use super::lanes::{Entry, Lanes, Word};
use crate::simd::Avx512;

/// The proof that the instructions are there, and a constant of theirs. Tables are read with `GATHER` instructions, or
/// entry by entry.
#[derive(Clone, Copy)]
pub(super) struct Wide<const GATHER: bool> {
    _token: Avx512,
    /// Even pairs of lanes, then odd ones: the shuffles of [`halves_of_entries`] work within 128 bits and put them in order.
    spread: __m512i,
}

impl<const GATHER: bool> Wide<GATHER> {
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
impl<const GATHER: bool> Lanes for Wide<GATHER> {
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
    fn swap_halves(self, v: __m512i) -> __m512i {
        unsafe { _mm512_rol_epi32::<16>(v) }
    }
    #[inline(always)]
    unsafe fn gather(self, table: &[Entry], at: __m512i) -> (__m512i, __m512i) {
        unsafe {
            if GATHER { load::<8>(table.as_ptr().cast(), self.spread(at)) } else { pick(table.as_ptr(), pairs(at)) }
        }
    }
    #[inline(always)]
    unsafe fn gather_words(self, table: &[u16], at: __m512i) -> (__m512i, __m512i) {
        let [all, _] = unsafe { self.gather_words_of_both(table, table, at) };
        all
    }
    #[inline(always)]
    unsafe fn gather_words_of_both(self, one: &[u16], two: &[u16], at: __m512i) -> [(__m512i, __m512i); 2] {
        let (one, two) = (one.as_ptr(), two.as_ptr());
        unsafe {
            if GATHER {
                let at = self.spread(at);
                [load::<2>(one.cast(), at), load::<2>(two.cast(), at)]
            } else {
                let at = pairs(at);
                [pick(one, at), pick(two, at)]
            }
        }
    }
}

/// The first and the second half of the 64 bits at each of `low` and `high`, in units of `SCALE` bytes, by gather
/// instructions.
///
/// # Safety
/// They can be read.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load<const SCALE: i32>(table: *const f64, (low, high): (__m256i, __m256i)) -> (__m512i, __m512i) {
    // SAFETY: the caller's.
    unsafe { halves_of_entries(_mm512_i32gather_pd::<SCALE>(low, table), _mm512_i32gather_pd::<SCALE>(high, table)) }
}

/// As [`load`] entry by entry, `at` in units of `T`.
///
/// # Safety
/// As for [`load`].
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn pick<T>(table: *const T, [low, high]: [[i64; 4]; 2]) -> (__m512i, __m512i) {
    let join = |a, b| _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(a), b);
    let four = |at: [i64; 4]| {
        // SAFETY: the caller's.
        let [a, b, c, d] = at.map(|two| unsafe { avx2::pick_pair(table, two) });
        _mm512_insertf64x4::<1>(_mm512_castpd256_pd512(join(a, b)), join(c, d))
    };
    halves_of_entries(four(low), four(high))
}

/// Lanes 0 1, 4 5, 8 9, 12 13 and the others, for addresses.
#[inline]
#[target_feature(enable = "avx512f")]
fn pairs(at: __m512i) -> [[i64; 4]; 2] {
    let (low, high) = (_mm512_castsi512_si256(at), _mm512_extracti64x4_epi64::<1>(at));
    let [a, c] = [low, high].map(|half| _mm256_castsi256_si128(half));
    let [b, d] = [low, high].map(|half| _mm256_extracti128_si256::<1>(half));
    let all = [a, b, c, d];
    [all.map(|two| _mm_cvtsi128_si64(two)), all.map(|two| _mm_extract_epi64::<1>(two))]
}

/// First and second halves of entries 0 1, 4 5, 8 9, 12 13 and the others, in order.
#[inline]
#[target_feature(enable = "avx512f")]
fn halves_of_entries(low: __m512d, high: __m512d) -> (__m512i, __m512i) {
    let (low, high) = (_mm512_castpd_ps(low), _mm512_castpd_ps(high));
    let first = _mm512_shuffle_ps::<0b10_00_10_00>(low, high);
    let second = _mm512_shuffle_ps::<0b11_01_11_01>(low, high);
    (_mm512_castps_si512(first), _mm512_castps_si512(second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;
    use crate::simd::Simd;

    fn lanes(v: __m512i) -> [u32; 16] {
        // SAFETY: as many lanes as there are.
        unsafe { std::mem::transmute(v) }
    }

    #[test]
    fn entries_are_the_same_gathered_and_picked() {
        let Simd::Avx512(token) = Simd::new(Level::Avx512) else { return };
        let words: Vec<u16> = (0..2000).collect();
        let entries: Vec<Entry> = (0..1000).map(|i| Entry([i, i << 16])).collect();
        let at: [i32; 16] = std::array::from_fn(|i| (i * i * 4) as i32);
        // SAFETY: the token proves the instructions; all of `at` are below 1000.
        let (gathered, picked) = unsafe {
            let (gather, pick) = (Wide::<true>::new(token), Wide::<false>::new(token));
            let at = _mm512_loadu_si512(at.as_ptr().cast());
            let of_both = |[a, b]: [(__m512i, __m512i); 2], entries| [a, b, entries].map(|(a, b)| (lanes(a), lanes(b)));
            (
                of_both(gather.gather_words_of_both(&words, &words[99..], at), gather.gather(&entries, at)),
                of_both(pick.gather_words_of_both(&words, &words[99..], at), pick.gather(&entries, at)),
            )
        };
        assert_eq!(gathered, picked);
        assert_eq!(picked[1].1[3], (36 + 99 + 2) | ((36 + 99 + 3) << 16));
    }
}
