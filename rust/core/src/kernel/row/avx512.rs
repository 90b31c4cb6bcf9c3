//! Rows by AVX-512: 64 samples a step; what is left of a row is left to the scalar body.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_avg_epu8, _mm512_loadu_si512, _mm512_packus_epi16,
    _mm512_permutexvar_epi64, _mm512_set1_epi16, _mm512_setr_epi64, _mm512_srli_epi16,
    _mm512_storeu_si512,
};

use super::scalar;

/// Halves two rows into one.
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn halve(a: &[u8], b: &[u8], half: &mut [u8]) {
    let steps = (half.len() / 64).min(a.len() / 128).min(b.len() / 128);
    let (halves, rest) = half.split_at_mut(64 * steps);
    let in_order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    let pairs = a.as_chunks::<128>().0.iter().zip(b.as_chunks::<128>().0);
    for (half, (a, b)) in halves.as_chunks_mut::<64>().0.iter_mut().zip(pairs) {
        let (a, b) = (a.as_chunks::<64>().0, b.as_chunks::<64>().0);
        let means = _mm512_packus_epi16(means(&a[0], &b[0]), means(&a[1], &b[1]));
        store(half, _mm512_permutexvar_epi64(in_order, means));
    }
    scalar::halve(&a[128 * steps..], &b[128 * steps..], rest);
}

/// Means of 2x2 samples in the low bytes of 16 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn means(a: &[u8; 64], b: &[u8; 64]) -> __m512i {
    let down = _mm512_avg_epu8(load(a), load(b));
    let along = _mm512_avg_epu8(down, _mm512_srli_epi16::<8>(down));
    _mm512_and_si512(along, _mm512_set1_epi16(0xff))
}

/// A whole vector.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn load(samples: &[u8; 64]) -> __m512i {
    // SAFETY: `samples` is 64 bytes, and the load asks for no alignment.
    #[expect(unsafe_code, reason = "a load of a whole array")]
    unsafe {
        _mm512_loadu_si512(samples.as_ptr().cast())
    }
}

/// A whole vector.
#[inline]
#[target_feature(enable = "avx512f")]
fn store(samples: &mut [u8; 64], vector: __m512i) {
    // SAFETY: `samples` is 64 bytes, and the store asks for no alignment.
    #[expect(unsafe_code, reason = "a store of a whole array")]
    unsafe {
        _mm512_storeu_si512(samples.as_mut_ptr().cast(), vector);
    }
}
