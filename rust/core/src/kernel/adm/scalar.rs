//! The oracle: each step of the definition as it reads, one sample at a time.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the definition's own integer widths"
)]

use super::{
    AdmSums, ContrastSensitivity, FIRST_SHIFT, HIGH, LOW, LOW_SUM, Low, Region, Scratch, Shifts,
    Strip, Sums, mirror,
};
use crate::plane::{Plane, Sample};

/// cos² of one degree, in f32 as the definition has it.
pub(super) const COS2: f32 = 0.999_695_4;

/// Shares of a detail in the masking around it, and at its own place: a thirtieth and a
/// fifteenth, in 2⁻¹⁷ for the first scale and in 2⁻³² for the others.
pub(super) const AROUND: [u32; 2] = [4369, 143_165_577];
/// See [`AROUND`].
pub(super) const CENTRE: [u32; 2] = [8738, 286_331_153];

/// Shifts of the wavelet's two passes, and mid-grey.
#[derive(Clone, Copy)]
struct Wavelet {
    grey: i64,
    down: u32,
    across: u32,
}

pub(super) fn first<T: Sample>(
    depth: u32,
    [reference, distorted]: [Plane<'_, T>; 2],
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    [low_r, low_d]: [&mut [i16]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let wavelet = Wavelet {
        grey: 1 << (depth - 1),
        down: depth,
        across: 16,
    };
    let size = (reference.width(), reference.height());
    let fetch = |plane: Plane<'_, T>, y: usize, x: usize| {
        let sample: u32 = plane.row(y.cast_signed())[x].into();
        i64::from(sample.min(u32::MAX >> (32 - depth)))
    };
    bands(
        0,
        size,
        strip,
        wavelet,
        0,
        scratch,
        |y, x| fetch(reference, y, x),
        |at, low| {
            low_r[at] = low as i16;
        },
    );
    bands(
        0,
        size,
        strip,
        wavelet,
        1,
        scratch,
        |y, x| fetch(distorted, y, x),
        |at, low| {
            low_d[at] = low as i16;
        },
    );
    weigh(0, size, strip, asked, scratch)
}

pub(super) fn next<T: Low>(
    index: usize,
    size: (usize, usize),
    [reference, distorted]: [&[T]; 2],
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    [low_r, low_d]: [&mut [i32]; 2],
    scratch: &mut Scratch,
) -> Sums {
    let (down, across) = [(0, 15), (16, 16), (16, 15)][index - 1];
    let wavelet = Wavelet {
        grey: 0,
        down,
        across,
    };
    let fetch = |band: &[T], y: usize, x: usize| band[y * size.0 + x].into();
    bands(
        index,
        size,
        strip,
        wavelet,
        0,
        scratch,
        |y, x| fetch(reference, y, x),
        |at, low| {
            low_r[at] = low;
        },
    );
    bands(
        index,
        size,
        strip,
        wavelet,
        1,
        scratch,
        |y, x| fetch(distorted, y, x),
        |at, low| {
            low_d[at] = low;
        },
    );
    weigh(index, size, strip, asked, scratch)
}

/// Band rows of a strip: details into `scratch`, lows to `keep`.
#[expect(
    clippy::too_many_arguments,
    reason = "shared by the two kinds of input"
)]
fn bands(
    index: usize,
    (width, height): (usize, usize),
    strip: &Strip,
    wavelet: Wavelet,
    plane: usize,
    scratch: &mut Scratch,
    fetch: impl Fn(usize, usize) -> i64,
    mut keep: impl FnMut(usize, i32),
) {
    let (w, h) = (width.div_ceil(2), height.div_ceil(2));
    let round = |sum: i64, shift: u32| ((sum + (1 << shift >> 1)) >> shift) as i32;
    let reach = strip.split(h);
    for line in &mut scratch.lines {
        line.resize(width, 0);
    }
    for band in &mut scratch.details[plane] {
        band.resize(reach.len() * w, 0);
    }
    for (y, at) in reach.zip(0..) {
        let tap = |at: usize, k: usize, len: usize| {
            mirror(2 * at.cast_signed() - 1 + k.cast_signed(), len)
        };
        for x in 0..width {
            let pass = |taps: [i32; 4], grey: i64| {
                let sum: i64 = (0..4)
                    .map(|k| i64::from(taps[k]) * fetch(tap(y, k, height), x))
                    .sum();
                round(
                    sum - grey * taps.iter().map(|&t| i64::from(t)).sum::<i64>(),
                    wavelet.down,
                )
            };
            debug_assert_eq!(LOW.iter().sum::<i32>(), LOW_SUM);
            scratch.lines[0][x] = pass(LOW, wavelet.grey);
            scratch.lines[1][x] = pass(HIGH, wavelet.grey);
        }
        for x in 0..w {
            let pass = |line: usize, taps: [i32; 4]| {
                let line = &scratch.lines[line];
                let sum = (0..4)
                    .map(|k| i64::from(taps[k]) * i64::from(line[tap(x, k, width)]))
                    .sum();
                round(sum, wavelet.across)
            };
            if strip.kept.contains(&y) && index < 3 {
                keep((y - strip.kept.start) * w + x, pass(0, LOW));
            }
            let [vertical, horizontal, diagonal] = [pass(0, HIGH), pass(1, LOW), pass(1, HIGH)];
            for (band, value) in scratch.details[plane]
                .iter_mut()
                .zip([horizontal, vertical, diagonal])
            {
                band[at * w + x] = value;
            }
        }
    }
}

/// Sums of a strip from the details in `scratch`.
fn weigh(
    index: usize,
    (width, height): (usize, usize),
    strip: &Strip,
    asked: (&ContrastSensitivity, AdmSums),
    scratch: &mut Scratch,
) -> Sums {
    let (w, h) = (width.div_ceil(2), height.div_ceil(2));
    let reach = strip.split(h);
    let region = Region::new(w, h);
    let shifts = Shifts::new(index, w, h);
    let rows = strip.summed.start.max(region.rows.start)..strip.summed.end.min(region.rows.end);
    let mut sums = Sums::default();
    for y in rows.clone() {
        let at = (y - reach.start) * w;
        for theta in 0..3 {
            let row = &scratch.details[0][theta][at..][..w];
            let sum: i64 = row[region.columns.clone()]
                .iter()
                .map(|o| cube_of_reference(index, i64::from(o.abs()), shifts.reference.0))
                .sum();
            sums.reference[theta] += (sum + (1 << shifts.reference.1 >> 1)) >> shifts.reference.1;
        }
    }
    let (csf, ask) = asked;
    for (part, total) in ask.parts().into_iter().zip(&mut sums.asked) {
        let Some(part) = part else { continue };
        for theta in 0..3 {
            scratch.summed[theta].resize(reach.len() * w, 0);
            scratch.masking[theta].resize(reach.len() * w, 0);
        }
        for at in 0..reach.len() * w {
            let value = |plane: usize, theta: usize| scratch.details[plane][theta][at];
            let aligned = aligned([value(0, 0), value(0, 1)], [value(1, 0), value(1, 1)]);
            for theta in 0..3 {
                let kept = keep(
                    value(0, theta),
                    value(1, theta),
                    aligned.then_some(part.gain),
                );
                let added = added(index, value(1, theta), kept);
                let (summed, masking) = if part.added {
                    (added, kept)
                } else {
                    (kept, added)
                };
                scratch.summed[theta][at] = summed;
                scratch.masking[theta][at] = sensed(csf, index, theta, masking);
            }
        }
        for y in rows.clone() {
            let mut row = [0_i64; 3];
            for x in region.columns.clone() {
                let threshold = threshold(index, &scratch.masking, (w, h), reach.start, (x, y));
                for (theta, sum) in row.iter_mut().enumerate() {
                    let summed = scratch.summed[theta][(y - reach.start) * w + x];
                    let shift = shifts.cube[theta / 2];
                    *sum += cube(csf, index, theta, (summed, threshold), shift);
                }
            }
            for (total, row) in total.iter_mut().zip(row) {
                *total += (row + (1 << shifts.row >> 1)) >> shifts.row;
            }
        }
    }
    sums
}

fn cube_of_reference(index: usize, o: i64, shift: u32) -> i64 {
    match index {
        0 => o * o * o,
        _ => {
            // A whole unit is added, not half of one.
            let square_shift = [31, 30, 31][index - 1];
            let square = (o * o + (1 << square_shift)) >> square_shift;
            (square * o + (1 << shift >> 1)) >> shift
        }
    }
}

/// Whether the details (h, v) of both planes point the same way, to within one degree.
pub(super) fn aligned(o: [i32; 2], t: [i32; 2]) -> bool {
    let dot = |a: [i32; 2], b: [i32; 2]| {
        let sum = i64::from(a[0]) * i64::from(b[0]) + i64::from(a[1]) * i64::from(b[1]);
        f64::from(sum as f32)
    };
    let both = dot(o, t);
    both >= 0.0 && both * both >= f64::from(COS2) * dot(o, o) * dot(t, t)
}

/// What `t` keeps of `o`; enhanced up to `gain` times where the planes are aligned.
pub(super) fn keep(o: i32, t: i32, gain: Option<i64>) -> i32 {
    if o == 0 {
        return 0;
    }
    let size = o.unsigned_abs();
    let shift = (17 - i64::from(size.leading_zeros())).max(0) as u32;
    let top = (i64::from(size) + (1 << shift >> 1)) >> shift;
    let reciprocal = (1_i64 << 30) / top * i64::from(o.signum());
    let ratio = (reciprocal * i64::from(t) + (1 << (14 + shift))) >> (15 + shift);
    let ratio = ratio.clamp(0, 1 << 15);
    let kept = (ratio * i64::from(o) + (1 << 14)) >> 15;
    let enhanced = match gain {
        Some(gain) if ratio > 0 && o > 0 => (kept * gain).min(i64::from(t)),
        Some(gain) if ratio > 0 => (kept * gain).max(i64::from(t)),
        _ => kept,
    };
    enhanced as i32
}

/// What `t` adds to what it keeps; of 16 bits in the first scale.
pub(super) fn added(index: usize, t: i32, kept: i32) -> i32 {
    let added = t.wrapping_sub(kept);
    if index == 0 {
        i32::from(added as i16)
    } else {
        added
    }
}

/// Contrast that the eye senses of a detail that masks.
pub(super) fn sensed(csf: &ContrastSensitivity, index: usize, theta: usize, detail: i32) -> i32 {
    if index == 0 {
        let (round, shift) = FIRST_SHIFT[theta / 2];
        let factor = i32::from(csf.first[theta / 2]);
        i32::from(((factor * detail + round) >> shift) as i16)
    } else {
        let factor = i64::from(csf.rest[index - 1][theta / 2]);
        ((factor * i64::from(detail) + (1 << 27)) >> 28) as i32
    }
}

/// Masking at a position: a fifteenth of what masks there, a thirtieth of what does so around.
fn threshold(
    index: usize,
    masking: &[Vec<i32>; 3],
    (w, h): (usize, usize),
    start: usize,
    (x, y): (usize, usize),
) -> i32 {
    let mut sum = 0_i32;
    for (dy, dx) in (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dy, dx))) {
        let at = (mirror(y.cast_signed() + dy, h) - start) * w + mirror(x.cast_signed() + dx, w);
        let centre = dx == 0 && dy == 0;
        for band in masking {
            let share = if centre { CENTRE } else { AROUND };
            sum = sum.wrapping_add(share_of(index, band[at], share));
        }
    }
    sum
}

/// The share of a detail in masking.
pub(super) fn share_of(index: usize, sensed: i32, share: [u32; 2]) -> i32 {
    let size = i64::from(sensed.unsigned_abs());
    if index == 0 {
        i32::from(((i64::from(share[0]) * size + 2048) >> 12) as i16)
    } else {
        // The definition's rounding term has wrapped to a negative one.
        ((i64::from(share[1]) * size - (1 << 31)) >> 32) as i32
    }
}

/// Cube of what is left of a detail above the threshold.
fn cube(
    csf: &ContrastSensitivity,
    index: usize,
    theta: usize,
    (detail, threshold): (i32, i32),
    shift: u32,
) -> i64 {
    let (sensed, threshold, square_shift) = if index == 0 {
        let (threshold_shift, square_shift) = if theta == 2 { (12, 30) } else { (10, 29) };
        let sensed = detail.wrapping_mul(i32::from(csf.first[theta / 2]));
        (
            sensed,
            threshold.wrapping_shl(threshold_shift),
            square_shift,
        )
    } else {
        let factor = i64::from(csf.rest[index - 1][theta / 2]);
        let sensed = (i64::from(detail) * factor + (1 << 27)) >> 28;
        (sensed as i32, threshold, 30)
    };
    let left = i64::from(sensed.wrapping_abs().wrapping_sub(threshold).max(0));
    let square = (left * left + (1 << square_shift >> 1)) >> square_shift;
    (square * left + (1 << shift >> 1)) >> shift
}
