//! The vector body, compiled for AVX-512.

use super::{Ask, Eye, Low, Scratch, Sums, vector};
use crate::{
    kernel::lanes::avx512::Avx512,
    plane::{Plane, Sample},
};
use std::ops::Range;

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn first<T: Sample>(
    depth: u32,
    planes: [Plane<'_, T>; 2],
    rows: Range<usize>,
    asked: (&Eye, Ask),
    lows: [&mut [i16]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let scratch = &mut scratch.vector;
    vector::first(Avx512::new(), depth, planes, rows, asked, lows, scratch)
}

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn next<T: Low>(
    index: usize,
    size: (usize, usize),
    bands: [&[T]; 2],
    rows: Range<usize>,
    asked: (&Eye, Ask),
    lows: [&mut [i32]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let scratch = &mut scratch.vector;
    vector::next(
        Avx512::new(),
        index,
        size,
        bands,
        rows,
        asked,
        lows,
        scratch,
    )
}
