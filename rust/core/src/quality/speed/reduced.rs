//! A plane of colour at a sixteenth of its size, with local means taken away.

use crate::{
    cpu::Level,
    kernel::{
        speed::{Between, add_between, add_weighted},
        widen::Widen,
    },
    plane::Plane,
};

/// Every so many samples one is kept.
const STEP: usize = 16;

/// Taps of the filter before samples are left out, and of the local means.
const SMOOTH: usize = 9;
const MEAN: usize = 3;

/// Weights of a Gaussian window.
fn gaussian<const N: usize>(deviation: f32) -> [f32; N] {
    let deviation = f64::from(deviation);
    let mut weights = [0.0; N];
    let mut sum = 0.0;
    for (at, weight) in weights.iter_mut().enumerate() {
        let x = at as f64 - (N / 2) as f64;
        let density = (-0.5 * x / deviation * x / deviation).exp() as f32;
        let scale = (1.0 / (deviation * (2.0 * std::f64::consts::PI).sqrt())) as f32;
        *weight = density / scale;
        sum += *weight;
    }
    weights.map(|weight| weight / sum)
}

/// Where tap `tap` of a filter of `taps` at `at` lies: reflected about the first and last sample.
fn mirrored(at: usize, tap: usize, taps: usize, len: usize) -> usize {
    let from = at + tap;
    let before = from.abs_diff(taps / 2);
    if before < len || from < taps / 2 {
        before
    } else {
        2 * len - before - 2
    }
}

/// The reduced plane. It allocates when its size grows.
#[derive(Debug)]
pub(super) struct Reduced {
    level: Level,
    /// Size of the plane it is made of, as far as that counts, and of what that is scaled to.
    size: (usize, usize),
    scaled: (usize, usize),
    smooth: [f32; SMOOTH],
    mean: [f32; MEAN],
    columns: Vec<Between>,
    rows: [Vec<f32>; 2],
    line: Vec<f32>,
    means: Vec<f32>,
    pub(super) samples: Vec<f32>,
}

impl Reduced {
    pub(super) fn new(level: Level) -> Self {
        Self {
            level,
            size: (0, 0),
            scaled: (0, 0),
            smooth: gaussian(3.6),
            mean: gaussian(0.6),
            columns: Vec::new(),
            rows: Default::default(),
            line: Vec::new(),
            means: Vec::new(),
            samples: Vec::new(),
        }
    }

    pub(super) fn width(&self) -> usize {
        self.scaled.0 / STEP
    }

    pub(super) fn height(&self) -> usize {
        self.scaled.1 / STEP
    }

    /// Makes ready for planes of `size` that are brought to `scaled` first.
    pub(super) fn start(&mut self, size: (usize, usize), scaled: (usize, usize)) {
        if (self.size, self.scaled) == (size, scaled) {
            return;
        }
        (self.size, self.scaled) = (size, scaled);
        for row in &mut self.rows {
            row.resize(size.0, 0.0);
        }
        self.line.resize(scaled.0, 0.0);
        let area = self.width() * self.height();
        self.means.resize(area, 0.0);
        self.samples.resize(area, 0.0);
        self.columns.clear();
        if scaled != size {
            self.columns
                .extend((0..scaled.0).map(|x| between(x, size.0, scaled.0)));
        }
    }

    /// Becomes `plane`, read as if it had 8 bits, times `scale`.
    pub(super) fn make<T: Widen>(&mut self, plane: Plane<'_, T>, scale: f32) {
        let width = self.width();
        for y in 0..self.height() {
            self.line.fill(0.0);
            for (tap, weight) in self.smooth.into_iter().enumerate() {
                let row = mirrored(y * STEP, tap, SMOOTH, self.scaled.1);
                self.add_row(plane, scale, row, weight);
            }
            let out = &mut self.samples[y * width..][..width];
            for (x, out) in out.iter_mut().enumerate() {
                let mut sum = 0.0;
                for (tap, weight) in self.smooth.into_iter().enumerate() {
                    sum += weight * self.line[mirrored(x * STEP, tap, SMOOTH, self.scaled.0)];
                }
                *out = sum;
            }
        }
        self.take_means_away();
    }

    /// Adds row `y` of the scaled plane times `weight` to the line.
    fn add_row<T: Widen>(&mut self, plane: Plane<'_, T>, scale: f32, y: usize, weight: f32) {
        let row = |y: usize| &plane.row(y.cast_signed())[..self.size.0];
        let [above, below] = &mut self.rows;
        if self.columns.is_empty() {
            T::widen(self.level, row(y), scale, above);
            add_weighted(self.level, above, weight, &mut self.line);
        } else {
            let between = between(y, self.size.1, self.scaled.1);
            T::widen(self.level, row(between.first), scale, above);
            T::widen(self.level, row(between.second), scale, below);
            let (rows, share) = ([&above[..], &below[..]], between.share);
            add_between(
                self.level,
                rows,
                share,
                &self.columns,
                weight,
                &mut self.line,
            );
        }
    }

    fn take_means_away(&mut self) {
        let (width, height) = (self.width(), self.height());
        let line = &mut self.line[..width];
        for y in 0..height {
            line.fill(0.0);
            for (tap, weight) in self.mean.into_iter().enumerate() {
                let row = mirrored(y, tap, MEAN, height) * width;
                for (sum, sample) in line.iter_mut().zip(&self.samples[row..]) {
                    *sum += weight * sample;
                }
            }
            for (x, mean) in self.means[y * width..][..width].iter_mut().enumerate() {
                *mean = 0.0;
                for (tap, weight) in self.mean.into_iter().enumerate() {
                    *mean += weight * line[mirrored(x, tap, MEAN, width)];
                }
            }
        }
        for (sample, mean) in self.samples.iter_mut().zip(&self.means) {
            *sample -= mean;
        }
    }
}

/// Between which of `from` samples the one at `at` of `to` lies.
#[expect(clippy::cast_sign_loss, reason = "no place is negative")]
fn between(at: usize, from: usize, to: usize) -> Between {
    let ratio = from as f32 / to as f32;
    let position = ((at as f64 + 0.5) * f64::from(ratio) - 0.5) as f32;
    let last = (from - 1) as f32;
    let inside = |x: f32| {
        if x < 0.0 {
            -x
        } else if x > last {
            2.0 * last - x
        } else {
            x
        }
    };
    let first = inside(position.floor());
    Between {
        first: first as usize,
        second: inside(position.ceil()) as usize,
        share: position - first,
    }
}
