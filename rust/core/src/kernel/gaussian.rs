//! Means, variances and similarity under the 11x11 Gaussian window of Wang et al. 2004, in
//! libvmaf's arithmetic: products in `f32`, their sums exact, each pass rounded to `f32`.
//!
//! A difference in the last bit of a mean of squares decides whether a nearly flat window counts
//! as flat, and with it the fourth decimal of a frame's score: hence the same roundings.

#[cfg(target_arch = "x86_64")]
mod avx512;

use crate::cpu::{Level, dispatch, multiversion};

/// Window edge.
pub const TAPS: usize = 11;

/// Windows side by side that are worked on together.
pub const STRIP: usize = 128;

/// Samples that a strip of windows covers, in whole lanes.
pub const REACH: usize = (STRIP + TAPS - 1).next_multiple_of(LANES);

/// Rows that are weighed together.
pub const BAND: usize = 8;

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

#[cfg(target_arch = "x86_64")]
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

/// A strip of windows on its way down two pictures; scratch that is the same for every size.
///
/// Laid out so that no vector of it lies across two cache lines.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Strip {
    /// The last eleven rows, weighed along the row.
    ring: [Moments; TAPS],
    /// Sums of the windows that lack up to ten rows, in the fixed point of AVX-512.
    open: [[[i64; STRIP]; TAPS - 1]; 5],
    /// Scratch of AVX-512: both bands' columns, and weighed ones.
    columns: [[[f32; BAND]; REACH]; 3],
    /// The windows that end on each row of the last band.
    windows: [Moments; BAND],
    /// Rows taken so far.
    rows: usize,
}

impl Strip {
    /// A strip that has taken nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            ring: [[[0.0; STRIP]; 5]; TAPS],
            open: [[[0; STRIP]; TAPS - 1]; 5],
            columns: [[[0.0; BAND]; REACH]; 3],
            windows: [[[0.0; STRIP]; 5]; BAND],
            rows: 0,
        }
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.rows = 0;
    }

    /// Weighs the next rows of both pictures. Those behind a picture's end count for nothing.
    pub fn weigh(
        &mut self,
        level: Level,
        reference: &[[f32; REACH]; BAND],
        distorted: &[[f32; REACH]; BAND],
    ) {
        dispatch!(level, weigh_scalar, avx2: weigh_avx2, avx512: avx512::weigh, (reference, distorted, self)
        );
        self.rows += BAND;
    }

    /// The windows that end on row `y` of the last band; `None` where that is above the tenth row.
    #[must_use]
    pub fn ending(&self, y: usize) -> Option<&Moments> {
        (self.rows + y + 1 >= TAPS + BAND).then_some(&self.windows[y])
    }
}

impl Default for Strip {
    fn default() -> Self {
        Self::new()
    }
}

fn weigh_scalar(a: &[[f32; REACH]; BAND], b: &[[f32; REACH]; BAND], strip: &mut Strip) {
    weigh_with(
        a,
        b,
        strip,
        |a, b, out| across_with(a, b, out, weighed),
        |rows, out| down_with(rows, out, weighed),
    );
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn weigh_avx2(a: &[[f32; REACH]; BAND], b: &[[f32; REACH]; BAND], strip: &mut Strip) {
    weigh_with(
        a,
        b,
        strip,
        |a, b, out| across_avx2(a, b, out),
        |rows, out| down_avx2(rows, out),
    );
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[inline(never)]
#[expect(
    clippy::redundant_closure,
    reason = "the closure has this function's features"
)]
fn across_avx2(a: &[f32; REACH], b: &[f32; REACH], out: &mut Moments) {
    across_with(a, b, out, |samples| weighed(samples));
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[inline(never)]
#[expect(
    clippy::redundant_closure,
    reason = "the closure has this function's features"
)]
fn down_avx2(rows: [&Moments; TAPS], out: &mut Moments) {
    down_with(rows, out, |samples| weighed(samples));
}

#[inline(always)]
fn weigh_with(
    reference: &[[f32; REACH]; BAND],
    distorted: &[[f32; REACH]; BAND],
    strip: &mut Strip,
    across: impl Fn(&[f32; REACH], &[f32; REACH], &mut Moments),
    down: impl Fn([&Moments; TAPS], &mut Moments),
) {
    for (y, (a, b)) in reference.iter().zip(distorted).enumerate() {
        let row = strip.rows + y;
        across(a, b, &mut strip.ring[row % TAPS]);
        let rows = std::array::from_fn(|tap| &strip.ring[(row + 1 + tap) % TAPS]);
        if row + 1 >= TAPS {
            down(rows, &mut strip.windows[y]);
        }
    }
}

#[inline(always)]
fn down_with(
    rows: [&Moments; TAPS],
    out: &mut Moments,
    weighed: impl Fn([&[f32; LANES]; TAPS]) -> [f32; LANES],
) {
    for at in (0..STRIP).step_by(LANES) {
        for (kind, out) in out.iter_mut().enumerate() {
            out.as_chunks_mut::<LANES>().0[at / LANES] =
                weighed(std::array::from_fn(|tap| lanes(&rows[tap][kind], at)));
        }
    }
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

multiversion! {
    /// Adds the figures of the first `windows` windows to `totals`; `whole` asks for similarity and
    /// luminance too.
    pub fn score(moments: &Moments, windows: usize, whole: bool, totals: &mut Totals) -> () {
        score_with(moments, windows, whole, totals);
    }
}

#[inline(always)]
fn score_with(moments: &Moments, windows: usize, whole: bool, totals: &mut Totals) {
    for at in (0..windows.min(STRIP)).step_by(LANES) {
        let [a, b, aa, bb, ab] = std::array::from_fn(|kind| lanes(&moments[kind], at));
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

    /// Rows of windows in four bands.
    const WINDOWS_DOWN: f64 = (4 * BAND - TAPS + 1) as f64;

    fn scored(level: Level, windows: usize) -> Totals {
        let mut strip = Strip::new();
        let mut totals = Totals::default();
        for band in 0..4 {
            let rows = |seed: u64| std::array::from_fn(|y| noise(seed + 8 * band + y as u64));
            strip.weigh(level, &rows(0), &rows(500));
            for moments in (0..BAND).filter_map(|y| strip.ending(y)) {
                score(level, moments, windows, true, &mut totals);
            }
        }
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
        assert!(count(128) <= 128.0 * WINDOWS_DOWN);
    }
}
