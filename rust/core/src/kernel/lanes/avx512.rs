//! AVX-512 vectors: sixteen lanes of 32 bits.

#![expect(
    unsafe_code,
    reason = "instructions that an `Avx512` proves present, loads and stores"
)]

use super::Lanes;
use std::arch::{asm, x86_64::*};

/// Proof of AVX-512 F, BW, DQ, VL and VNNI.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

type I = __m512i;
type F = __m512;
type D = __m512d;
type Half = __m256i;

macro_rules! operations {
    ($($name:ident($self:ident $(, $arg:ident: $ty:ty)*) -> $result:ty = $call:expr;)*) => {
        $(
            #[inline(always)]
            fn $name($self $(, $arg: $ty)*) -> $result {
                // SAFETY: an `Avx512` is made only where its instructions are present.
                unsafe { $call }
            }
        )*
    };
}

/// `acc` plus products of neighbouring 16-bit lanes, in the one instruction that it is: from the
/// intrinsic the compiler, for want of a known processor, makes a product and a sum.
#[inline]
#[target_feature(enable = "avx512f,avx512vnni")]
fn dot(mut acc: I, a: I, b: I) -> I {
    // SAFETY: the instruction is among the function's features and touches registers only.
    unsafe {
        asm!(
            "vpdpwssd {acc}, {a}, {b}",
            acc = inout(zmm_reg) acc,
            a = in(zmm_reg) a,
            b = in(zmm_reg) b,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    acc
}

impl Avx512 {
    #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
    pub(crate) fn new() -> Self {
        Self(())
    }

    operations! {
        zip_low(self, a: I, b: I) -> I = _mm512_unpacklo_epi16(a, b);
        zip_high(self, a: I, b: I) -> I = _mm512_unpackhi_epi16(a, b);
        low(self, a: I) -> Half = _mm512_castsi512_si256(a);
        high(self, a: I) -> Half = _mm512_extracti64x4_epi64::<1>(a);
        widen(self, half: Half) -> I = _mm512_cvtepi16_epi32(half);
        double(self, half: Half) -> D = _mm512_cvtepi32_pd(half);
        integer(self, a: D) -> Half = _mm512_cvttpd_epi32(a);
        whole(self, half: Half) -> I = _mm512_castsi256_si512(half);
        join(self, low: Half, high: Half) -> I = _mm512_inserti64x4::<1>(self.whole(low), high);
        doubles_above(self, a: D, b: D) -> __mmask8 = _mm512_cmp_pd_mask::<_CMP_GT_OQ>(a, b);
        bit_mask(self, a: I) -> __mmask16 = _mm512_test_epi32_mask(a, a);
        equal_mask(self, a: I, b: I) -> __mmask32 = _mm512_cmpeq_epi16_mask(a, b);
        join_1(self, high: I, low: I) -> I = _mm512_alignr_epi32::<1>(high, low);
        join_2(self, high: I, low: I) -> I = _mm512_alignr_epi32::<2>(high, low);
        join_3(self, high: I, low: I) -> I = _mm512_alignr_epi32::<3>(high, low);
        join_4(self, high: I, low: I) -> I = _mm512_alignr_epi32::<4>(high, low);
        join_12(self, high: I, low: I) -> I = _mm512_alignr_epi32::<12>(high, low);
        join_13(self, high: I, low: I) -> I = _mm512_alignr_epi32::<13>(high, low);
        join_14(self, high: I, low: I) -> I = _mm512_alignr_epi32::<14>(high, low);
        join_15(self, high: I, low: I) -> I = _mm512_alignr_epi32::<15>(high, low);
        blocks(self) -> I = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    }
}

impl Lanes for Avx512 {
    type I = I;
    type F = F;
    type D = D;
    type M = __mmask16;
    const N: usize = 16;

    operations! {
        set16(self, value: i16) -> I = _mm512_set1_epi16(value);
        set32(self, value: i32) -> I = _mm512_set1_epi32(value);
        set64(self, value: i64) -> I = _mm512_set1_epi64(value);
        and(self, a: I, b: I) -> I = _mm512_and_si512(a, b);
        or(self, a: I, b: I) -> I = _mm512_or_si512(a, b);
        xor(self, a: I, b: I) -> I = _mm512_xor_si512(a, b);
        without(self, a: I, b: I) -> I = _mm512_andnot_si512(a, b);
        add16(self, a: I, b: I) -> I = _mm512_add_epi16(a, b);
        sub16(self, a: I, b: I) -> I = _mm512_sub_epi16(a, b);
        mul16(self, a: I, b: I) -> I = _mm512_mullo_epi16(a, b);
        mul16_high(self, a: I, b: I) -> I = _mm512_mulhi_epi16(a, b);
        mul16_high_unsigned(self, a: I, b: I) -> I = _mm512_mulhi_epu16(a, b);
        mul16_round(self, a: I, b: I) -> I = _mm512_mulhrs_epi16(a, b);
        abs16(self, a: I) -> I = _mm512_abs_epi16(a);
        min16(self, a: I, b: I) -> I = _mm512_min_epi16(a, b);
        max16(self, a: I, b: I) -> I = _mm512_max_epi16(a, b);
        equal16(self, a: I, b: I) -> I = _mm512_movm_epi16(self.equal_mask(a, b));
        sar16(self, a: I, bits: u32) -> I = _mm512_srav_epi16(a, self.set16(i16::from(bits.to_le_bytes()[0])));
        add32(self, a: I, b: I) -> I = _mm512_add_epi32(a, b);
        sub32(self, a: I, b: I) -> I = _mm512_sub_epi32(a, b);
        mul32(self, a: I, b: I) -> I = _mm512_mullo_epi32(a, b);
        abs32(self, a: I) -> I = _mm512_abs_epi32(a);
        max32(self, a: I, b: I) -> I = _mm512_max_epi32(a, b);
        shl32(self, a: I, bits: u32) -> I = _mm512_sllv_epi32(a, self.set32(bits.cast_signed()));
        shr32(self, a: I, bits: u32) -> I = _mm512_srlv_epi32(a, self.set32(bits.cast_signed()));
        sar32(self, a: I, bits: u32) -> I = _mm512_srav_epi32(a, self.set32(bits.cast_signed()));
        add64(self, a: I, b: I) -> I = _mm512_add_epi64(a, b);
        shl64(self, a: I, bits: u32) -> I = _mm512_sllv_epi64(a, self.set64(bits.into()));
        shr64(self, a: I, bits: u32) -> I = _mm512_srlv_epi64(a, self.set64(bits.into()));
        mul_even_unsigned(self, a: I, b: I) -> I = _mm512_mul_epu32(a, b);
        mul_even(self, a: I, b: I) -> I = _mm512_mul_epi32(a, b);
        alternate(self, even: I, odd: I) -> I = _mm512_mask_mov_epi32(even, 0xaaaa, odd);
        dot16(self, acc: I, a: I, b: I) -> I = dot(acc, a, b);
        pack32_unsigned(self, a: I, b: I) -> I = _mm512_packus_epi32(a, b);
        pack32(self, a: I, b: I) -> I = _mm512_packs_epi32(a, b);
        ordered(self, packed: I) -> I = _mm512_permutexvar_epi64(self.blocks(), packed);
        above32(self, a: I, b: I) -> __mmask16 = _mm512_cmpgt_epi32_mask(a, b);
        keep(self, mask: __mmask16, a: I) -> I = _mm512_maskz_mov_epi32(mask, a);
        single(self, a: I) -> F = _mm512_cvtepi32_ps(a);
        single_top(self, a: I) -> F = _mm512_cvt_roundepi32_ps::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>(a);
        rounded(self, a: F) -> I = _mm512_cvtps_epi32(a);
        bits(self, a: F) -> I = _mm512_castps_si512(a);
        as_single(self, a: I) -> F = _mm512_castsi512_ps(a);
        set_single(self, value: f32) -> F = _mm512_set1_ps(value);
        fma(self, a: F, b: F, c: F) -> F = _mm512_fmadd_ps(a, b, c);
        mul_single(self, a: F, b: F) -> F = _mm512_mul_ps(a, b);
        above_single(self, a: F, b: F) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b);
        max_double(self, a: D, b: D) -> D = _mm512_max_pd(a, b);
        set_double(self, value: f64) -> D = _mm512_set1_pd(value);
        add_double(self, a: D, b: D) -> D = _mm512_add_pd(a, b);
        sub_double(self, a: D, b: D) -> D = _mm512_sub_pd(a, b);
        mul_double(self, a: D, b: D) -> D = _mm512_mul_pd(a, b);
        div_double(self, a: D, b: D) -> D = _mm512_div_pd(a, b);
        min_double(self, a: D, b: D) -> D = _mm512_min_pd(a, b);
        floor_double(self, a: D) -> D = _mm512_roundscale_pd::<_MM_FROUND_TO_NEG_INF>(a);
        double_bits(self, a: D) -> I = _mm512_castpd_si512(a);
        as_double(self, a: I) -> D = _mm512_castsi512_pd(a);
        sum64(self, a: I) -> i64 = _mm512_reduce_add_epi64(a);
    }

    #[inline(always)]
    fn load16(self, row: &[i16], at: usize) -> I {
        let row = &row[at..at + 2 * Self::N];
        // SAFETY: the slice has as many samples as the vector, which need not be aligned.
        unsafe { _mm512_loadu_si512(row.as_ptr().cast()) }
    }

    /// Made of the three vectors there: loads across cache lines take twice as long.
    #[inline(always)]
    fn around16<const K: usize>(self, row: &[i16], at: usize) -> [I; K] {
        let width = 2 * Self::N;
        let row = &row[at - width..][..3 * width];
        let [before, now, after] = [0, 1, 2].map(|k| &row[k * width..][..width]);
        let (before, now, after) = (
            self.load16(before, 0),
            self.load16(now, 0),
            self.load16(after, 0),
        );
        let mut out = [now; K];
        for (k, out) in out.iter_mut().enumerate() {
            *out = match (k + 4).wrapping_sub(K / 2) {
                0 => self.join_12(now, before),
                1 => self.join_13(now, before),
                2 => self.join_14(now, before),
                3 => self.join_15(now, before),
                5 => self.join_1(after, now),
                6 => self.join_2(after, now),
                7 => self.join_3(after, now),
                8 => self.join_4(after, now),
                _ => now,
            };
        }
        out
    }

    #[inline(always)]
    fn load32(self, row: &[i32], at: usize) -> I {
        let row = &row[at..at + Self::N];
        // SAFETY: the slice has as many samples as the vector, which need not be aligned.
        unsafe { _mm512_loadu_si512(row.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store16(self, row: &mut [i16], at: usize, value: I) {
        let row = &mut row[at..at + 2 * Self::N];
        // SAFETY: the slice has as many samples as the vector, which need not be aligned.
        unsafe { _mm512_storeu_si512(row.as_mut_ptr().cast(), value) }
    }

    #[inline(always)]
    fn store32(self, row: &mut [i32], at: usize, value: I) {
        let row = &mut row[at..at + Self::N];
        // SAFETY: the slice has as many samples as the vector, which need not be aligned.
        unsafe { _mm512_storeu_si512(row.as_mut_ptr().cast(), value) }
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
        let [a, b, c, d, e, f, g, h] = *table;
        // SAFETY: an `Avx512` is made only where its instructions are present.
        let entries = unsafe { _mm512_setr_ps(a, b, c, d, e, f, g, h, a, b, c, d, e, f, g, h) };
        // SAFETY: the same.
        unsafe { _mm512_permutexvar_ps(index, entries) }
    }

    #[inline(always)]
    fn first(self, count: usize) -> __mmask16 {
        match count {
            0..16 => (1 << count) - 1,
            _ => 0xffff,
        }
    }

    #[inline(always)]
    fn both(self, a: __mmask16, b: __mmask16) -> __mmask16 {
        a & b
    }

    #[inline(always)]
    fn but(self, a: __mmask16, b: __mmask16) -> __mmask16 {
        !a & b
    }

    #[inline(always)]
    fn any_bit(self, a: I) -> bool {
        self.bit_mask(a) != 0
    }

    #[inline(always)]
    fn count(self, mask: __mmask16) -> u32 {
        mask.count_ones()
    }
}
