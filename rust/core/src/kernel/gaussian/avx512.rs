//! Exact sums of products in 64-bit fixed point, eight lanes at a time.

use std::arch::x86_64::{
    _mm256_mul_ps, _mm256_set1_ps, _mm512_add_epi64, _mm512_cvtepi64_ps, _mm512_cvtps_epi64,
    _mm512_setzero_si512,
};

use super::{LANES, Moments, POINT, REACH, TAPS, Totals, WEIGHTS, across_with, down_with};
use crate::kernel::memory::{load_f32, store_f32};

/// A power of two moves the point and leaves a product's rounding alone.
const SCALE: f32 = (1_u64 << POINT) as f32;

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
    let mut out = [0.0; LANES];
    for (half, out) in out.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let mut sums = _mm512_setzero_si512();
        for (samples, weight) in samples.into_iter().zip(WEIGHTS) {
            let samples = load_f32(&samples.as_chunks::<8>().0[half]);
            let product = _mm256_mul_ps(samples, _mm256_set1_ps(weight * SCALE));
            sums = _mm512_add_epi64(sums, _mm512_cvtps_epi64(product));
        }
        let sums = _mm512_cvtepi64_ps(sums);
        store_f32(out, _mm256_mul_ps(sums, _mm256_set1_ps(1.0 / SCALE)));
    }
    out
}
