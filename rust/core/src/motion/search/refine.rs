//! What the slopes add to whole displacements.

use super::{Grid, Match, Pair, block::Search, whole};
use crate::kernel::block::{Sums, Tensor};

/// Squared slopes, times 16, that hold a displacement at its neighbours' where its own slopes do
/// not tell.
const RIDGE: f32 = 1000.0;

/// The most that the slopes may add to a whole displacement.
const REST: f32 = 0.6;

/// A move that is worth a look at other whole displacements. Just above a half, one is as good as
/// the next.
const STEP: f32 = 0.7;

/// The most moves by what the slopes tell.
const MOVES: usize = 3;

/// A row of blocks, a figure of all of them at a time.
#[derive(Debug)]
pub(super) struct Line {
    tensors: Vec<Tensor>,
    whole: [Vec<f32>; 2],
    /// Exact displacements of the row above, its first and last block twice.
    above: [Vec<f32>; 2],
    moves: [Vec<f32>; 2],
    slope: Vec<f32>,
}

impl Line {
    pub(super) fn new(columns: usize) -> Self {
        let zeros = |count: usize| vec![0.0; count];
        Self {
            tensors: vec![Tensor::default(); columns],
            whole: [zeros(columns), zeros(columns)],
            above: [zeros(columns + 2), zeros(columns + 2)],
            moves: [zeros(columns), zeros(columns)],
            slope: zeros(columns),
        }
    }

    /// What each tensor tells.
    #[inline(always)]
    fn solve(&mut self) {
        let [move_x, move_y] = &mut self.moves;
        let [whole_x, whole_y] = &self.whole;
        let [above_x, above_y] = &self.above;
        let count = self.tensors.len();
        let (move_x, move_y) = (&mut move_x[..count], &mut move_y[..count]);
        let (whole_x, whole_y) = (&whole_x[..count], &whole_y[..count]);
        let (above_x, above_y) = (&above_x[..count + 2], &above_y[..count + 2]);
        let slope = &mut self.slope[..count];
        for k in 0..count {
            let near = [
                [above_x[k], above_x[k + 1], above_x[k + 2]],
                [above_y[k], above_y[k + 1], above_y[k + 2]],
            ];
            let found =
                self.tensors[k].displacement(RIDGE, expected(near, [whole_x[k], whole_y[k]]));
            (move_x[k], move_y[k]) = found;
            slope[k] = self.tensors[k].least_slope();
        }
    }

    /// Keeps what the row above the next one found.
    #[inline(always)]
    fn keep(&mut self, blocks: &[Match]) {
        let last = blocks.len() + 1;
        let [x, y] = &mut self.above;
        for ((x, y), found) in x[1..].iter_mut().zip(&mut y[1..]).zip(blocks) {
            (*x, *y) = found.exact;
        }
        for above in [x, y] {
            above[0] = above[1];
            above[last] = above[last - 1];
        }
    }
}

/// Refines a row of blocks, whose row above was the one before: all at once, then those that move
/// one by one.
#[inline(always)]
pub(super) fn row<S: Sums, const N: usize>(sums: S, pair: Pair<'_>, row: usize, grid: &mut Grid) {
    let (line, columns) = (&mut grid.line, grid.columns);
    if row == 0 {
        line.above.iter_mut().for_each(|above| above.fill(0.0));
    }
    let blocks = &mut grid.matches[row * columns..][..columns];
    for (column, found) in blocks.iter().enumerate() {
        let [last, now] = pair.places(column, row, N);
        line.tensors[column] = sums.tensor::<N>(last, now.displaced(found.whole));
        line.whole[0][column] = found.whole.0 as f32;
        line.whole[1][column] = found.whole.1 as f32;
    }
    line.solve();
    for (column, found) in blocks.iter_mut().enumerate() {
        let (x, y) = (line.moves[0][column], line.moves[1][column]);
        found.exact = (
            line.whole[0][column] + rest(x),
            line.whole[1][column] + rest(y),
        );
        found.slope = line.slope[column];
        if x.abs().max(y.abs()) > STEP {
            let near = [0, 1].map(|axis| [0, 1, 2].map(|k| line.above[axis][column + k]));
            one::<S, N>(sums, pair, (column, row), near, found, line.tensors[column]);
        }
    }
    line.keep(blocks);
}

/// Moves a match by what its tensor tells as long as that lowers its cost, and adds the rest.
#[inline(always)]
pub(super) fn one<S: Sums, const N: usize>(
    sums: S,
    pair: Pair<'_>,
    place: (usize, usize),
    near: [[f32; 3]; 2],
    found: &mut Match,
    mut tensor: Tensor,
) {
    let [last, now] = pair.places(place.0, place.1, N);
    for moves in 0..=MOVES {
        let (x, y) = (found.whole.0 as f32, found.whole.1 as f32);
        let (move_x, move_y) = tensor.displacement(RIDGE, expected(near, [x, y]));
        found.exact = (x + rest(move_x), y + rest(move_y));
        found.slope = tensor.least_slope();
        let step = (step(move_x), step(move_y));
        if step == (0, 0) || moves == MOVES {
            break;
        }
        let mut block = Search::<S, N>::new(sums, pair, place, *found, [found.whole; 3]);
        block.try_at((found.whole.0 + step.0, found.whole.1 + step.1));
        let better = block.found();
        if better.whole == found.whole {
            break;
        }
        (found.whole, found.sad) = (better.whole, better.sad);
        tensor = sums.tensor::<N>(last, now.displaced(found.whole));
    }
}

/// What a whole displacement lacks of its neighbours' median.
#[inline(always)]
fn expected([x, y]: [[f32; 3]; 2], whole: [f32; 2]) -> (f32, f32) {
    let median = |[a, b, c]: [f32; 3]| greater(lesser(a, b), lesser(greater(a, b), c));
    (rest(median(x) - whole[0]), rest(median(y) - whole[1]))
}

/// What may be added to a whole displacement.
#[inline(always)]
fn rest(v: f32) -> f32 {
    lesser(greater(v, -REST), REST)
}

#[inline(always)]
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// Whole samples to move by: at most two, and none where that is not worth a look.
#[inline(always)]
fn step(v: f32) -> i32 {
    if v.abs() <= STEP {
        return 0;
    }
    whole(v.clamp(-2.0, 2.0))
}
