//! The sum in 512-bit vectors.

use std::arch::x86_64::*;

use super::CHUNK;
use crate::{
    kernel::memory::{load_64, load_up_to_64},
    plane::Plane,
};

/// The sum of squared differences of two planes.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn sum(a: Plane<'_, u8>, b: Plane<'_, u8>) -> u64 {
    let mut total = 0;
    for (a, b) in a.rows().zip(b.rows()) {
        for (a, b) in a.chunks(CHUNK).zip(b.chunks(CHUNK)) {
            let (a, left_a) = a.as_chunks::<128>();
            let (b, left_b) = b.as_chunks::<128>();
            let mut sums = [_mm512_setzero_si512(); 4];
            let [first, second, third, fourth] = &mut sums;
            for (a, b) in a.iter().zip(b) {
                add(load(a, 0), load(b, 0), first, second);
                add(load(a, 1), load(b, 1), third, fourth);
            }
            for (a, b) in left_a.chunks(64).zip(left_b.chunks(64)) {
                add(load_up_to_64(a), load_up_to_64(b), first, second);
            }
            total += sums.into_iter().map(|sums| across(sums)).sum::<u64>();
        }
    }
    total
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(samples: &[u8; 128], half: usize) -> __m512i {
    load_64(&samples.as_chunks::<64>().0[half])
}

/// Adds squared differences of 64 samples, two and two in 32-bit lanes.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn add(a: __m512i, b: __m512i, low: &mut __m512i, high: &mut __m512i) {
    let apart = _mm512_or_si512(_mm512_subs_epu8(a, b), _mm512_subs_epu8(b, a));
    let zero = _mm512_setzero_si512();
    let halves = [
        _mm512_unpacklo_epi8(apart, zero),
        _mm512_unpackhi_epi8(apart, zero),
    ];
    *low = _mm512_dpwssd_epi32(*low, halves[0], halves[0]);
    *high = _mm512_dpwssd_epi32(*high, halves[1], halves[1]);
}

/// The sum of unsigned 32-bit lanes.
#[target_feature(enable = "avx512f")]
#[inline]
fn across(sums: __m512i) -> u64 {
    let low = _mm512_and_si512(sums, _mm512_set1_epi64(0xffff_ffff));
    let wide = _mm512_add_epi64(low, _mm512_srli_epi64::<32>(sums));
    _mm512_reduce_add_epi64(wide).cast_unsigned()
}
