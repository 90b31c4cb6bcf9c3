//! `SpEED` of colour: how much less or more a distorted plane of colour tells than its reference.
//!
//! Definition: libvmaf 3.2.0's `speed_chroma` as VMAF v1 asks for it, after Bampis et al. 2017. A
//! plane is made sixteen times smaller and its local means are taken away; how much its 5x5 blocks
//! tell, given the covariances of their samples and the eye's own noise, is compared block by block.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the definition rounds to singles between its steps"
)]

mod matrix;
mod reduced;

use self::{matrix::Solver, reduced::Reduced};
use crate::{
    cpu::Level,
    kernel::{
        speed::{EDGE, LANES, Matrix, SIZE, add_products, add_sums},
        widen::Widen,
    },
    plane::{Plane, ShapeError},
};

/// Deviation of the eye's noise, and the share of it above which a block tells anything.
const NOISE: f32 = 0.19;
const FLOOR: f32 = 0.1;

/// The largest score.
const MOST: f64 = 45.0;

/// An eigenvalue below this makes a plane's covariances singular: it is flat, or too small.
const REGULAR: f64 = 1e-6;

/// log2 of 2πe.
fn gaussian_bits() -> f64 {
    (2.0 * std::f64::consts::PI * std::f64::consts::E).log2()
}

/// Scores of the planes of colour, 0 to 45.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Speed {
    /// Of Cb.
    pub u: f64,
    /// Of Cr.
    pub v: f64,
    /// Of both: their mean, or that of the one whose covariances are regular.
    pub uv: f64,
}

/// What the blocks of one plane tell.
#[derive(Debug, Default)]
struct Told {
    entropies: Vec<f32>,
    variances: Vec<f32>,
}

/// Measures pairs of planes of colour; allocates once per size, never per pair.
#[derive(Debug)]
pub struct Meter {
    level: Level,
    /// What the planes are scaled by first.
    scale: f64,
    reduced: Reduced,
    solver: Solver,
    /// The lines of samples that a block's samples have in common.
    lines: Vec<f64>,
    blocks: Vec<f32>,
    solution: Vec<f32>,
    told: [Told; 2],
}

/// A reference and a distorted plane of colour.
pub type Pair<'a, T> = [Plane<'a, T>; 2];

impl Meter {
    /// A meter that works at `level` and scales planes by `scale` first.
    #[must_use]
    pub fn new(level: Level, scale: f64) -> Self {
        Self {
            level,
            scale,
            reduced: Reduced::new(level),
            solver: Solver::default(),
            lines: Vec::new(),
            blocks: Vec::new(),
            solution: Vec::new(),
            told: Default::default(),
        }
    }

    /// Scores of Cb and Cr, as far as `size` goes, with samples of `depth` bits.
    ///
    /// # Errors
    ///
    /// If the planes are smaller than [`least`].
    pub fn measure<T: Widen>(
        &mut self,
        [u, v]: [Pair<'_, T>; 2],
        size: (usize, usize),
        depth: u32,
    ) -> Result<Speed, ShapeError> {
        let least = least(self.scale);
        if size.0 < least || size.1 < least {
            return Err(ShapeError::Least {
                expected: (least, least),
                found: size,
            });
        }
        let scaled = (scaled(size.0, self.scale), scaled(size.1, self.scale));
        self.reduced.start(size, scaled);
        let scale = (8.0 - f64::from(depth)).exp2() as f32;
        let (u, v) = (self.score(u, scale), self.score(v, scale));
        let both = match (u, v) {
            (Some(u), None) => u,
            (None, Some(v)) => v,
            (Some(u), Some(v)) => (u + v) / 2.0,
            (None, None) => 0.0,
        };
        let limited = |score: f32| f64::from(score).min(MOST);
        Ok(Speed {
            u: limited(u.unwrap_or_default()),
            v: limited(v.unwrap_or_default()),
            uv: limited(both),
        })
    }

    /// The score of one pair; `None` if the covariances of either are singular.
    fn score<T: Widen>(&mut self, pair: Pair<'_, T>, scale: f32) -> Option<f32> {
        let mut regular = true;
        for (at, plane) in pair.into_iter().enumerate() {
            self.reduced.make(plane, scale);
            regular = regular && self.tell(at).is_some();
        }
        regular.then(|| {
            let [reference, distorted] = &self.told;
            compare(reference, distorted)
        })
    }

    /// What the blocks of the reduced plane tell, as that of the reference or the distorted one.
    fn tell(&mut self, at: usize) -> Option<()> {
        let covariances = self.covariances();
        let eigenvalues = matrix::eigenvalues(&covariances);
        if eigenvalues.iter().any(|value| f64::from(*value) < REGULAR) {
            return None;
        }
        let count = self.cut();
        self.solution.resize(SIZE * count, 0.0);
        self.solver.solve(
            self.level,
            &covariances,
            &self.blocks,
            count,
            &mut self.solution,
        )?;
        let Told {
            entropies,
            variances,
        } = &mut self.told[at];
        variances.clear();
        variances.resize(count, 0.0);
        let samples = self.blocks.chunks_exact(count);
        for (solved, samples) in self.solution.chunks_exact(count).zip(samples) {
            for ((sum, solved), sample) in variances.iter_mut().zip(solved).zip(samples) {
                *sum += solved * sample / SIZE as f32;
            }
        }
        let bits = gaussian_bits();
        entropies.clear();
        entropies.extend(variances.iter().map(|variance| {
            let mut entropy = 0.0_f32;
            for value in eigenvalues {
                let bits = f64::from(value * variance + NOISE).log2() + bits;
                entropy = (f64::from(entropy) + bits) as f32;
            }
            entropy
        }));
        Some(())
    }

    /// Covariances of the samples of a block, over all places that a block may have.
    fn covariances(&mut self) -> Matrix {
        let (width, height) = (self.reduced.width(), self.reduced.height());
        let places = [width, height].map(|edge| edge / EDGE * EDGE - EDGE + 1);
        let row = |y: usize| &self.reduced.samples[y * width..];
        let count = (places[0] * places[1]) as f32;
        let mut means = [0.0_f64; SIZE];
        for (first, means) in means.chunks_exact_mut(EDGE).enumerate() {
            let mut sums = [0.0; EDGE];
            for y in first..first + places[1] {
                add_sums(self.level, row(y), places[0], &mut sums);
            }
            for (mean, sum) in means.iter_mut().zip(sums) {
                *mean = f64::from(sum / count);
            }
        }
        let padded = places[0].next_multiple_of(LANES);
        self.lines.clear();
        self.lines.resize(SIZE * padded, 0.0);
        let mut sums = [[0.0_f64; LANES]; SIZE * (SIZE + 1) / 2];
        for y in 0..places[1] {
            let lines = self.lines.chunks_exact_mut(padded).zip(means).enumerate();
            for (at, (line, mean)) in lines {
                let samples = &row(y + at / EDGE)[at % EDGE..][..places[0]];
                for (out, sample) in line.iter_mut().zip(samples) {
                    *out = f64::from(*sample) - mean;
                }
            }
            add_products(self.level, &self.lines, padded, &mut sums);
        }
        let mut matrix = [[0.0; SIZE]; SIZE];
        let mut sums = sums.iter();
        for (x, y) in (0..SIZE).flat_map(|x| (0..=x).map(move |y| (x, y))) {
            let sum: f64 = sums.next().map_or(0.0, |lanes| lanes.iter().sum());
            let covariance = (sum / (places[0] * places[1]) as f64) as f32;
            matrix[x][y] = covariance;
            matrix[y][x] = covariance;
        }
        matrix
    }

    /// Cuts the reduced plane into blocks, a column each; gives how many.
    fn cut(&mut self) -> usize {
        let (width, height) = (self.reduced.width(), self.reduced.height());
        let (across, down) = (width / EDGE, height / EDGE);
        self.blocks.clear();
        for at in 0..SIZE {
            for block in 0..down {
                let row = (block * EDGE + at / EDGE) * width + at % EDGE;
                let samples = self.reduced.samples[row..].iter().step_by(EDGE);
                self.blocks.extend(samples.take(across));
            }
        }
        across * down
    }
}

/// The least edge of a plane of colour that is scaled by `scale` first: that of one block.
#[must_use]
pub fn least(scale: f64) -> usize {
    let least = 16 * EDGE;
    (least..)
        .find(|&edge| scaled(edge, scale) >= least)
        .unwrap_or(usize::MAX)
}

fn scaled(edge: usize, scale: f64) -> usize {
    #[expect(clippy::cast_sign_loss, reason = "an edge")]
    let scaled = (edge as f64 * scale + 0.5) as usize;
    scaled
}

/// Mean difference of what the blocks tell.
fn compare(reference: &Told, distorted: &Told) -> f32 {
    let least = (1.0 + FLOOR) * NOISE;
    let least = (SIZE as f64 * (f64::from(least).log2() + gaussian_bits())) as f32;
    let mut score = 0.0_f32;
    let blocks = reference.entropies.iter().zip(&reference.variances);
    let others = distorted.entropies.iter().zip(&distorted.variances);
    for ((entropy, variance), (other_entropy, other_variance)) in blocks.zip(others) {
        if *entropy < least && *other_entropy < least {
            continue;
        }
        let told = (f64::from(*entropy) * f64::from(1.0 + variance).log2()) as f32;
        let mixed = 0.75 * f64::from(*variance) + 0.25 * f64::from(*other_variance);
        let other = (f64::from(*other_entropy) * (1.0 + mixed).log2()) as f32;
        score += (told - other).abs();
    }
    score / reference.entropies.len() as f32
}
