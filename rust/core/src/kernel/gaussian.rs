//! Means, variances and similarity under the 11x11 Gaussian window of Wang et al. 2004, in
//! libvmaf's arithmetic: products in `f32`, their sums exact, each pass rounded to `f32`.
//!
//! A difference in the last bit of a mean of squares decides whether a nearly flat window counts
//! as flat, and with it the fourth decimal of a frame's score: hence the same roundings.

#[cfg(target_arch = "x86_64")]
mod avx512;

use crate::cpu::{Level, dispatch};

/// Window edge.
pub const TAPS: usize = 11;

/// Windows side by side that are worked on together.
pub const STRIP: usize = 128;

/// Samples that a strip of windows covers, in whole lanes.
pub const REACH: usize = (STRIP + TAPS - 1).next_multiple_of(LANES);

/// Lanes of a sum, so that every level adds in one order.
const LANES: usize = 16;

/// σ = 1.5, to the six decimals libvmaf has (`iqa/ssim_tools.h`); they add up to 1.000002.
const WEIGHTS: [f32; TAPS] = [
    0.001_028, 0.007_599, 0.036_001, 0.109_361, 0.213_006, 0.266_012, 0.213_006, 0.109_361,
    0.036_001, 0.007_599, 0.001_028,
];

/// Stabilisers of Wang et al. 2004, eq. 13: (K·L)² with K = 0.01, 0.03 and L = 255; half the second
/// for structure.
const C1: f32 = (0.01_f32 * 255.0) * (0.01_f32 * 255.0);
const C2: f32 = (0.03_f32 * 255.0) * (0.03_f32 * 255.0);
const C3: f32 = C2 / 2.0;

/// Bits after the point of a sum: as many as the smallest product of whole samples has.
const POINT: u32 = 33;

/// 1.5·2⁵² steps of 2⁻³³: the sums may reach 2¹⁸ either way, squares of ±512.
const SHIFT: f64 = 786_432.0;

/// Weighted sums along a row: reference, distorted, their squares, their product.
pub type Moments = [[f32; STRIP]; 5];

/// Sums over windows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Totals {
    /// Of the product of the three parts.
    pub similarity: [f64; LANES],
    /// Of luminance.
    pub luminance: [f64; LANES],
    /// Of contrast.
    pub contrast: [f64; LANES],
    /// Of structure.
    pub structure: [f64; LANES],
}

/// Weighs a row's samples horizontally.
pub fn across(level: Level, reference: &[f32; REACH], distorted: &[f32; REACH], out: &mut Moments) {
    dispatch!(
        level,
        across_scalar,
        across_avx2,
        avx512::across,
        (reference, distorted, out)
    );
}

/// Weighs eleven rows vertically and adds the first `windows` windows' figures to `totals`;
/// `whole` asks for similarity and luminance too.
pub fn down(
    level: Level,
    rows: [&Moments; TAPS],
    windows: usize,
    whole: bool,
    totals: &mut Totals,
) {
    dispatch!(
        level,
        down_scalar,
        down_avx2,
        avx512::down,
        (rows, windows, whole, totals)
    );
}

fn across_scalar(reference: &[f32; REACH], distorted: &[f32; REACH], out: &mut Moments) {
    across_with(reference, distorted, out, weighed);
}

fn down_scalar(rows: [&Moments; TAPS], windows: usize, whole: bool, totals: &mut Totals) {
    down_with(rows, windows, whole, totals, weighed);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[expect(
    clippy::redundant_closure,
    reason = "the closure has this function's features"
)]
fn across_avx2(reference: &[f32; REACH], distorted: &[f32; REACH], out: &mut Moments) {
    across_with(reference, distorted, out, |samples| weighed(samples));
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[expect(
    clippy::redundant_closure,
    reason = "the closure has this function's features"
)]
fn down_avx2(rows: [&Moments; TAPS], windows: usize, whole: bool, totals: &mut Totals) {
    down_with(rows, windows, whole, totals, |samples| weighed(samples));
}

/// The weighted sums of eleven samples per lane: exact, then rounded once.
///
/// Adding `SHIFT` rounds a product to fixed point in the low bits of its sum, where whole numbers
/// add it up: no order of additions, no instruction set can change the result.
#[inline(always)]
fn weighed(samples: [&[f32; LANES]; TAPS]) -> [f32; LANES] {
    let mut sums = [0_u64; LANES];
    for (samples, weight) in samples.into_iter().zip(WEIGHTS) {
        for i in 0..LANES {
            let fixed = (f64::from(samples[i] * weight) + SHIFT).to_bits();
            sums[i] = sums[i].wrapping_add(fixed);
        }
    }
    let all_but_one = SHIFT.to_bits().wrapping_mul(TAPS as u64 - 1);
    sums.map(|sum| single(f64::from_bits(sum.wrapping_sub(all_but_one)) - SHIFT))
}

#[inline(always)]
fn across_with(
    reference: &[f32; REACH],
    distorted: &[f32; REACH],
    out: &mut Moments,
    weighed: impl Fn([&[f32; LANES]; TAPS]) -> [f32; LANES],
) {
    let mut product = [0.0; REACH];
    for (at, out) in out.iter_mut().enumerate() {
        let samples = match at {
            0 => reference,
            1 => distorted,
            _ => {
                let (a, b) = (
                    if at == 3 { distorted } else { reference },
                    if at == 2 { reference } else { distorted },
                );
                for x in 0..REACH {
                    product[x] = a[x] * b[x];
                }
                &product
            }
        };
        for (at, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            *out = weighed(std::array::from_fn(|tap| lanes(samples, at * LANES + tap)));
        }
    }
}

#[inline(always)]
fn down_with(
    rows: [&Moments; TAPS],
    windows: usize,
    whole: bool,
    totals: &mut Totals,
    weighed: impl Fn([&[f32; LANES]; TAPS]) -> [f32; LANES],
) {
    for at in (0..windows.min(STRIP)).step_by(LANES) {
        let [a, b, aa, bb, ab] = std::array::from_fn(|kind| {
            weighed(std::array::from_fn(|tap| lanes(&rows[tap][kind], at)))
        });
        let (mut contrast, mut structure) = ([0.0; LANES], [0.0; LANES]);
        for i in 0..LANES {
            let (a, b) = (a[i], b[i]);
            let a_variance = (aa[i] - a * a).max(0.0);
            let b_variance = (bb[i] - b * b).max(0.0);
            let covariance = ab[i] - a * b;
            let deviations = (a_variance * b_variance).sqrt();
            contrast[i] = (2.0 * f64::from(deviations) + f64::from(C2))
                / f64::from(a_variance + b_variance + C2);
            // A flat window's covariance is a rounding error: it is no lack of structure.
            let flat = covariance < 0.0 && deviations <= 0.0;
            let covariance = if flat { 0.0 } else { covariance };
            structure[i] = f64::from((covariance + C3) / (deviations + C3));
        }
        let valid = windows - at;
        add(&mut totals.contrast, &contrast, valid);
        add(&mut totals.structure, &structure, valid);
        if whole {
            let (mut luminance, mut similarity) = ([0.0; LANES], [0.0; LANES]);
            for i in 0..LANES {
                let (a, b) = (a[i], b[i]);
                luminance[i] = (2.0 * f64::from(a) * f64::from(b) + f64::from(C1))
                    / f64::from(a * a + b * b + C1);
                similarity[i] = luminance[i] * contrast[i] * structure[i];
            }
            add(&mut totals.luminance, &luminance, valid);
            add(&mut totals.similarity, &similarity, valid);
        }
    }
}

#[inline(always)]
fn add(totals: &mut [f64; LANES], figures: &[f64; LANES], valid: usize) {
    if valid >= LANES {
        for i in 0..LANES {
            totals[i] += figures[i];
        }
    } else {
        for (total, figure) in totals.iter_mut().zip(&figures[..valid]) {
            *total += figure;
        }
    }
}

/// The lanes of a row from sample `at` on.
#[inline(always)]
fn lanes<const N: usize>(row: &[f32; N], at: usize) -> &[f32; LANES] {
    const NONE: &[f32; LANES] = &[0.0; LANES];
    row.get(at..).and_then(<[f32]>::first_chunk).unwrap_or(NONE)
}

#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what it is for"
)]
fn single(sum: f64) -> f32 {
    sum as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u64) -> [f32; REACH] {
        let mut s = seed;
        [0.0; REACH].map(|_: f32| {
            s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f32::from(s.to_be_bytes()[0]) * 1.7 - 31.3
        })
    }

    fn scored(level: Level, windows: usize) -> Totals {
        let rows: [Moments; TAPS] = std::array::from_fn(|y| {
            let mut row = [[0.0; STRIP]; 5];
            across(level, &noise(y as u64), &noise(99 - y as u64), &mut row);
            row
        });
        let mut totals = Totals::default();
        down(level, rows.each_ref(), windows, true, &mut totals);
        totals
    }

    #[test]
    fn every_level_agrees_with_the_reference() {
        for windows in [1, 15, 16, 17, 127, 128] {
            let expected = scored(Level::SCALAR, windows);
            for level in Level::all() {
                assert_eq!(
                    scored(level, windows),
                    expected,
                    "{} {windows}",
                    level.name()
                );
            }
        }
    }

    #[test]
    fn only_the_windows_asked_for_count() {
        let count = |windows| {
            scored(Level::detect(), windows)
                .luminance
                .iter()
                .sum::<f64>()
        };
        assert!(count(17) > count(16) && count(16) > 0.0);
        assert!(count(128) <= 128.0);
    }
}
