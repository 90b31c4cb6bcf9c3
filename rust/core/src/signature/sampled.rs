//! What a sample of the rows is enough for: the histogram, and the steps at codec blocks' edges.

use super::Eight;
use crate::{
    cpu::Level,
    kernel::{cells::Band, row},
};

/// How often each 8-bit code occurs, over every eighth sample of every 32nd row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram(pub [u32; 256]);

/// Rows between sampled rows.
const ROWS: usize = 32;

/// Columns between sampled columns. The first moves from row to row, so that no column is missed.
const COLUMNS: usize = 8;

/// Rows between those whose steps are measured.
const STEPS: usize = 32;

/// The edge of the blocks most codecs transform and deblock, in samples.
const CODEC: usize = 8;

/// Absolute steps between neighbouring samples, in 8-bit codes: those over the edges of a grid of
/// 8x8 blocks, and the others. Taken along one row in 32 and between two pairs of rows in 32.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Steps {
    /// Sum over block edges.
    pub edge: u64,
    /// How many there are.
    pub edges: u64,
    /// Sum inside blocks.
    pub inner: u64,
    /// How many there are.
    pub inners: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self([0; 256])
    }
}

impl Histogram {
    /// Samples counted.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.0.iter().map(|&count| u64::from(count)).sum()
    }

    fn add(&mut self, row: &[u8], y: usize) {
        let column = y / ROWS * 3 % COLUMNS;
        // neighbours are alike: a count of its own for each of four need not wait for the last
        let mut counts = [[0_u16; 256]; 4];
        let (fours, rest) = row.as_chunks::<{ 4 * COLUMNS }>();
        for samples in fours {
            for (k, counts) in counts.iter_mut().enumerate() {
                counts[usize::from(samples[k * COLUMNS + column])] += 1;
            }
        }
        for samples in rest.as_chunks::<COLUMNS>().0 {
            counts[0][usize::from(samples[column])] += 1;
        }
        for (code, sum) in self.0.iter_mut().enumerate() {
            *sum += counts
                .iter()
                .map(|counts| u32::from(counts[code]))
                .sum::<u32>();
        }
    }
}

impl Steps {
    /// Steps along a row: an edge lies before every eighth column.
    fn add_along(&mut self, level: Level, row: &[u8]) {
        let sums = row::steps(level, row);
        let count = (row.len() - 1) / CODEC;
        self.edge += u64::from(sums[CODEC - 1]);
        self.edges += count as u64;
        self.inner += sums[..CODEC - 1]
            .iter()
            .map(|&sum| u64::from(sum))
            .sum::<u64>();
        self.inners += (count * (CODEC - 1)) as u64;
    }
}

/// Takes what is sampled of the rows of `band`.
pub(super) fn gather<T: Eight>(
    level: Level,
    band: Band<'_, T>,
    depth: u32,
    bytes: &mut [u8],
    histogram: &mut Histogram,
    steps: &mut Steps,
) {
    let plane = band.plane();
    let row = |y: usize| plane.row(y.cast_signed());
    for y in band.rows() {
        if y % ROWS == ROWS / 2 {
            histogram.add(T::eight(level, [row(y)], depth, bytes)[0], y);
        }
        match y % STEPS {
            5 => steps.add_along(level, T::eight(level, [row(y)], depth, bytes)[0]),
            place @ (3 | 7) if y + 1 < plane.height() => {
                let eight = T::eight(level, [row(y), row(y + 1)], depth, bytes);
                let sum = row::sad(level, eight[0], eight[1]);
                let (sums, count) = match place {
                    7 => (&mut steps.edge, &mut steps.edges),
                    _ => (&mut steps.inner, &mut steps.inners),
                };
                *sums += sum;
                *count += plane.width() as u64;
            }
            _ => {}
        }
    }
}
