//! The oracle: each step of the definition as it reads, one sample at a time.

use super::{BLUR, Scratch};
use crate::{
    kernel::vif::reflect,
    plane::{Plane, Sample},
};
use std::ops::Range;

pub(super) fn sum<T: Sample>(
    depth: u32,
    before: Plane<'_, T>,
    now: Plane<'_, T>,
    rows: Range<usize>,
    scratch: &mut Scratch,
) -> u64 {
    let (width, height) = (now.width(), now.height());
    let line = &mut scratch.line;
    line.resize(width, 0);
    let round = |sum: i64, shift: u32| (sum + (1 << shift >> 1)) >> shift;
    let mut total = 0;
    for y in rows {
        for (x, out) in line.iter_mut().enumerate() {
            let sum = (-2..).zip(BLUR).map(|(k, tap)| {
                let row = reflect(y.cast_signed() + k, height).cast_signed();
                let before: u32 = before.row(row)[x].into();
                let now: u32 = now.row(row)[x].into();
                i64::from(tap) * (i64::from(before) - i64::from(now))
            });
            *out = round(sum.sum(), depth);
        }
        for x in 0..width {
            let sum = (-2..)
                .zip(BLUR)
                .map(|(k, tap)| i64::from(tap) * line[reflect(x.cast_signed() + k, width)]);
            total += round(sum.sum(), 16).unsigned_abs();
        }
    }
    total
}
