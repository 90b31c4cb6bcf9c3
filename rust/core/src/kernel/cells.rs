//! Sums over cells: four columns of a band of rows, the smallest unit a block is made of.
//!
//! Brightness is summed over every sample. The energies are summed over a *lattice* of every second
//! sample of every fourth row, each from its full-resolution neighbours: a fraction of the work, the
//! same spectrum.

use std::ops::Range;

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

/// Rows from one row of the lattice to the next.
pub const LATTICE: usize = 4;

/// The widest step of any instruction set, in samples.
const STEP: usize = 64;

/// Samples deeper than this are shifted down to it, so that 32 bits hold every sum over a block:
/// (4 · 1023)² · 16 · 8 and, in the largest blocks, (4 · 511)² · 32 · 16 are below 2³².
fn depth(block: usize) -> u32 {
    if block <= 32 { 10 } else { 9 }
}

/// The sums of one band, a cell a place. Deep samples are shifted down first.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// Of all samples.
    pub sum: Vec<u32>,
    /// Of the samples of the lattice's rows.
    pub row_sum: Vec<u32>,
    /// Of their squares.
    pub row_square: Vec<u32>,
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
            row_sum: room.clone(),
            row_square: room.clone(),
            gradient: room.clone(),
            laplacian: room,
        }
    }
}

/// Rows of a plane; its neighbours above and below are the plane's, whose edge goes on outside.
#[derive(Debug, Clone, Copy)]
pub struct Band<'a, T: Sample> {
    plane: Plane<'a, T>,
    top: usize,
    height: usize,
}

impl<'a, T: Sample> Band<'a, T> {
    /// The band of blocks of that edge (a multiple of four, at most [`ROWS`]) from row `top` of
    /// `plane` (a multiple of the edge).
    #[must_use]
    pub fn new(plane: Plane<'a, T>, top: usize, block: usize) -> Self {
        Self {
            plane,
            top,
            height: block.min(ROWS).min(plane.height().saturating_sub(top)),
        }
    }

    /// Rows of the lattice.
    #[must_use]
    pub fn lattice_rows(&self) -> usize {
        self.height.div_ceil(LATTICE)
    }

    /// Rows of the band.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Rows of the plane that are in the band.
    #[must_use]
    pub fn rows(&self) -> Range<usize> {
        self.top..self.top + self.height
    }

    /// The plane.
    #[must_use]
    pub fn plane(&self) -> Plane<'a, T> {
        self.plane
    }
}

/// Samples that cells can be summed over.
pub trait Depth: Sample {
    /// How far samples of `bits` are shifted down before they are summed over blocks of that edge.
    fn shift(bits: u32, block: usize) -> u32;

    /// Sums `band` into `cells`; `shift` is [`Depth::shift`].
    fn sum(level: Level, band: Band<'_, Self>, shift: u32, cells: &mut Cells);
}

impl Depth for u8 {
    fn shift(_: u32, _: usize) -> u32 {
        0
    }

    fn sum(level: Level, band: Band<'_, Self>, _: u32, cells: &mut Cells) {
        dispatch!(level, scalar::sum_u8, avx2: avx2::sum_u8, avx512: avx512::sum_u8, (band, cells)
        );
    }
}

impl Depth for u16 {
    fn shift(bits: u32, block: usize) -> u32 {
        bits.saturating_sub(depth(block))
    }

    fn sum(level: Level, band: Band<'_, Self>, shift: u32, cells: &mut Cells) {
        dispatch!(level, scalar::sum_u16, avx2: avx2::sum_u16, avx512: avx512::sum_u16, (band, shift, cells)
        );
    }
}

/// A strip of [`STEP`] columns of a band that a kernel may load whole.
#[derive(Clone, Copy)]
#[cfg(target_arch = "x86_64")]
struct Strip<'a, T: Sample> {
    band: Band<'a, T>,
    x: usize,
    /// The sample at `x` in the band's first row.
    first: *const T,
    stride: usize,
}

#[cfg(target_arch = "x86_64")]
impl<'a, T: Sample> Strip<'a, T> {
    /// The strip from column `x`, if it is inside the plane.
    #[inline(always)]
    fn new(band: Band<'a, T>, x: usize) -> Option<Self> {
        let (width, stride) = (band.plane.width(), band.plane.stride());
        let inside = band.height > 0 && x + STEP <= width;
        inside.then(|| {
            let first = band.plane.row(band.top.cast_signed())[x..].as_ptr();
            Self {
                band,
                x,
                first,
                stride,
            }
        })
    }

    /// The strip from column `x`, or a copy of what the plane has of it in `edge`; with it `ones` for
    /// the columns inside of the plane and zero for the rest. `None` if the band has no rows.
    #[inline(always)]
    fn or_edge(
        band: Band<'a, T>,
        x: usize,
        ones: T,
        edge: &'a mut Option<Edge<T>>,
    ) -> Option<(Self, [T; STEP])> {
        if let Some(strip) = Self::new(band, x) {
            return Some((strip, [ones; STEP]));
        }
        let keep = Edge::keep(band.plane.width(), x, ones);
        let copy = edge.insert(Edge::new(band, x)).band(band);
        Some((Self::new(copy, 1)?, keep))
    }

    /// `LANES` samples of row `y` of the band that may be read, `part` columns into the strip and
    /// then `by` (at most one) to the left.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[inline(always)]
    fn address<const LANES: usize>(&self, y: usize, part: usize, by: usize) -> *const T {
        assert!(y < self.band.height && part + LANES <= STEP && by <= self.x + part);
        self.first
            .wrapping_add(y * self.stride + part)
            .wrapping_sub(by)
    }

    /// `LANES` samples of row `y` of the band or beside it, or of the nearest that the plane has.
    #[inline(always)]
    fn neighbour<const LANES: usize>(&self, y: isize, part: usize) -> &'a [T; LANES] {
        let row = self.band.plane.row(self.band.top.cast_signed() + y);
        &row[self.x + part..].as_chunks().0[0]
    }

    /// Where the band below has row `y`, to be fetched early. Not to be read.
    #[inline(always)]
    fn ahead(&self, y: usize, part: usize) -> *const T {
        self.first
            .wrapping_add((y + self.band.height) * self.stride + part)
    }
}

/// A copy of the last columns, which no whole strip holds: the picture's edge goes on to its right.
#[cfg(target_arch = "x86_64")]
struct Edge<T> {
    samples: [T; (STEP + 1) * (ROWS + 2)],
}

#[cfg(target_arch = "x86_64")]
impl<T: Sample> Edge<T> {
    /// Columns `x - 1..x + STEP` of `band`, and the rows above and below.
    fn new(band: Band<'_, T>, x: usize) -> Self {
        let mut samples = [T::default(); (STEP + 1) * (ROWS + 2)];
        for (to, y) in samples.chunks_exact_mut(STEP + 1).zip(0..band.height + 2) {
            let from = band.plane.row((band.top + y).cast_signed() - 1);
            let inside = (from.len() - x).min(STEP);
            to[0] = from[x.saturating_sub(1)];
            to[1..=inside].copy_from_slice(&from[x..x + inside]);
            to[inside + 1..].fill(from[from.len() - 1]);
        }
        Self { samples }
    }

    /// The copy as a band: column 1 is `x`.
    fn band(&self, of: Band<'_, T>) -> Band<'_, T> {
        Band {
            plane: Plane::packed(&self.samples, STEP + 1, of.height + 2),
            top: 1,
            height: of.height,
        }
    }

    /// All ones for the columns from `x` that are inside a picture of `width`, zero for the rest.
    fn keep(width: usize, x: usize, ones: T) -> [T; STEP] {
        let mut keep = [T::default(); STEP];
        keep[..(width - x).min(STEP)].fill(ones);
        keep
    }
}

#[cfg(target_arch = "x86_64")]
/// The five sums of a strip of columns, `N` lanes of 32 bits each, in the order of [`Cells`].
type Lanes<const N: usize> = [[u32; N]; 5];

#[cfg(target_arch = "x86_64")]
/// Stores lanes of four columns from cell `at`.
#[inline]
fn store<const N: usize>(lanes: &Lanes<N>, cells: &mut Cells, at: usize) {
    cells.sum[at..at + N].copy_from_slice(&lanes[0]);
    cells.row_sum[at..at + N].copy_from_slice(&lanes[1]);
    cells.row_square[at..at + N].copy_from_slice(&lanes[2]);
    cells.gradient[at..at + N].copy_from_slice(&lanes[3]);
    cells.laplacian[at..at + N].copy_from_slice(&lanes[4]);
}

#[cfg(target_arch = "x86_64")]
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
