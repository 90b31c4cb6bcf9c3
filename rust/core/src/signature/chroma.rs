//! Colour: block means of Cb and Cr, and their moments over the frame.

use super::{Eight, Grid};
use crate::{
    cpu::Level,
    frame::{self, Picture},
    kernel::{fold, row},
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
    columns: [Vec<u16>; 2],
    sums: Vec<u32>,
    rows: Rows,
}

/// Room for a row of either plane.
#[derive(Debug, Default)]
struct Rows {
    bytes: Vec<u8>,
    parts: [Vec<u8>; 2],
}

impl Scratch {
    pub(super) fn new(grid: Grid) -> Self {
        let columns = vec![0; grid.columns() * grid.block];
        let row = vec![0; grid.width];
        Self {
            columns: [columns.clone(), columns],
            sums: vec![0; grid.columns()],
            rows: Rows {
                bytes: vec![0; 2 * (grid.width + 1)],
                parts: [row.clone(), row],
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
            scratch
                .columns
                .iter_mut()
                .for_each(|columns| columns.fill(0));
            for y in top..bottom {
                let [cb, cr] = planes.rows(level, y, depth, &mut scratch.rows);
                for (sum, product) in products.iter_mut().zip(row::products(level, cb, cr)) {
                    *sum += product;
                }
                row::add(level, cb, &mut scratch.columns[0]);
                row::add(level, cr, &mut scratch.columns[1]);
            }
            let share = fold::Share::new(size.0, edge, bottom - top);
            let blocks = at * grid.columns()..(at + 1) * grid.columns();
            let means = [&mut self.cb[blocks.clone()], &mut self.cr[blocks]];
            for ((means, columns), total) in
                means.into_iter().zip(&scratch.columns).zip(&mut totals)
            {
                *total += fold::columns(level, columns, edge, &mut scratch.sums);
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
    /// Row `y` of Cb and of Cr, in 8-bit codes.
    fn rows<'b>(
        &'b self,
        level: Level,
        y: usize,
        depth: u32,
        scratch: &'b mut Rows,
    ) -> [&'b [u8]; 2] {
        let Rows { bytes, parts } = scratch;
        let y = y.cast_signed();
        match self {
            Self::Two(cb, cr) => {
                let eight = T::eight(level, &[cb.row(y), cr.row(y)], depth, bytes);
                [eight[0], eight[1]]
            }
            Self::One(both) => {
                let both = T::eight(level, &[both.row(y)], depth, bytes)[0];
                let [cb, cr] = parts.each_mut().map(|part| &mut part[..both.len() / 2]);
                row::part(level, both, cb, cr);
                [cb, cr]
            }
        }
    }
}
