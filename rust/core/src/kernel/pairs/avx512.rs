//! Pairs by AVX-512 with VNNI: strips of 64 columns, all rows of one before the next.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi16, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32, _mm512_maddubs_epi16,
    _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi16, _mm512_setzero_si512,
    _mm512_storeu_si512, _mm512_subs_epu8, _mm512_xor_si512,
};

use super::STEP;
use crate::kernel::row::avx512::load;

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn differences(now: &[u8], last: &[u8], width: usize, pairs: &mut [u16]) {
    let strips = pairs.as_chunks_mut::<{ STEP / 2 }>().0.iter_mut();
    for (strip, pairs) in strips.enumerate().take(width.div_ceil(STEP)) {
        if (strip + 1) * STEP <= width {
            strip_of_differences::<true>(now, last, width, strip, pairs);
        } else {
            strip_of_differences::<false>(now, last, width, strip, pairs);
        }
    }
}

/// `WHOLE`: no row ends within the strip.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn strip_of_differences<const WHOLE: bool>(
    now: &[u8],
    last: &[u8],
    width: usize,
    strip: usize,
    pairs: &mut [u16; STEP / 2],
) {
    let mut sums = _mm512_setzero_si512();
    for (now, last) in now.chunks_exact(width).zip(last.chunks_exact(width)) {
        let (now, last) = (columns::<WHOLE>(now, strip), columns::<WHOLE>(last, strip));
        let apart = _mm512_or_si512(_mm512_subs_epu8(now, last), _mm512_subs_epu8(last, now));
        sums = add_pairs(sums, apart);
    }
    store(pairs, sums);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn products(a: &[&[u8]], b: &[&[u8]], pairs: &mut [Vec<u16>; 2]) -> [u64; 3] {
    let width = a.first().map_or(0, |row| row.len());
    let mut products = Products::new();
    let [a_pairs, b_pairs] = pairs;
    let a_strips = a_pairs.as_chunks_mut::<{ STEP / 2 }>().0.iter_mut();
    let strips = a_strips.zip(b_pairs.as_chunks_mut::<{ STEP / 2 }>().0);
    for (strip, (a_pairs, b_pairs)) in strips.enumerate().take(width.div_ceil(STEP)) {
        let [a_sums, b_sums] = if (strip + 1) * STEP <= width {
            products.add::<true>(a, b, strip)
        } else {
            products.add::<false>(a, b, strip)
        };
        store(a_pairs, a_sums);
        store(b_pairs, b_sums);
    }
    products.totals()
}

/// Sums of products of one band, as they grow: one factor signed, less 128.
struct Products {
    aa: __m512i,
    bb: __m512i,
    ab: __m512i,
    a: __m512i,
    b: __m512i,
}

impl Products {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new() -> Self {
        let zero = _mm512_setzero_si512();
        Self {
            aa: zero,
            bb: zero,
            ab: zero,
            a: zero,
            b: zero,
        }
    }

    /// Adds one strip; returns its sums of pairs.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn add<const WHOLE: bool>(&mut self, a: &[&[u8]], b: &[&[u8]], strip: usize) -> [__m512i; 2] {
        let sign = _mm512_set1_epi8(-128);
        let [mut a_sums, mut b_sums] = [_mm512_setzero_si512(); 2];
        let Self {
            mut aa,
            mut bb,
            mut ab,
            ..
        } = *self;
        for (a, b) in a.iter().zip(b) {
            let (a, b) = (columns::<WHOLE>(a, strip), columns::<WHOLE>(b, strip));
            let (a_less, b_less) = (_mm512_xor_si512(a, sign), _mm512_xor_si512(b, sign));
            aa = _mm512_dpbusd_epi32(aa, a, a_less);
            bb = _mm512_dpbusd_epi32(bb, b, b_less);
            ab = _mm512_dpbusd_epi32(ab, a, b_less);
            a_sums = add_pairs(a_sums, a);
            b_sums = add_pairs(b_sums, b);
        }
        let ones = _mm512_set1_epi16(1);
        *self = Self {
            aa,
            bb,
            ab,
            a: _mm512_dpwssd_epi32(self.a, a_sums, ones),
            b: _mm512_dpwssd_epi32(self.b, b_sums, ones),
        };
        [a_sums, b_sums]
    }

    /// Σab = Σa(b - 128) + 128 Σa
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn totals(&self) -> [u64; 3] {
        let [aa, bb, ab, a, b] =
            [self.aa, self.bb, self.ab, self.a, self.b].map(|lanes| total(lanes));
        [aa + 128 * a, bb + 128 * b, ab + 128 * a].map(i64::cast_unsigned)
    }
}

/// The columns of one strip of a row; those beyond its end are zero.
#[inline]
#[target_feature(enable = "avx512f")]
fn columns<const WHOLE: bool>(row: &[u8], strip: usize) -> __m512i {
    if WHOLE {
        return load(&row.as_chunks::<STEP>().0[strip]);
    }
    let rest = &row[strip * STEP..];
    let mut columns = [0; STEP];
    columns[..rest.len()].copy_from_slice(rest);
    load(&columns)
}

/// Adds every two bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn add_pairs(sums: __m512i, columns: __m512i) -> __m512i {
    _mm512_add_epi16(sums, _mm512_maddubs_epi16(columns, _mm512_set1_epi8(1)))
}

/// Sum of signed lanes of 32 bits.
#[inline]
#[target_feature(enable = "avx512f")]
fn total(lanes: __m512i) -> i64 {
    let mut sums = [0_i32; 16];
    // SAFETY: `sums` is 64 bytes, and the store asks for no alignment.
    #[expect(unsafe_code, reason = "a store of a whole array")]
    unsafe {
        _mm512_storeu_si512(sums.as_mut_ptr().cast(), lanes);
    }
    sums.into_iter().map(i64::from).sum()
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(pairs: &mut [u16; STEP / 2], sums: __m512i) {
    // SAFETY: `pairs` is 64 bytes, and the store asks for no alignment.
    #[expect(unsafe_code, reason = "a store of a whole array")]
    unsafe {
        _mm512_storeu_si512(pairs.as_mut_ptr().cast(), sums);
    }
}
