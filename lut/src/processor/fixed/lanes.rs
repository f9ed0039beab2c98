//! The vectors the kernel is written in: one lane of 32 bits, eight or sixteen. An implementor is the proof that the
//! machine has the instructions, so its methods are safe.
//!
//! Every operation gives the same bits in every lane of every implementor: halves are rounded to even, integers
//! wrap, and what is fused is fused everywhere.

/// A vector instruction set.
pub(super) trait Lanes: Copy {
    /// Lanes in a vector.
    const COUNT: usize;
    /// [`Lanes::COUNT`] numbers.
    type F: Copy;
    /// [`Lanes::COUNT`] integers of 32 bits, or pairs of 16.
    type I: Copy;

    fn splat(self, v: f32) -> Self::F;
    /// The first numbers of `from`.
    fn load(self, from: &[f32]) -> Self::F;
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a * b + c`, rounded once.
    fn mul_add(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// `v` within `low..=high`; NaN is `low`.
    fn clamp(self, v: Self::F, low: Self::F, high: Self::F) -> Self::F;
    /// Every number one lane up; the first is the last of `before`.
    fn shift_in(self, before: Self::F, v: Self::F) -> Self::F;
    /// The first number in every lane.
    fn first(self, v: Self::F) -> Self::F;
    /// The bits of numbers, and back.
    fn bits(self, v: Self::F) -> Self::I;
    fn floats(self, v: Self::I) -> Self::F;

    /// The nearest integer, halves to even; for numbers of at most 2^22.
    fn round(self, v: Self::F) -> Self::I;
    /// The integer part, for numbers of 0 to 2^22.
    fn truncate(self, v: Self::F) -> Self::I;
    fn to_float(self, v: Self::I) -> Self::F;

    fn int(self, v: i32) -> Self::I;
    fn iadd(self, a: Self::I, b: Self::I) -> Self::I;
    fn isub(self, a: Self::I, b: Self::I) -> Self::I;
    fn and(self, a: Self::I, b: Self::I) -> Self::I;
    fn or(self, a: Self::I, b: Self::I) -> Self::I;
    fn xor3(self, a: Self::I, b: Self::I, c: Self::I) -> Self::I;
    fn min(self, a: Self::I, b: Self::I) -> Self::I;
    fn max(self, a: Self::I, b: Self::I) -> Self::I;
    fn shl<const BY: u32>(self, v: Self::I) -> Self::I;
    /// Zeros come in from above.
    fn shr<const BY: u32>(self, v: Self::I) -> Self::I;
    /// Difference of the 16-bit halves, each on its own.
    fn sub_halves(self, a: Self::I, b: Self::I) -> Self::I;
    /// The low half of `low` and the high half of `high`.
    fn halves(self, low: Self::I, high: Self::I) -> Self::I;
    /// The high halves of both, that of `high` above the other.
    #[inline(always)]
    fn high_halves(self, low: Self::I, high: Self::I) -> Self::I {
        self.halves(self.shr::<16>(low), high)
    }
    /// The halves of each lane in each other's place.
    fn swap_halves(self, v: Self::I) -> Self::I;
    /// Sum of the two products of signed 16-bit halves.
    fn dot_halves(self, a: Self::I, b: Self::I) -> Self::I;

    /// As many words as there are lanes.
    fn load_words(self, from: &[Word]) -> Self::I;
    /// Twice as many words: the even ones and the odd ones.
    fn load_pairs(self, from: &[Word]) -> (Self::I, Self::I);
    /// The low halves.
    fn store_words(self, v: Self::I, to: &mut [Word]);
    /// The inverse of [`Lanes::load_pairs`], for integers of 16 bits.
    fn store_pairs(self, even: Self::I, odd: Self::I, to: &mut [Word]);

    /// Asks for the memory at `at`, which is soon read, or written; there need be none.
    #[inline(always)]
    fn prefetch<const WRITE: bool>(self, _at: *const Word) {}

    /// The first and the second half of the entries `at`.
    ///
    /// # Safety
    /// Every lane of `at` is an index into `table`.
    unsafe fn gather(self, table: &[Entry], at: Self::I) -> (Self::I, Self::I);
    /// Words 0 and 1, and 2 and 3, of those that begin `at`.
    ///
    /// # Safety
    /// Every lane of `at` is the first of four indices into `table`.
    unsafe fn gather_words(self, table: &[u16], at: Self::I) -> (Self::I, Self::I);
    /// The same from two tables.
    ///
    /// # Safety
    /// As above, of both.
    #[inline(always)]
    unsafe fn gather_words_of_both(self, one: &[u16], two: &[u16], at: Self::I) -> [(Self::I, Self::I); 2] {
        // SAFETY: the caller's.
        unsafe { [self.gather_words(one, at), self.gather_words(two, at)] }
    }
}

/// A code in 16 bits, little endian, as it lies in a picture.
pub(super) type Word = [u8; 2];

/// Two neighbouring numbers of a curve, looked up in one load.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub(super) struct Entry(pub [u32; 2]);
