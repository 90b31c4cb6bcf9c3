//! The sum in 256-bit vectors.

use std::arch::x86_64::*;

use super::{CHUNK, of_row};
use crate::{kernel::memory::load_32, plane::Plane};

/// The sum of squared differences of two planes.
#[target_feature(enable = "avx2")]
pub(super) fn sum(a: Plane<'_, u8>, b: Plane<'_, u8>) -> u64 {
    let mut total = 0;
    for (a, b) in a.rows().zip(b.rows()) {
        for (a, b) in a.chunks(CHUNK).zip(b.chunks(CHUNK)) {
            let (a, left_a) = a.as_chunks::<64>();
            let (b, left_b) = b.as_chunks::<64>();
            let mut sums = [_mm256_setzero_si256(); 4];
            for (a, b) in a.iter().zip(b) {
                let ([first, second], _) = a.as_chunks::<32>() else {
                    continue;
                };
                let ([third, fourth], _) = b.as_chunks::<32>() else {
                    continue;
                };
                let [low, high] = squares(load_32(first), load_32(third));
                sums[0] = _mm256_add_epi32(sums[0], low);
                sums[1] = _mm256_add_epi32(sums[1], high);
                let [low, high] = squares(load_32(second), load_32(fourth));
                sums[2] = _mm256_add_epi32(sums[2], low);
                sums[3] = _mm256_add_epi32(sums[3], high);
            }
            total +=
                sums.into_iter().map(|sums| across(sums)).sum::<u64>() + of_row(left_a, left_b);
        }
    }
    total
}

/// Squared differences of 32 samples, two and two added in 32-bit lanes.
#[target_feature(enable = "avx2")]
#[inline]
fn squares(a: __m256i, b: __m256i) -> [__m256i; 2] {
    let apart = _mm256_or_si256(_mm256_subs_epu8(a, b), _mm256_subs_epu8(b, a));
    let zero = _mm256_setzero_si256();
    [
        _mm256_unpacklo_epi8(apart, zero),
        _mm256_unpackhi_epi8(apart, zero),
    ]
    .map(|apart| _mm256_madd_epi16(apart, apart))
}

/// The sum of unsigned 32-bit lanes.
#[target_feature(enable = "avx2")]
#[inline]
fn across(sums: __m256i) -> u64 {
    let wide = _mm256_add_epi64(
        _mm256_srli_epi64::<32>(sums),
        _mm256_and_si256(sums, _mm256_set1_epi64x(0xffff_ffff)),
    );
    let half = _mm_add_epi64(
        _mm256_castsi256_si128(wide),
        _mm256_extracti128_si256::<1>(wide),
    );
    _mm_cvtsi128_si64(half).cast_unsigned() + _mm_extract_epi64::<1>(half).cast_unsigned()
}
