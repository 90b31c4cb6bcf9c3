//! The same sums by vectors, one row of bands after another: what a row keeps and adds is kept for
//! three rows, and a row is summed when the one below it is known.

use super::{
    AdmSums, ContrastSensitivity, Low, Region, Shifts, Strip, Sums,
    masking::{self, Masking},
    mirror,
    wavelet::{Details, PAD, Rows},
};
use crate::{
    kernel::lanes::Lanes,
    plane::{Plane, Sample},
};
use std::ops::Range;

#[derive(Debug, Default)]
pub(super) struct Scratch {
    planes: [Rows; 2],
    details: [Details; 2],
    /// Rings of three rows, of each part that is asked for.
    sensed: [[Masking; 3]; 2],
}

/// Where the rows of a scale come from.
trait Source {
    /// Scale, 0 to 3.
    fn index(&self) -> usize;
    /// Width and height of what the bands are made of.
    fn size(&self) -> (usize, usize);
    /// Splits band row `y` of both planes.
    fn split<S: Lanes>(&self, s: S, y: usize, planes: &mut [Rows; 2], details: &mut [Details; 2]);
    /// Keeps the low rows of both planes as row `at`.
    fn store(&mut self, planes: &[Rows; 2], at: usize);
}

struct Pixels<'a, T: Sample> {
    planes: [Plane<'a, T>; 2],
    depth: u32,
    lows: [&'a mut [i16]; 2],
}

impl<T: Sample> Source for Pixels<'_, T> {
    #[inline(always)]
    fn index(&self) -> usize {
        0
    }

    #[inline(always)]
    fn size(&self) -> (usize, usize) {
        (self.planes[0].width(), self.planes[0].height())
    }

    #[inline(always)]
    fn split<S: Lanes>(&self, s: S, y: usize, planes: &mut [Rows; 2], details: &mut [Details; 2]) {
        for ((rows, details), &plane) in planes.iter_mut().zip(details).zip(&self.planes) {
            rows.first(s, plane, self.depth, y, details);
        }
    }

    #[inline(always)]
    fn store(&mut self, planes: &[Rows; 2], at: usize) {
        let width = self.size().0.div_ceil(2);
        for (rows, low) in planes.iter().zip(&mut self.lows) {
            low[at * width..][..width].copy_from_slice(&rows.low.0[..width]);
        }
    }
}

struct Bands<'a, T: Low> {
    index: usize,
    size: (usize, usize),
    bands: [&'a [T]; 2],
    lows: [&'a mut [i32]; 2],
}

impl<T: Low> Source for Bands<'_, T> {
    #[inline(always)]
    fn index(&self) -> usize {
        self.index
    }

    #[inline(always)]
    fn size(&self) -> (usize, usize) {
        self.size
    }

    #[inline(always)]
    fn split<S: Lanes>(&self, s: S, y: usize, planes: &mut [Rows; 2], details: &mut [Details; 2]) {
        let (width, height) = self.size;
        for ((rows, details), &band) in planes.iter_mut().zip(details).zip(&self.bands) {
            rows.next(s, (band, width, height), self.index, y, details);
        }
    }

    #[inline(always)]
    fn store(&mut self, planes: &[Rows; 2], at: usize) {
        let width = self.size.0.div_ceil(2);
        for (rows, low) in planes.iter().zip(&mut self.lows) {
            low[at * width..][..width].copy_from_slice(&rows.low.1[..width]);
        }
    }
}

#[inline(always)]
pub(super) fn first<S: Lanes, T: Sample>(
    s: S,
    depth: u32,
    planes: [Plane<'_, T>; 2],
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    lows: [&mut [i16]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let source = Pixels {
        planes,
        depth,
        lows,
    };
    sums(s, source, strip, asked, scratch)
}

#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call per strip and scale")]
pub(super) fn next<S: Lanes, T: Low>(
    s: S,
    index: usize,
    size: (usize, usize),
    bands: [&[T]; 2],
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    lows: [&mut [i32]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let source = Bands {
        index,
        size,
        bands,
        lows,
    };
    sums(s, source, strip, asked, scratch)
}

#[inline(always)]
fn sums<S: Lanes, R: Source>(
    s: S,
    mut source: R,
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    scratch: &mut Scratch,
) -> Sums {
    let (width, height) = source.size();
    let index = source.index();
    let (csf, ask) = asked;
    let (w, h) = (width.div_ceil(2), height.div_ceil(2));
    let region = Region::new(w, h);
    let shifts = Shifts::new(index, w, h);
    let (rows, around, split) = (&strip.summed, strip.summed_around(h), strip.split(h));
    let padded = w.next_multiple_of(64) + PAD;
    for plane in 0..2 {
        scratch.planes[plane].start(width, split.start);
        for band in 0..3 {
            scratch.details[plane].short[band].resize(padded, 0);
            scratch.details[plane].long[band].resize(padded, 0);
        }
        for sensed in &mut scratch.sensed[plane] {
            sensed.resize(PAD + padded);
        }
    }
    let mut sums = Sums::default();
    for y in split {
        let sensed = around.contains(&y) && region.rows.start <= y + 1 && y <= region.rows.end;
        let kept = strip.kept.contains(&y);
        if !sensed && !kept {
            continue;
        }
        source.split(s, y, &mut scratch.planes, &mut scratch.details);
        if kept && index < 3 {
            source.store(&scratch.planes, y - strip.kept.start);
        }
        if !sensed {
            continue;
        }
        let [reference, distorted] = &scratch.details;
        let [first, second] = &mut scratch.sensed;
        let out = [&mut first[y % 3], &mut second[y % 3]];
        if index == 0 {
            masking::first(
                s,
                [&reference.short, &distorted.short],
                &region.columns,
                w,
                asked,
                out,
            );
        } else {
            masking::next(
                s,
                index,
                [&reference.long, &distorted.long],
                &region.columns,
                w,
                asked,
                out,
            );
        }
        if rows.contains(&y) && region.rows.contains(&y) {
            let row = reference_row(s, index, reference, &region.columns, shifts.reference.0);
            settle(&mut sums.reference, row, shifts.reference.1);
        }
        // The row above, and the last row, whose neighbour below is itself.
        let above = y.checked_sub(1).filter(|above| *above >= rows.start);
        let last = (y + 1 == h && rows.contains(&y)).then_some(y);
        for y in above.into_iter().chain(last) {
            if region.rows.contains(&y) {
                let ring = [y.cast_signed() - 1, y.cast_signed(), y.cast_signed() + 1]
                    .map(|y| mirror(y, h) % 3);
                for (at, part) in ask.parts().iter().enumerate() {
                    if part.is_some() {
                        let sensed = &scratch.sensed[at];
                        let row = row_of(s, csf, index, sensed, ring, &region.columns, shifts.cube);
                        settle(&mut sums.asked[at], row, shifts.row);
                    }
                }
            }
        }
    }
    sums
}

/// Adds row sums, rounded half up after `shift`.
#[inline(always)]
fn settle(totals: &mut [i64; 3], row: [i64; 3], shift: u32) {
    for (total, row) in totals.iter_mut().zip(row) {
        *total += (row + (1 << shift >> 1)) >> shift;
    }
}

/// Shifts and roundings of a square and of the cube made of it.
#[derive(Clone, Copy)]
struct Cube {
    square: (i64, u32),
    cube: u32,
}

impl Cube {
    /// `acc` plus the cubes of unsigned lanes, in 64-bit lanes.
    #[inline(always)]
    fn add<S: Lanes>(self, s: S, acc: S::I, value: S::I) -> S::I {
        let (round, shift) = self.square;
        let mut acc = acc;
        for side in [value, s.shr64(value, 32)] {
            let square = s.add64(s.mul_even_unsigned(side, side), s.set64(round));
            let square = s.shr64(square, shift);
            let cube = s.mul_even_unsigned(square, side);
            let cube = s.add64(cube, s.set64(1 << self.cube >> 1));
            acc = s.add64(acc, s.shr64(cube, self.cube));
        }
        acc
    }
}

/// Sums of cubes of the reference's details h, v, d.
#[inline(always)]
fn reference_row<S: Lanes>(
    s: S,
    index: usize,
    details: &Details,
    columns: &Range<usize>,
    shift: u32,
) -> [i64; 3] {
    let square_shift = [0, 31, 30, 31][index];
    let cube = Cube {
        square: (if index == 0 { 0 } else { 1 << square_shift }, square_shift),
        cube: shift,
    };
    let mut rows = [0; 3];
    for (band, row) in rows.iter_mut().enumerate() {
        let mut sum = s.set32(0);
        if index == 0 {
            for x in columns.clone().step_by(2 * S::N) {
                let halves = s.widen16(s.load16(&details.short[band], x));
                let (first, second) = (s.abs32(halves[0]), s.abs32(halves[1]));
                let left = columns.end - x;
                sum = cube.add(s, sum, s.keep(s.first(left), first));
                sum = cube.add(s, sum, s.keep(s.first(left.saturating_sub(S::N)), second));
            }
        } else {
            for x in columns.clone().step_by(S::N) {
                let detail = s.abs32(s.load32(&details.long[band], x));
                sum = cube.add(s, sum, s.keep(s.first(columns.end - x), detail));
            }
        }
        *row = s.sum64(sum);
    }
    rows
}

/// Sums of cubes of the details h, v, d above their threshold, of the middle row of `ring`.
#[inline(always)]
fn row_of<S: Lanes>(
    s: S,
    csf: &ContrastSensitivity,
    index: usize,
    sensed: &[Masking; 3],
    ring: [usize; 3],
    columns: &Range<usize>,
    shifts: [u32; 2],
) -> [i64; 3] {
    let [above, middle, below] = ring.map(|row| &sensed[row]);
    let mut sums = [s.set32(0); 3];
    for x in columns.clone().step_by(S::N) {
        let at = PAD + x;
        let mut threshold = s.load32(&middle.centre, at);
        for row in [above, middle, below] {
            for at in at - 1..=at + 1 {
                threshold = s.add32(threshold, s.load32(&row.around, at));
            }
        }
        let lanes = s.first(columns.end - x);
        for (band, sum) in sums.iter_mut().enumerate() {
            let detail = s.load32(&middle.summed[band], at);
            let (sensed, threshold, square_shift) = if index == 0 {
                let (threshold_shift, square_shift) = if band == 2 { (12, 30) } else { (10, 29) };
                let factor = s.set32(i32::from(csf.first[band / 2]));
                (
                    s.mul32(detail, factor),
                    s.shl32(threshold, threshold_shift),
                    square_shift,
                )
            } else {
                let factor = csf.rest[index - 1][band / 2];
                (masking::weigh(s, detail, factor), threshold, 30)
            };
            let left = s.max32(s.sub32(s.abs32(sensed), threshold), s.set32(0));
            let cube = Cube {
                square: (1 << square_shift >> 1, square_shift),
                cube: shifts[band / 2],
            };
            *sum = cube.add(s, *sum, s.keep(lanes, left));
        }
    }
    sums.map(|sum| s.sum64(sum))
}
