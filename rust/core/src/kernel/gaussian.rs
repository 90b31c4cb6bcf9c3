//! Means, variances and similarity under the 11x11 Gaussian window of Wang et al. 2004, in
//! libvmaf's arithmetic: products in `f32`, their sums in `f64`, each pass rounded to `f32`.
//!
//! A difference in the last bit of a mean of squares decides whether a nearly flat window counts
//! as flat, and with it the fourth decimal of a frame's score: hence the same roundings.

use crate::cpu::multiversion;

/// Window edge.
pub const TAPS: usize = 11;

/// Windows side by side that are worked on together.
pub const STRIP: usize = 128;

/// Samples that a strip of windows covers.
pub const REACH: usize = STRIP + TAPS - 1;

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

multiversion! {
    /// Weighs a row's samples horizontally.
    pub fn across(reference: &[f32; REACH], distorted: &[f32; REACH], out: &mut Moments) {
        let mut squares = [[0.0_f32; REACH]; 3];
        for x in 0..REACH {
            let (a, b) = (reference[x], distorted[x]);
            squares[0][x] = a * a;
            squares[1][x] = b * b;
            squares[2][x] = a * b;
        }
        let [aa, bb, ab] = &squares;
        for (samples, out) in [reference, distorted, aa, bb, ab].into_iter().zip(out) {
            for (at, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let mut sums = [0.0_f64; LANES];
                for (tap, weight) in WEIGHTS.iter().enumerate() {
                    let from = at * LANES + tap;
                    for i in 0..LANES {
                        sums[i] += f64::from(samples[from + i] * weight);
                    }
                }
                *out = sums.map(single);
            }
        }
    }
}

multiversion! {
    /// Weighs eleven rows vertically and adds the first `windows` windows' figures to `totals`.
    pub fn down(rows: [&Moments; TAPS], windows: usize, totals: &mut Totals) {
        for at in (0..windows.min(STRIP)).step_by(LANES) {
            let mut moments = [[0.0_f32; LANES]; 5];
            for (kind, out) in moments.iter_mut().enumerate() {
                let mut sums = [0.0_f64; LANES];
                for (row, weight) in rows.iter().zip(WEIGHTS) {
                    for i in 0..LANES {
                        sums[i] += f64::from(row[kind][at + i] * weight);
                    }
                }
                *out = sums.map(single);
            }
            let [a, b, aa, bb, ab] = &moments;
            let mut figures = Totals::default();
            for i in 0..LANES {
                let (a, b) = (a[i], b[i]);
                let a_variance = (aa[i] - a * a).max(0.0);
                let b_variance = (bb[i] - b * b).max(0.0);
                let covariance = ab[i] - a * b;
                let deviations = (a_variance * b_variance).sqrt();
                let luminance = (2.0 * f64::from(a) * f64::from(b) + f64::from(C1))
                    / f64::from(a * a + b * b + C1);
                let contrast = (2.0 * f64::from(deviations) + f64::from(C2))
                    / f64::from(a_variance + b_variance + C2);
                // A flat window's covariance is a rounding error: it is no lack of structure.
                let flat = covariance < 0.0 && deviations <= 0.0;
                let covariance = if flat { 0.0 } else { covariance };
                let structure = f64::from((covariance + C3) / (deviations + C3));
                figures.luminance[i] = luminance;
                figures.contrast[i] = contrast;
                figures.structure[i] = structure;
                figures.similarity[i] = luminance * contrast * structure;
            }
            let valid = (windows - at).min(LANES);
            add(&mut totals.similarity, figures.similarity, valid);
            add(&mut totals.luminance, figures.luminance, valid);
            add(&mut totals.contrast, figures.contrast, valid);
            add(&mut totals.structure, figures.structure, valid);
        }
    }
}

#[inline(always)]
fn add(totals: &mut [f64; LANES], mut figures: [f64; LANES], valid: usize) {
    if valid < LANES {
        figures[valid..].fill(0.0);
    }
    for (total, figure) in totals.iter_mut().zip(figures) {
        *total += figure;
    }
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
    use crate::cpu::Level;

    fn noise(seed: u64) -> [f32; REACH] {
        let mut s = seed;
        [0.0; REACH].map(|_: f32| {
            s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f32::from(s.to_be_bytes()[0]) / 4.0 + 0.1
        })
    }

    fn scored(level: Level, windows: usize) -> Totals {
        let rows: [Moments; TAPS] = std::array::from_fn(|y| {
            let mut row = [[0.0; STRIP]; 5];
            across(level, &noise(y as u64), &noise(99 - y as u64), &mut row);
            row
        });
        let mut totals = Totals::default();
        down(level, rows.each_ref(), windows, &mut totals);
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
