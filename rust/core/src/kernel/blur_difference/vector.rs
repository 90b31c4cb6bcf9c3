//! The same sum by vectors: differences of 16 bits where they fit, blurred by dot products.
//!
//! A blurred difference has 17 bits, so the pass across takes it as a signed part above 2⁸ and an
//! unsigned one below.

use super::BLUR;
use crate::{
    kernel::{lanes::Lanes, vif::reflect},
    plane::{Plane, Sample},
};
use std::{array, ops::Range};

/// Room on either side of a line for its reflection.
const PAD: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// The last six rows of differences: low parts, then high parts.
    ring: [[Vec<i16>; 2]; 6],
    /// A blurred row: parts below and above 2⁸.
    lines: [Vec<i16>; 2],
}

/// Sum over `rows`; differences of more than 8 bits are taken in two parts of 8.
#[inline(always)]
pub(super) fn sum<S: Lanes, T: Sample>(
    s: S,
    depth: u32,
    before: Plane<'_, T>,
    now: Plane<'_, T>,
    rows: Range<usize>,
    scratch: &mut Scratch,
) -> u64 {
    let (width, height) = (now.width(), now.height());
    let padded = width.next_multiple_of(64);
    let parts = if size_of::<T>() > 1 { 2 } else { 1 };
    for row in scratch.ring.as_flattened_mut() {
        row.resize(padded, 0);
    }
    for line in &mut scratch.lines {
        line.resize(PAD + padded + PAD, 0);
    }
    let pair = |low: usize, high: usize| {
        let tap = |k: usize| BLUR.get(k).copied().unwrap_or_default();
        s.set32(tap(low) | tap(high) << 16)
    };
    let even = [pair(0, 1), pair(2, 3), pair(4, 5)];
    let odd = [pair(5, 0), pair(1, 2), pair(3, 4)];
    let mut next = rows.start.saturating_sub(2);
    let mut total = 0;
    for y in rows {
        while next < height.min(y + 3) {
            let (before, now) = (before.row(next.cast_signed()), now.row(next.cast_signed()));
            difference(before, now, &mut scratch.ring[next % 6]);
            next += 1;
        }
        let ring: [&[Vec<i16>; 2]; 6] = array::from_fn(|k| {
            let row = reflect((y + k).cast_signed() - 2, height);
            &scratch.ring[row % 6]
        });
        let mut any = s.set32(0);
        for x in (0..padded).step_by(2 * S::N) {
            let mut sums = [[s.set32(0); 2]; 2];
            for (part, sums) in sums.iter_mut().enumerate().take(parts) {
                for (k, &taps) in even.iter().enumerate() {
                    let first = s.load16(&ring[2 * k][part], x);
                    let second = s.load16(&ring[2 * k + 1][part], x);
                    for (sum, pair) in sums.iter_mut().zip(s.zip16(first, second)) {
                        *sum = s.dot16(*sum, pair, taps);
                    }
                }
            }
            let round = s.set32(1 << depth >> 1);
            let [low, high] = sums;
            let blurred: [S::I; 2] = array::from_fn(|half| {
                if parts == 1 {
                    s.sar32(s.add32(low[half], round), depth)
                } else {
                    let low = s.sar32(s.add32(low[half], round), 8);
                    s.sar32(s.add32(high[half], low), depth - 8)
                }
            });
            any = s.or(any, s.or(blurred[0], blurred[1]));
            let below = blurred.map(|sum| s.and(sum, s.set32(0xff)));
            let above = blurred.map(|sum| s.sar32(sum, 8));
            s.store16(&mut scratch.lines[0], PAD + x, s.pack32(below[0], below[1]));
            s.store16(&mut scratch.lines[1], PAD + x, s.pack32(above[0], above[1]));
        }
        if !s.any_bit(any) {
            continue;
        }
        for line in &mut scratch.lines {
            for k in 1..=2_usize {
                line[PAD - k] = line[PAD + reflect(-k.cast_signed(), width)];
                let right = width - 1 + k;
                line[PAD + right] = line[PAD + reflect(right.cast_signed(), width)];
            }
        }
        let mut row = s.set32(0);
        for x in (0..width).step_by(2 * S::N) {
            let [below, above] = [0, 1].map(|part: usize| &scratch.lines[part][PAD + x - 2..]);
            for (parity, taps) in [even, odd].into_iter().enumerate() {
                let (mut low, mut high) = (s.set32(1 << 15), s.set32(0));
                for (k, taps) in taps.into_iter().enumerate() {
                    low = s.dot16(low, s.load16(below, 2 * k), taps);
                    high = s.dot16(high, s.load16(above, 2 * k), taps);
                }
                let value = s.sar32(s.add32(high, s.sar32(low, 8)), 8);
                let lanes = s.first((width - x + 1 - parity) / 2);
                row = s.add_wide(row, s.keep(lanes, s.abs32(value)));
            }
        }
        total += s.sum64(row).cast_unsigned();
    }
    total
}

/// Differences of two rows: whole where samples have 8 bits, else a low part below 2⁸ and a high one.
#[inline(always)]
fn difference<T: Sample>(before: &[T], now: &[T], [low, high]: &mut [Vec<i16>; 2]) {
    #[expect(clippy::cast_possible_truncation, reason = "parts of 17 bits")]
    for (((low, high), &before), &now) in low.iter_mut().zip(high).zip(before).zip(now) {
        let (before, now): (u32, u32) = (before.into(), now.into());
        let difference = before.cast_signed() - now.cast_signed();
        if size_of::<T>() > 1 {
            *low = (difference & 0xff) as i16;
            *high = (difference >> 8) as i16;
        } else {
            *low = difference as i16;
        }
    }
}
