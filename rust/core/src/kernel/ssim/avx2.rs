//! Block sums by products of 16-bit pairs.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_cvtepu8_epi16, _mm256_hadd_epi32,
    _mm256_madd_epi16, _mm256_permute4x64_epi64, _mm256_set1_epi16, _mm256_setzero_si256,
};

use super::{BLOCK, Rows, Strip, Sums, in_chunks};
use crate::kernel::memory::{load_16, store_8};

/// Samples in a vector once widened.
const WIDE: usize = 16;

#[target_feature(enable = "avx2,fma")]
pub(super) fn sums(reference: [&[u8]; BLOCK], distorted: [&[u8]; BLOCK], strip: &mut Strip<i32>) {
    in_chunks(reference, distorted, strip, |reference, distorted, out| {
        chunk(reference, distorted, out);
    });
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn chunk(reference: Rows<'_>, distorted: Rows<'_>, out: Sums<'_>) {
    let [a_out, b_out, squares_out, products_out] = out.map(|sums| sums.as_chunks_mut::<8>().0);
    let halves = a_out
        .iter_mut()
        .zip(b_out)
        .zip(squares_out)
        .zip(products_out);
    for (half, (((a_out, b_out), squares_out), products_out)) in halves.enumerate() {
        let left = pairs(reference, distorted, 2 * half);
        let right = pairs(reference, distorted, 2 * half + 1);
        store_8(a_out, blocks(left.0, right.0));
        store_8(b_out, blocks(left.1, right.1));
        store_8(squares_out, blocks(left.2, right.2));
        store_8(products_out, blocks(left.3, right.3));
    }
}

/// Sums over four rows and pairs of columns: reference, distorted, squares, products.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn pairs(
    reference: Rows<'_>,
    distorted: Rows<'_>,
    at: usize,
) -> (__m256i, __m256i, __m256i, __m256i) {
    let zero = _mm256_setzero_si256();
    let (mut a_sum, mut b_sum, mut squares, mut products) = (zero, zero, zero, zero);
    for (a, b) in reference.into_iter().zip(distorted) {
        let a = _mm256_cvtepu8_epi16(load_16(&a.as_chunks::<WIDE>().0[at]));
        let b = _mm256_cvtepu8_epi16(load_16(&b.as_chunks::<WIDE>().0[at]));
        a_sum = _mm256_add_epi16(a_sum, a);
        b_sum = _mm256_add_epi16(b_sum, b);
        squares = _mm256_add_epi32(squares, _mm256_madd_epi16(a, a));
        squares = _mm256_add_epi32(squares, _mm256_madd_epi16(b, b));
        products = _mm256_add_epi32(products, _mm256_madd_epi16(a, b));
    }
    let ones = _mm256_set1_epi16(1);
    (
        _mm256_madd_epi16(a_sum, ones),
        _mm256_madd_epi16(b_sum, ones),
        squares,
        products,
    )
}

/// Adds neighbouring pairs of two vectors and puts the blocks in the picture's order.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn blocks(left: __m256i, right: __m256i) -> __m256i {
    _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(left, right))
}
