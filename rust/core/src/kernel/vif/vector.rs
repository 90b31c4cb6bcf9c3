//! The same sums by vectors: sixteen-bit dot products down, then across.
//!
//! Samples of 16 bits and halves of sums of 32 bits are held with their top bit flipped, so that
//! signed dot products take them; a tap's sum of 2¹⁶ turns that into 2³¹, with which sums begin.

use super::{Scale, Sums, position::Totals, reflect};
use crate::{
    kernel::{
        lanes::{Lanes, widen},
        rows::{Rows, apart},
    },
    plane::{Plane, Sample},
};
use std::{array, ops::Range};

/// Pairs of rows that the widest taps of a block reach.
const RING: usize = 10;
/// Rows that one pass down makes together, so that what it loads serves them all.
const BLOCK: usize = 4;
/// Positions that are summed across before they are added up.
const CHUNK: usize = 256;
/// Lines of a row between the passes: two means, three moments in halves.
const LINES: usize = 8;
/// Room on either side of a line for its reflection.
pub(super) const PAD: usize = 32;
/// Flips the top bit of 16.
pub(super) const FLIP: i16 = i16::MIN;
pub(super) const HALF: i32 = i32::MIN;

#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Two rows of both planes as 16-bit lanes.
    pub(super) wide: Rows<i16>,
    /// A ring of pairs of rows, samples in turn: the planes, then their products.
    pub(super) pairs: Rows<i16>,
    /// What the pass down leaves of a block of rows: means, then moments as high and low halves.
    pub(super) lines: Rows<i16>,
    /// What the pass across leaves of a chunk, even positions before odd ones in each vector.
    sums: Rows<i32>,
}

/// Taps for two outputs, in pairs: the first output's start at the first pair's first sample, the
/// second's one later.
#[derive(Clone, Copy)]
pub(super) struct Taps<S: Lanes, const PAIRS: usize> {
    pairs: [[S::I; 2]; PAIRS],
    /// The middle tap does not fit 16 bits signed: 2¹⁶ times its sample is missing.
    tall: bool,
}

impl<S: Lanes, const PAIRS: usize> Taps<S, PAIRS> {
    #[inline(always)]
    pub(super) fn new(s: S, taps: &[u16]) -> Self {
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
    pub(super) fn add(&self, s: S, k: usize, pair: S::I, sums: &mut [S::I; 2]) {
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
pub(super) const fn deep<T>() -> bool {
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
    let wide = scratch.wide.first(4 * padded);
    let stream = apart::<i16>(2 * padded);
    let slot = streams * stream;
    let kept = PAIRS + BLOCK / 2 - 1;
    let pairs = scratch.pairs.first(kept * slot);
    let line = apart::<i16>(PAD + padded + PAD);
    let mut all = scratch
        .lines
        .first(BLOCK * LINES * line)
        .chunks_exact_mut(line);
    let mut lines: [[&mut [i16]; LINES]; BLOCK] =
        array::from_fn(|_| array::from_fn(|_| all.next().unwrap_or_default()));
    let mut all = scratch
        .sums
        .first(5 * apart::<i32>(CHUNK))
        .chunks_exact_mut(apart::<i32>(CHUNK));
    let mut sums: [&mut [i32]; 5] = array::from_fn(|_| all.next().unwrap_or_default());
    let mut totals = Totals::new(s);
    let mut made = 0;
    for (step, y) in rows.clone().step_by(BLOCK).enumerate() {
        let first = step * BLOCK / 2;
        while made < first + kept {
            let top = (rows.start + 2 * made + 1).cast_signed() - PAIRS.cast_signed();
            let out = &mut pairs[made % kept * slot..][..slot];
            pair(s, planes, top, wide, out, stream);
            made += 1;
        }
        let ring: [&[i16]; RING] = array::from_fn(|k| &pairs[(first + k) % kept * slot..][..slot]);
        let ring = &ring[..kept];
        for x in (0..padded).step_by(2 * S::N) {
            down::<S, T, PAIRS>(s, &passes, ring, stream, x, &mut lines);
        }
        for lines in lines.iter_mut().take(rows.end - y) {
            for line in lines.iter_mut() {
                mirror_ends(line, width, PAIRS - 1);
            }
            across::<S, PAIRS, NEG>(s, &passes.taps, lines, width, &mut sums, &mut totals);
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
    wide: &mut [i16],
    out: &mut [i16],
    stream: usize,
) {
    let height = planes[0].height();
    let padded = wide.len() / 4;
    for (i, wide) in wide.chunks_exact_mut(padded).enumerate() {
        let row = reflect(y + (i % 2).cast_signed(), height).cast_signed();
        widen(planes[i / 2].row(row), wide);
    }
    let flip = s.set16(FLIP);
    for x in (0..padded).step_by(2 * S::N) {
        let (r0, r1) = (s.load16(wide, x), s.load16(wide, padded + x));
        let (d0, d1) = (
            s.load16(wide, 2 * padded + x),
            s.load16(wide, 3 * padded + x),
        );
        let bias = s.set16(if deep::<T>() { FLIP } else { 0 });
        let mut at = 2 * x;
        for (first, second) in [(r0, r1), (d0, d1)] {
            put_pair(s, out, at, [s.xor(first, bias), s.xor(second, bias)]);
            at += stream;
        }
        for ((a, b), (c, d)) in [
            ((r0, r0), (r1, r1)),
            ((d0, d0), (d1, d1)),
            ((r0, d0), (r1, d1)),
        ] {
            if deep::<T>() {
                let (first, second) = (s.mul16_high_unsigned(a, b), s.mul16_high_unsigned(c, d));
                put_pair(s, out, at, [s.xor(first, flip), s.xor(second, flip)]);
                at += stream;
            }
            let (first, second) = (s.mul16(a, b), s.mul16(c, d));
            put_pair(s, out, at, [s.xor(first, flip), s.xor(second, flip)]);
            at += stream;
        }
    }
}

/// Stores the samples of two rows in turn.
#[inline(always)]
fn put_pair<S: Lanes>(s: S, out: &mut [i16], at: usize, [first, second]: [S::I; 2]) {
    let [low, high] = s.zip16(first, second);
    s.store16(out, at, low);
    s.store16(out, at + 2 * S::N, high);
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
    let ring = &ring[..PAIRS + 1];
    for (half, at) in [at, at + 2 * S::N].into_iter().enumerate() {
        taps.add(s, 0, s.load16(ring[0], at), &mut sums[0][half]);
    }
    for (before, pairs) in ring[1..PAIRS].iter().enumerate() {
        for (half, at) in [at, at + 2 * S::N].into_iter().enumerate() {
            let pair = s.load16(pairs, at);
            taps.add(s, before + 1, pair, &mut sums[0][half]);
            taps.add(s, before, pair, &mut sums[1][half]);
        }
    }
    for (half, at) in [at, at + 2 * S::N].into_iter().enumerate() {
        taps.add(s, PAIRS - 1, s.load16(ring[PAIRS], at), &mut sums[1][half]);
    }
    let [[a, b], [c, d]] = sums;
    [[a[0], b[0]], [a[1], b[1]], [c[0], d[0]], [c[1], d[1]]]
}

/// Stores two vectors of sums below 2¹⁶ as samples with their top bit flipped.
#[inline(always)]
pub(super) fn put<S: Lanes>(s: S, line: &mut [i16], x: usize, [low, high]: [S::I; 2]) {
    let packed = s.pack32_unsigned(low, high);
    s.store16(line, PAD + x, s.xor(packed, s.set16(FLIP)));
}

/// The pass down at `x`, for two rows.
#[inline(always)]
fn down<S: Lanes, T: Sample, const PAIRS: usize>(
    s: S,
    passes: &Passes<S, PAIRS>,
    ring: &[&[i16]],
    apart: usize,
    x: usize,
    lines: &mut [[&mut [i16]; LINES]; BLOCK],
) {
    let stream = |stream: usize| stream * apart + 2 * x;
    let start = if deep::<T>() { HALF } else { 0 };
    for plane in 0..2 {
        let start = start.wrapping_add(1 << passes.mean_shift >> 1);
        let mean = down_stream(s, &passes.taps, ring, stream(plane), start);
        for (lines, [low, high]) in lines.iter_mut().zip(mean) {
            let shift = passes.mean_shift;
            put(
                s,
                lines[plane],
                x,
                [s.shr32(low, shift), s.shr32(high, shift)],
            );
        }
    }
    for moment in 0..3 {
        let first = 2 + 2 * moment;
        let sums = if deep::<T>() {
            let shift = passes.square_shift;
            let mut high = down_stream(s, &passes.taps, ring, stream(first), HALF);
            let start = HALF.wrapping_add(1 << shift >> 1);
            let low = down_stream(s, &passes.taps, ring, stream(first + 1), start);
            for (high, low) in high.as_flattened_mut().iter_mut().zip(low.as_flattened()) {
                *high = s.add32(s.shl32(*high, 16 - shift), s.shr32(*low, shift));
            }
            high
        } else {
            down_stream(s, &passes.taps, ring, stream(2 + moment), HALF)
        };
        for (lines, [low, high]) in lines.iter_mut().zip(sums) {
            put(s, lines[first], x, [s.shr32(low, 16), s.shr32(high, 16)]);
            let bottom = s.set32(0xffff);
            put(
                s,
                lines[first + 1],
                x,
                [s.and(low, bottom), s.and(high, bottom)],
            );
        }
    }
}

/// Reflects a line of `width` samples about its ends, `reach` far.
#[inline(always)]
pub(super) fn mirror_ends(line: &mut [i16], width: usize, reach: usize) {
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
    let mut sums = [s.set32(start); 2];
    for (k, pair) in s.around16::<PAIRS>(line, PAD + x).into_iter().enumerate() {
        taps.add(s, k, pair, &mut sums);
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
    lines: &[&mut [i16]; LINES],
    width: usize,
    sums: &mut [&mut [i32]; 5],
    totals: &mut Totals<S>,
) {
    for start in (0..width).step_by(CHUNK) {
        let chunk = start..width.min(start + CHUNK);
        for x in chunk.clone().step_by(2 * S::N) {
            for plane in 0..2 {
                let [even, odd] = across_line(s, taps, lines[plane], x, HALF);
                s.store32(sums[plane], x - start, even);
                s.store32(sums[plane], x - start + S::N, odd);
            }
            for moment in 0..3 {
                let high = across_line(s, taps, lines[2 + 2 * moment], x, HALF);
                let low = across_line(s, taps, lines[3 + 2 * moment], x, HALF + (1 << 15));
                for (parity, (high, low)) in high.into_iter().zip(low).enumerate() {
                    let at = x - start + parity * S::N;
                    s.store32(sums[2 + moment], at, s.add32(high, s.shr32(low, 16)));
                }
            }
        }
        for x in chunk.step_by(2 * S::N) {
            for parity in 0..2 {
                let lanes = s.first((width - x + 1 - parity) / 2);
                let at = x - start + parity * S::N;
                let means = [s.load32(sums[0], at), s.load32(sums[1], at)];
                let moments = [
                    s.load32(sums[2], at),
                    s.load32(sums[3], at),
                    s.load32(sums[4], at),
                ];
                totals.add::<NEG>(s, lanes, means, moments);
            }
        }
    }
}
