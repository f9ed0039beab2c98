//! One lane: the reference.

use super::lanes::{Entry, Lanes, Word};
use crate::ops::clamp;

/// What every machine has.
#[derive(Clone, Copy)]
pub(super) struct Scalar;

/// 1.5 * 2^23: adding it leaves a whole number, rounded to nearest even, in the low mantissa bits.
const ROUND: f32 = 12_582_912.0;

fn halves(v: i32) -> (i16, i16) {
    (v as i16, (v >> 16) as i16)
}

fn join(low: i16, high: i16) -> i32 {
    i32::from(low as u16) | i32::from(high) << 16
}

fn word(bytes: Word) -> i32 {
    i32::from(u16::from_le_bytes(bytes))
}

impl Lanes for Scalar {
    const COUNT: usize = 1;
    type F = f32;
    type I = i32;

    #[inline(always)]
    fn splat(self, v: f32) -> f32 {
        v
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> f32 {
        from[0]
    }
    #[inline(always)]
    fn add(self, a: f32, b: f32) -> f32 {
        a + b
    }
    #[inline(always)]
    fn sub(self, a: f32, b: f32) -> f32 {
        a - b
    }
    #[inline(always)]
    fn mul(self, a: f32, b: f32) -> f32 {
        a * b
    }
    #[inline(always)]
    fn mul_add(self, a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn clamp(self, v: f32, low: f32, high: f32) -> f32 {
        clamp(v, low, high)
    }
    #[inline(always)]
    fn shift_in(self, before: f32, _: f32) -> f32 {
        before
    }
    #[inline(always)]
    fn first(self, v: f32) -> f32 {
        v
    }
    #[inline(always)]
    fn bits(self, v: f32) -> i32 {
        v.to_bits() as i32
    }
    #[inline(always)]
    fn floats(self, v: i32) -> f32 {
        f32::from_bits(v as u32)
    }
    #[inline(always)]
    fn round(self, v: f32) -> i32 {
        ((v + ROUND).to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32)
    }
    #[inline(always)]
    fn truncate(self, v: f32) -> i32 {
        v as i32
    }
    #[inline(always)]
    fn to_float(self, v: i32) -> f32 {
        v as f32
    }
    #[inline(always)]
    fn int(self, v: i32) -> i32 {
        v
    }
    #[inline(always)]
    fn iadd(self, a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    fn isub(self, a: i32, b: i32) -> i32 {
        a.wrapping_sub(b)
    }
    #[inline(always)]
    fn and(self, a: i32, b: i32) -> i32 {
        a & b
    }
    #[inline(always)]
    fn or(self, a: i32, b: i32) -> i32 {
        a | b
    }
    #[inline(always)]
    fn xor3(self, a: i32, b: i32, c: i32) -> i32 {
        a ^ b ^ c
    }
    #[inline(always)]
    fn min(self, a: i32, b: i32) -> i32 {
        a.min(b)
    }
    #[inline(always)]
    fn max(self, a: i32, b: i32) -> i32 {
        a.max(b)
    }
    #[inline(always)]
    fn shl<const BY: u32>(self, v: i32) -> i32 {
        v << BY
    }
    #[inline(always)]
    fn shr<const BY: u32>(self, v: i32) -> i32 {
        ((v as u32) >> BY) as i32
    }
    #[inline(always)]
    fn sub_halves(self, a: i32, b: i32) -> i32 {
        let ((a0, a1), (b0, b1)) = (halves(a), halves(b));
        join(a0.wrapping_sub(b0), a1.wrapping_sub(b1))
    }
    #[inline(always)]
    fn halves(self, low: i32, high: i32) -> i32 {
        join(halves(low).0, halves(high).1)
    }
    #[inline(always)]
    fn dot_halves(self, a: i32, b: i32) -> i32 {
        let ((a0, a1), (b0, b1)) = (halves(a), halves(b));
        (i32::from(a0) * i32::from(b0)).wrapping_add(i32::from(a1) * i32::from(b1))
    }
    #[inline(always)]
    fn load_words(self, from: &[Word]) -> i32 {
        word(from[0])
    }
    #[inline(always)]
    fn load_pairs(self, from: &[Word]) -> (i32, i32) {
        (word(from[0]), word(from[1]))
    }
    #[inline(always)]
    fn store_words(self, v: i32, to: &mut [Word]) {
        to[0] = (v as u16).to_le_bytes();
    }
    #[inline(always)]
    fn store_pairs(self, even: i32, odd: i32, to: &mut [Word]) {
        [to[0], to[1]] = [(even as u16).to_le_bytes(), (odd as u16).to_le_bytes()];
    }
    #[inline(always)]
    unsafe fn gather(self, table: &[Entry], at: i32) -> (i32, i32) {
        let [a, b] = table[at as usize].0;
        (a as i32, b as i32)
    }
    #[inline(always)]
    unsafe fn gather_words(self, table: &[u16], at: i32) -> (i32, i32) {
        let four = &table[at as usize..][..4];
        let pair = |low: u16, high: u16| i32::from(low) | i32::from(high) << 16;
        (pair(four[0], four[1]), pair(four[2], four[3]))
    }
    #[inline(always)]
    fn swap_halves(self, v: i32) -> i32 {
        v.rotate_left(16)
    }
}
