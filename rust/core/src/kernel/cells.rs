//! Sums over cells: four columns of a band of rows, the smallest unit a block is made of.
//!
//! Brightness is summed over every sample. The energies are summed over the *lattice* of every
//! second sample of every second row, each from its full-resolution neighbours: a quarter of the
//! work, the same spectrum.

use crate::{
    cpu::{Level, dispatch},
    plane::{Plane, Sample},
};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;

/// Columns in a cell.
pub const COLUMNS: usize = 4;

/// The most rows a band may have: 8192x8192 has blocks of 64.
pub const ROWS: usize = 64;

/// The widest step of any instruction set, in samples.
const STEP: usize = 64;

/// Samples deeper than this are shifted down to it, so that 32 bits hold every sum.
const DEPTH: u32 = 10;

/// The sums of one band, a cell a place. Sixteen-bit samples are in 10-bit codes or fewer.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// Of all samples.
    pub sum: Vec<u32>,
    /// Of the samples of even rows.
    pub even_sum: Vec<u32>,
    /// Of their squares.
    pub even_square: Vec<u32>,
    /// Of squared steps to the right and down, on the lattice.
    pub gradient: Vec<u32>,
    /// Of squared four-neighbour Laplacians, on the lattice.
    pub laplacian: Vec<u32>,
}

impl Cells {
    /// Room for the cells of a row of `width` samples.
    #[must_use]
    pub fn new(width: usize) -> Self {
        // whole steps, and a whole last block
        let room = vec![0; width.next_multiple_of(STEP) / COLUMNS + ROWS / COLUMNS];
        Self {
            sum: room.clone(),
            even_sum: room.clone(),
            even_square: room.clone(),
            gradient: room.clone(),
            laplacian: room,
        }
    }
}

/// Rows of a plane with the neighbours above and below them; the picture's edge goes on outside.
#[derive(Debug)]
pub struct Band<'a, T: Sample> {
    /// The row above, the band's own, the row below.
    rows: [&'a [T]; ROWS + 2],
    /// The same places one band further down, to be fetched early.
    ahead: [&'a [T]; ROWS + 2],
    height: usize,
    /// Whether the picture ends here.
    bottom: bool,
}

impl<'a, T: Sample> Band<'a, T> {
    /// The band of up to `height` (at most [`ROWS`]) rows of `plane` from row `top`, which is even.
    #[must_use]
    pub fn new(plane: Plane<'a, T>, top: usize, height: usize) -> Self {
        let height = height.min(ROWS).min(plane.height() - top);
        let row = |k: usize| plane.row((top + k).cast_signed() - 1);
        let mut band = Self {
            rows: [&[]; ROWS + 2],
            ahead: [&[]; ROWS + 2],
            height,
            bottom: top + height == plane.height(),
        };
        for k in 0..height + 2 {
            band.rows[k] = row(k);
            band.ahead[k] = row(k + height);
        }
        band
    }

    /// The band's own rows.
    #[must_use]
    pub fn rows(&self) -> &[&'a [T]] {
        &self.rows[1..=self.height]
    }

    /// The band's own rows and, but at the picture's bottom where it only repeats, the one below.
    #[must_use]
    pub fn rows_and_below(&self) -> &[&'a [T]] {
        &self.rows[1..=self.height + usize::from(!self.bottom)]
    }

    fn width(&self) -> usize {
        self.rows[0].len()
    }
}

/// Samples that cells can be summed over.
pub trait Depth: Sample {
    /// How far `depth`-bit samples are shifted down before they are summed.
    fn shift(depth: u32) -> u32;

    /// Sums `band` into `cells`; `shift` is [`Depth::shift`].
    fn sum(level: Level, band: &Band<'_, Self>, shift: u32, cells: &mut Cells);
}

impl Depth for u8 {
    fn shift(_: u32) -> u32 {
        0
    }

    fn sum(level: Level, band: &Band<'_, Self>, _: u32, cells: &mut Cells) {
        dispatch!(
            level,
            scalar::sum_u8,
            avx2::sum_u8,
            avx512::sum_u8,
            (band, cells)
        );
    }
}

impl Depth for u16 {
    fn shift(depth: u32) -> u32 {
        depth.saturating_sub(DEPTH)
    }

    fn sum(level: Level, band: &Band<'_, Self>, shift: u32, cells: &mut Cells) {
        dispatch!(
            level,
            scalar::sum_u16,
            avx2::sum_u16,
            avx512::sum_u16,
            (band, shift, cells)
        );
    }
}

/// A copy of the columns a vector step cannot read in place: at the picture's left edge there is no
/// neighbour, at its right edge no whole step. The edge goes on outside.
struct Edge<T> {
    samples: [[T; STEP + 2]; ROWS + 2],
}

impl<T: Sample> Edge<T> {
    /// Columns `x - 1..x + STEP + 1` of `band`.
    fn new(band: &Band<'_, T>, x: usize) -> Self {
        let mut samples = [[T::default(); STEP + 2]; ROWS + 2];
        let last = band.width() - 1;
        for (to, from) in samples.iter_mut().zip(&band.rows[..band.height + 2]) {
            let inside = (last + 1 - x).min(STEP + 1);
            to[0] = from[x.saturating_sub(1)];
            to[1..=inside].copy_from_slice(&from[x..x + inside]);
            to[inside + 1..].fill(from[last]);
        }
        Self { samples }
    }

    /// The copied rows, as a band has them: column 1 is `x`.
    fn rows(&self) -> [&[T]; ROWS + 2] {
        self.samples.each_ref().map(|row| row.as_slice())
    }

    /// All ones for the columns from `x` that are inside a picture of `width`, zero for the rest.
    fn keep(width: usize, x: usize, ones: T) -> [T; STEP] {
        let mut keep = [T::default(); STEP];
        keep[..(width - x).min(STEP)].fill(ones);
        keep
    }
}

/// The five sums of a strip of columns, `N` lanes of 32 bits each, in the order of [`Cells`].
type Lanes<const N: usize> = [[u32; N]; 5];

/// Stores lanes of four columns from cell `at`.
#[inline]
fn store<const N: usize>(lanes: &Lanes<N>, cells: &mut Cells, at: usize) {
    cells.sum[at..at + N].copy_from_slice(&lanes[0]);
    cells.even_sum[at..at + N].copy_from_slice(&lanes[1]);
    cells.even_square[at..at + N].copy_from_slice(&lanes[2]);
    cells.gradient[at..at + N].copy_from_slice(&lanes[3]);
    cells.laplacian[at..at + N].copy_from_slice(&lanes[4]);
}

/// Stores lanes of two columns from cell `at`.
#[inline]
fn store_pairs<const N: usize, const HALF: usize>(lanes: &Lanes<N>, cells: &mut Cells, at: usize) {
    let pairs = lanes.each_ref().map(|lanes| {
        let mut sums = [0; HALF];
        for (sum, pair) in sums.iter_mut().zip(lanes.as_chunks::<2>().0) {
            *sum = pair[0] + pair[1];
        }
        sums
    });
    store(&pairs, cells, at);
}

#[cfg(test)]
mod tests;
