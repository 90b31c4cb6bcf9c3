//! Loops of `SpEED`: rows of a filter, covariances of shifted planes, products of small matrices.
//!
//! Singles are added in the one order that the definition has; doubles in eight fixed lanes.

use crate::cpu::multiversion;

/// Edge of a block, and samples in it.
pub const EDGE: usize = 5;
/// See [`EDGE`].
pub const SIZE: usize = EDGE * EDGE;

/// Lanes that products are added in.
pub const LANES: usize = 8;

/// A square matrix of a block's samples, row by row.
pub type Matrix = [[f32; SIZE]; SIZE];

multiversion! {
    /// Adds `row`, less mid-grey, times `weight`.
    pub fn add_weighted(row: &[f32], weight: f32, out: &mut [f32]) {
        let len = out.len();
        let row = &row[..len];
        for x in 0..len {
            out[x] += weight * (row[x] - 128.0);
        }
    }
}

/// Where a line is sampled between two samples, and how near to the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// The first sample.
    pub first: usize,
    /// The second.
    pub second: usize,
    /// Share of the second.
    pub share: f32,
}

multiversion! {
    /// Adds rows `above` and `below`, less mid-grey, sampled between them and between columns, times
    /// `weight`; `share` is that of `below`.
    pub fn add_between(rows: [&[f32]; 2], share: f32, columns: &[Between], weight: f32, out: &mut [f32]) {
        let [above, below] = rows;
        for (out, column) in out.iter_mut().zip(columns) {
            let dx = column.share;
            let at = |row: &[f32], x: usize| row[x] - 128.0;
            let sample = (1.0 - share) * (1.0 - dx) * at(above, column.first)
                + (1.0 - share) * dx * at(above, column.second)
                + share * (1.0 - dx) * at(below, column.first)
                + share * dx * at(below, column.second);
            *out += weight * sample;
        }
    }
}

multiversion! {
    /// Adds `width` samples from each of the first columns of a block on, one after the other.
    pub fn add_sums(row: &[f32], width: usize, sums: &mut [f32; EDGE]) {
        for samples in row.windows(EDGE).take(width) {
            for (sum, sample) in sums.iter_mut().zip(samples) {
                *sum += sample;
            }
        }
    }
}

multiversion! {
    /// Adds the products of each two of `lines`, `width` apart, a multiple of [`LANES`].
    pub fn add_products(lines: &[f64], width: usize, sums: &mut [[f64; LANES]]) {
        let mut pairs = sums.iter_mut();
        for (at, a) in lines.chunks_exact(width).enumerate() {
            for b in lines.chunks_exact(width).take(at + 1) {
                let Some(sum) = pairs.next() else { return };
                let mut lanes = *sum;
                for (a, b) in a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0) {
                    for i in 0..LANES {
                        lanes[i] += a[i] * b[i];
                    }
                }
                *sum = lanes;
            }
        }
    }
}

multiversion! {
    /// `a` times `b`.
    pub fn multiply(a: &Matrix, b: &Matrix, out: &mut Matrix) {
        for (a, out) in a.iter().zip(out) {
            let mut row = [0.0_f32; SIZE];
            for (a, b) in a.iter().zip(b) {
                for i in 0..SIZE {
                    row[i] += a * b[i];
                }
            }
            *out = row;
        }
    }
}

multiversion! {
    /// `a` times the rows of `b`, `width` wide.
    pub fn multiply_rows(a: &Matrix, b: &[f32], width: usize, out: &mut [f32]) {
        out.fill(0.0);
        for (a, out) in a.iter().zip(out.chunks_exact_mut(width)) {
            for (a, b) in a.iter().zip(b.chunks_exact(width)) {
                for i in 0..width {
                    out[i] += a * b[i];
                }
            }
        }
    }
}
