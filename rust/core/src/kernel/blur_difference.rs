//! How far two planes are apart after a blur: the sum behind libvmaf's motion feature.
//!
//! Definition: libvmaf 3.2.0's `integer_motion`. The difference of two frames is blurred, first
//! down, then across, with borders reflected about the outermost sample, and its sizes are added.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod vector;

use crate::{
    cpu::{Level, dispatch},
    plane::{Plane, Sample},
};
use std::ops::Range;

/// The blur, in 2⁻¹⁶.
pub(crate) const BLUR: [i32; 5] = [3571, 16004, 26386, 16004, 3571];

/// Rows that a strip works in, kept from frame to frame.
#[derive(Debug, Default)]
pub struct Scratch {
    /// A blurred row of the oracle.
    line: Vec<i64>,
    #[cfg(target_arch = "x86_64")]
    vector: vector::Scratch,
}

/// Sum over `rows` of the sizes of the blurred difference, in 2⁻⁸ of a step of 8 bits.
#[must_use]
pub fn sum<T: Sample>(
    level: Level,
    depth: u32,
    before: Plane<'_, T>,
    now: Plane<'_, T>,
    rows: Range<usize>,
    scratch: &mut Scratch,
) -> u64 {
    dispatch!(level, scalar::sum, avx2: avx2::sum, avx512: avx512::sum, (depth, before, now, rows, scratch)
    )
}
