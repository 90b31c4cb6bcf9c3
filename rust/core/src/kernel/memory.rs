//! Loads and stores of whole vectors: slices checked by their type, so that the kernels stay safe.
#![expect(unsafe_code, reason = "vector loads and stores take raw pointers")]

use std::arch::x86_64::{
    __m128i, __m256, __m256i, __m512i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm256_loadu_ps,
    _mm256_loadu_si256, _mm256_storeu_ps, _mm256_storeu_si256, _mm512_loadu_si512,
    _mm512_maskz_loadu_epi8, _mm512_storeu_si512,
};

#[target_feature(enable = "avx2")]
pub(crate) fn load_16(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the array is as long as the vector, and an unaligned load asks for no more.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
pub(crate) fn load_32(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the array is as long as the vector, and an unaligned load asks for no more.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
pub(crate) fn load_64(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the array is as long as the vector, and an unaligned load asks for no more.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// The first 64 bytes, zeros behind the last where there are fewer.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn load_up_to_64(bytes: &[u8]) -> __m512i {
    let mask = match bytes.len() {
        0 => 0,
        len => u64::MAX >> (64 - len.min(64)),
    };
    // SAFETY: the mask lets no byte be read that is not in the slice.
    unsafe { _mm512_maskz_loadu_epi8(mask, bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
pub(crate) fn load_i64(lanes: &[i64; 8]) -> __m512i {
    // SAFETY: the array is as long as the vector, and an unaligned load asks for no more.
    unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
pub(crate) fn store_i64(lanes: &mut [i64; 8], vector: __m512i) {
    // SAFETY: the array is as long as the vector, and an unaligned store asks for no more.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), vector) }
}

#[target_feature(enable = "avx2")]
pub(crate) fn store_8(lanes: &mut [i32; 8], vector: __m256i) {
    // SAFETY: the array is as long as the vector, and an unaligned store asks for no more.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), vector) }
}

#[target_feature(enable = "avx512f")]
pub(crate) fn store_16(lanes: &mut [i32; 16], vector: __m512i) {
    // SAFETY: the array is as long as the vector, and an unaligned store asks for no more.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), vector) }
}

#[target_feature(enable = "avx2")]
pub(crate) fn load_f32(lanes: &[f32; 8]) -> __m256 {
    // SAFETY: the array is as long as the vector, and an unaligned load asks for no more.
    unsafe { _mm256_loadu_ps(lanes.as_ptr()) }
}

#[target_feature(enable = "avx2")]
pub(crate) fn store_f32(lanes: &mut [f32; 8], vector: __m256) {
    // SAFETY: the array is as long as the vector, and an unaligned store asks for no more.
    unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), vector) }
}

/// Asks for the samples to be in the first-level cache soon.
pub(crate) fn prefetch<T>(samples: &[T]) {
    for line in samples.chunks(64 / size_of::<T>()) {
        // SAFETY: a prefetch reads nothing and cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
}
