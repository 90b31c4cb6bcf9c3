//! Rows by AVX2: 32 samples a step; what is left of a row is left to the scalar body.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_and_si256, _mm256_avg_epu8, _mm256_extract_epi64,
    _mm256_loadu_si256, _mm256_packus_epi16, _mm256_permute4x64_epi64, _mm256_sad_epu8,
    _mm256_set1_epi16, _mm256_setzero_si256, _mm256_srli_epi16, _mm256_storeu_si256,
};

use super::scalar;

/// Sum of absolute differences.
#[target_feature(enable = "avx2")]
pub(super) fn sad(a: &[u8], b: &[u8]) -> u64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<32>(), b.as_chunks::<32>());
    let mut sums = [_mm256_setzero_si256(); 2];
    let ((a2, a1), (b2, b1)) = (a.as_chunks::<2>(), b.as_chunks::<2>());
    for (a, b) in a2.iter().zip(b2) {
        for k in 0..2 {
            let differences = _mm256_sad_epu8(load(&a[k]), load(&b[k]));
            sums[k] = _mm256_add_epi64(sums[k], differences);
        }
    }
    for (a, b) in a1.iter().zip(b1) {
        sums[0] = _mm256_add_epi64(sums[0], _mm256_sad_epu8(load(a), load(b)));
    }
    let sum = _mm256_add_epi64(sums[0], sums[1]);
    let lanes = [
        _mm256_extract_epi64::<0>(sum),
        _mm256_extract_epi64::<1>(sum),
        _mm256_extract_epi64::<2>(sum),
        _mm256_extract_epi64::<3>(sum),
    ];
    lanes.map(i64::cast_unsigned).iter().sum::<u64>() + scalar::sad(a_rest, b_rest)
}

/// Halves two rows into one.
#[target_feature(enable = "avx2")]
pub(super) fn halve(a: &[u8], b: &[u8], half: &mut [u8]) {
    let steps = (half.len() / 32).min(a.len() / 64).min(b.len() / 64);
    let (halves, rest) = half.split_at_mut(32 * steps);
    let pairs = a.as_chunks::<64>().0.iter().zip(b.as_chunks::<64>().0);
    for (half, (a, b)) in halves.as_chunks_mut::<32>().0.iter_mut().zip(pairs) {
        let (a, b) = (a.as_chunks::<32>().0, b.as_chunks::<32>().0);
        let means = _mm256_packus_epi16(means(&a[0], &b[0]), means(&a[1], &b[1]));
        store(half, _mm256_permute4x64_epi64::<0b1101_1000>(means));
    }
    scalar::halve(&a[64 * steps..], &b[64 * steps..], rest);
}

/// Means of 2x2 samples in the low bytes of 16 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn means(a: &[u8; 32], b: &[u8; 32]) -> __m256i {
    let down = _mm256_avg_epu8(load(a), load(b));
    let along = _mm256_avg_epu8(down, _mm256_srli_epi16::<8>(down));
    _mm256_and_si256(along, _mm256_set1_epi16(0xff))
}

/// A whole vector.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn load(samples: &[u8; 32]) -> __m256i {
    // SAFETY: `samples` is 32 bytes, and the load asks for no alignment.
    #[expect(unsafe_code, reason = "a load of a whole array")]
    unsafe {
        _mm256_loadu_si256(samples.as_ptr().cast())
    }
}

/// A whole vector.
#[inline]
#[target_feature(enable = "avx2")]
fn store(samples: &mut [u8; 32], vector: __m256i) {
    // SAFETY: `samples` is 32 bytes, and the store asks for no alignment.
    #[expect(unsafe_code, reason = "a store of a whole array")]
    unsafe {
        _mm256_storeu_si256(samples.as_mut_ptr().cast(), vector);
    }
}
