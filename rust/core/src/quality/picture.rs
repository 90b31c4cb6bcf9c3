//! Pictures of single-precision luma in the range of 8 bits, and how they are made smaller.

use crate::{
    cpu::Level,
    kernel::{
        decimate::{ACROSS, COLUMNS, LOW_PASS, LowPass, PAIRS, add_columns, gather_columns},
        widen::{Widen, foresee},
    },
    plane::Plane,
};

/// Rows that the cache is told of before they are read.
const AHEAD: usize = 8;

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
        if let Some(strip) = x.checked_add(out.len()).filter(|end| *end < self.width()) {
            foresee(&self.plane.row((y + AHEAD).cast_signed())[x..strip]);
        }
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
        if let Some(strip) = self.samples.get((y + AHEAD) * self.width + x..) {
            foresee(&strip[..len.min(strip.len())]);
        }
        out[..len].copy_from_slice(&row[..len]);
    }
}

impl Smaller {
    /// Becomes `picture` low-passed and at half its size, rounded up.
    pub(crate) fn halve(&mut self, level: Level, picture: &impl Picture, strip: &mut LowPass) {
        self.resize(picture.width().div_ceil(2), picture.height().div_ceil(2));
        let mut pairs = [[[[0.0; COLUMNS]; 2]; 2]; PAIRS];
        let mut row = [0.0; 2 * COLUMNS];
        for left in (0..self.width).step_by(ACROSS) {
            let across = ACROSS.min(self.width - left);
            for band in 0..=self.height.div_ceil(PAIRS) {
                for (at, parted) in pairs.as_flattened_mut().iter_mut().enumerate() {
                    let y = mirrored(2 * PAIRS * band + at, LOW_PASS / 2, picture.height());
                    load_strip(level, picture, 2 * left, y, &mut row);
                    let [even, odd] = parted;
                    let samples = row.as_chunks::<2>().0;
                    for ((even, odd), pair) in even.iter_mut().zip(odd).zip(samples) {
                        [*even, *odd] = *pair;
                    }
                }
                strip.push(level, &pairs);
                let done = (PAIRS * band).checked_sub(PAIRS).unwrap_or(self.height);
                let rows = self.samples.chunks_exact_mut(self.width).skip(done);
                for (at, out) in rows.take(PAIRS).enumerate() {
                    let mut filtered = [0.0; ACROSS];
                    strip.gather(level, at, &mut filtered);
                    out[left..][..across].copy_from_slice(&filtered[..across]);
                }
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

/// Fills `row` with row `y` of `picture` from `from` on, counted from the low-pass filter's reach
/// before the first, with what it reaches of the mirrored at both ends.
fn load_strip(
    level: Level,
    picture: &impl Picture,
    from: usize,
    y: usize,
    row: &mut [f32; 2 * COLUMNS],
) {
    let (reach, width) = (LOW_PASS / 2, picture.width());
    let start = reach.saturating_sub(from);
    picture.copy(level, from + start - reach, y, &mut row[start..]);
    let end = (reach + width - from).min(row.len());
    for at in (0..start).chain(end..row.len().min(end + reach)) {
        row[at] = row[mirrored(from + at, reach, width) + reach - from];
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
