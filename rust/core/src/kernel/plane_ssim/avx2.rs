//! Window sums by products of 16-bit pairs.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_cvtepu8_epi16, _mm256_hadd_epi32,
    _mm256_madd_epi16, _mm256_permutevar8x32_epi32, _mm256_set1_epi16, _mm256_setr_epi32,
    _mm256_setzero_si256,
};

use super::{Piece, Sums, Windows, in_pieces};
use crate::{
    kernel::memory::{load_16, store_8},
    plane::Plane,
};

/// Samples in a vector once widened: two windows.
const WIDE: usize = 16;

#[target_feature(enable = "avx2,fma")]
pub(super) fn sums(reference: Plane<'_>, distorted: Plane<'_>, windows: &mut Windows) {
    in_pieces(reference, distorted, windows, |a, b, rows, out| {
        piece(a, b, rows, out);
    });
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn piece(reference: Piece<'_>, distorted: Piece<'_>, rows: usize, out: Sums<'_>) {
    let mut sums = [[_mm256_setzero_si256(); 4]; 4];
    for at in 0..reference.columns.div_ceil(WIDE) {
        let pair = pair(reference, distorted, rows, at * WIDE);
        for (sums, sum) in sums.iter_mut().zip(pair) {
            sums[at] = sum;
        }
    }
    for (out, sums) in out.into_iter().zip(sums) {
        store_8(out, folded(sums));
    }
}

/// Sums of two windows over pairs of columns: reference, distorted, squares, products.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn pair(reference: Piece<'_>, distorted: Piece<'_>, rows: usize, left: usize) -> [__m256i; 4] {
    let zero = _mm256_setzero_si256();
    let (mut a_sum, mut b_sum, mut squares, mut products) = (zero, zero, zero, zero);
    for y in 0..rows {
        let a = widened(&reference.row(y)[left..]);
        let b = widened(&distorted.row(y)[left..]);
        a_sum = _mm256_add_epi16(a_sum, a);
        b_sum = _mm256_add_epi16(b_sum, b);
        squares = _mm256_add_epi32(squares, _mm256_madd_epi16(a, a));
        squares = _mm256_add_epi32(squares, _mm256_madd_epi16(b, b));
        products = _mm256_add_epi32(products, _mm256_madd_epi16(a, b));
    }
    let ones = _mm256_set1_epi16(1);
    [
        _mm256_madd_epi16(a_sum, ones),
        _mm256_madd_epi16(b_sum, ones),
        squares,
        products,
    ]
}

/// The next 16 samples, zeros behind the row's end.
#[inline]
#[target_feature(enable = "avx2")]
fn widened(row: &[u8]) -> __m256i {
    if let Some(samples) = row.first_chunk() {
        return _mm256_cvtepu8_epi16(load_16(samples));
    }
    let mut samples = [0; WIDE];
    samples[..row.len()].copy_from_slice(row);
    _mm256_cvtepu8_epi16(load_16(&samples))
}

/// One sum a window from four a window, in the picture's order.
#[inline]
#[target_feature(enable = "avx2")]
fn folded([a, b, c, d]: [__m256i; 4]) -> __m256i {
    let mixed = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    _mm256_permutevar8x32_epi32(mixed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))
}
