//! One pass over a frame's samples: what every analyzer that has no reference reads.
//!
//! Block statistics are in 8-bit codes at every depth. The frame is read band by band, a row of
//! blocks at a time, so that whatever looks at a band a second time finds it in the cache.

use std::ops::Range;

use crate::{
    cpu::Level,
    frame::{self, Frame, Picture},
    kernel::{
        cells::{self, Band, Cells},
        fold,
    },
};

mod chroma;
mod eight;
mod grid;
mod reduced;
mod region;
mod sampled;

pub use chroma::{Chroma, Moments};
use eight::Eight;
pub use grid::Grid;
pub use reduced::Reduced;
pub use region::{Rect, Region};
pub use sampled::{Histogram, Steps};

/// What one frame leaves behind. Per-block values are row by row over the [`Grid`].
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// How the frame is divided.
    pub grid: Grid,
    /// The analysis plane: block means, rounded to 8-bit codes.
    pub plane: Vec<u8>,
    /// Statistics of each block's luma.
    pub luma: Luma,
    /// Means of the same over the whole frame.
    pub totals: Totals,
    /// A smaller luma plane, for motion.
    pub reduced: Reduced,
    /// Mean absolute difference of each block's reduced samples to the last frame's, in codes;
    /// stale unless `totals.difference` is there.
    pub difference: Vec<f32>,
    /// Means of each block's colour, if the frame has any.
    pub chroma: Option<Chroma>,
    /// How often each 8-bit code occurs.
    pub histogram: Histogram,
    /// Steps at the edges of codec blocks, and between them.
    pub steps: Steps,
}

/// Statistics of each block's luma.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Luma {
    /// Mean, in codes.
    pub mean: Vec<f32>,
    /// Variance over the lattice's rows, in squared codes.
    pub variance: Vec<f32>,
    /// Mean squared step to the right plus down, in squared codes, on a lattice: every second sample
    /// of every fourth row.
    pub gradient: Vec<f32>,
    /// Mean squared four-neighbour Laplacian (4x - l - r - u - d) on the same lattice.
    pub laplacian: Vec<f32>,
}

/// Means over the whole frame, in the units of [`Luma`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Mean, in codes.
    pub mean: f64,
    /// Variance over the lattice's rows.
    pub variance: f64,
    /// Gradient energy.
    pub gradient: f64,
    /// Laplacian energy.
    pub laplacian: f64,
    /// Mean absolute difference of the reduced plane to the last frame's, in codes: `None` for the
    /// first frame of a shape, or if not asked for.
    pub difference: Option<f64>,
}

/// What a [`Scanner`] gathers besides the luma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The reduced plane and the difference to the last frame.
    pub difference: bool,
    /// Colour.
    pub chroma: bool,
}

/// Makes signatures; remembers the last, allocates once per shape.
#[derive(Debug)]
pub struct Scanner {
    level: Level,
    parts: Parts,
    now: Signature,
    last: Signature,
    /// Whether `last` is a frame of the same shape as `now`.
    known: bool,
    depth: u32,
    scratch: Scratch,
}

/// A frame's signature and that of the frame before it, if that had the same shape.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    /// This frame.
    pub now: &'a Signature,
    /// The one before.
    pub last: Option<&'a Signature>,
}

/// Room for one band's work.
#[derive(Debug)]
struct Scratch {
    cells: Cells,
    blocks: [Vec<u32>; 5],
    reduced: reduced::Scratch,
    chroma: chroma::Scratch,
    bytes: Vec<u8>,
}

impl Scratch {
    fn new(grid: Grid) -> Self {
        Self {
            cells: Cells::new(grid.width),
            blocks: [(); 5].map(|()| vec![0; grid.columns()]),
            reduced: reduced::Scratch::new(grid),
            chroma: chroma::Scratch::new(grid),
            bytes: vec![0; grid.width * grid.factor.max(2)],
        }
    }
}

impl Signature {
    fn new(grid: Grid) -> Self {
        let zero = vec![0.0; grid.blocks()];
        Self {
            grid,
            plane: vec![0; grid.blocks()],
            luma: Luma {
                mean: zero.clone(),
                variance: zero.clone(),
                gradient: zero.clone(),
                laplacian: zero.clone(),
            },
            totals: Totals::default(),
            reduced: Reduced::new(grid),
            difference: zero,
            chroma: None,
            histogram: Histogram::default(),
            steps: Steps::default(),
        }
    }
}

impl Scanner {
    /// A scanner that has seen nothing.
    #[must_use]
    pub fn new(level: Level, parts: Parts) -> Self {
        let grid = Grid::new(16, 16);
        let empty = Signature::new(grid);
        Self {
            level,
            parts,
            now: empty.clone(),
            last: empty,
            known: false,
            depth: 0,
            scratch: Scratch::new(grid),
        }
    }

    /// Forgets every frame.
    pub fn reset(&mut self) {
        self.depth = 0;
    }

    /// The signature of `frame`. A frame of another size or depth starts over.
    pub fn push(&mut self, frame: &Frame<'_>) -> Scan<'_> {
        let (width, height) = frame.size();
        let grid = self.now.grid;
        self.known = (grid.width, grid.height, self.depth) == (width, height, frame.depth());
        if self.known {
            std::mem::swap(&mut self.now, &mut self.last);
        } else {
            let grid = Grid::new(width, height);
            self.now = Signature::new(grid);
            self.last = Signature::new(grid);
            self.scratch = Scratch::new(grid);
            self.depth = frame.depth();
        }
        match frame {
            Frame::Eight(picture) => self.scan(picture),
            Frame::Sixteen(picture) => self.scan(picture),
        }
        Scan {
            now: &self.now,
            last: self.known.then_some(&self.last),
        }
    }

    fn scan<T: Eight>(&mut self, picture: &Picture<'_, T>) {
        let (luma, depth) = (picture.luma(), picture.depth());
        let grid = self.now.grid;
        let mut sums = [0; 5];
        let mut differences = 0;
        self.now.histogram = Histogram::default();
        self.now.steps = Steps::default();
        for at in 0..grid.rows() {
            let top = at * grid.block;
            let band = Band::new(luma, top, grid.block);
            let blocks = at * grid.columns()..(at + 1) * grid.columns();
            let band_sums = self.scan_luma(band, depth, blocks.clone());
            for (sum, band_sum) in sums.iter_mut().zip(band_sums) {
                *sum += band_sum;
            }
            if self.parts.difference {
                differences += self.scan_difference(band, depth, top, blocks);
            }
            let Self {
                level,
                now,
                scratch,
                ..
            } = self;
            let bytes = &mut scratch.bytes;
            sampled::gather(
                *level,
                band,
                depth,
                bytes,
                &mut now.histogram,
                &mut now.steps,
            );
        }
        let compared = self.known && self.parts.difference;
        let unit = unit(depth - T::shift(depth, grid.block));
        self.now.totals = Totals::new(grid, sums, unit, compared.then_some(differences));
        self.scan_chroma(picture);
    }

    /// Statistics of one band's luma; returns the sums over all of it.
    fn scan_luma<T: Eight>(
        &mut self,
        band: Band<'_, T>,
        depth: u32,
        blocks: Range<usize>,
    ) -> [u64; 5] {
        let Self {
            level,
            now,
            scratch,
            ..
        } = self;
        let (level, grid) = (*level, now.grid);
        let shift = T::shift(depth, grid.block);
        let unit = unit(depth - shift);
        T::sum(level, band, shift, &mut scratch.cells);
        let cells = &scratch.cells;
        let cells = [
            &cells.sum,
            &cells.row_sum,
            &cells.row_square,
            &cells.gradient,
            &cells.laplacian,
        ];
        let mut totals = [0; 5];
        for ((total, cells), sums) in totals.iter_mut().zip(cells).zip(&mut scratch.blocks) {
            *total = fold::cells(level, cells, grid.block / cells::COLUMNS, sums);
        }
        let [sum, row_sum, row_square, gradient, laplacian] = &scratch.blocks;
        let height = band.height();
        let share = fold::Share::new(grid.width, grid.block, height);
        let rows = fold::Share::new(grid.width, grid.block, band.lattice_rows());
        let lattice = fold::Share::new(grid.width.div_ceil(2), grid.block / 2, band.lattice_rows());
        let out = &mut now.luma;
        fold::means(level, sum, share, unit, &mut out.mean[blocks.clone()]);
        fold::codes(
            level,
            &out.mean[blocks.clone()],
            &mut now.plane[blocks.clone()],
        );
        fold::variances(
            level,
            row_sum,
            row_square,
            rows,
            unit,
            &mut out.variance[blocks.clone()],
        );
        fold::means(
            level,
            gradient,
            lattice,
            unit * unit,
            &mut out.gradient[blocks.clone()],
        );
        fold::means(
            level,
            laplacian,
            lattice,
            unit * unit,
            &mut out.laplacian[blocks],
        );
        totals
    }

    /// The reduced plane of one band and its difference to the last frame; returns its sum.
    fn scan_difference<T: Eight>(
        &mut self,
        band: Band<'_, T>,
        depth: u32,
        top: usize,
        blocks: Range<usize>,
    ) -> u64 {
        let Self {
            level,
            now,
            last,
            known,
            scratch,
            ..
        } = self;
        let bytes = &mut scratch.bytes;
        now.reduced
            .fill(*level, band, depth, &mut scratch.reduced, bytes);
        if !*known {
            return 0;
        }
        let out = &mut now.difference[blocks];
        now.reduced.compare(
            *level,
            &last.reduced,
            now.grid,
            top,
            &mut scratch.reduced,
            out,
        )
    }

    fn scan_chroma<T: Eight>(&mut self, picture: &Picture<'_, T>) {
        let grid = self.now.grid;
        let chroma = self.now.chroma.take();
        if self.parts.chroma && !matches!(picture.chroma(), frame::Chroma::Gray) {
            let mut chroma = chroma.unwrap_or_else(|| Chroma::new(grid));
            chroma.scan(self.level, picture, grid, &mut self.scratch.chroma);
            self.now.chroma = Some(chroma);
        }
    }
}

/// One step of a sample that has `bits` bits, in 8-bit codes.
fn unit(bits: u32) -> f64 {
    1.0 / f64::from(1_u32 << (bits - 8))
}

impl Totals {
    fn new(grid: Grid, sums: [u64; 5], unit: f64, differences: Option<u64>) -> Self {
        let [sum, row_sum, row_square, gradient, laplacian] = sums.map(fold::float);
        let over = |width: usize, height: usize| fold::float((width * height) as u64);
        let rows = grid.height.div_ceil(cells::LATTICE);
        let lattice = over(grid.width.div_ceil(2), rows);
        let rows = over(grid.width, rows);
        let row_mean = row_sum / rows;
        Self {
            mean: sum / over(grid.width, grid.height) * unit,
            variance: (row_square / rows - row_mean * row_mean).max(0.0) * unit * unit,
            gradient: gradient / lattice * unit * unit,
            laplacian: laplacian / lattice * unit * unit,
            difference: differences.map(|sum| {
                let (width, height) = grid.reduced();
                fold::float(sum) / over(width, height)
            }),
        }
    }
}

#[cfg(test)]
mod tests;
