//! Means of 4x4 samples in 256-bit vectors.
#![expect(unsafe_code, reason = "unaligned loads of checked rows")]

use std::arch::x86_64::*;

/// As the plain body; what is left of a row after whole vectors is left to it.
#[target_feature(enable = "avx2")]
pub(super) fn means_of_4x4(to: &mut [u8], from: &[u8], stride: usize) {
    let width = 4 * to.len();
    let rows = [0, 1, 2, 3].map(|y| from[y * stride..][..width].as_chunks::<64>().0);
    let (groups, _) = to.as_chunks_mut::<16>();
    let done = 16 * groups.len();
    let order = _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0);
    for (k, group) in groups.iter_mut().enumerate() {
        let words = rows.map(|row| pairs(&row[k]));
        let [left, right] = [0, 1].map(|half| {
            let [a, b, c, d] = words.map(|row| row[half]);
            let pairs = _mm256_add_epi16(_mm256_add_epi16(a, b), _mm256_add_epi16(c, d));
            let sums = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
            _mm256_srli_epi32::<4>(_mm256_add_epi32(sums, _mm256_set1_epi32(8)))
        });
        let words = _mm256_packus_epi32(left, right);
        let bytes = _mm256_packus_epi16(words, words);
        let means = _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(bytes, order));
        let [low, high] = [_mm_cvtsi128_si64(means), _mm_extract_epi64::<1>(means)];
        let (first, second) = group.split_at_mut(8);
        first.copy_from_slice(&low.to_le_bytes());
        second.copy_from_slice(&high.to_le_bytes());
    }
    super::plain(&mut to[done..], &from[4 * done..], stride);
}

/// Sums of two samples each.
#[target_feature(enable = "avx2")]
#[inline]
fn pairs(row: &[u8; 64]) -> [__m256i; 2] {
    let (halves, _) = row.as_chunks::<32>();
    [0, 1].map(|half| {
        // SAFETY: 32 bytes are read of an array of as many.
        let samples = unsafe { _mm256_loadu_si256(halves[half].as_ptr().cast()) };
        _mm256_maddubs_epi16(samples, _mm256_set1_epi8(1))
    })
}
