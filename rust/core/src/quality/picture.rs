//! Pictures of single-precision luma in the range of 8 bits, and how they are made smaller.

use crate::{
    cpu::Level,
    kernel::{
        decimate::{
            LANES, LOW_PASS, LOW_PASS_WEIGHTS, add_columns, gather, gather_columns, low_pass,
        },
        widen::Widen,
    },
    plane::Plane,
};

/// Something with rows of `f32` samples.
pub(crate) trait Picture {
    fn width(&self) -> usize;
    fn height(&self) -> usize;
    /// Copies row `y` from column `x` on, as far as row and `out` go.
    fn copy(&self, level: Level, x: usize, y: usize, out: &mut [f32]);
}

/// A plane of any depth, read as if it had 8 bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Widened<'a, T: Widen> {
    pub(crate) plane: Plane<'a, T>,
    /// 2^(8 − depth).
    pub(crate) scale: f32,
}

impl<'a, T: Widen> Widened<'a, T> {
    pub(crate) fn new(plane: Plane<'a, T>, depth: u32) -> Self {
        let range = u16::try_from(1_u32 << depth.saturating_sub(8)).unwrap_or(u16::MAX);
        Self {
            plane,
            scale: 1.0 / f32::from(range),
        }
    }
}

impl<T: Widen> Picture for Widened<'_, T> {
    fn width(&self) -> usize {
        self.plane.width()
    }

    fn height(&self) -> usize {
        self.plane.height()
    }

    fn copy(&self, level: Level, x: usize, y: usize, out: &mut [f32]) {
        let row = self.plane.row(y.cast_signed());
        T::widen(level, &row[x..], self.scale, out);
    }
}

/// A picture made smaller. It allocates when its size grows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Smaller {
    width: usize,
    height: usize,
    samples: Vec<f32>,
    /// Rows of the larger picture, with what is mirrored at both ends.
    rows: Vec<f32>,
    even: Vec<f32>,
    odd: Vec<f32>,
    sums: Vec<f64>,
}

impl Picture for Smaller {
    fn width(&self) -> usize {
        self.width
    }

    fn height(&self) -> usize {
        self.height
    }

    fn copy(&self, _level: Level, x: usize, y: usize, out: &mut [f32]) {
        let row = &self.samples[y * self.width..][..self.width][x..];
        let len = row.len().min(out.len());
        out[..len].copy_from_slice(&row[..len]);
    }
}

/// Filtered rows kept while low-passing: those of one output row and the next input row.
const KEPT: usize = LOW_PASS + 1;

/// Weights' rows that one input row can meet: those of even or of odd distance.
const ROLES: usize = 3;

impl Smaller {
    /// Becomes `picture` low-passed and at half its size, rounded up.
    pub(crate) fn halve(&mut self, level: Level, picture: &impl Picture) {
        self.resize(picture.width().div_ceil(2), picture.height().div_ceil(2));
        let reach = LOW_PASS / 2;
        let lanes = self.width.next_multiple_of(LANES);
        self.rows.resize(picture.width() + 2 * reach, 0.0);
        self.even.resize(lanes + reach, 0.0);
        self.odd.resize(lanes + reach, 0.0);
        self.sums.resize(KEPT * ROLES * lanes, 0.0);
        for step in 0..2 * self.height + LOW_PASS - 2 {
            load(level, picture, step, reach, &mut self.rows);
            let pairs = self.rows.as_chunks::<2>();
            for ((even, odd), pair) in self.even.iter_mut().zip(&mut self.odd).zip(pairs.0) {
                [*even, *odd] = *pair;
            }
            if let (Some(even), [last]) = (self.even.get_mut(pairs.0.len()), pairs.1) {
                *even = *last;
            }
            let kept = &mut self.sums[step % KEPT * ROLES * lanes..][..ROLES * lanes];
            let weights = LOW_PASS_WEIGHTS.iter().skip(step % 2).step_by(2);
            for (weights, sums) in weights.zip(kept.chunks_exact_mut(lanes)) {
                low_pass(level, &self.even, &self.odd, weights, sums);
            }
            if step % 2 == 0 && step + 1 >= LOW_PASS {
                let first = step + 1 - LOW_PASS;
                let rows = std::array::from_fn(|tap| {
                    let slot = (first + tap) % KEPT * ROLES + tap.abs_diff(reach) / 2;
                    &self.sums[slot * lanes..][..lanes]
                });
                let y = first / 2;
                gather(
                    level,
                    rows,
                    &mut self.samples[y * self.width..][..self.width],
                );
            }
        }
    }

    /// Becomes `picture` in means of `factor` by `factor` samples, as libvmaf takes them: around
    /// the top left sample of each block, and one more where an edge is odd.
    pub(crate) fn shrink(&mut self, level: Level, picture: &impl Picture, factor: usize) {
        let edge = |edge: usize| edge / factor + edge % 2;
        self.resize(edge(picture.width()), edge(picture.height()));
        let reach = factor / 2;
        let stride = picture.width() + 2 * factor;
        self.rows.resize(stride * factor, 0.0);
        self.sums.resize(stride, 0.0);
        let area = u16::try_from(factor * factor).unwrap_or(u16::MAX);
        let weight = 1.0 / f32::from(area);
        for y in 0..self.height {
            for (step, row) in self.rows.chunks_exact_mut(stride).enumerate() {
                load(level, picture, y * factor + step, reach, row);
            }
            add_columns(level, &self.rows, weight, &mut self.sums);
            let out = &mut self.samples[y * self.width..][..self.width];
            for (out, columns) in out.iter_mut().zip(self.sums.chunks_exact(factor)) {
                *out = gather_columns(columns);
            }
        }
    }

    fn resize(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width, height);
        self.samples.resize(width * height, 0.0);
    }
}

/// Fills `row` with a row of `picture`, both counted from `reach` before the first, and what lies
/// outside mirrored: the edge sample twice.
fn load(level: Level, picture: &impl Picture, step: usize, reach: usize, row: &mut [f32]) {
    let width = picture.width();
    let y = mirrored(step, reach, picture.height());
    picture.copy(level, 0, y, &mut row[reach..]);
    for at in (0..reach).chain(reach + width..row.len()) {
        row[at] = row[reach + mirrored(at, reach, width)];
    }
}

/// The sample that stands `at` places after the one `reach` before the first.
fn mirrored(at: usize, reach: usize, edge: usize) -> usize {
    if at < reach {
        (reach - at - 1).min(edge - 1)
    } else if at - reach < edge {
        at - reach
    } else {
        (2 * edge + reach).saturating_sub(at + 1).min(edge - 1)
    }
}
