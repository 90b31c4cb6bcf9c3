//! The next scale's plane by vectors: every other row down, every other sample across.

use super::{
    Scale, reflect,
    vector::{FLIP, HALF, PAD, Scratch, Taps, deep, mirror_ends, put},
};
use crate::{
    kernel::{
        lanes::{Lanes, load16, widen},
        rows::apart,
    },
    plane::{Plane, Sample},
};
use std::{array, ops::Range};

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
    let apart = apart::<i16>(padded);
    let taps = Taps::<S, PAIRS>::new(s, scale.taps);
    let reach = (PAIRS - 1).cast_signed();
    let rows_kept = 2 * PAIRS;
    let ring = scratch.pairs.first(rows_kept * apart);
    let line = scratch.lines.first(PAD + padded + PAD);
    let half = scratch.wide.first(padded / 2);
    let mut below = 2 * rows.start.cast_signed() - reach;
    let first = below;
    let slot = |y: isize| (y - first).cast_unsigned() % rows_kept * apart;
    let bias = s.set16(if deep::<T>() { FLIP } else { 0 });
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
            for (k, rows) in ring.iter().enumerate() {
                let [first, second] = load16(s, *rows, x);
                let pairs = s.zip16(s.xor(first, bias), s.xor(second, bias));
                for (sum, pair) in sums.iter_mut().zip(pairs) {
                    let mut both = [*sum; 2];
                    taps.add(s, k, pair, &mut both);
                    *sum = both[0];
                }
            }
            let shift = scale.mean_shift;
            put(
                s,
                line,
                x,
                [s.shr32(sums[0], shift), s.shr32(sums[1], shift)],
            );
        }
        mirror_ends(line, width, PAIRS - 1);
        for x in (0..padded / 2).step_by(2 * S::N) {
            let mut sums = [s.set32(0); 2];
            for (i, sum) in sums.iter_mut().enumerate() {
                let at = PAD + 2 * (x + i * S::N) + 1 - PAIRS;
                let mut both = [s.set32(HALF + (1 << 15)); 2];
                for k in 0..PAIRS {
                    taps.add(s, k, s.load16(line, at + 2 * k), &mut both);
                }
                *sum = s.shr32(both[0], 16);
            }
            s.store16(half, x, s.ordered(s.pack32_unsigned(sums[0], sums[1])));
        }
        for (out, &sample) in out.iter_mut().zip(&half[..width / 2]) {
            *out = sample.cast_unsigned();
        }
    }
}
