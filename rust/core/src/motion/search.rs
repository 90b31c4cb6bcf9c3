//! Where each block of the last plane lies in this one.
//!
//! A block starts from the displacements its neighbours found (left, top, top right and their
//! median), from none, and from what the search of the quartered planes found around it. The best
//! of them is then moved by the displacement that least squares read from the slopes, as long as
//! that lowers the cost. What the slopes do not tell is taken from the neighbours.

mod block;

use block::Search;

#[cfg(target_arch = "x86_64")]
use crate::kernel::block::Wide;
use crate::{
    cpu::{Level, dispatch},
    kernel::{
        block::{At, Plain, Still, Sums},
        padded::Padded,
    },
};

/// What was found for one block.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Match {
    /// Displacement in whole samples.
    pub(crate) whole: (i32, i32),
    /// Displacement in samples.
    pub(crate) exact: (f32, f32),
    /// Sum of absolute differences at the whole displacement.
    pub(crate) sad: u32,
    /// Sum of absolute deviations of the block from its mean.
    pub(crate) deviation: u32,
    /// Squared slope in the direction where there is least of it, summed over the block.
    pub(crate) slope: f32,
}

/// Squared slopes, times 16, that hold a displacement at its neighbours' where its own slopes do
/// not tell.
const RIDGE: f32 = 1000.0;

/// The most that least squares may add to a whole displacement.
const REST: f32 = 0.6;

/// The most moves by least squares.
const MOVES: usize = 3;

/// Three times the mean absolute difference, in levels, that noise alone may leave.
const NOISE: u32 = 9;

/// Whether less than two thirds of a block's texture was found again, noise aside.
#[inline(always)]
fn lost<const N: usize>(sad: u32, deviation: u32) -> bool {
    3 * sad > deviation + NOISE * const { samples(N) }
}

/// Samples of a block.
const fn samples(side: usize) -> u32 {
    assert!(side <= 16);
    #[expect(clippy::cast_possible_truncation, reason = "256 at most")]
    let samples = (side * side) as u32;
    samples
}

/// The matches of a plane cut into blocks, row by row.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) matches: Vec<Match>,
    /// One row of blocks where they are.
    still: Vec<Still>,
}

impl Grid {
    /// Blocks of `side` samples that cover a plane.
    pub(crate) fn new((width, height): (usize, usize), side: usize) -> Self {
        let (columns, rows) = (width.div_ceil(side), height.div_ceil(side));
        Self {
            columns,
            rows,
            matches: vec![Match::default(); columns * rows],
            still: vec![Still::default(); columns],
        }
    }

    #[inline(always)]
    fn at(&mut self, (column, row): (usize, usize)) -> &mut Match {
        &mut self.matches[row * self.columns + column]
    }

    /// What three blocks found that lie `steps` away; in place of one outside stands the one
    /// before it, and for the first none.
    #[inline(always)]
    fn near<T: Copy + Default>(
        &self,
        (column, row): (usize, usize),
        steps: [(isize, isize); 3],
        of: impl Fn(&Match) -> T,
    ) -> [T; 3] {
        let mut before = T::default();
        steps.map(|(x, y)| {
            let column = column.wrapping_add_signed(x);
            let row = row.wrapping_add_signed(y);
            if column < self.columns && row < self.rows {
                before = of(&self.matches[row * self.columns + column]);
            }
            before
        })
    }
}

/// Two planes of one size and how far to look in each direction, in samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'a> {
    pub(crate) last: &'a Padded,
    pub(crate) now: &'a Padded,
    pub(crate) range: i32,
}

impl<'a> Pair<'a> {
    /// Where the block of `side` samples lies in the last plane and in this one.
    #[inline(always)]
    fn places(self, column: usize, row: usize, side: usize) -> [At<'a>; 2] {
        [self.last, self.now].map(|plane| plane.first().moved(column * side, row * side))
    }
}

/// Fills a grid of 8x8 blocks.
pub(crate) fn blocks_of_8(level: Level, pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    dispatch!(
        level,
        plain::<8>,
        avx2::<8>,
        avx512::<8>,
        (pair, hints, grid)
    );
}

/// Fills a grid of 16x16 blocks.
pub(crate) fn blocks_of_16(level: Level, pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    dispatch!(
        level,
        plain::<16>,
        avx2::<16>,
        avx512::<16>,
        (pair, hints, grid)
    );
}

fn plain<const N: usize>(pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    search::<Plain, N>(Plain, pair, hints, grid);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<const N: usize>(pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    search::<_, N>(Wide::avx2(), pair, hints, grid);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
fn avx512<const N: usize>(pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    search::<_, N>(Wide::avx512(), pair, hints, grid);
}

/// Left, above and above to the right.
const BEFORE: [(isize, isize); 3] = [(-1, 0), (0, -1), (1, -1)];

/// Right, below and below to the left.
const BEHIND: [(isize, isize); 3] = [(1, 0), (0, 1), (-1, 1)];

/// The row above, from the middle: what is finished before any block of a row.
const ABOVE: [(isize, isize); 3] = [(0, -1), (-1, -1), (1, -1)];

/// Whole displacements are found for a row of blocks before any is refined: the first depend on
/// each other and the second do not.
///
/// A search without hints goes over the blocks again from the end, so that what one block found
/// far out also reaches those above and to the left of it.
#[inline(always)]
fn search<S: Sums, const N: usize>(sums: S, pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    for row in 0..grid.rows {
        let [last, now] = pair.places(0, row, N);
        sums.still::<N>(last, now, &mut grid.still);
        for column in 0..grid.columns {
            let place = (column, row);
            let start = Match {
                sad: grid.still[column].sad,
                deviation: grid.still[column].deviation,
                ..Match::default()
            };
            let near = grid.near(place, BEFORE, |found| found.whole);
            let mut block = Search::<S, N>::new(sums, pair, place, start, near);
            match hints {
                Some(hints) => block.start_from(hints, place),
                None => block.start(place),
            }
            *grid.at(place) = block.found();
        }
        for column in 0..grid.columns {
            let near = grid.near((column, row), ABOVE, |found| found.exact);
            refine::<S, N>(sums, pair, (column, row), near, grid);
        }
    }
    if hints.is_none() {
        for row in (0..grid.rows).rev() {
            for column in (0..grid.columns).rev() {
                let place = (column, row);
                let found = *grid.at(place);
                if lost::<N>(found.sad, found.deviation) {
                    let near = grid.near(place, BEHIND, |found| found.whole);
                    let mut block = Search::<S, N>::new(sums, pair, place, found, near);
                    block.try_near();
                    *grid.at(place) = block.found();
                    let near = grid.near(place, BEHIND, |found| found.exact);
                    refine::<S, N>(sums, pair, place, near, grid);
                }
            }
        }
    }
}

/// Moves a match by what the slopes tell as long as that lowers its cost, and adds what is left.
#[inline(always)]
fn refine<S: Sums, const N: usize>(
    sums: S,
    pair: Pair<'_>,
    place: (usize, usize),
    near: [(f32, f32); 3],
    grid: &mut Grid,
) {
    let [last, now] = pair.places(place.0, place.1, N);
    let found = grid.at(place);
    for moves in 0..=MOVES {
        let tensor = sums.tensor::<N>(last, now.displaced(found.whole));
        let (x, y) = (found.whole.0 as f32, found.whole.1 as f32);
        let [a, b, c] = near;
        let expected = (
            rest(median(a.0, b.0, c.0) - x),
            rest(median(a.1, b.1, c.1) - y),
        );
        let (dx, dy) = tensor.displacement(RIDGE, expected);
        found.exact = (x + rest(dx), y + rest(dy));
        found.slope = tensor.least_slope();
        let step = (step(dx), step(dy));
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
    }
}

/// The median of three.
#[inline(always)]
fn median(a: f32, b: f32, c: f32) -> f32 {
    a.max(b).min(a.min(b).max(c))
}

/// What may be added to a whole displacement.
#[inline(always)]
fn rest(v: f32) -> f32 {
    v.clamp(-REST, REST)
}

/// Whole samples to move by: at most two, and none for what stays within the rest.
#[inline(always)]
fn step(v: f32) -> i32 {
    if v.abs() <= REST {
        return 0;
    }
    whole(v.clamp(-2.0, 2.0))
}

/// Rounds half to even, for numbers within 2^21 of zero: the sum has no bits left for fractions.
#[inline(always)]
fn whole(v: f32) -> i32 {
    const SHIFT: f32 = 12_582_912.0;
    (v + SHIFT)
        .to_bits()
        .wrapping_sub(SHIFT.to_bits())
        .cast_signed()
}
