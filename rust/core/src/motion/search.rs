//! Where each block of the last plane lies in this one.
//!
//! A block starts from the displacements its neighbours found (left, top, top right and their
//! median), from none, and from what the search of the quartered planes found around it. The best
//! of them is then moved by the displacement that least squares read from the slopes, as long as
//! that lowers the cost. What the slopes do not tell is taken from the neighbours.

mod block;
mod refine;

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
    line: refine::Line,
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
            line: refine::Line::new(columns),
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
        avx2: avx2::<8>,
        avx512: avx512::<8>,
        (pair, hints, grid)
    );
}

/// Fills a grid of 16x16 blocks.
pub(crate) fn blocks_of_16(level: Level, pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    dispatch!(
        level,
        plain::<16>,
        avx2: avx2::<16>,
        avx512: avx512::<16>,
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
        refine::row::<S, N>(sums, pair, row, grid);
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
                    let near = [near.map(|(x, _)| x), near.map(|(_, y)| y)];
                    let [last, now] = pair.places(column, row, N);
                    let found = grid.at(place);
                    let tensor = sums.tensor::<N>(last, now.displaced(found.whole));
                    refine::one::<S, N>(sums, pair, place, near, found, tensor);
                }
            }
        }
    }
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
