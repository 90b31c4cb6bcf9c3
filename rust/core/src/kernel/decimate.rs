//! Rows of a picture made smaller, in libvmaf's arithmetic: products in `f32`, sums in `f64`.
//!
//! The low-pass filter goes down before it goes across: a sample's product then serves the rows on
//! both sides of it, and only every other row and column is ever summed.

use crate::cpu::{Level, multiversion};

/// Edge of the low-pass filter.
pub const LOW_PASS: usize = 9;

/// Lanes worked on together.
pub const LANES: usize = 16;

/// One quarter of the 9/7 biorthogonal low-pass filter in two dimensions, by distance from the
/// centre: row, then column (libvmaf's `ms_ssim.c`, to its six decimals).
const LOW_PASS_WEIGHTS: [[f32; 5]; 5] = [
    [0.363_505, 0.160_885, -0.047_149, -0.010_146, 0.016_114],
    [0.160_885, 0.071_207, -0.020_867, -0.004_490, 0.007_132],
    [-0.047_149, -0.020_867, 0.006_115, 0.001_316, -0.002_090],
    [-0.010_146, -0.004_490, 0.001_316, 0.000_283, -0.000_450],
    [0.016_114, 0.007_132, -0.002_090, -0.000_450, 0.000_714],
];

/// Columns of one strip, in whole lanes: those that [`ACROSS`] filtered samples need.
pub const COLUMNS: usize = (ACROSS + OPEN).next_multiple_of(BLOCK);

/// Filtered samples side by side that are worked on together.
pub const ACROSS: usize = 96;

/// Pairs of rows that are worked on together.
pub const PAIRS: usize = 4;

/// Sums that are still open after a pair of rows.
const OPEN: usize = LOW_PASS / 2;

/// Lanes of the low-pass filter: a vector of sums.
const BLOCK: usize = 8;

/// Kinds of columns by their distance from the centre: 0, 2 and 4 are even ones, 1 and 3 odd ones.
const KINDS: usize = OPEN + 1;

/// A row's even and odd samples, each from four before the strip's first on.
pub type Parted = [[f32; COLUMNS]; 2];

/// A strip of a low-passed picture on its way down; no vector of it lies across two cache lines.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub struct LowPass {
    /// Sums down the columns that lack rows, by distance from the centre column.
    open: [[[f64; COLUMNS]; OPEN]; KINDS],
    /// Sums down the columns that end with each pair of rows of the last band.
    done: [[[f64; COLUMNS]; PAIRS]; KINDS],
}

impl Default for LowPass {
    fn default() -> Self {
        Self {
            open: [[[0.0; COLUMNS]; OPEN]; KINDS],
            done: [[[0.0; COLUMNS]; PAIRS]; KINDS],
        }
    }
}

impl LowPass {
    /// Takes the next rows: an even one and an odd one of each pair. A pair completes the filtered
    /// row around the one four above it; so the first band, which starts four rows above a picture,
    /// completes none of it, and what is still open from before does not matter.
    pub fn push(&mut self, level: Level, pairs: &[[Parted; 2]; PAIRS]) {
        down(level, pairs, &mut self.open, &mut self.done);
    }

    /// The filtered samples that pair `at` of the last band completes.
    pub fn gather(&self, level: Level, at: usize, out: &mut [f32; ACROSS]) {
        across(level, self.done.each_ref().map(|rows| &rows[at]), out);
    }
}

multiversion! {
    fn down(
        pairs: &[[Parted; 2]; PAIRS],
        open: &mut [[[f64; COLUMNS]; OPEN]; KINDS],
        done: &mut [[[f64; COLUMNS]; PAIRS]; KINDS],
    ) {
        for (kind, (open, done)) in open.iter_mut().zip(done).enumerate() {
            let weights: [f32; KINDS] = std::array::from_fn(|row| LOW_PASS_WEIGHTS[row][kind]);
            for x in 0..COLUMNS {
                let [mut first, mut second, mut third, mut fourth] = [0, 1, 2, 3].map(|row| open[row][x]);
                for at in 0..PAIRS {
                    let [even, odd] = [0, 1].map(|row| pairs[at][row][kind % 2][x]);
                    let [near, mid, far] = [0, 2, 4].map(|row| f64::from(even * weights[row]));
                    let [inner, outer] = [1, 3].map(|row| f64::from(odd * weights[row]));
                    done[at][x] = first + far;
                    first = second + (mid + outer);
                    second = third + (near + inner);
                    third = fourth + (mid + inner);
                    fourth = far + outer;
                }
                for (row, sum) in [first, second, third, fourth].into_iter().enumerate() {
                    open[row][x] = sum;
                }
            }
        }
    }
}

multiversion! {
    fn across(columns: [&[f64; COLUMNS]; KINDS], out: &mut [f32; ACROSS]) {
        let taps: [&[f64]; LOW_PASS] =
            std::array::from_fn(|tap| &columns[tap.abs_diff(OPEN)][tap / 2..][..ACROSS]);
        for (x, out) in out.iter_mut().enumerate() {
            let sum: f64 = taps.iter().map(|columns| columns[x]).sum();
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
        let pairs: [[Parted; 2]; PAIRS] = std::array::from_fn(|pair| {
            std::array::from_fn(|row| {
                let seed = (4 * pair + 2 * row) as u64;
                [seed, seed + 1].map(|seed| noise(seed, COLUMNS).try_into().unwrap())
            })
        });
        let samples = noise(2, 99);
        let run = |level| {
            let mut strip = LowPass::default();
            let mut rows = [[0.0; ACROSS]; 2 * PAIRS];
            for rows in rows.chunks_mut(PAIRS) {
                strip.push(level, &pairs);
                for (at, row) in rows.iter_mut().enumerate() {
                    strip.gather(level, at, row);
                }
            }
            let mut columns = [0.0; 33];
            add_columns(level, &samples, 1.0 / 9.0, &mut columns);
            (rows, columns)
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
