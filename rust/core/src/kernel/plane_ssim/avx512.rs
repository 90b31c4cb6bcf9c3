//! Window sums by dot products of bytes.

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi32, _mm256_slli_epi32, _mm512_add_epi32, _mm512_add_epi64,
    _mm512_cvtepi64_epi32, _mm512_dpbusd_epi32, _mm512_sad_epu8, _mm512_set1_epi8,
    _mm512_setzero_si512, _mm512_srli_epi64, _mm512_xor_si512,
};

use super::{Piece, Sums, WINDOW, Windows, in_pieces};
use crate::{
    kernel::memory::{load_up_to_64, store_8},
    plane::Plane,
};

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn sums(reference: Plane<'_>, distorted: Plane<'_>, windows: &mut Windows) {
    in_pieces(reference, distorted, windows, |a, b, rows, out| {
        if rows == WINDOW {
            piece(a, b, WINDOW, out); // unrolled
        } else {
            piece(a, b, rows, out);
        }
    });
}

/// The dot product takes one side signed, so that x² = x·(x − 128) + 128·x.
#[inline]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn piece(reference: Piece<'_>, distorted: Piece<'_>, rows: usize, out: Sums<'_>) {
    let middle = _mm512_set1_epi8(i8::MIN);
    let zero = _mm512_setzero_si512();
    let (mut a_sum, mut b_sum, mut products) = (zero, zero, zero);
    let (mut a_squares, mut b_squares) = (zero, zero);
    for y in 0..rows {
        let a = load_up_to_64(reference.row(y));
        let b = load_up_to_64(distorted.row(y));
        let b_signed = _mm512_xor_si512(b, middle);
        a_sum = _mm512_add_epi64(a_sum, _mm512_sad_epu8(a, zero));
        b_sum = _mm512_add_epi64(b_sum, _mm512_sad_epu8(b, zero));
        a_squares = _mm512_dpbusd_epi32(a_squares, a, _mm512_xor_si512(a, middle));
        b_squares = _mm512_dpbusd_epi32(b_squares, b, b_signed);
        products = _mm512_dpbusd_epi32(products, a, b_signed);
    }
    let (a_sum, b_sum) = (_mm512_cvtepi64_epi32(a_sum), _mm512_cvtepi64_epi32(b_sum));
    let squares = halves(_mm512_add_epi32(a_squares, b_squares));
    let both = _mm256_add_epi32(a_sum, b_sum);
    let [a_out, b_out, squares_out, products_out] = out;
    store_8(a_out, a_sum);
    store_8(b_out, b_sum);
    store_8(squares_out, corrected(squares, both));
    store_8(products_out, corrected(halves(products), a_sum));
}

/// The sums of neighbouring lanes, each of which is half a window.
#[inline]
#[target_feature(enable = "avx512f")]
fn halves(sums: __m512i) -> __m256i {
    _mm512_cvtepi64_epi32(_mm512_add_epi32(sums, _mm512_srli_epi64::<32>(sums)))
}

/// What the products lack: 128 times the sum of their unsigned side.
#[inline]
#[target_feature(enable = "avx2")]
fn corrected(products: __m256i, sums: __m256i) -> __m256i {
    _mm256_add_epi32(products, _mm256_slli_epi32::<7>(sums))
}
