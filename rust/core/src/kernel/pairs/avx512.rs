//! Pairs by AVX-512 with VNNI: strips of 64 columns, all rows of one before the next.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi16, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32, _mm512_maddubs_epi16,
    _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi16, _mm512_setzero_si512,
    _mm512_storeu_si512, _mm512_subs_epu8, _mm512_xor_si512,
};

use super::STEP;
use crate::kernel::row::avx512::load;

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn differences(now: &[&[u8]], last: &[&[u8]], pairs: &mut [u16]) {
    let width = now.first().map_or(0, |row| row.len());
    let strips = pairs.as_chunks_mut::<{ STEP / 2 }>().0.iter_mut();
    for (strip, pairs) in strips.enumerate().take(width.div_ceil(STEP)) {
        let mut sums = _mm512_setzero_si512();
        for (now, last) in now.iter().zip(last) {
            let (now, last) = (columns(now, strip), columns(last, strip));
            let apart = _mm512_or_si512(_mm512_subs_epu8(now, last), _mm512_subs_epu8(last, now));
            sums = add_pairs(sums, apart);
        }
        store(pairs, sums);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn products(a: &[&[u8]], b: &[&[u8]], pairs: &mut [Vec<u16>; 2]) -> [u64; 3] {
    let width = a.first().map_or(0, |row| row.len());
    let zero = _mm512_setzero_si512();
    let sign = _mm512_set1_epi8(-128);
    let ones = _mm512_set1_epi16(1);
    let (mut aa, mut bb, mut ab, mut a_sum, mut b_sum) = (zero, zero, zero, zero, zero);
    let [a_pairs, b_pairs] = pairs;
    let a_strips = a_pairs.as_chunks_mut::<{ STEP / 2 }>().0.iter_mut();
    let strips = a_strips.zip(b_pairs.as_chunks_mut::<{ STEP / 2 }>().0);
    for (strip, (a_pairs, b_pairs)) in strips.enumerate().take(width.div_ceil(STEP)) {
        let (mut a_sums, mut b_sums) = (zero, zero);
        for (a, b) in a.iter().zip(b) {
            let (a, b) = (columns(a, strip), columns(b, strip));
            let (a_less, b_less) = (_mm512_xor_si512(a, sign), _mm512_xor_si512(b, sign));
            aa = _mm512_dpbusd_epi32(aa, a, a_less);
            bb = _mm512_dpbusd_epi32(bb, b, b_less);
            ab = _mm512_dpbusd_epi32(ab, a, b_less);
            a_sums = add_pairs(a_sums, a);
            b_sums = add_pairs(b_sums, b);
        }
        a_sum = _mm512_dpwssd_epi32(a_sum, a_sums, ones);
        b_sum = _mm512_dpwssd_epi32(b_sum, b_sums, ones);
        store(a_pairs, a_sums);
        store(b_pairs, b_sums);
    }
    // Σab = Σa(b - 128) + 128 Σa
    let [aa, bb, ab, a_sum, b_sum] = [aa, bb, ab, a_sum, b_sum].map(|lanes| total(lanes));
    [aa + 128 * a_sum, bb + 128 * b_sum, ab + 128 * a_sum].map(i64::cast_unsigned)
}

/// The columns of one strip of a row; those beyond its end are zero.
#[inline]
#[target_feature(enable = "avx512f")]
fn columns(row: &[u8], strip: usize) -> __m512i {
    let (whole, rest) = row.as_chunks::<STEP>();
    if let Some(columns) = whole.get(strip) {
        return load(columns);
    }
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
