//! The reference bodies, sample by sample, and what is too narrow for a vector.

use super::{FRACTION, Totals};
use crate::plane::Plane;

/// Adding this to a number below 2³¹ leaves its nearest integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 · 2⁵²

pub(super) fn totals(luma: Plane<'_, u8>, last: &mut [u8]) -> Totals {
    let mut totals = Totals::default();
    for (y, last) in last.chunks_exact_mut(luma.width()).enumerate() {
        row(luma, y, last, &mut totals);
    }
    totals
}

/// Adds row `y`.
#[inline]
pub(super) fn row(luma: Plane<'_, u8>, y: usize, last: &mut [u8], totals: &mut Totals) {
    if let Some(around) = around(luma, y) {
        edges(around, totals);
    }
    changes(luma.row(y.cast_signed()), last, totals);
}

/// Row `y` between its neighbours, unless it is the first or the last.
#[inline]
pub(super) fn around<'a>(luma: Plane<'a, u8>, y: usize) -> Option<[&'a [u8]; 3]> {
    let inside = y > 0 && y + 1 < luma.height();
    let y = y.cast_signed();
    inside.then(|| [luma.row(y - 1), luma.row(y), luma.row(y + 1)])
}

/// Adds the gradients of one row.
#[inline]
fn edges([up, mid, down]: [&[u8]; 3], totals: &mut Totals) {
    for ((up, mid), down) in up.windows(3).zip(mid.windows(3)).zip(down.windows(3)) {
        let at = |row: &[u8], x: usize| i32::from(row[x]);
        let falling = at(down, 2) - at(up, 0);
        let rising = at(down, 0) - at(up, 2);
        let across = falling - rising + 2 * (at(mid, 2) - at(mid, 0));
        let along = falling + rising + 2 * (at(down, 1) - at(up, 1));
        let square = (across * across + along * along).cast_unsigned();
        totals.square += u64::from(square);
        totals.magnitude += magnitude(square);
    }
}

/// Adds the differences of one row to the last frame's, and keeps the row.
#[inline]
fn changes(row: &[u8], last: &mut [u8], totals: &mut Totals) {
    for (&now, last) in row.iter().zip(last) {
        let difference = i64::from(now) - i64::from(*last);
        totals.difference += difference;
        totals.difference_square += (difference * difference).cast_unsigned();
        *last = now;
    }
}

/// The square root of at most 2·1020², rounded to `f32` and then to [`FRACTION`] bits, ties to even.
#[expect(
    clippy::cast_precision_loss,
    reason = "below 2²⁴ every integer is an f32"
)]
fn magnitude(square: u32) -> u64 {
    let root = (square as f32).sqrt() * (1_u32 << FRACTION) as f32;
    (f64::from(root) + ROUND).to_bits() & u64::from(u32::MAX)
}
