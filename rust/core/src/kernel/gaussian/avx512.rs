//! Exact sums of products in 64-bit fixed point, eight lanes at a time.

use std::arch::x86_64::{
    __m512, _mm512_add_epi64, _mm512_castps256_ps512, _mm512_castps512_ps256, _mm512_cvtepi64_ps,
    _mm512_cvtps_epi64, _mm512_extractf32x8_ps, _mm512_insertf32x8, _mm512_mul_ps, _mm512_set1_ps,
    _mm512_setzero_si512,
};

use super::{LANES, Moments, POINT, REACH, TAPS, Totals, WEIGHTS, across_with, down_with};
use crate::kernel::lanes::{load_f32, store_f32};

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn across(reference: &[f32; REACH], distorted: &[f32; REACH], out: &mut Moments) {
    across_with(reference, distorted, out, |samples| weighed(samples));
}

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn down(rows: [&Moments; TAPS], windows: usize, whole: bool, totals: &mut Totals) {
    down_with(rows, windows, whole, totals, |samples| weighed(samples));
}

#[inline]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn weighed(samples: [&[f32; LANES]; TAPS]) -> [f32; LANES] {
    // A power of two moves the point and leaves a product's rounding alone.
    const SCALE: f32 = (1_u64 << POINT) as f32;
    let (mut low, mut high) = (_mm512_setzero_si512(), _mm512_setzero_si512());
    for (samples, weight) in samples.into_iter().zip(WEIGHTS) {
        let product = _mm512_mul_ps(load_f32(samples), _mm512_set1_ps(weight * SCALE));
        let (first, second) = halves(product);
        low = _mm512_add_epi64(low, _mm512_cvtps_epi64(first));
        high = _mm512_add_epi64(high, _mm512_cvtps_epi64(second));
    }
    let sums = _mm512_castps256_ps512(_mm512_cvtepi64_ps(low));
    let sums = _mm512_insertf32x8::<1>(sums, _mm512_cvtepi64_ps(high));
    let mut out = [0.0; LANES];
    store_f32(&mut out, _mm512_mul_ps(sums, _mm512_set1_ps(1.0 / SCALE)));
    out
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn halves(lanes: __m512) -> (std::arch::x86_64::__m256, std::arch::x86_64::__m256) {
    (
        _mm512_castps512_ps256(lanes),
        _mm512_extractf32x8_ps::<1>(lanes),
    )
}
