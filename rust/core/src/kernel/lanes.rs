//! One vocabulary for vectors, so that a body is written once and compiled per instruction set.
//!
//! A value of a type that is [`Lanes`] is the proof that its instructions are present: it is made
//! inside of a function that is compiled for them. Methods name the width they work on; a vector has
//! [`Lanes::N`] lanes of 32 bits.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
pub(crate) mod log2;

/// Vectors of one instruction set.
pub(crate) trait Lanes: Copy {
    /// Integers of the width that an operation names.
    type I: Copy;
    /// Singles.
    type F: Copy;
    /// Doubles, half as many.
    type D: Copy;
    /// One truth per lane of 32 bits.
    type M: Copy;
    /// Lanes of 32 bits.
    const N: usize;

    fn set16(self, value: i16) -> Self::I;
    fn set32(self, value: i32) -> Self::I;
    fn set64(self, value: i64) -> Self::I;
    fn load16(self, row: &[i16], at: usize) -> Self::I;
    fn load32(self, row: &[i32], at: usize) -> Self::I;
    /// `K` vectors of 16-bit lanes two samples apart, the middle one at `at`, where a vector begins that
    /// lies in one cache line; there is a vector's room on either side.
    #[inline(always)]
    fn around16<const K: usize>(self, row: &[i16], at: usize) -> [Self::I; K] {
        let row = &row[at + 1 - K..][..2 * Self::N + 2 * K - 2];
        let mut out = [self.set32(0); K];
        for (k, out) in out.iter_mut().enumerate() {
            *out = self.load16(row, 2 * k);
        }
        out
    }
    fn store16(self, row: &mut [i16], at: usize, value: Self::I);
    fn store32(self, row: &mut [i32], at: usize, value: Self::I);

    fn and(self, a: Self::I, b: Self::I) -> Self::I;
    fn or(self, a: Self::I, b: Self::I) -> Self::I;
    fn xor(self, a: Self::I, b: Self::I) -> Self::I;
    /// Bits of `b` that `a` has not.
    fn without(self, a: Self::I, b: Self::I) -> Self::I;

    fn add16(self, a: Self::I, b: Self::I) -> Self::I;
    fn sub16(self, a: Self::I, b: Self::I) -> Self::I;
    fn mul16(self, a: Self::I, b: Self::I) -> Self::I;
    /// High halves of signed products.
    fn mul16_high(self, a: Self::I, b: Self::I) -> Self::I;
    /// High halves of unsigned products.
    fn mul16_high_unsigned(self, a: Self::I, b: Self::I) -> Self::I;
    /// Signed products over 2¹⁵, rounded half up.
    fn mul16_round(self, a: Self::I, b: Self::I) -> Self::I;
    fn abs16(self, a: Self::I) -> Self::I;
    fn min16(self, a: Self::I, b: Self::I) -> Self::I;
    fn max16(self, a: Self::I, b: Self::I) -> Self::I;
    /// -1 where equal.
    fn equal16(self, a: Self::I, b: Self::I) -> Self::I;

    fn add32(self, a: Self::I, b: Self::I) -> Self::I;
    fn sub32(self, a: Self::I, b: Self::I) -> Self::I;
    fn mul32(self, a: Self::I, b: Self::I) -> Self::I;
    fn abs32(self, a: Self::I) -> Self::I;
    fn max32(self, a: Self::I, b: Self::I) -> Self::I;
    fn shl32(self, a: Self::I, bits: u32) -> Self::I;
    fn shr32(self, a: Self::I, bits: u32) -> Self::I;
    /// Shift that keeps the sign.
    fn sar32(self, a: Self::I, bits: u32) -> Self::I;
    /// Sign of each 16-bit lane kept.
    fn sar16(self, a: Self::I, bits: u32) -> Self::I;

    fn add64(self, a: Self::I, b: Self::I) -> Self::I;
    fn shr64(self, a: Self::I, bits: u32) -> Self::I;
    fn shl64(self, a: Self::I, bits: u32) -> Self::I;
    /// 64-bit products of the even 32-bit lanes.
    fn mul_even_unsigned(self, a: Self::I, b: Self::I) -> Self::I;
    /// 64-bit signed products of the even 32-bit lanes.
    fn mul_even(self, a: Self::I, b: Self::I) -> Self::I;
    /// Even 32-bit lanes of `even`, odd ones of `odd`.
    fn alternate(self, even: Self::I, odd: Self::I) -> Self::I;

    /// `acc` plus the products of neighbouring 16-bit lanes.
    fn dot16(self, acc: Self::I, a: Self::I, b: Self::I) -> Self::I;
    /// 16-bit lanes of `a` and `b` in turn, within blocks of 128 bits: first and second halves.
    fn zip16(self, a: Self::I, b: Self::I) -> [Self::I; 2];
    /// 32-bit lanes to 16, clamped to unsigned, in the order that `zip16` takes apart.
    fn pack32_unsigned(self, a: Self::I, b: Self::I) -> Self::I;
    /// 32-bit lanes to 16, clamped to signed, in the order that `zip16` takes apart.
    fn pack32(self, a: Self::I, b: Self::I) -> Self::I;
    /// Blocks of a packed vector put so that all of `a` comes before all of `b`.
    fn ordered(self, packed: Self::I) -> Self::I;
    /// The first and the second half of the 16-bit lanes, sign kept, as 32-bit lanes.
    fn widen16(self, a: Self::I) -> [Self::I; 2];

    fn above32(self, a: Self::I, b: Self::I) -> Self::M;
    /// The first `count` lanes.
    fn first(self, count: usize) -> Self::M;
    fn both(self, a: Self::M, b: Self::M) -> Self::M;
    /// Lanes of `b` that `a` has not.
    fn but(self, a: Self::M, b: Self::M) -> Self::M;
    /// Whether any bit of `a` is set.
    fn any_bit(self, a: Self::I) -> bool;
    fn count(self, mask: Self::M) -> u32;
    /// `a` where `mask`, else 0.
    fn keep(self, mask: Self::M, a: Self::I) -> Self::I;

    fn single(self, a: Self::I) -> Self::F;
    /// Positive lanes as singles of which the top 16 bits are not rounded.
    #[inline(always)]
    fn single_top(self, a: Self::I) -> Self::F {
        // Clears the bit after the top 16, so that rounding cannot carry into them.
        self.single(self.without(self.shr32(a, 16), a))
    }
    fn rounded(self, a: Self::F) -> Self::I;
    fn bits(self, a: Self::F) -> Self::I;
    fn as_single(self, a: Self::I) -> Self::F;
    fn set_single(self, value: f32) -> Self::F;
    /// a · b + c, rounded once.
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// The table's entries that the low three bits of `index` name.
    fn look_up(self, table: &[f32; 8], index: Self::I) -> Self::F;

    fn mul_single(self, a: Self::F, b: Self::F) -> Self::F;
    fn above_single(self, a: Self::F, b: Self::F) -> Self::M;

    fn set_double(self, value: f64) -> Self::D;
    /// The first and the second half of the 32-bit lanes.
    fn doubles(self, a: Self::I) -> [Self::D; 2];
    /// 32-bit lanes from both halves, towards zero.
    fn truncated(self, halves: [Self::D; 2]) -> Self::I;
    fn add_double(self, a: Self::D, b: Self::D) -> Self::D;
    fn sub_double(self, a: Self::D, b: Self::D) -> Self::D;
    fn mul_double(self, a: Self::D, b: Self::D) -> Self::D;
    fn div_double(self, a: Self::D, b: Self::D) -> Self::D;
    fn max_double(self, a: Self::D, b: Self::D) -> Self::D;
    fn min_double(self, a: Self::D, b: Self::D) -> Self::D;
    /// Towards minus infinity.
    fn floor_double(self, a: Self::D) -> Self::D;
    /// Bits of doubles as 64-bit lanes, and back.
    fn double_bits(self, a: Self::D) -> Self::I;
    fn as_double(self, a: Self::I) -> Self::D;
    fn any_above_double(self, a: Self::D, b: Self::D) -> bool;

    /// Sum of the 64-bit lanes.
    fn sum64(self, a: Self::I) -> i64;

    /// `acc` plus unsigned 32-bit lanes, in 64-bit lanes.
    #[inline(always)]
    fn add_wide(self, acc: Self::I, a: Self::I) -> Self::I {
        let low = self.and(a, self.set64(0xffff_ffff));
        self.add64(self.add64(acc, low), self.shr64(a, 32))
    }

    /// Whether any lane is true.
    #[inline(always)]
    fn any(self, mask: Self::M) -> bool {
        self.count(mask) > 0
    }
}

/// Vectors of 16-bit lanes of several rows at `at`.
///
/// Closures do not carry the instruction set of the function around them, so what works on lanes
/// stands in functions and loops, not in `map` and `from_fn`.
#[inline(always)]
pub(crate) fn load16<S: Lanes, const K: usize>(s: S, rows: [&[i16]; K], at: usize) -> [S::I; K] {
    let mut out = [s.set32(0); K];
    for (out, row) in out.iter_mut().zip(rows) {
        *out = s.load16(row, at);
    }
    out
}

/// Vectors of 32-bit lanes of several rows at `at`.
#[inline(always)]
pub(crate) fn load32<S: Lanes, const K: usize>(s: S, rows: [&[i32]; K], at: usize) -> [S::I; K] {
    let mut out = [s.set32(0); K];
    for (out, row) in out.iter_mut().zip(rows) {
        *out = s.load32(row, at);
    }
    out
}

/// Each 32-bit lane shifted right, its sign kept.
#[inline(always)]
pub(crate) fn sar32<S: Lanes>(s: S, [a, b]: [S::I; 2], bits: u32) -> [S::I; 2] {
    [s.sar32(a, bits), s.sar32(b, bits)]
}

/// The bits of `mask` of both vectors.
#[inline(always)]
pub(crate) fn bottom<S: Lanes>(s: S, [a, b]: [S::I; 2], mask: i32) -> [S::I; 2] {
    [s.and(a, s.set32(mask)), s.and(b, s.set32(mask))]
}

/// `row`'s samples as 16-bit lanes, followed by copies of the last up to `out`'s end.
#[inline(always)]
pub(crate) fn widen<T: crate::plane::Sample>(row: &[T], out: &mut [i16]) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "samples have 16 bits at most; vectors hold them unsigned"
    )]
    for (out, &sample) in out.iter_mut().zip(row) {
        let sample: u32 = sample.into();
        *out = sample as i16;
    }
}
