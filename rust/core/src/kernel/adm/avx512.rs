//! The vector body, compiled for AVX-512.

use super::{AdmSums, ContrastSensitivity, Low, Scratch, Strip, Sums, vector};
use crate::{
    kernel::lanes::avx512::Avx512,
    plane::{Plane, Sample},
};

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn first<T: Sample>(
    depth: u32,
    planes: [Plane<'_, T>; 2],
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    lows: [&mut [i16]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let scratch = &mut scratch.vector;
    vector::first(Avx512::new(), depth, planes, strip, asked, lows, scratch)
}

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn next<T: Low>(
    index: usize,
    size: (usize, usize),
    bands: [&[T]; 2],
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    lows: [&mut [i32]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let scratch = &mut scratch.vector;
    vector::next(
        Avx512::new(),
        index,
        size,
        bands,
        strip,
        asked,
        lows,
        scratch,
    )
}
