//! The tensor in 512-bit vectors: four rows at a time.

use std::arch::x86_64::*;

use super::{
    At, Tensor,
    avx2::{LESS, both, join, row, tensor},
};

/// The tensor of 8x8 samples.
#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
#[inline]
pub(crate) fn tensor_of_8(a: At<'_>, b: At<'_>) -> Tensor {
    let (a, b) = (a.around(), b.around());
    a.check(16, 10);
    b.check(16, 10);
    let edge = |y| _mm512_broadcast_i32x4(both(row(a, y), row(b, y)));
    let (top, bottom) = (
        slopes(four(a, 1), four(b, 1)),
        slopes(four(a, 5), four(b, 5)),
    );
    let next = _mm512_alignr_epi64::<2>(bottom.middle, top.middle);
    let before = _mm512_alignr_epi64::<6>(bottom.middle, top.middle);
    let first = _mm512_alignr_epi64::<6>(top.middle, edge(0));
    let last = _mm512_alignr_epi64::<2>(edge(9), bottom.middle);
    let dy = [
        _mm512_sub_epi16(next, first),
        _mm512_sub_epi16(last, before),
    ];
    let sum = |a: [__m512i; 2], b: [__m512i; 2]| {
        _mm512_dpwssd_epi32(_mm512_madd_epi16(a[0], b[0]), a[1], b[1])
    };
    let (dx, d) = ([top.dx, bottom.dx], [top.d, bottom.d]);
    let pair = |a, b| _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    let (slopes, rest) = (
        pair(sum(dx, dx), sum(dx, dy)),
        pair(sum(dy, dy), sum(dx, d)),
    );
    let four = _mm512_add_epi32(
        _mm512_unpacklo_epi64(slopes, rest),
        _mm512_unpackhi_epi64(slopes, rest),
    );
    let yd = halves(sum(dy, d));
    let yd = _mm_add_epi32(yd, _mm_unpackhi_epi64(yd, yd));
    tensor(halves(four), _mm_add_epi32(yd, _mm_shuffle_epi32::<1>(yd)))
}

/// What four rows of two planes tell; see the 256-bit body.
#[derive(Clone, Copy)]
struct Slopes {
    middle: __m512i,
    dx: __m512i,
    d: __m512i,
}

/// Eight samples of four rows that begin one sample earlier.
#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
#[inline]
fn slopes(a: __m512i, b: __m512i) -> Slopes {
    let (low, high) = (_mm512_unpacklo_epi8(a, b), _mm512_unpackhi_epi8(a, b));
    let one = _mm512_set1_epi8(1);
    let (left, rest) = (
        _mm512_maddubs_epi16(low, one),
        _mm512_maddubs_epi16(high, one),
    );
    let right = _mm512_alignr_epi8::<4>(rest, left);
    let less = _mm512_set1_epi16(LESS);
    Slopes {
        middle: _mm512_alignr_epi8::<2>(rest, left),
        dx: _mm512_sub_epi16(right, left),
        d: _mm512_maddubs_epi16(_mm512_alignr_epi8::<2>(high, low), less),
    }
}

/// Rows `y` to `y + 3`.
#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
#[inline]
fn four(of: At<'_>, y: usize) -> __m512i {
    let two = |y| _mm256_set_m128i(row(of, y + 1), row(of, y));
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(two(y)), two(y + 2))
}

/// Sums of a register's four quarters.
#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
#[inline]
fn halves(v: __m512i) -> __m128i {
    join(_mm256_add_epi32(
        _mm512_castsi512_si256(v),
        _mm512_extracti64x4_epi64::<1>(v),
    ))
}
