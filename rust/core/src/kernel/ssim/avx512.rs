//! Block sums by dot products of bytes.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_dpbusd_epi32, _mm512_set1_epi8, _mm512_setzero_si512,
    _mm512_slli_epi32, _mm512_xor_si512,
};

use super::{BLOCK, Rows, Strip, Sums, in_chunks};
use crate::kernel::memory::{load_64, store_16};

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn sums(reference: [&[u8]; BLOCK], distorted: [&[u8]; BLOCK], strip: &mut Strip<i32>) {
    in_chunks(reference, distorted, strip, |reference, distorted, out| {
        chunk(reference, distorted, out);
    });
}

/// The dot product takes one side signed, so that x² = x·(x − 128) + 128·x.
#[inline]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn chunk(reference: Rows<'_>, distorted: Rows<'_>, out: Sums<'_>) {
    let ones = _mm512_set1_epi8(1);
    let middle = _mm512_set1_epi8(i8::MIN);
    let zero = _mm512_setzero_si512();
    let (mut a_sum, mut b_sum, mut squares, mut products) = (zero, zero, zero, zero);
    for (a, b) in reference.into_iter().zip(distorted) {
        let (a, b) = (load_64(a), load_64(b));
        let b_signed = _mm512_xor_si512(b, middle);
        a_sum = _mm512_dpbusd_epi32(a_sum, a, ones);
        b_sum = _mm512_dpbusd_epi32(b_sum, b, ones);
        squares = _mm512_dpbusd_epi32(squares, a, _mm512_xor_si512(a, middle));
        squares = _mm512_dpbusd_epi32(squares, b, b_signed);
        products = _mm512_dpbusd_epi32(products, a, b_signed);
    }
    let [a_out, b_out, squares_out, products_out] = out;
    let both = _mm512_add_epi32(a_sum, b_sum);
    store_16(a_out, a_sum);
    store_16(b_out, b_sum);
    store_16(squares_out, _mm512_add_epi32(squares, times_128(both)));
    store_16(products_out, _mm512_add_epi32(products, times_128(a_sum)));
}

#[inline]
#[target_feature(enable = "avx512f")]
fn times_128(sum: __m512i) -> __m512i {
    _mm512_slli_epi32::<7>(sum)
}
