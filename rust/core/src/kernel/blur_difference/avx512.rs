//! The vector body, compiled for AVX-512.

use super::{Scratch, vector};
use crate::{
    kernel::lanes::avx512::Avx512,
    plane::{Plane, Sample},
};
use std::ops::Range;

#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(super) fn sum<T: Sample>(
    depth: u32,
    before: Plane<'_, T>,
    now: Plane<'_, T>,
    rows: Range<usize>,
    scratch: &mut Scratch,
) -> u64 {
    vector::sum(Avx512::new(), depth, before, now, rows, &mut scratch.vector)
}
