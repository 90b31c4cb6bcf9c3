//! The oracle: each step of the definition as it reads, one sample at a time.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the definition's own integer widths"
)]

use super::{NOISE, Scale, Scratch, Sums, reflect};
use crate::plane::{Plane, Sample};
use std::{ops::Range, sync::LazyLock};

/// log2 of 32768 + i, in 2⁻¹¹, of a single-precision logarithm: where the exact logarithm lies next
/// to a half, the rounding of the single counts.
pub(super) static LOG2: LazyLock<Vec<u16>> = LazyLock::new(|| {
    (32768..65536_u32)
        .map(|i| (f64::from(i).log2() as f32 * 2048.0).round() as u16)
        .collect()
});

/// log2 of `value`'s top 16 bits, in 2⁻¹¹; `value` must be at least 2¹⁵.
pub(in crate::kernel) fn log2(value: u64) -> i64 {
    let shift = 48_u32.wrapping_sub(value.leading_zeros());
    i64::from(LOG2[(value >> shift) as usize & 0x7fff]) + 2048 * i64::from(shift)
}

pub(super) fn sums<T: Sample>(
    scale: &Scale,
    [reference, distorted]: [Plane<'_, T>; 2],
    rows: Range<usize>,
    neg: bool,
    scratch: &mut Scratch,
) -> Sums {
    let (width, height) = (reference.width(), reference.height());
    let half = (scale.taps.len() / 2).cast_signed();
    let mut total = Sums::default();
    for line in &mut scratch.lines {
        line.resize(width, 0);
    }
    for y in rows {
        for x in 0..width {
            let mut sum = [0_u64; 5];
            for (k, &tap) in scale.taps.iter().enumerate() {
                let row = reflect(y.cast_signed() + k.cast_signed() - half, height).cast_signed();
                let r: u32 = reference.row(row)[x].into();
                let d: u32 = distorted.row(row)[x].into();
                let (tap, r, d) = (u64::from(tap), u64::from(r), u64::from(d));
                for (sum, term) in sum.iter_mut().zip([r, d, r * r, d * d, r * d]) {
                    *sum += tap * term;
                }
            }
            for (i, (line, sum)) in scratch.lines.iter_mut().zip(sum).enumerate() {
                let shift = if i < 2 {
                    scale.mean_shift
                } else {
                    scale.square_shift
                };
                line[x] = ((sum + (1 << shift >> 1)) >> shift) as u32;
            }
        }
        for x in 0..width {
            let mut sum = [0_u64; 5];
            for (k, &tap) in scale.taps.iter().enumerate() {
                let x = reflect(x.cast_signed() + k.cast_signed() - half, width);
                for (sum, line) in sum.iter_mut().zip(&scratch.lines) {
                    *sum += u64::from(tap) * u64::from(line[x]);
                }
            }
            let [r, d, rr, dd, rd] = sum;
            let product = |a: u64, b: u64| {
                ((u64::from(a as u32) * u64::from(b as u32) + (1 << 31)) >> 32) as u32
            };
            let moment = |sum: u64| ((sum + (1 << 15)) >> 16) as u32;
            total += position(
                moment(rr).wrapping_sub(product(r, r)) as i32,
                moment(dd).wrapping_sub(product(d, d)) as i32,
                moment(rd).wrapping_sub(product(r, d)) as i32,
                neg,
            );
        }
    }
    total
}

/// What one position adds, given the variances of reference and distorted and their covariance.
fn position(reference: i32, distorted: i32, both: i32, neg: bool) -> Sums {
    let distorted = distorted.max(0);
    if reference < NOISE {
        return Sums {
            flat_variance: i64::from(distorted),
            flat: 1,
            ..Sums::default()
        };
    }
    let held = log2(u64::from(reference as u32) + NOISE as u64) - 17 * 2048;
    if both <= 0 || distorted <= 0 {
        return Sums {
            held,
            ..Sums::default()
        };
    }
    let gain = f64::from(both) / (f64::from(reference) + 65536.0 * 1.0e-10);
    let residue = ((f64::from(distorted) - gain * f64::from(both)) as i32).max(0);
    let noise = i64::from(residue) + i64::from(NOISE);
    let kept = |gain: f64| {
        let signal = (gain * gain * f64::from(reference)) as i64;
        log2((signal + noise) as u64) - log2(noise as u64)
    };
    Sums {
        kept: kept(gain.min(100.0)),
        kept_neg: if neg { kept(gain.min(1.0)) } else { 0 },
        held,
        ..Sums::default()
    }
}

pub(super) fn halve<T: Sample>(
    scale: &Scale,
    plane: Plane<'_, T>,
    rows: Range<usize>,
    out: &mut [u16],
    stride: usize,
    scratch: &mut Scratch,
) {
    let (width, height) = (plane.width(), plane.height());
    let half = (scale.taps.len() / 2).cast_signed();
    let [line, ..] = &mut scratch.lines;
    line.resize(width, 0);
    for (y, out) in rows.zip(out.chunks_mut(stride.max(1))) {
        for (x, mean) in line.iter_mut().enumerate() {
            let sum: u32 = (-half..)
                .zip(scale.taps)
                .map(|(k, &tap)| {
                    let row = reflect(2 * y.cast_signed() + k, height);
                    let sample: u32 = plane.row(row.cast_signed())[x].into();
                    u32::from(tap).wrapping_mul(sample)
                })
                .fold(0, u32::wrapping_add);
            *mean = sum.wrapping_add(1 << scale.mean_shift >> 1) >> scale.mean_shift;
        }
        for (x, out) in out.iter_mut().enumerate().take(width / 2) {
            let sum: u32 = (-half..)
                .zip(scale.taps)
                .map(|(k, &tap)| {
                    u32::from(tap).wrapping_mul(line[reflect(2 * x.cast_signed() + k, width)])
                })
                .fold(1 << 15, u32::wrapping_add);
            *out = (sum >> 16) as u16;
        }
    }
}
