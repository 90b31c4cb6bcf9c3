//! A smaller luma plane: what motion is measured on.

use std::array;

use super::{Eight, Grid};
use crate::{
    cpu::Level,
    kernel::{cells::Band, fold, pairs, row},
    plane::Plane,
};

/// Luma at a [`Grid::factor`]th of the size, in 8-bit codes; the frame itself where that is one.
///
/// Each halving takes means of 2x2 samples as [`row::halve`] does; an odd last row stands for two.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduced {
    samples: Vec<u8>,
    width: usize,
    factor: usize,
}

/// Room for one band's work.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Pairs of rows on their way to the reduced size, the widest first.
    halves: Vec<[Vec<u8>; 2]>,
    /// Differences of a band's rows, added up down pairs of columns.
    pairs: Vec<u16>,
    /// The same down single columns, where blocks have an odd edge.
    columns: Vec<u16>,
    sums: Vec<u32>,
}

impl Scratch {
    pub(super) fn new(grid: Grid) -> Self {
        let halvings = grid.factor.trailing_zeros();
        let half = |k: u32| vec![0; grid.width.div_ceil(1_usize << k)];
        Self {
            halves: (1..halvings).map(|k| [half(k), half(k)]).collect(),
            pairs: pairs::room(grid.reduced().0, grid.block / grid.factor),
            columns: vec![0; grid.columns() * grid.block / grid.factor],
            sums: vec![0; grid.columns()],
        }
    }
}

impl Reduced {
    pub(super) fn new(grid: Grid) -> Self {
        let (width, height) = grid.reduced();
        Self {
            samples: vec![0; width * height],
            width,
            factor: grid.factor,
        }
    }

    /// The samples.
    #[must_use]
    pub fn plane(&self) -> Plane<'_> {
        Plane::packed(&self.samples, self.width, self.samples.len() / self.width)
    }

    /// Reduces the rows of `band`.
    pub(super) fn fill<T: Eight>(
        &mut self,
        level: Level,
        band: Band<'_, T>,
        depth: u32,
        scratch: &mut Scratch,
        bytes: &mut [u8],
    ) {
        let fill = match self.factor {
            1 => Self::fill_by::<1, T>,
            2 => Self::fill_by::<2, T>,
            4 => Self::fill_by::<4, T>,
            8 => Self::fill_by::<8, T>,
            _ => Self::fill_by::<16, T>,
        };
        fill(self, level, band, depth, scratch, bytes);
    }

    /// The same for a known factor; rows that the picture does not have repeat its last.
    fn fill_by<const N: usize, T: Eight>(
        &mut self,
        level: Level,
        band: Band<'_, T>,
        depth: u32,
        scratch: &mut Scratch,
        bytes: &mut [u8],
    ) {
        let out = self.samples.chunks_exact_mut(self.width);
        let out = out.skip(band.rows().start / N);
        for (out, y) in out.zip(band.rows().step_by(N)) {
            let rows = array::from_fn(|k| band.plane().row((y + k).cast_signed()));
            let eight: [_; N] = T::eight(level, rows, depth, bytes);
            reduce(level, &eight, &mut scratch.halves, out);
        }
    }

    /// Mean absolute difference to `last` of each block of the band that starts at row `top` of the
    /// frame; returns the sum of all.
    pub(super) fn compare(
        &self,
        level: Level,
        last: &Self,
        grid: Grid,
        top: usize,
        scratch: &mut Scratch,
        difference: &mut [f32],
    ) -> u64 {
        let first = top / self.factor * self.width;
        let edge = grid.block / self.factor;
        let band = first..(first + edge * self.width).min(self.samples.len());
        let height = band.len() / self.width;
        let (now, last) = (&self.samples[band.clone()], &last.samples[band]);
        let Scratch {
            pairs,
            columns,
            sums,
            ..
        } = scratch;
        let total = if edge.is_multiple_of(2) {
            pairs::differences(level, now, last, self.width, pairs);
            fold::columns(level, pairs, edge / 2, sums)
        } else {
            columns.fill(0);
            let rows = now.chunks_exact(self.width);
            for (now, last) in rows.zip(last.chunks_exact(self.width)) {
                row::add_differences(level, now, last, columns);
            }
            fold::columns(level, columns, edge, sums)
        };
        let share = fold::Share::new(self.width, edge, height);
        fold::means(level, sums, share, 1.0, difference);
        total
    }
}

/// Halves `rows` until one is left.
fn reduce(level: Level, rows: &[&[u8]], halves: &mut [[Vec<u8>; 2]], out: &mut [u8]) {
    match (rows, halves) {
        ([row], _) => out.copy_from_slice(row),
        ([upper, lower], _) => row::halve(level, upper, lower, out),
        (rows, [wider @ .., [a, b]]) => {
            let (upper, lower) = rows.split_at(rows.len() / 2);
            reduce(level, upper, wider, a);
            reduce(level, lower, wider, b);
            row::halve(level, a, b, out);
        }
        (_, []) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::noise;

    #[test]
    fn a_factor_of_four_is_two_halvings() {
        let rows: Vec<Vec<u8>> = (0..4)
            .map(|y| (0..8).map(|x| 16 * y + x).collect())
            .collect();
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let mut halves = [[vec![0; 4], vec![0; 4]]];
        let mut out = [0; 2];
        reduce(Level::detect(), &rows, &mut halves, &mut out);
        assert_eq!(out, [26, 30]);
    }

    #[test]
    fn missing_rows_repeat_the_last() {
        let samples = noise(1, 16 * 8);
        for height in 1..=8 {
            let reduced = |samples: &[u8], height| {
                let plane = Plane::packed(samples, 16, height);
                let mut reduced = Reduced {
                    samples: vec![0; 2],
                    width: 2,
                    factor: 8,
                };
                let mut scratch = Scratch {
                    halves: vec![[vec![0; 8], vec![0; 8]], [vec![0; 4], vec![0; 4]]],
                    ..Scratch::default()
                };
                let band = Band::new(plane, 0, 8);
                reduced.fill(Level::detect(), band, 8, &mut scratch, &mut []);
                reduced.samples
            };
            let short = &samples[..16 * height];
            let repeated = [short, &short[16 * (height - 1)..].repeat(8 - height)].concat();
            assert_eq!(reduced(short, height), reduced(&repeated, 8), "{height}");
        }
    }
}
