//! The vector body, compiled for AVX-512.

use super::{Scale, Scratch, Sums, vector};
use crate::{
    kernel::lanes::avx512::Avx512,
    plane::{Plane, Sample},
};
use std::ops::Range;

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn sums<T: Sample>(
    scale: &Scale,
    planes: [Plane<'_, T>; 2],
    rows: Range<usize>,
    neg: bool,
    scratch: &mut Scratch,
) -> Sums {
    vector::sums(Avx512::new(), scale, planes, rows, neg, &mut scratch.vector)
}

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn halve<T: Sample>(
    scale: &Scale,
    plane: Plane<'_, T>,
    rows: Range<usize>,
    out: &mut [u16],
    stride: usize,
    scratch: &mut Scratch,
) {
    vector::halve(
        Avx512::new(),
        scale,
        plane,
        rows,
        out,
        stride,
        &mut scratch.vector,
    );
}
