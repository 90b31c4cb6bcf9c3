//! The vector body, compiled for AVX2.

use super::{Scratch, vector};
use crate::{
    kernel::lanes::avx2::Avx2,
    plane::{Plane, Sample},
};
use std::ops::Range;

#[target_feature(enable = "avx2,fma")]
pub(super) fn sum<T: Sample>(
    depth: u32,
    before: Plane<'_, T>,
    now: Plane<'_, T>,
    rows: Range<usize>,
    scratch: &mut Scratch,
) -> u64 {
    vector::sum(Avx2::new(), depth, before, now, rows, &mut scratch.vector)
}
