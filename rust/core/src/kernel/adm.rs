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
#[cfg(target_arch = "x86_64")]
mod masking;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod vector;
#[cfg(target_arch = "x86_64")]
mod wavelet;

use crate::{
    cpu::{Level, dispatch},
    kernel::span::{around, hull},
    plane::{Plane, Sample},
};
use std::ops::{AddAssign, Range};

/// Wavelet taps in 2⁻¹⁵, low and high; tap k of output i lies at sample 2i - 1 + k.
pub(crate) const LOW: [i32; 4] = [15826, 27411, 7345, -4240];
/// See [`LOW`].
pub(crate) const HIGH: [i32; 4] = [-4240, -7345, 27411, -15826];
/// Sum of [`LOW`]: what turns samples into differences from mid-grey.
pub(crate) const LOW_SUM: i32 = 46342;

/// How well the eye sees the details of each scale: contrast sensitivities in whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContrastSensitivity {
    /// Of the first scale for h and v, in 2⁻²¹, and for d, in 2⁻²³.
    pub first: [u16; 2],
    /// Of scales 1 to 3 for h and v, and for d, in 2⁻³².
    pub rest: [[u32; 2]; 3],
}

impl ContrastSensitivity {
    /// The eye that sees details of each scale, h and v, and d, so well.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the definition truncates"
    )]
    pub fn new(sensitivities: &[[f32; 2]; 4]) -> Self {
        let whole = |value: f32, bits: i32| f64::from(value) * f64::from(bits).exp2();
        let [first, rest @ ..] = *sensitivities;
        Self {
            first: [whole(first[0], 21) as u16, whole(first[1], 23) as u16],
            rest: rest.map(|scale| scale.map(|value| whole(value, 32) as u32)),
        }
    }
}

/// Shift, and what is added before it (which is not half of it for d), of first-scale details
/// times their sensitivity.
pub(crate) const FIRST_SHIFT: [(i32, u32); 2] = [(1 << 14, 15), (65535, 17)];

/// What is summed of the details of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdmSums {
    /// What is kept.
    Kept,
    /// What is kept, and what is kept with the gain held to 1: enhancement counts for nothing.
    KeptAndPlain,
    /// What is kept with the gain held to 1, masked by what is added; and the other way round.
    PlainAndAdded,
}

/// One of the two that an [`AdmSums`] asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Most gain of an enhanced detail.
    pub(crate) gain: i64,
    /// Whether what is added is summed, and what is kept masks it.
    pub(crate) added: bool,
}

impl AdmSums {
    /// What is asked for.
    pub(crate) fn parts(self) -> [Option<Part>; 2] {
        let part = |gain, added| Some(Part { gain, added });
        match self {
            Self::Kept => [part(100, false), None],
            Self::KeptAndPlain => [part(100, false), part(1, false)],
            Self::PlainAndAdded => [part(1, false), part(1, true)],
        }
    }
}

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
    /// Of the details that are asked for, above their masking threshold.
    pub asked: [[i64; 3]; 2],
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        for i in 0..3 {
            self.reference[i] += other.reference[i];
            for (sums, other) in self.asked.iter_mut().zip(other.asked) {
                sums[i] += other[i];
            }
        }
    }
}

/// Band rows of a strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// Rows that are summed.
    pub summed: Range<usize>,
    /// Rows of the low bands that are written, for the next scale.
    pub kept: Range<usize>,
}

impl Strip {
    /// Rows that are split, of bands with `height` rows: masking looks one row beyond what is summed.
    #[must_use]
    pub fn split(&self, height: usize) -> Range<usize> {
        hull(&self.summed_around(height), &self.kept)
    }

    /// Rows that are summed and one more on either side.
    pub(crate) fn summed_around(&self, height: usize) -> Range<usize> {
        around(&self.summed, 1, height)
    }
}

/// Rows that a strip works in, kept from frame to frame.
#[derive(Debug, Default)]
pub struct Scratch {
    #[cfg(target_arch = "x86_64")]
    vector: vector::Scratch,
    /// Low and high pass of one row, down.
    lines: [Vec<i32>; 2],
    /// Details h, v, d of reference and distorted.
    details: [[Vec<i32>; 3]; 2],
    /// What is summed and, weighed, what masks it.
    summed: [Vec<i32>; 3],
    masking: [Vec<i32>; 3],
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

/// The rows that band rows `rows` are made of, before their ends are mirrored.
pub(crate) fn taps(rows: &Range<usize>) -> Range<usize> {
    if rows.is_empty() {
        return 0..0;
    }
    (2 * rows.start).saturating_sub(1)..2 * rows.end + 1
}

/// Sums of a strip of the first scale; writes its rows of the low bands to `lows`.
#[must_use]
pub fn first<T: Sample>(
    level: Level,
    depth: u32,
    planes: [Plane<'_, T>; 2],
    strip: &Strip,
    (csf, ask): (&ContrastSensitivity, AdmSums),
    lows: [&mut [i16]; 2],
    scratch: &mut Scratch,
) -> Sums {
    dispatch!(level, scalar::first, avx2: avx2::first, avx512: avx512::first, (depth, planes, strip, (csf, ask), lows, scratch)
    )
}

/// Sums of a strip of scale `index` (1 to 3) made of the low bands before it, `size` wide and high;
/// writes its rows of the low bands to `lows`, but for the last scale.
#[must_use]
#[expect(clippy::too_many_arguments, reason = "one call per strip and scale")]
pub fn next<T: Low>(
    level: Level,
    index: usize,
    size: (usize, usize),
    input: [&[T]; 2],
    strip: &Strip,
    (csf, ask): (&ContrastSensitivity, AdmSums),
    lows: [&mut [i32]; 2],
    scratch: &mut Scratch,
) -> Sums {
    dispatch!(level, scalar::next, avx2: avx2::next, avx512: avx512::next, (index, size, input, strip, (csf, ask), lows, scratch)
    )
}
