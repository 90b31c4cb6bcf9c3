//! Rows of a picture made smaller, in libvmaf's arithmetic: products in `f32`, sums in `f64`.

use crate::cpu::multiversion;

/// Edge of the low-pass filter.
pub const LOW_PASS: usize = 9;

/// Lanes worked on together.
pub const LANES: usize = 16;

/// One quarter of the 9/7 biorthogonal low-pass filter in two dimensions, by distance from the
/// centre: row, then column (libvmaf's `ms_ssim.c`, to its six decimals).
pub const LOW_PASS_WEIGHTS: [[f32; 5]; 5] = [
    [0.363_505, 0.160_885, -0.047_149, -0.010_146, 0.016_114],
    [0.160_885, 0.071_207, -0.020_867, -0.004_490, 0.007_132],
    [-0.047_149, -0.020_867, 0.006_115, 0.001_316, -0.002_090],
    [-0.010_146, -0.004_490, 0.001_316, 0.000_283, -0.000_450],
    [0.016_114, 0.007_132, -0.002_090, -0.000_450, 0.000_714],
];

multiversion! {
    /// Filters a row around every other sample. `even` and `odd` hold the row's samples from four
    /// before the first on, at least four more than `out` of each; `out` is whole in [`LANES`].
    pub fn low_pass(even: &[f32], odd: &[f32], weights: &[f32; 5], out: &mut [f64]) {
        for (at, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let mut sums = [0.0_f64; LANES];
            let (even, odd) = (&even[at * LANES..][..LANES + 4], &odd[at * LANES..][..LANES + 3]);
            for tap in 0..LOW_PASS {
                let weight = weights[tap.abs_diff(4)];
                let samples = if tap % 2 == 0 { even } else { odd };
                for i in 0..LANES {
                    sums[i] += f64::from(samples[tap / 2 + i] * weight);
                }
            }
            *out = sums;
        }
    }
}

multiversion! {
    /// The sums of nine filtered rows, rounded.
    pub fn gather(rows: [&[f64]; LOW_PASS], out: &mut [f32]) {
        for (x, out) in out.iter_mut().enumerate() {
            let sum: f64 = rows.iter().map(|row| row[x]).sum();
            *out = single(sum);
        }
    }
}

multiversion! {
    /// Sums of the columns of `rows`, one after the other and as long as `sums`, times `weight`.
    pub fn add_columns(rows: &[f32], weight: f32, sums: &mut [f64]) {
        let width = sums.len();
        let (whole, rest) = sums.as_chunks_mut::<LANES>();
        let from = whole.len() * LANES;
        for (at, out) in whole.iter_mut().enumerate() {
            let mut sums = [0.0_f64; LANES];
            for row in rows.chunks_exact(width) {
                let samples = &row[at * LANES..][..LANES];
                for i in 0..LANES {
                    sums[i] += f64::from(samples[i] * weight);
                }
            }
            *out = sums;
        }
        for (at, out) in rest.iter_mut().enumerate() {
            let column = rows.chunks_exact(width).map(|row| row[from + at]);
            *out = column.map(|sample| f64::from(sample * weight)).sum();
        }
    }
}

/// The sum of a few columns, rounded.
#[must_use]
pub fn gather_columns(columns: &[f64]) -> f32 {
    single(columns.iter().sum())
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

    fn noise(seed: u64, len: usize) -> Vec<f32> {
        let mut s = seed;
        let mut next = || {
            s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f32::from(s.to_be_bytes()[0]) / 3.0
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn every_level_agrees_with_the_reference() {
        let (even, odd) = (noise(1, 100), noise(2, 100));
        let run = |level| {
            let mut rows = [0.0; 96];
            low_pass(level, &even, &odd, &LOW_PASS_WEIGHTS[1], &mut rows);
            let mut out = [0.0; 90];
            gather(level, [&rows; LOW_PASS], &mut out);
            let mut columns = [0.0; 33];
            add_columns(level, &odd[..99], 1.0 / 9.0, &mut columns);
            (rows, out, columns)
        };
        for level in Level::all() {
            assert_eq!(run(level), run(Level::SCALAR), "{}", level.name());
        }
    }

    #[test]
    fn the_filter_keeps_the_mean() {
        let sides = |distance: usize| if distance == 0 { 1.0 } else { 2.0 };
        let sum: f32 = LOW_PASS_WEIGHTS
            .iter()
            .enumerate()
            .flat_map(|(y, row)| {
                row.iter()
                    .enumerate()
                    .map(move |(x, w)| w * sides(x) * sides(y))
            })
            .sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    }
}
