//! Colour: block means of Cb and Cr, and their moments over the frame.

use std::ops::Range;

use super::{Eight, Grid};
use crate::{
    cpu::Level,
    frame::{self, Picture},
    kernel::{cells::ROWS, fold, pairs, row},
    plane::{Plane, Sample},
};

/// A frame's colour, in 8-bit codes. Zero chroma is 128.
#[derive(Debug, Clone, PartialEq)]
pub struct Chroma {
    /// Mean Cb of each block.
    pub cb: Vec<f32>,
    /// Mean Cr of each block.
    pub cr: Vec<f32>,
    /// Over the whole frame.
    pub moments: Moments,
}

/// First and second moments of a frame's Cb and Cr, in 8-bit codes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    /// Mean Cb.
    pub cb: f64,
    /// Mean Cr.
    pub cr: f64,
    /// Variance of Cb.
    pub cb_variance: f64,
    /// Variance of Cr.
    pub cr_variance: f64,
    /// Covariance of the two.
    pub covariance: f64,
}

/// Room for one band's work.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pairs: [Vec<u16>; 2],
    sums: Vec<u32>,
    bytes: Bytes,
}

/// Room for a band's rows where they do not lie in memory as 8-bit codes of one plane.
#[derive(Debug, Default)]
struct Bytes {
    /// One row of deep samples narrowed, both planes if they lie together.
    row: Vec<u8>,
    planes: [Vec<u8>; 2],
}

impl Scratch {
    pub(super) fn new(grid: Grid) -> Self {
        let pairs = pairs::room(grid.width, grid.block);
        let plane = vec![0; grid.width * grid.block];
        Self {
            pairs: [pairs.clone(), pairs],
            sums: vec![0; grid.columns()],
            bytes: Bytes {
                row: vec![0; grid.width + 1],
                planes: [plane.clone(), plane],
            },
        }
    }
}

impl Chroma {
    pub(super) fn new(grid: Grid) -> Self {
        let zero = vec![0.0; grid.blocks()];
        Self {
            cb: zero.clone(),
            cr: zero,
            moments: Moments::default(),
        }
    }

    /// Reads a picture's chroma planes; one without any leaves all as it was.
    pub(super) fn scan<T: Eight>(
        &mut self,
        level: Level,
        picture: &Picture<'_, T>,
        grid: Grid,
        scratch: &mut Scratch,
    ) {
        let depth = picture.depth();
        let (across, down, size, planes) = match picture.chroma() {
            frame::Chroma::Gray => return,
            frame::Chroma::Planar {
                cb,
                cr,
                across,
                down,
            } => (across, down, (cb.width(), cb.height()), Planes::Two(cb, cr)),
            frame::Chroma::Interleaved(both) => {
                (1, 1, (both.width() / 2, both.height()), Planes::One(both))
            }
        };
        let (edge, high) = (grid.block >> across, grid.block >> down);
        let mut products = [0; 3];
        let mut totals = [0; 2];
        for (at, top) in (0..size.1).step_by(high).enumerate() {
            let bottom = (top + high).min(size.1);
            let mut rows = [[&[][..]; ROWS]; 2];
            planes.rows(level, top..bottom, depth, &mut scratch.bytes, &mut rows);
            let [cb, cr] = rows.each_ref().map(|rows| &rows[..bottom - top]);
            let band = pairs::products(level, cb, cr, &mut scratch.pairs);
            for (sum, product) in products.iter_mut().zip(band) {
                *sum += product;
            }
            let share = fold::Share::new(size.0, edge, bottom - top);
            let blocks = at * grid.columns()..(at + 1) * grid.columns();
            let means = [&mut self.cb[blocks.clone()], &mut self.cr[blocks]];
            for ((means, pairs), total) in means.into_iter().zip(&scratch.pairs).zip(&mut totals) {
                *total += fold::columns(level, pairs, edge / 2, &mut scratch.sums);
                fold::means(level, &scratch.sums, share, 1.0, means);
            }
        }
        self.moments = Moments::new(totals, products, size.0 * size.1);
    }
}

impl Moments {
    fn new(sums: [u64; 2], products: [u64; 3], samples: usize) -> Self {
        let share = 1.0 / fold::float(samples as u64);
        let [cb, cr] = sums.map(|sum| fold::float(sum) * share);
        let [cb2, cr2, both] = products.map(|product| fold::float(product) * share);
        Self {
            cb,
            cr,
            cb_variance: (cb2 - cb * cb).max(0.0),
            cr_variance: (cr2 - cr * cr).max(0.0),
            covariance: both - cb * cr,
        }
    }
}

/// Chroma as it lies in memory.
enum Planes<'a, T: Sample> {
    Two(Plane<'a, T>, Plane<'a, T>),
    One(Plane<'a, T>),
}

impl<T: Eight> Planes<'_, T> {
    /// Points `rows` at a band's rows of Cb and of Cr, in 8-bit codes.
    fn rows<'b>(
        &'b self,
        level: Level,
        band: Range<usize>,
        depth: u32,
        room: &'b mut Bytes,
        rows: &mut [[&'b [u8]; ROWS]; 2],
    ) {
        let Bytes { row, planes } = room;
        let band = band.map(usize::cast_signed);
        match self {
            Self::Two(cb, cr) => {
                for ((plane, rows), bytes) in [cb, cr].into_iter().zip(rows).zip(planes) {
                    let bytes = bytes.chunks_exact_mut(plane.width());
                    for ((to, bytes), y) in rows.iter_mut().zip(bytes).zip(band.clone()) {
                        *to = T::eight(level, [plane.row(y)], depth, bytes)[0];
                    }
                }
            }
            Self::One(both) => {
                let [cb_rows, cr_rows] = rows;
                let width = both.width() / 2;
                let [cb, cr] = planes.each_mut().map(|plane| plane.chunks_exact_mut(width));
                let to = cb_rows.iter_mut().zip(cr_rows).zip(cb.zip(cr));
                for (((cb_row, cr_row), (cb, cr)), y) in to.zip(band) {
                    let both = T::eight(level, [both.row(y)], depth, row)[0];
                    row::part(level, both, cb, cr);
                    (*cb_row, *cr_row) = (cb, cr);
                }
            }
        }
    }
}
