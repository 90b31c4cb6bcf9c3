//! Block motion vectors: where the content of each block of the last frame went.
//!
//! The search reads two *reduced planes*, whose samples are the means of `factor` x `factor` luma
//! samples. First their quarters are searched for displacements at large, then the planes
//! themselves for whole samples, then the slopes give the rest (least squares, Lucas and Kanade
//! 1981), so a vector is not bound to halves or quarters. Predictors matter more than the pattern;
//! see the search itself.
//!
//! | factor | block of the plane | block of the frame | range of the frame |
//! |---|---|---|---|
//! | 1 | 16x16 | 16x16 | 64 |
//! | 2 | 8x8 | 16x16 | 128 |
//! | 4 | 8x8 | 32x32 | 256 |
//!
//! A change of brightness of the whole frame moves nothing: the median difference of the two
//! planes is taken away before they are compared.

use super::search::{self, Grid, Match, Pair};
use crate::{
    cpu::Level,
    kernel::padded::Padded,
    plane::{Plane, ShapeError},
};

/// The largest displacement of a block along one axis, in samples of the reduced plane.
pub const RANGE: u16 = 64;

/// The largest displacement that the quartered planes can show, in their samples: half as far
/// again, so that content which left the range is noticed.
const COARSE_RANGE: i32 = 24;

/// Mean squared slope, in levels per sample, at which a block is as good as it is bad to follow.
const SLOPE: f32 = 4.0;

/// The motion from one frame to the next. A block's index is `row * columns + column`.
///
/// Content of the last frame at (x, y) is in this one at (x + dx, y + dy), in frame samples, x to
/// the right and y down: the convention of optical flow. The blocks are the last frame's; those of
/// the last column and row may reach over the edge.
#[derive(Debug, Default)]
pub struct Field {
    /// Blocks in a row.
    pub columns: usize,
    /// Rows of blocks.
    pub rows: usize,
    /// Side of a block, in frame samples.
    pub block: usize,
    /// Displacement to the right, in frame samples.
    pub dx: Vec<f32>,
    /// Displacement down, in frame samples.
    pub dy: Vec<f32>,
    /// Mean absolute difference of the block and where it went, in levels.
    pub sad: Vec<f32>,
    /// From 0, where a block is flat or was not found again, to 1.
    pub confidence: Vec<f32>,
    /// Share of blocks at the edge of the range or with signs of having left it.
    pub saturation: f32,
    /// Mean length of the vectors weighted by confidence, in frame samples; 0 without confidence.
    pub magnitude: f32,
    /// Mean displacement to the right, weighted so.
    pub mean_dx: f32,
    /// Mean displacement down, weighted so.
    pub mean_dy: f32,
    /// Mean of `confidence`.
    pub mean_confidence: f32,
    /// Mean of `sad`: what motion compensation leaves, in levels.
    pub residual: f32,
}

/// Finds motion vectors. Owns what it needs for one shape of planes.
#[derive(Debug)]
pub struct Vectors {
    level: Level,
    scratch: Option<Scratch>,
    field: Field,
}

impl Vectors {
    /// Vectors by this level's instructions.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            scratch: None,
            field: Field::default(),
        }
    }

    /// The motion from `last` to `now`, two reduced planes of `factor` (1, 2 or 4) luma samples.
    ///
    /// # Errors
    ///
    /// If the planes differ in size or have no samples.
    pub fn search(
        &mut self,
        now: Plane<'_>,
        last: Plane<'_>,
        factor: usize,
    ) -> Result<&Field, ShapeError> {
        let size = (now.width(), now.height());
        last.sized(size)?;
        if size.0 == 0 || size.1 == 0 {
            return Err(ShapeError::Edge { found: size });
        }
        let side = if factor < 2 { 16 } else { 8 };
        let scratch = match self.scratch.take() {
            Some(scratch) if scratch.fits(size, side) => scratch,
            _ => Scratch::new(size, side),
        };
        let scratch = self.scratch.insert(scratch);
        scratch.search(self.level, now, last);
        self.field.read(scratch, factor);
        Ok(&self.field)
    }
}

/// The planes with their margins and quarters, and what was found in each.
#[derive(Debug)]
struct Scratch {
    side: usize,
    last: Padded,
    now: Padded,
    coarse_last: Padded,
    coarse_now: Padded,
    coarse: Grid,
    fine: Grid,
}

impl Scratch {
    fn new(size: (usize, usize), side: usize) -> Self {
        let quarter = (size.0.div_ceil(4), size.1.div_ceil(4));
        let plane = |(width, height)| Padded::new(width, height);
        Self {
            side,
            last: plane(size),
            now: plane(size),
            coarse_last: plane(quarter),
            coarse_now: plane(quarter),
            coarse: Grid::new(quarter, 8),
            fine: Grid::new(size, side),
        }
    }

    fn fits(&self, size: (usize, usize), side: usize) -> bool {
        self.last.size() == size && self.side == side
    }

    fn search(&mut self, level: Level, now: Plane<'_>, last: Plane<'_>) {
        self.last.copy(last);
        self.now.copy(now);
        self.coarse_last.quarter(level, &self.last);
        self.coarse_now.quarter(level, &self.now);
        let brightness = brightness(&self.coarse_now, &self.coarse_last);
        self.now.darken(level, brightness);
        self.coarse_now.darken(level, brightness);
        let coarse = Pair {
            last: &self.coarse_last,
            now: &self.coarse_now,
            range: COARSE_RANGE,
        };
        search::blocks_of_8(level, coarse, None, &mut self.coarse);
        let fine = Pair {
            last: &self.last,
            now: &self.now,
            range: i32::from(RANGE),
        };
        match self.side {
            16 => search::blocks_of_16(level, fine, Some(&self.coarse), &mut self.fine),
            _ => search::blocks_of_8(level, fine, Some(&self.coarse), &mut self.fine),
        }
    }

    /// Share of blocks at the edge of the range, or whose surroundings seem to have left it.
    fn saturation(&self) -> f32 {
        let range = i32::from(RANGE);
        let at_edge = |(x, y): (i32, i32), by: i32| by * x.abs().max(y.abs()) >= range;
        let share = 32 / self.side;
        let rows = self.fine.matches.chunks(self.fine.columns);
        let saturated = rows.enumerate().map(|(row, blocks)| {
            let around = &self.coarse.matches[row / share * self.coarse.columns..];
            let blocks = blocks.chunks(share).zip(around);
            let saturated = blocks.map(|(blocks, around)| {
                if at_edge(around.whole, 4) {
                    return blocks.len();
                }
                blocks
                    .iter()
                    .filter(|block| at_edge(block.whole, 1))
                    .count()
            });
            saturated.sum::<usize>()
        });
        saturated.sum::<usize>() as f32 / self.fine.matches.len() as f32
    }
}

/// How much brighter this plane is than the last: the median difference of their samples in every
/// fourth row. A constant added to `now` adds exactly as much.
fn brightness(now: &Padded, last: &Padded) -> i16 {
    // Two histograms, because counting twice the same in a row waits.
    let mut counts = [[0_u32; 2]; 511];
    let skipped = (now.size().1 - 1).min(2);
    for (now, last) in now.rows().zip(last.rows()).skip(skipped).step_by(4) {
        for (k, (&now, &last)) in now.iter().zip(last).enumerate() {
            counts[255 + usize::from(now) - usize::from(last)][k % 2] += 1;
        }
    }
    let counts = counts.map(|[even, odd]| even + odd);
    let half = counts.iter().sum::<u32>().div_ceil(2);
    let mut below = 0;
    let median = counts.iter().position(|&count| {
        below += count;
        below >= half
    });
    median
        .and_then(|k| i16::try_from(k).ok())
        .map_or(0, |k| k - 255)
}

impl Field {
    fn read(&mut self, scratch: &Scratch, factor: usize) {
        let (grid, scale) = (&scratch.fine, factor as f32);
        let samples = (scratch.side * scratch.side) as f32;
        let share = 1.0 / samples;
        (self.columns, self.rows) = (grid.columns, grid.rows);
        self.block = scratch.side * factor;
        fill(&mut self.dx, grid, |found| found.exact.0 * scale);
        fill(&mut self.dy, grid, |found| found.exact.1 * scale);
        fill(&mut self.sad, grid, |found| found.sad as f32 * share);
        fill(&mut self.confidence, grid, |found| {
            confidence(found, samples)
        });
        self.sum_up();
        self.saturation = scratch.saturation();
    }

    fn sum_up(&mut self) {
        let count = self.dx.len() as f32;
        let mut sums = [[0.0; LANES]; 5];
        let columns = [&self.dx, &self.dy, &self.confidence, &self.sad];
        let [dx, dy, confidence, sad] = columns.map(|column| column.chunks(LANES));
        for (((dx, dy), confidence), sad) in dx.zip(dy).zip(confidence).zip(sad) {
            let [weight, length, x, y, residual] = &mut sums;
            for (k, (((dx, dy), confidence), sad)) in
                dx.iter().zip(dy).zip(confidence).zip(sad).enumerate()
            {
                weight[k] += confidence;
                length[k] += confidence * (dx * dx + dy * dy).sqrt();
                x[k] += confidence * dx;
                y[k] += confidence * dy;
                residual[k] += sad;
            }
        }
        let [weight, length, x, y, residual] = sums.map(|lanes| lanes.iter().sum::<f32>());
        let mean = |sum: f32| if weight > 0.0 { sum / weight } else { 0.0 };
        self.magnitude = mean(length);
        self.mean_dx = mean(x);
        self.mean_dy = mean(y);
        self.mean_confidence = weight / count;
        self.residual = residual / count;
    }
}

/// Sums are taken in as many parts, so that none waits for the one before.
const LANES: usize = 8;

fn fill(column: &mut Vec<f32>, grid: &Grid, of: impl Fn(&Match) -> f32) {
    column.clear();
    column.extend(grid.matches.iter().map(of));
}

/// How far to trust a match: the share of the block's texture that was found again, times how
/// firmly the slopes hold it in the direction where they hold it least.
fn confidence(found: &Match, samples: f32) -> f32 {
    let deviation = (found.deviation as f32).max(1.0);
    let again = (deviation - found.sad as f32).max(0.0);
    again * found.slope / (deviation * (found.slope + SLOPE * samples))
}

/// The blocks of a row or a column whose middles are between two places; `block` is their edge, `count` how many
/// there are.
pub(crate) fn span(low: f64, high: f64, block: f64, count: usize) -> std::ops::Range<usize> {
    let at = |place: f64| {
        let place = (place / block - 0.5).ceil().clamp(0.0, count as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the count of blocks"
        )]
        let place = place as usize;
        place
    };
    at(low)..at(high)
}
