//! Integer VIF of one scale: information sums over rows, and the planes of the next scale.
//!
//! Definition: libvmaf 3.2.0's `integer_vif`. A separable Gaussian, first down, then across, with
//! borders reflected about the outermost sample (-k is k), gives local means and second moments of
//! both planes; each position adds to integer sums, so any split of the rows adds up to the same.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod decimate;
#[cfg(target_arch = "x86_64")]
mod position;
pub(super) mod scalar;
#[cfg(target_arch = "x86_64")]
mod vector;

use crate::{
    cpu::{Level, dispatch},
    plane::{Plane, Sample},
};
use std::ops::{AddAssign, Range};

/// Variance of the eye's noise, 2.0 in the planes' fixed point of 2¹⁶.
pub(crate) const NOISE: i32 = 2 << 16;

/// One of the four scales: its Gaussian and the shifts of the pass down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The Gaussian, in 2⁻¹⁶; its length is odd and its sum 2¹⁶.
    pub taps: &'static [u16],
    /// Bits that the pass down takes from a mean.
    pub mean_shift: u32,
    /// Bits that the pass down takes from a second moment.
    pub square_shift: u32,
}

/// Gaussians of the four scales, in 2⁻¹⁶.
const TAPS: [&[u16]; 4] = [
    &[
        489, 935, 1640, 2640, 3896, 5274, 6547, 7455, 7784, 7455, 6547, 5274, 3896, 2640, 1640,
        935, 489,
    ],
    &[1244, 3663, 7925, 12590, 14692, 12590, 7925, 3663, 1244],
    &[3571, 16004, 26386, 16004, 3571],
    &[10904, 43728, 10904],
];

impl Scale {
    /// Scale `index` of planes whose first scale has samples of `depth` bits.
    #[must_use]
    pub fn new(index: usize, depth: u32) -> Self {
        let first = index == 0;
        Self {
            taps: TAPS[index],
            mean_shift: if first { depth } else { 16 },
            square_shift: if first { 2 * (depth - 8) } else { 16 },
        }
    }

    /// The filter that makes the planes of the scale after `index`.
    #[must_use]
    pub fn next(index: usize, depth: u32) -> Self {
        Self {
            taps: TAPS[index + 1],
            ..Self::new(index, depth)
        }
    }
}

/// What the positions of some rows add up to. Logarithms are base 2, in 2⁻¹¹.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Information the distorted plane keeps, over positions with contrast.
    pub kept: i64,
    /// The same with the gain held to 1: enhancement counts for nothing.
    pub kept_neg: i64,
    /// Information the reference holds, over positions with contrast.
    pub held: i64,
    /// Variances of the distorted plane where the reference is flat.
    pub flat_variance: i64,
    /// Positions where the reference is flat: its variance is below 2.
    pub flat: i64,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.kept += other.kept;
        self.kept_neg += other.kept_neg;
        self.held += other.held;
        self.flat_variance += other.flat_variance;
        self.flat += other.flat;
    }
}

impl Sums {
    /// Ratio of kept to held information: the scale's VIF, without and with the gain limit.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the definition rounds both parts to f32"
    )]
    pub fn scores(&self) -> (f64, f64) {
        let flat = self.flat as f64 - self.flat_variance as f64 / 16384.0 / 65025.0;
        let part = |log: i64, rest: f64| (log as f64 / 2048.0 + rest) as f32;
        let held = part(self.held, self.flat as f64);
        let score = |kept| f64::from(part(kept, flat) / held);
        (score(self.kept), score(self.kept_neg))
    }
}

/// Rows that a strip works in, kept from frame to frame.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Rows of the oracle.
    lines: [Vec<u32>; 5],
    #[cfg(target_arch = "x86_64")]
    vector: vector::Scratch,
}

/// Where sample `index` of a reflected line of `len` samples lies; the line must be longer than
/// the overhang.
pub(crate) fn reflect(index: isize, len: usize) -> usize {
    let len = len.cast_signed();
    let index = index.abs();
    let inside = if index < len {
        index
    } else {
        2 * len - 2 - index
    };
    inside.clamp(0, len - 1).cast_unsigned()
}

/// Sums of `rows` of one scale's planes, which have one size; `neg` says whether `kept_neg` is
/// wanted, which is 0 otherwise.
#[must_use]
pub fn sums<T: Sample>(
    level: Level,
    scale: &Scale,
    planes: [Plane<'_, T>; 2],
    rows: Range<usize>,
    neg: bool,
    scratch: &mut Scratch,
) -> Sums {
    dispatch!(level, scalar::sums, avx2: avx2::sums, avx512: avx512::sums, (scale, planes, rows, neg, scratch)
    )
}

/// Writes `rows` of the next scale, half as wide and high, to `out`, `stride` samples apart.
pub fn halve<T: Sample>(
    level: Level,
    scale: &Scale,
    plane: Plane<'_, T>,
    rows: Range<usize>,
    out: &mut [u16],
    stride: usize,
    scratch: &mut Scratch,
) {
    dispatch!(level, scalar::halve, avx2: avx2::halve, avx512: avx512::halve, (scale, plane, rows, out, stride, scratch)
    );
}
