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
    /// Even pairs of lanes, then odd ones: the shuffles of [`load_entries`] work within 128 bits and put them in order.
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
    unsafe fn gather(self, table: &[Entry], at: __m512i) -> (__m512i, __m512i) {
        unsafe { if GATHER { load_entries(table, self.spread(at)) } else { pick_entries(table, &lanes(at)) } }
    }
    #[inline(always)]
    unsafe fn gather_both(self, one: &[Entry], two: &[Entry], at: __m512i) -> [(__m512i, __m512i); 2] {
        unsafe {
            if GATHER {
                let at = self.spread(at);
                [load_entries(one, at), load_entries(two, at)]
            } else {
                let at = lanes(at);
                [pick_entries(one, &at), pick_entries(two, &at)]
            }
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
    halves_of_entries(low, high)
}

/// # Safety
/// Every lane of `at` is an index into `table`.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn pick_entries(table: &[Entry], at: &[u32; 16]) -> (__m512i, __m512i) {
    // SAFETY: the caller's.
    let four =
        |i: usize| unsafe { (avx2::pick_pairs(table, at, [i, i + 4]), avx2::pick_pairs(table, at, [i + 8, i + 12])) };
    let join = |(low, high)| _mm512_insertf64x4::<1>(_mm512_castpd256_pd512(low), high);
    halves_of_entries(join(four(0)), join(four(2)))
}

/// The lanes, for addresses.
#[inline]
#[target_feature(enable = "avx512f")]
fn lanes(at: __m512i) -> [u32; 16] {
    let mut lanes = [0; 16];
    // SAFETY: as many lanes as there are.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), at) };
    lanes
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

    #[test]
    fn entries_are_the_same_gathered_and_picked() {
        let Simd::Avx512(token) = Simd::new(Level::Avx512) else { return };
        let table: Vec<Entry> = (0..1000).map(|i| Entry([i, i << 16])).collect();
        let at: [i32; 16] = std::array::from_fn(|i| (i * i * 4) as i32);
        // SAFETY: the token proves the instructions; all of `at` are below 1000.
        let (gathered, picked) = unsafe {
            let (gather, pick, at) =
                (Wide::<true>::new(token), Wide::<false>::new(token), _mm512_loadu_si512(at.as_ptr().cast()));
            (gather.gather_both(&table, &table[99..], at), pick.gather_both(&table, &table[99..], at))
        };
        for ((a, b), (c, d)) in gathered.into_iter().zip(picked) {
            // SAFETY: as above.
            unsafe { assert_eq!((lanes(a), lanes(b)), (lanes(c), lanes(d))) };
        }
    }
}
