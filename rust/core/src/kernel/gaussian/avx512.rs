//! Exact sums of products in 64-bit fixed point, eight lanes at a time.
//!
//! The window is symmetric: a sample has six products, not eleven. Each is made once and added to
//! the ten sums that are still open, which stay in registers; so lanes are columns on the way down
//! and, turned round, rows on the way across.

use std::arch::x86_64::{
    __m256, __m512i, _mm256_mul_ps, _mm256_permute2f128_ps, _mm256_set1_ps, _mm256_setzero_ps,
    _mm256_shuffle_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps, _mm512_add_epi64,
    _mm512_cvtepi64_ps, _mm512_cvtps_epi64, _mm512_setzero_si512,
};

use super::{BAND, Moments, POINT, REACH, STRIP, Strip, TAPS, WEIGHTS};
use crate::kernel::memory::{load_f32, load_i64, store_f32, store_i64};

/// A power of two moves the point and leaves a product's rounding alone.
const SCALE: f32 = (1_u64 << POINT) as f32;

/// Different weights.
const HALF: usize = TAPS.div_ceil(2);

/// Sums that lack samples, the one that has one first.
type Open = [__m512i; TAPS - 1];

/// Rows of eight, turned round: a vector per column.
pub(super) type Columns = [[f32; 8]; REACH];

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn weigh(
    reference: &[[f32; REACH]; BAND],
    distorted: &[[f32; REACH]; BAND],
    strip: &mut Strip,
) {
    let [a, b, done] = &mut strip.columns;
    turn_in(reference, a);
    turn_in(distorted, b);
    let out = &mut strip.windows;
    across::<0>(a, b, done, out);
    across::<1>(a, b, done, out);
    across::<2>(a, b, done, out);
    across::<3>(a, b, done, out);
    across::<4>(a, b, done, out);
    for (kind, open) in strip.open.iter_mut().enumerate() {
        down(kind, open, out);
    }
}

/// One kind of moment along eight rows, in steps of the fixed point; `done` is scratch.
#[inline]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn across<const KIND: usize>(
    a: &Columns,
    b: &Columns,
    done: &mut Columns,
    out: &mut [Moments; BAND],
) {
    let weights = weights(SCALE);
    let mut open = [_mm512_setzero_si512(); TAPS - 1];
    let done = &mut done[..STRIP];
    for (a, b) in a.iter().zip(b).take(TAPS - 1) {
        step(&mut open, moment::<KIND>(a, b), &weights);
    }
    for ((a, b), done) in a.iter().zip(b).skip(TAPS - 1).zip(done.iter_mut()) {
        let sum = step(&mut open, moment::<KIND>(a, b), &weights);
        store_f32(done, _mm512_cvtepi64_ps(sum));
    }
    for (at, block) in done.as_chunks::<8>().0.iter().enumerate() {
        let rows = turned(block);
        for y in 0..BAND {
            if let Some(out) = out[y][KIND].as_chunks_mut::<8>().0.get_mut(at) {
                store_f32(out, rows[y]);
            }
        }
    }
}

/// What one kind of moment weighs.
#[inline]
#[target_feature(enable = "avx2")]
fn moment<const KIND: usize>(a: &[f32; 8], b: &[f32; 8]) -> __m256 {
    let (a, b) = (load_f32(a), load_f32(b));
    match KIND {
        0 => a,
        1 => b,
        2 => _mm256_mul_ps(a, a),
        3 => _mm256_mul_ps(b, b),
        _ => _mm256_mul_ps(a, b),
    }
}

/// One kind of moment down eight rows, in place: from steps of the fixed point to samples.
#[inline]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn down(kind: usize, open: &mut [[i64; STRIP]; TAPS - 1], rows: &mut [Moments; BAND]) {
    let weights = weights(1.0);
    for at in 0..STRIP / 8 {
        let mut sums = [_mm512_setzero_si512(); TAPS - 1];
        for (sum, open) in sums.iter_mut().zip(open.iter()) {
            *sum = load_i64(&open.as_chunks::<8>().0[at]);
        }
        for row in rows.iter_mut() {
            let lanes = &mut row[kind].as_chunks_mut::<8>().0[at];
            let sum = _mm512_cvtepi64_ps(step(&mut sums, load_f32(lanes), &weights));
            store_f32(lanes, _mm256_mul_ps(sum, _mm256_set1_ps(1.0 / SCALE)));
        }
        for (sum, open) in sums.into_iter().zip(open.iter_mut()) {
            store_i64(&mut open.as_chunks_mut::<8>().0[at], sum);
        }
    }
}

/// Adds a sample to every open sum and opens one; the sum that has all eleven.
#[inline]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn step(open: &mut Open, samples: __m256, weights: &[__m256; HALF]) -> __m512i {
    let mut products = [_mm512_setzero_si512(); HALF];
    for (product, weight) in products.iter_mut().zip(weights) {
        *product = _mm512_cvtps_epi64(_mm256_mul_ps(samples, *weight));
    }
    let sum = _mm512_add_epi64(open[TAPS - 2], products[0]);
    for tap in (1..TAPS - 1).rev() {
        open[tap] = _mm512_add_epi64(open[tap - 1], products[tap.min(TAPS - 1 - tap)]);
    }
    open[0] = products[0];
    sum
}

#[inline]
#[target_feature(enable = "avx2")]
fn weights(scale: f32) -> [__m256; HALF] {
    let mut weights = [_mm256_setzero_ps(); HALF];
    for (out, weight) in weights.iter_mut().zip(WEIGHTS) {
        *out = _mm256_set1_ps(weight * scale);
    }
    weights
}

/// Turns eight rows round.
#[inline]
#[target_feature(enable = "avx2")]
fn turn_in(rows: &[[f32; REACH]; BAND], out: &mut Columns) {
    for (at, out) in out.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let mut block = [[0.0; 8]; 8];
        for (block, row) in block.iter_mut().zip(rows) {
            *block = row.as_chunks::<8>().0[at];
        }
        for (out, column) in out.iter_mut().zip(turned(&block)) {
            store_f32(out, column);
        }
    }
}

/// Eight rows of eight, turned round.
#[inline]
#[target_feature(enable = "avx2")]
fn turned(rows: &[[f32; 8]; 8]) -> [__m256; 8] {
    let zero = _mm256_setzero_ps();
    let (mut pairs, mut fours, mut out) = ([zero; 8], [zero; 8], [zero; 8]);
    for at in 0..4 {
        let (a, b) = (load_f32(&rows[2 * at]), load_f32(&rows[2 * at + 1]));
        pairs[2 * at] = _mm256_unpacklo_ps(a, b);
        pairs[2 * at + 1] = _mm256_unpackhi_ps(a, b);
    }
    for half in [0, 4] {
        for at in 0..2 {
            let (a, b) = (pairs[half + at], pairs[half + at + 2]);
            fours[half + 2 * at] = _mm256_shuffle_ps::<0x44>(a, b);
            fours[half + 2 * at + 1] = _mm256_shuffle_ps::<0xee>(a, b);
        }
    }
    for at in 0..4 {
        out[at] = _mm256_permute2f128_ps::<0x20>(fours[at], fours[at + 4]);
        out[at + 4] = _mm256_permute2f128_ps::<0x31>(fours[at], fours[at + 4]);
    }
    out
}
