//! Pairs by AVX2: strips of 32 columns, all rows of one before the next.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_and_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_or_si256, _mm256_set1_epi8, _mm256_set1_epi16,
    _mm256_setzero_si256, _mm256_srli_epi16, _mm256_storeu_si256, _mm256_subs_epu8,
};

use crate::kernel::row::avx2::load;

/// Columns a step.
const STEP: usize = 32;

#[target_feature(enable = "avx2")]
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
#[target_feature(enable = "avx2")]
fn strip_of_differences<const WHOLE: bool>(
    now: &[u8],
    last: &[u8],
    width: usize,
    strip: usize,
    pairs: &mut [u16; STEP / 2],
) {
    let mut sums = _mm256_setzero_si256();
    for (now, last) in now.chunks_exact(width).zip(last.chunks_exact(width)) {
        let (now, last) = (columns::<WHOLE>(now, strip), columns::<WHOLE>(last, strip));
        let apart = _mm256_or_si256(_mm256_subs_epu8(now, last), _mm256_subs_epu8(last, now));
        sums = add_pairs(sums, apart);
    }
    store(pairs, sums);
}

#[target_feature(enable = "avx2")]
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

/// Sums of products of one band, as they grow. Lanes of 32 bits hold those of the largest: 4 · 255²
/// a row, and 256 strips of 64 rows.
struct Products {
    aa: __m256i,
    bb: __m256i,
    ab: __m256i,
}

impl Products {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new() -> Self {
        let zero = _mm256_setzero_si256();
        Self {
            aa: zero,
            bb: zero,
            ab: zero,
        }
    }

    /// Adds one strip; returns its sums of pairs.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn add<const WHOLE: bool>(&mut self, a: &[&[u8]], b: &[&[u8]], strip: usize) -> [__m256i; 2] {
        let low = _mm256_set1_epi16(0xff);
        let [mut a_sums, mut b_sums] = [_mm256_setzero_si256(); 2];
        let Self {
            mut aa,
            mut bb,
            mut ab,
        } = *self;
        for (a, b) in a.iter().zip(b) {
            let (a, b) = (columns::<WHOLE>(a, strip), columns::<WHOLE>(b, strip));
            let (a_even, a_odd) = (_mm256_and_si256(a, low), _mm256_srli_epi16::<8>(a));
            let (b_even, b_odd) = (_mm256_and_si256(b, low), _mm256_srli_epi16::<8>(b));
            aa = add_products(add_products(aa, a_even, a_even), a_odd, a_odd);
            bb = add_products(add_products(bb, b_even, b_even), b_odd, b_odd);
            ab = add_products(add_products(ab, a_even, b_even), a_odd, b_odd);
            a_sums = add_pairs(a_sums, a);
            b_sums = add_pairs(b_sums, b);
        }
        *self = Self { aa, bb, ab };
        [a_sums, b_sums]
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn totals(&self) -> [u64; 3] {
        [self.aa, self.bb, self.ab].map(|lanes| total(lanes))
    }
}

/// The columns of one strip of a row; those beyond its end are zero.
#[inline]
#[target_feature(enable = "avx2")]
fn columns<const WHOLE: bool>(row: &[u8], strip: usize) -> __m256i {
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
#[target_feature(enable = "avx2")]
fn add_pairs(sums: __m256i, columns: __m256i) -> __m256i {
    _mm256_add_epi16(sums, _mm256_maddubs_epi16(columns, _mm256_set1_epi8(1)))
}

/// Adds the products of every two 16-bit halves.
#[inline]
#[target_feature(enable = "avx2")]
fn add_products(sum: __m256i, a: __m256i, b: __m256i) -> __m256i {
    _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))
}

/// Sum of lanes of 32 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn total(lanes: __m256i) -> u64 {
    let mut sums = [0_u32; 8];
    // SAFETY: `sums` is 32 bytes, and the store asks for no alignment.
    #[expect(unsafe_code, reason = "a store of a whole array")]
    unsafe {
        _mm256_storeu_si256(sums.as_mut_ptr().cast(), lanes);
    }
    sums.into_iter().map(u64::from).sum()
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(pairs: &mut [u16; STEP / 2], sums: __m256i) {
    // SAFETY: `pairs` is 32 bytes, and the store asks for no alignment.
    #[expect(unsafe_code, reason = "a store of a whole array")]
    unsafe {
        _mm256_storeu_si256(pairs.as_mut_ptr().cast(), sums);
    }
}
