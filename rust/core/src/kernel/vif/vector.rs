//! The same sums by vectors: sixteen-bit dot products down, then across.
//!
//! Samples of 16 bits and halves of sums of 32 bits are held with their top bit flipped, so that
//! signed dot products take them; a tap's sum of 2¹⁶ turns that into 2³¹, with which sums begin.

use super::{Scale, Sums, position::Totals, reflect};
use crate::{
    kernel::lanes::{Lanes, widen},
    plane::{Plane, Sample},
};
use std::{array, ops::Range};

/// Pairs of rows that the widest taps of a block reach.
const RING: usize = 10;
/// Rows that one pass down makes together, so that what it loads serves them all.
const BLOCK: usize = 4;
/// Positions that are summed across before they are added up.
const CHUNK: usize = 256;
/// Room on either side of a line for its reflection.
const PAD: usize = 32;
/// Flips the top bit of 16.
const FLIP: i16 = i16::MIN;
const HALF: i32 = i32::MIN;

#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Two rows of both planes as 16-bit lanes.
    wide: [Vec<i16>; 4],
    /// A ring of pairs of rows, samples in turn: the planes, then their products.
    pairs: Vec<i16>,
    /// What the pass down leaves of a block of rows: means, then moments as high and low halves.
    lines: [[Vec<i16>; 8]; BLOCK],
    /// What the pass across leaves of a chunk, even positions before odd ones in each vector.
    sums: [Vec<i32>; 5],
}

/// Taps for two outputs, in pairs: the first output's start at the first pair's first sample, the
/// second's one later.
#[derive(Clone, Copy)]
struct Taps<S: Lanes, const PAIRS: usize> {
    pairs: [[S::I; 2]; PAIRS],
    /// The middle tap does not fit 16 bits signed: 2¹⁶ times its sample is missing.
    tall: bool,
}

impl<S: Lanes, const PAIRS: usize> Taps<S, PAIRS> {
    #[inline(always)]
    fn new(s: S, taps: &[u16]) -> Self {
        let margin = (2 * PAIRS - 1 - taps.len()) / 2;
        let tap = |at: usize| {
            let at = at.wrapping_sub(margin);
            u32::from(taps.get(at).copied().unwrap_or_default())
        };
        let pair = |low: u32, high: u32| s.set32((low | high << 16).cast_signed());
        Self {
            pairs: array::from_fn(|k| {
                [
                    pair(tap(2 * k), tap(2 * k + 1)),
                    pair(tap((2 * k).wrapping_sub(1)), tap(2 * k)),
                ]
            }),
            tall: taps.iter().any(|&tap| tap > i16::MAX.cast_unsigned()),
        }
    }

    /// Adds to two outputs what pair `k` holds for them.
    #[inline(always)]
    fn add(&self, s: S, k: usize, pair: S::I, sums: &mut [S::I; 2]) {
        for (sum, taps) in sums.iter_mut().zip(self.pairs[k]) {
            *sum = s.dot16(*sum, pair, taps);
        }
        if PAIRS == 3 && k == 1 && self.tall {
            sums[0] = s.add32(sums[0], s.shl32(pair, 16));
            sums[1] = s.add32(sums[1], s.and(pair, s.set32(!0xffff)));
        }
    }
}

/// How a scale's rows are summed.
#[derive(Clone, Copy)]
struct Passes<S: Lanes, const PAIRS: usize> {
    taps: Taps<S, PAIRS>,
    mean_shift: u32,
    square_shift: u32,
}

/// Whether samples have more than 8 bits.
const fn deep<T>() -> bool {
    size_of::<T>() > 1
}

/// Sums of `rows`, with `kept_neg` if `neg`.
#[inline(always)]
pub(super) fn sums<S: Lanes, T: Sample>(
    s: S,
    scale: &Scale,
    planes: [Plane<'_, T>; 2],
    rows: Range<usize>,
    neg: bool,
    scratch: &mut Scratch,
) -> Sums {
    match (scale.taps.len(), neg) {
        (17, false) => by_pairs::<S, T, 9, false>(s, scale, planes, rows, scratch),
        (17, true) => by_pairs::<S, T, 9, true>(s, scale, planes, rows, scratch),
        (9, false) => by_pairs::<S, T, 5, false>(s, scale, planes, rows, scratch),
        (9, true) => by_pairs::<S, T, 5, true>(s, scale, planes, rows, scratch),
        (_, false) => by_pairs::<S, T, 3, false>(s, scale, planes, rows, scratch),
        (_, true) => by_pairs::<S, T, 3, true>(s, scale, planes, rows, scratch),
    }
}

#[inline(always)]
fn by_pairs<S: Lanes, T: Sample, const PAIRS: usize, const NEG: bool>(
    s: S,
    scale: &Scale,
    planes: [Plane<'_, T>; 2],
    rows: Range<usize>,
    scratch: &mut Scratch,
) -> Sums {
    let width = planes[0].width();
    let padded = width.next_multiple_of(32);
    let streams = if deep::<T>() { 8 } else { 5 };
    let passes = Passes::<S, PAIRS> {
        taps: Taps::new(s, scale.taps),
        mean_shift: scale.mean_shift,
        square_shift: scale.square_shift,
    };
    for row in &mut scratch.wide {
        row.resize(padded, 0);
    }
    let slot = streams * 2 * padded;
    let kept = PAIRS + BLOCK / 2 - 1;
    scratch.pairs.resize(kept * slot, 0);
    for line in scratch.lines.as_flattened_mut() {
        line.resize(PAD + padded + PAD, 0);
    }
    for sums in &mut scratch.sums {
        sums.resize(CHUNK, 0);
    }
    let mut totals = Totals::new(s);
    let mut made = 0;
    for (step, y) in rows.clone().step_by(BLOCK).enumerate() {
        let first = step * BLOCK / 2;
        while made < first + kept {
            let top = (rows.start + 2 * made + 1).cast_signed() - PAIRS.cast_signed();
            let out = &mut scratch.pairs[made % kept * slot..][..slot];
            pair(s, planes, top, &mut scratch.wide, padded, out);
            made += 1;
        }
        let ring: [&[i16]; RING] =
            array::from_fn(|k| &scratch.pairs[(first + k) % kept * slot..][..slot]);
        let ring = &ring[..kept];
        for x in (0..padded).step_by(2 * S::N) {
            down::<S, T, PAIRS>(s, &passes, ring, padded, x, &mut scratch.lines);
        }
        for lines in scratch.lines.iter_mut().take(rows.end - y) {
            for line in lines.iter_mut() {
                mirror_ends(line, width, PAIRS - 1);
            }
            across::<S, PAIRS, NEG>(
                s,
                &passes.taps,
                lines,
                width,
                &mut scratch.sums,
                &mut totals,
            );
        }
        totals.settle(s);
    }
    totals.sums(s)
}

/// Rows `y` and `y + 1` of both planes and their products, samples in turn.
#[inline(always)]
fn pair<S: Lanes, T: Sample>(
    s: S,
    planes: [Plane<'_, T>; 2],
    y: isize,
    wide: &mut [Vec<i16>; 4],
    padded: usize,
    out: &mut [i16],
) {
    let height = planes[0].height();
    for (i, wide) in wide.iter_mut().enumerate() {
        let row = reflect(y + (i % 2).cast_signed(), height).cast_signed();
        widen(planes[i / 2].row(row), wide);
    }
    let flip = s.set16(FLIP);
    for x in (0..padded).step_by(2 * S::N) {
        let [r0, r1, d0, d1] = array::from_fn(|i| s.load16(&wide[i], x));
        let mut stream = 0;
        let mut put = |a: S::I, b: S::I| {
            let [low, high] = s.zip16(a, b);
            let at = stream * 2 * padded + 2 * x;
            s.store16(out, at, low);
            s.store16(out, at + 2 * S::N, high);
            stream += 1;
        };
        let flipped = |a: S::I| s.xor(a, flip);
        if deep::<T>() {
            put(flipped(r0), flipped(r1));
            put(flipped(d0), flipped(d1));
        } else {
            put(r0, r1);
            put(d0, d1);
        }
        for (a, b) in [
            ((r0, r0), (r1, r1)),
            ((d0, d0), (d1, d1)),
            ((r0, d0), (r1, d1)),
        ] {
            if deep::<T>() {
                put(
                    flipped(s.mul16_high_unsigned(a.0, a.1)),
                    flipped(s.mul16_high_unsigned(b.0, b.1)),
                );
            }
            put(flipped(s.mul16(a.0, a.1)), flipped(s.mul16(b.0, b.1)));
        }
    }
}

/// Sums down the ring at `at` for a block of rows, each as first and second halves.
#[inline(always)]
fn down_stream<S: Lanes, const PAIRS: usize>(
    s: S,
    taps: &Taps<S, PAIRS>,
    ring: &[&[i16]],
    at: usize,
    start: i32,
) -> [[S::I; 2]; BLOCK] {
    let mut sums = [[[s.set32(start); 2]; 2]; BLOCK / 2];
    for (k, pairs) in ring.iter().enumerate().take(PAIRS + 1) {
        let halves = [s.load16(pairs, at), s.load16(pairs, at + 2 * S::N)];
        for (half, pair) in halves.into_iter().enumerate() {
            if k < PAIRS {
                taps.add(s, k, pair, &mut sums[0][half]);
            }
            if k > 0 {
                taps.add(s, k - 1, pair, &mut sums[1][half]);
            }
        }
    }
    let [[a, b], [c, d]] = sums;
    [[a[0], b[0]], [a[1], b[1]], [c[0], d[0]], [c[1], d[1]]]
}

/// Stores two vectors of sums below 2¹⁶ as samples with their top bit flipped.
#[inline(always)]
fn put<S: Lanes>(s: S, line: &mut [i16], x: usize, [low, high]: [S::I; 2]) {
    let packed = s.pack32_unsigned(low, high);
    s.store16(line, PAD + x, s.xor(packed, s.set16(FLIP)));
}

/// The pass down at `x`, for two rows.
#[inline(always)]
fn down<S: Lanes, T: Sample, const PAIRS: usize>(
    s: S,
    passes: &Passes<S, PAIRS>,
    ring: &[&[i16]],
    padded: usize,
    x: usize,
    lines: &mut [[Vec<i16>; 8]; BLOCK],
) {
    let stream = |stream: usize| stream * 2 * padded + 2 * x;
    let start = if deep::<T>() { HALF } else { 0 };
    for plane in 0..2 {
        let start = start.wrapping_add(1 << passes.mean_shift >> 1);
        let mean = down_stream(s, &passes.taps, ring, stream(plane), start);
        for (lines, [low, high]) in lines.iter_mut().zip(mean) {
            let shift = passes.mean_shift;
            put(
                s,
                &mut lines[plane],
                x,
                [s.shr32(low, shift), s.shr32(high, shift)],
            );
        }
    }
    for moment in 0..3 {
        let line = 2 + 2 * moment;
        let sums = if deep::<T>() {
            let shift = passes.square_shift;
            let mut high = down_stream(s, &passes.taps, ring, stream(line), HALF);
            let start = HALF.wrapping_add(1 << shift >> 1);
            let low = down_stream(s, &passes.taps, ring, stream(line + 1), start);
            for (high, low) in high.as_flattened_mut().iter_mut().zip(low.as_flattened()) {
                *high = s.add32(s.shl32(*high, 16 - shift), s.shr32(*low, shift));
            }
            high
        } else {
            down_stream(s, &passes.taps, ring, stream(2 + moment), HALF)
        };
        for (lines, [low, high]) in lines.iter_mut().zip(sums) {
            put(
                s,
                &mut lines[line],
                x,
                [s.shr32(low, 16), s.shr32(high, 16)],
            );
            let bottom = s.set32(0xffff);
            put(
                s,
                &mut lines[line + 1],
                x,
                [s.and(low, bottom), s.and(high, bottom)],
            );
        }
    }
}

/// Reflects a line of `width` samples about its ends, `reach` far.
#[inline(always)]
fn mirror_ends(line: &mut [i16], width: usize, reach: usize) {
    for k in 1..=reach.cast_signed() {
        let right = width.cast_signed() - 1 + k;
        line[PAD - k.cast_unsigned()] = line[PAD + reflect(-k, width)];
        line[PAD + right.cast_unsigned()] = line[PAD + reflect(right, width)];
    }
}

/// Sums across a line at `x` for the even and for the odd positions.
#[inline(always)]
fn across_line<S: Lanes, const PAIRS: usize>(
    s: S,
    taps: &Taps<S, PAIRS>,
    line: &[i16],
    x: usize,
    start: i32,
) -> [S::I; 2] {
    let window = &line[PAD + x + 1 - PAIRS..][..2 * S::N + 2 * PAIRS - 2];
    let mut sums = [s.set32(start); 2];
    for k in 0..PAIRS {
        taps.add(s, k, s.load16(window, 2 * k), &mut sums);
    }
    sums
}

/// The pass across one row, and what its positions add.
///
/// Sums of a chunk go through memory: kept in registers, they would crowd out what the positions need.
#[inline(always)]
fn across<S: Lanes, const PAIRS: usize, const NEG: bool>(
    s: S,
    taps: &Taps<S, PAIRS>,
    lines: &[Vec<i16>; 8],
    width: usize,
    sums: &mut [Vec<i32>; 5],
    totals: &mut Totals<S>,
) {
    for start in (0..width).step_by(CHUNK) {
        let chunk = start..width.min(start + CHUNK);
        for x in chunk.clone().step_by(2 * S::N) {
            for plane in 0..2 {
                let [even, odd] = across_line(s, taps, &lines[plane], x, HALF);
                s.store32(&mut sums[plane], x - start, even);
                s.store32(&mut sums[plane], x - start + S::N, odd);
            }
            for moment in 0..3 {
                let high = across_line(s, taps, &lines[2 + 2 * moment], x, HALF);
                let low = across_line(s, taps, &lines[3 + 2 * moment], x, HALF + (1 << 15));
                for (parity, (high, low)) in high.into_iter().zip(low).enumerate() {
                    let at = x - start + parity * S::N;
                    s.store32(&mut sums[2 + moment], at, s.add32(high, s.shr32(low, 16)));
                }
            }
        }
        for x in chunk.step_by(2 * S::N) {
            for parity in 0..2 {
                let lanes = s.first((width - x + 1 - parity) / 2);
                let at = x - start + parity * S::N;
                let means = [s.load32(&sums[0], at), s.load32(&sums[1], at)];
                let moments = [
                    s.load32(&sums[2], at),
                    s.load32(&sums[3], at),
                    s.load32(&sums[4], at),
                ];
                totals.add::<NEG>(s, lanes, means, moments);
            }
        }
    }
}

/// `rows` of the next scale.
#[inline(always)]
pub(super) fn halve<S: Lanes, T: Sample>(
    s: S,
    scale: &Scale,
    plane: Plane<'_, T>,
    rows: Range<usize>,
    out: &mut [u16],
    stride: usize,
    scratch: &mut Scratch,
) {
    if scale.taps.len() == 9 {
        halve_by_pairs::<S, T, 5>(s, scale, plane, rows, out, stride, scratch);
    } else {
        halve_by_pairs::<S, T, 3>(s, scale, plane, rows, out, stride, scratch);
    }
}

#[inline(always)]
fn halve_by_pairs<S: Lanes, T: Sample, const PAIRS: usize>(
    s: S,
    scale: &Scale,
    plane: Plane<'_, T>,
    rows: Range<usize>,
    out: &mut [u16],
    stride: usize,
    scratch: &mut Scratch,
) {
    let (width, height) = (plane.width(), plane.height());
    let padded = width.next_multiple_of(64);
    let taps = Taps::<S, PAIRS>::new(s, scale.taps);
    let reach = (PAIRS - 1).cast_signed();
    let ring = &mut scratch.pairs;
    let rows_kept = 2 * PAIRS;
    ring.resize(rows_kept.max(16) * padded, 0);
    let line = &mut scratch.lines[0][0];
    line.resize(PAD + padded + PAD, 0);
    let mut below = 2 * rows.start.cast_signed() - reach;
    let first = below;
    let slot = |y: isize| (y - first).cast_unsigned() % rows_kept * padded;
    let flip = s.set16(FLIP);
    for (y, out) in rows.zip(out.chunks_mut(stride.max(1))) {
        let top = 2 * y.cast_signed() - reach;
        while below < top + rows_kept.cast_signed() {
            let row = plane.row(reflect(below, height).cast_signed());
            widen(row, &mut ring[slot(below)..][..padded]);
            below += 1;
        }
        let ring: [[&[i16]; 2]; PAIRS] = array::from_fn(|k| {
            array::from_fn(|i| &ring[slot(top + (2 * k + i).cast_signed())..][..padded])
        });
        for x in (0..padded).step_by(2 * S::N) {
            let start = if deep::<T>() { HALF } else { 0 };
            let start = s.set32(start.wrapping_add(1 << scale.mean_shift >> 1));
            let mut sums = [start; 2];
            for (k, pair) in ring.iter().enumerate() {
                let pair = pair.map(|row| s.load16(row, x));
                let pair = if deep::<T>() {
                    pair.map(|row| s.xor(row, flip))
                } else {
                    pair
                };
                for (sum, pair) in sums.iter_mut().zip(s.zip16(pair[0], pair[1])) {
                    let mut both = [*sum; 2];
                    taps.add(s, k, pair, &mut both);
                    *sum = both[0];
                }
            }
            let [low, high] = sums.map(|sum| s.shr32(sum, scale.mean_shift));
            let packed = s.pack32_unsigned(low, high);
            s.store16(line, PAD + x, s.xor(packed, flip));
        }
        mirror_ends(line, width, PAIRS - 1);
        let half = &mut scratch.wide[0];
        half.resize(padded / 2, 0);
        for x in (0..padded / 2).step_by(2 * S::N) {
            let [a, b] = [0, 2 * S::N].map(|offset| {
                let at = PAD + 2 * x + offset + 1 - PAIRS;
                let mut both = [s.set32(HALF + (1 << 15)); 2];
                for k in 0..PAIRS {
                    taps.add(s, k, s.load16(line, at + 2 * k), &mut both);
                }
                s.shr32(both[0], 16)
            });
            s.store16(half, x, s.ordered(s.pack32_unsigned(a, b)));
        }
        for (out, &sample) in out.iter_mut().zip(&half[..width / 2]) {
            *out = sample.cast_unsigned();
        }
    }
}
