//! AVX2 vectors: eight lanes of 32 bits.

#![expect(
    unsafe_code,
    reason = "instructions that an `Avx2` proves present, loads and stores"
)]

use super::Lanes;
#[expect(clippy::wildcard_imports, reason = "the instruction set itself")]
use std::arch::x86_64::*;

/// Proof of AVX2 and FMA.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

type I = __m256i;
type F = __m256;
type D = __m256d;
type Half = __m128i;

macro_rules! operations {
    ($($name:ident($self:ident $(, $arg:ident: $ty:ty)*) -> $result:ty = $call:expr;)*) => {
        $(
            #[inline(always)]
            fn $name($self $(, $arg: $ty)*) -> $result {
                // SAFETY: an `Avx2` is made only where its instructions are present.
                unsafe { $call }
            }
        )*
    };
}

impl Avx2 {
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn new() -> Self {
        Self(())
    }

    operations! {
        zip_low(self, a: I, b: I) -> I = _mm256_unpacklo_epi16(a, b);
        zip_high(self, a: I, b: I) -> I = _mm256_unpackhi_epi16(a, b);
        low(self, a: I) -> Half = _mm256_castsi256_si128(a);
        high(self, a: I) -> Half = _mm256_extracti128_si256::<1>(a);
        widen(self, half: Half) -> I = _mm256_cvtepi16_epi32(half);
        double(self, half: Half) -> D = _mm256_cvtepi32_pd(half);
        integer(self, a: D) -> Half = _mm256_cvttpd_epi32(a);
        join(self, low: Half, high: Half) -> I = _mm256_set_m128i(high, low);
        doubles_cmp(self, a: D, b: D) -> D = _mm256_cmp_pd::<_CMP_GT_OQ>(a, b);
        doubles_above(self, a: D, b: D) -> i32 = _mm256_movemask_pd(self.doubles_cmp(a, b));
        single_cmp(self, a: F, b: F) -> F = _mm256_cmp_ps::<_CMP_GT_OQ>(a, b);
        no_bit(self, a: I) -> i32 = _mm256_testz_si256(a, a);
        dot(self, a: I, b: I) -> I = _mm256_madd_epi16(a, b);
        numbers(self) -> I = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        signs(self, a: F) -> i32 = _mm256_movemask_ps(a);
        add_halves(self, a: Half, b: Half) -> Half = _mm_add_epi64(a, b);
        upper(self, a: Half) -> Half = _mm_unpackhi_epi64(a, a);
        bottom(self, a: Half) -> i64 = _mm_cvtsi128_si64(a);
        shift(self, bits: i32) -> Half = _mm_cvtsi32_si128(bits);
    }
}

impl Lanes for Avx2 {
    type I = I;
    type F = F;
    type D = D;
    type M = I;
    const N: usize = 8;

    operations! {
        set16(self, value: i16) -> I = _mm256_set1_epi16(value);
        set32(self, value: i32) -> I = _mm256_set1_epi32(value);
        set64(self, value: i64) -> I = _mm256_set1_epi64x(value);
        and(self, a: I, b: I) -> I = _mm256_and_si256(a, b);
        or(self, a: I, b: I) -> I = _mm256_or_si256(a, b);
        xor(self, a: I, b: I) -> I = _mm256_xor_si256(a, b);
        without(self, a: I, b: I) -> I = _mm256_andnot_si256(a, b);
        add16(self, a: I, b: I) -> I = _mm256_add_epi16(a, b);
        sub16(self, a: I, b: I) -> I = _mm256_sub_epi16(a, b);
        mul16(self, a: I, b: I) -> I = _mm256_mullo_epi16(a, b);
        mul16_high(self, a: I, b: I) -> I = _mm256_mulhi_epi16(a, b);
        mul16_high_unsigned(self, a: I, b: I) -> I = _mm256_mulhi_epu16(a, b);
        mul16_round(self, a: I, b: I) -> I = _mm256_mulhrs_epi16(a, b);
        abs16(self, a: I) -> I = _mm256_abs_epi16(a);
        min16(self, a: I, b: I) -> I = _mm256_min_epi16(a, b);
        max16(self, a: I, b: I) -> I = _mm256_max_epi16(a, b);
        equal16(self, a: I, b: I) -> I = _mm256_cmpeq_epi16(a, b);
        sar16(self, a: I, bits: u32) -> I = _mm256_sra_epi16(a, self.shift(bits.cast_signed()));
        add32(self, a: I, b: I) -> I = _mm256_add_epi32(a, b);
        sub32(self, a: I, b: I) -> I = _mm256_sub_epi32(a, b);
        mul32(self, a: I, b: I) -> I = _mm256_mullo_epi32(a, b);
        abs32(self, a: I) -> I = _mm256_abs_epi32(a);
        max32(self, a: I, b: I) -> I = _mm256_max_epi32(a, b);
        shl32(self, a: I, bits: u32) -> I = _mm256_sllv_epi32(a, self.set32(bits.cast_signed()));
        shr32(self, a: I, bits: u32) -> I = _mm256_srlv_epi32(a, self.set32(bits.cast_signed()));
        sar32(self, a: I, bits: u32) -> I = _mm256_srav_epi32(a, self.set32(bits.cast_signed()));
        add64(self, a: I, b: I) -> I = _mm256_add_epi64(a, b);
        shl64(self, a: I, bits: u32) -> I = _mm256_sllv_epi64(a, self.set64(bits.into()));
        shr64(self, a: I, bits: u32) -> I = _mm256_srlv_epi64(a, self.set64(bits.into()));
        mul_even_unsigned(self, a: I, b: I) -> I = _mm256_mul_epu32(a, b);
        mul_even(self, a: I, b: I) -> I = _mm256_mul_epi32(a, b);
        alternate(self, even: I, odd: I) -> I = _mm256_blend_epi32::<0xaa>(even, odd);
        dot16(self, acc: I, a: I, b: I) -> I = _mm256_add_epi32(acc, self.dot(a, b));
        pack32_unsigned(self, a: I, b: I) -> I = _mm256_packus_epi32(a, b);
        pack32(self, a: I, b: I) -> I = _mm256_packs_epi32(a, b);
        ordered(self, packed: I) -> I = _mm256_permute4x64_epi64::<0b11_01_10_00>(packed);
        above32(self, a: I, b: I) -> I = _mm256_cmpgt_epi32(a, b);
        both(self, a: I, b: I) -> I = _mm256_and_si256(a, b);
        but(self, a: I, b: I) -> I = _mm256_andnot_si256(a, b);
        keep(self, mask: I, a: I) -> I = _mm256_and_si256(mask, a);
        single(self, a: I) -> F = _mm256_cvtepi32_ps(a);
        rounded(self, a: F) -> I = _mm256_cvtps_epi32(a);
        bits(self, a: F) -> I = _mm256_castps_si256(a);
        from_bits(self, a: I) -> F = _mm256_castsi256_ps(a);
        set_single(self, value: f32) -> F = _mm256_set1_ps(value);
        fma(self, a: F, b: F, c: F) -> F = _mm256_fmadd_ps(a, b, c);
        mul_single(self, a: F, b: F) -> F = _mm256_mul_ps(a, b);
        max_double(self, a: D, b: D) -> D = _mm256_max_pd(a, b);
        set_double(self, value: f64) -> D = _mm256_set1_pd(value);
        add_double(self, a: D, b: D) -> D = _mm256_add_pd(a, b);
        sub_double(self, a: D, b: D) -> D = _mm256_sub_pd(a, b);
        mul_double(self, a: D, b: D) -> D = _mm256_mul_pd(a, b);
        div_double(self, a: D, b: D) -> D = _mm256_div_pd(a, b);
        min_double(self, a: D, b: D) -> D = _mm256_min_pd(a, b);
        floor_double(self, a: D) -> D = _mm256_floor_pd(a);
        double_bits(self, a: D) -> I = _mm256_castpd_si256(a);
        double_from_bits(self, a: I) -> D = _mm256_castsi256_pd(a);
    }

    #[inline(always)]
    fn load16(self, row: &[i16], at: usize) -> I {
        let row = &row[at..at + 2 * Self::N];
        // SAFETY: the slice has as many samples as the vector, which need not be aligned.
        unsafe { _mm256_loadu_si256(row.as_ptr().cast()) }
    }

    #[inline(always)]
    fn load32(self, row: &[i32], at: usize) -> I {
        let row = &row[at..at + Self::N];
        // SAFETY: the slice has as many samples as the vector, which need not be aligned.
        unsafe { _mm256_loadu_si256(row.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store16(self, row: &mut [i16], at: usize, value: I) {
        let row = &mut row[at..at + 2 * Self::N];
        // SAFETY: the slice has as many samples as the vector, which need not be aligned.
        unsafe { _mm256_storeu_si256(row.as_mut_ptr().cast(), value) }
    }

    #[inline(always)]
    fn store32(self, row: &mut [i32], at: usize, value: I) {
        let row = &mut row[at..at + Self::N];
        // SAFETY: the slice has as many samples as the vector, which need not be aligned.
        unsafe { _mm256_storeu_si256(row.as_mut_ptr().cast(), value) }
    }

    #[inline(always)]
    fn zip16(self, a: I, b: I) -> [I; 2] {
        [self.zip_low(a, b), self.zip_high(a, b)]
    }

    #[inline(always)]
    fn widen16(self, a: I) -> [I; 2] {
        [self.widen(self.low(a)), self.widen(self.high(a))]
    }

    #[inline(always)]
    fn doubles(self, a: I) -> [D; 2] {
        [self.double(self.low(a)), self.double(self.high(a))]
    }

    #[inline(always)]
    fn truncated(self, [low, high]: [D; 2]) -> I {
        self.join(self.integer(low), self.integer(high))
    }

    #[inline(always)]
    fn any_above_double(self, a: D, b: D) -> bool {
        self.doubles_above(a, b) != 0
    }

    #[inline(always)]
    fn look_up(self, table: &[f32; 8], index: I) -> F {
        // SAFETY: the table has as many entries as the vector, which need not be aligned.
        let entries = unsafe { _mm256_loadu_ps(table.as_ptr()) };
        // SAFETY: an `Avx2` is made only where its instructions are present.
        unsafe { _mm256_permutevar8x32_ps(entries, index) }
    }

    #[inline(always)]
    fn first(self, count: usize) -> I {
        self.above32(
            self.set32(i32::try_from(count).unwrap_or(i32::MAX)),
            self.numbers(),
        )
    }

    #[inline(always)]
    fn above_single(self, a: F, b: F) -> I {
        self.bits(self.single_cmp(a, b))
    }

    #[inline(always)]
    fn any_bit(self, a: I) -> bool {
        self.no_bit(a) == 0
    }

    #[inline(always)]
    fn count(self, mask: I) -> u32 {
        self.signs(self.from_bits(mask)).count_ones()
    }

    #[inline(always)]
    fn any(self, mask: I) -> bool {
        self.signs(self.from_bits(mask)) != 0
    }

    #[inline(always)]
    fn sum64(self, a: I) -> i64 {
        let pair = self.add_halves(self.low(a), self.high(a));
        self.bottom(self.add_halves(pair, self.upper(pair)))
    }
}
