//! Integer ADM of one scale: wavelet bands of both planes, and what of the detail is left.
//!
//! Definition: libvmaf 3.2.0's `integer_adm`. A Daubechies-2 wavelet splits both planes; each
//! detail sample of the distorted plane is taken apart into what it keeps of the reference and what
//! it adds; what is kept is weighed by contrast sensitivity, masked by what is added around it, and
//! its cubes summed over the middle of the picture. Sums are rounded once per whole row, so rows
//! may be shared out, columns may not.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;
mod sense;
mod vector;
mod wavelet;

use crate::{
    cpu::{Level, dispatch},
    plane::{Plane, Sample},
};
use std::ops::{AddAssign, Range};

/// Wavelet taps in 2⁻¹⁵, low and high; tap k of output i lies at sample 2i - 1 + k.
pub(crate) const LOW: [i32; 4] = [15826, 27411, 7345, -4240];
/// See [`LOW`].
pub(crate) const HIGH: [i32; 4] = [-4240, -7345, 27411, -15826];
/// Sum of [`LOW`]: what turns samples into differences from mid-grey.
pub(crate) const LOW_SUM: i32 = 46342;

/// Contrast sensitivity of the first scale for the bands h, v and d: a factor and its shift, and
/// what is added before the shift (which is not half of it for d).
pub(crate) const FIRST_SENSITIVITY: [(i32, i32, u32); 3] = [
    (36453, 1 << 14, 15),
    (36453, 1 << 14, 15),
    (49417, 65535, 17),
];

/// Contrast sensitivity of scales 1 to 3 for h and v, and for d, in 2⁻³²: the f32 reciprocals of
/// Watson's 1997 quantisation steps (a 0.495, k 0.466, f0 0.401) at 3 picture heights of 1080 rows.
pub(crate) const SENSITIVITY: [[u32; 2]; 3] = [
    [137_373_792, 61_414_028],
    [186_284_160, 104_783_920],
    [196_165_808, 134_487_184],
];

/// The middle of the bands of a scale, where detail counts: a tenth is left out on every side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Columns that count.
    pub columns: Range<usize>,
    /// Rows that count.
    pub rows: Range<usize>,
}

impl Region {
    /// The region of bands `width` x `height`.
    #[must_use]
    pub fn new(width: usize, height: usize) -> Self {
        let middle = |len: usize| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the definition truncates"
            )]
            let border = (len as f64 * 0.1 - 0.5) as usize;
            border..len - border
        };
        Self {
            columns: middle(width),
            rows: middle(height),
        }
    }

    /// Samples that count.
    #[must_use]
    pub fn area(&self) -> usize {
        self.columns.len() * self.rows.len()
    }
}

/// Shifts of one scale, from the size of its bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shifts {
    /// Of the reference's cubes and of their row sums.
    pub reference: (u32, u32),
    /// Of the kept detail's cubes, for h and v and for d.
    pub cube: [u32; 2],
    /// Of the kept detail's row sums.
    pub row: u32,
}

/// Smallest `n` with 2ⁿ ≥ `len`.
fn bits(len: usize) -> u32 {
    len.next_power_of_two().trailing_zeros()
}

impl Shifts {
    /// The shifts of scale `index` whose bands are `width` x `height`.
    #[must_use]
    pub fn new(index: usize, width: usize, height: usize) -> Self {
        let region = Region::new(width, height);
        if index == 0 {
            let area = bits(region.area());
            Self {
                reference: (0, area.saturating_sub(20)),
                cube: [bits(width).saturating_sub(4), bits(width).saturating_sub(3)],
                row: bits(height),
            }
        } else {
            Self {
                reference: (bits(region.columns.len()), bits(region.rows.len())),
                cube: [bits(width); 2],
                row: bits(height),
            }
        }
    }
}

/// Sums of cubes over the region, for the bands h, v and d.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Of the reference's detail.
    pub reference: [i64; 3],
    /// Of the kept detail above its masking threshold.
    pub kept: [i64; 3],
    /// The same with the gain held to 1: enhancement counts for nothing.
    pub kept_neg: [i64; 3],
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        for i in 0..3 {
            self.reference[i] += other.reference[i];
            self.kept[i] += other.kept[i];
            self.kept_neg[i] += other.kept_neg[i];
        }
    }
}

/// Rows that a strip works in, kept from frame to frame.
#[derive(Debug, Default)]
pub struct Scratch {
    vector: vector::Scratch,
    /// Low and high pass of one row, down.
    lines: [Vec<i32>; 2],
    /// Details h, v, d of reference and distorted.
    details: [[Vec<i32>; 3]; 2],
    /// What is kept and, weighed, what is added.
    kept: [Vec<i32>; 3],
    added: [Vec<i32>; 3],
}

/// A low band that the next scale is made of: i16 after the first scale, i32 after the others.
pub trait Low:
    Copy + Into<i32> + Into<i64> + Default + std::fmt::Debug + Send + Sync + 'static
{
}

impl Low for i16 {}
impl Low for i32 {}

/// Where tap `index` of a mirrored line of `len` samples lies: reflected about the first sample
/// before it, and mirrored with the last sample after it.
pub(crate) fn mirror(index: isize, len: usize) -> usize {
    let len = len.cast_signed();
    let index = index.abs();
    let inside = if index < len {
        index
    } else {
        2 * len - 1 - index
    };
    inside.clamp(0, len - 1).cast_unsigned()
}

/// Sums of band rows `rows` of the first scale; writes the low bands of these rows.
///
/// `neg` says whether `kept_neg` is wanted.
#[must_use]
pub fn first<T: Sample>(
    level: Level,
    depth: u32,
    planes: [Plane<'_, T>; 2],
    rows: Range<usize>,
    neg: bool,
    lows: [&mut [i16]; 2],
    scratch: &mut Scratch,
) -> Sums {
    dispatch!(
        level,
        scalar::first,
        avx2::first,
        avx512::first,
        (depth, planes, rows, neg, lows, scratch)
    )
}

/// Sums of band rows `rows` of scale `index` (1 to 3) made of the low bands before it, `size` wide
/// and high; writes the low bands of these rows.
#[must_use]
#[expect(clippy::too_many_arguments, reason = "one call per strip and scale")]
pub fn next<T: Low>(
    level: Level,
    index: usize,
    size: (usize, usize),
    input: [&[T]; 2],
    rows: Range<usize>,
    neg: bool,
    lows: [&mut [i32]; 2],
    scratch: &mut Scratch,
) -> Sums {
    dispatch!(
        level,
        scalar::next,
        avx2::next,
        avx512::next,
        (index, size, input, rows, neg, lows, scratch)
    )
}
