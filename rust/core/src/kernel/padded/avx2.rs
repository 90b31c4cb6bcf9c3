//! Means of 4x4 samples in 256-bit vectors.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_cvtsi256_si32, _mm256_extract_epi32,
    _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_packus_epi16, _mm256_packus_epi32,
    _mm256_set_epi64x, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_srli_epi32,
};

/// As the plain body; what is left of a row after whole vectors is left to it.
#[target_feature(enable = "avx2")]
pub(super) fn means_of_4x4(to: &mut [u8], from: &[u8], stride: usize) {
    let width = 4 * to.len();
    let rows = [0, 1, 2, 3].map(|y| from[y * stride..][..width].as_chunks::<32>().0);
    let (eights, _) = to.as_chunks_mut::<8>();
    let done = 8 * eights.len();
    for (k, eight) in eights.iter_mut().enumerate() {
        let [a, b, c, d] = rows.map(|row| pairs(&row[k]));
        let pairs = _mm256_add_epi16(_mm256_add_epi16(a, b), _mm256_add_epi16(c, d));
        let sums = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
        let means = _mm256_srli_epi32::<4>(_mm256_add_epi32(sums, _mm256_set1_epi32(8)));
        let words = _mm256_packus_epi32(means, means);
        let bytes = _mm256_packus_epi16(words, words);
        let [a, b, c, d] = _mm256_cvtsi256_si32(bytes).to_le_bytes();
        let [e, f, g, h] = _mm256_extract_epi32::<4>(bytes).to_le_bytes();
        *eight = [a, b, c, d, e, f, g, h];
    }
    super::plain(&mut to[done..], &from[4 * done..], stride);
}

/// Sums of two samples each.
#[target_feature(enable = "avx2")]
#[inline]
fn pairs(row: &[u8; 32]) -> __m256i {
    let (words, _) = row.as_chunks::<8>();
    let [a, b, c, d] = [0, 1, 2, 3].map(|k| i64::from_le_bytes(words[k]));
    _mm256_maddubs_epi16(_mm256_set_epi64x(d, c, b, a), _mm256_set1_epi8(1))
}
