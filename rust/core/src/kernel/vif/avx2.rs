//! The vector body, compiled for AVX2.

use super::{Scale, Scratch, Sums, vector};
use crate::{
    kernel::lanes::avx2::Avx2,
    plane::{Plane, Sample},
};
use std::ops::Range;

#[target_feature(enable = "avx2,fma")]
pub(super) fn sums<T: Sample>(
    scale: &Scale,
    planes: [Plane<'_, T>; 2],
    rows: Range<usize>,
    neg: bool,
    scratch: &mut Scratch,
) -> Sums {
    vector::sums(Avx2::new(), scale, planes, rows, neg, &mut scratch.vector)
}

#[target_feature(enable = "avx2,fma")]
pub(super) fn halve<T: Sample>(
    scale: &Scale,
    plane: Plane<'_, T>,
    rows: Range<usize>,
    out: &mut [u16],
    stride: usize,
    scratch: &mut Scratch,
) {
    vector::halve(
        Avx2::new(),
        scale,
        plane,
        rows,
        out,
        stride,
        &mut scratch.vector,
    );
}
