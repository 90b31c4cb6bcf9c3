//! The vector body, compiled for AVX2.

use super::{AdmSums, ContrastSensitivity, Low, Scratch, Strip, Sums, vector};
use crate::{
    kernel::lanes::avx2::Avx2,
    plane::{Plane, Sample},
};

#[target_feature(enable = "avx2,fma")]
pub(super) fn first<T: Sample>(
    depth: u32,
    planes: [Plane<'_, T>; 2],
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    lows: [&mut [i16]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let scratch = &mut scratch.vector;
    vector::first(Avx2::new(), depth, planes, strip, asked, lows, scratch)
}

#[target_feature(enable = "avx2,fma")]
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
    vector::next(Avx2::new(), index, size, bands, strip, asked, lows, scratch)
}
