//! Where each block of the last plane lies in this one.
//!
//! A block starts from the displacements its neighbours found (left, top, top right and their
//! median), from none, and from what the search of the quartered planes found around it. The best
//! of them is then moved by the displacement that least squares read from the slopes, as long as
//! that lowers the cost.

#[cfg(target_arch = "x86_64")]
use crate::kernel::block::Wide;
use crate::{
    cpu::{Level, dispatch},
    kernel::{
        block::{self, At, Block, Plain, Sums},
        padded::Padded,
    },
};

/// Cost of one sample of distance from the neighbours' median for an 8x8 block, twice that for
/// 16x16: what keeps a flat block with its neighbours.
const DISTANCE: u32 = 4;

/// Squared slopes, times 16, that hold a displacement at nothing where the slopes do not tell.
const RIDGE: f32 = 1000.0;

/// Three times the mean absolute difference, in levels, that noise alone may leave.
const NOISE: u32 = 9;

/// The most moves by least squares.
const MOVES: usize = 3;

/// How far a block that is lost looks around densely.
const NEAR: i32 = 2;

/// How many steps of `FAR_STEP` samples it looks away in each direction.
const FAR: i32 = 5;

/// Near enough to each other that a walk leads from one to anything between them.
const FAR_STEP: i32 = 4;

/// The pattern of a walk over the planes themselves.
const HEXAGON: [(i32, i32); 6] = [(2, 0), (1, 2), (-1, 2), (-2, 0), (-1, -2), (1, -2)];

/// The most steps of a walk.
const STEPS: usize = 12;

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

impl Match {
    /// Whether less than two thirds of the block's texture was found again.
    #[inline(always)]
    fn lost(&self, samples: u32) -> bool {
        3 * self.sad > self.deviation + NOISE * samples
    }
}

/// The matches of a plane cut into blocks, row by row.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) matches: Vec<Match>,
}

impl Grid {
    /// Blocks of `side` samples that cover a plane.
    pub(crate) fn new((width, height): (usize, usize), side: usize) -> Self {
        let (columns, rows) = (width.div_ceil(side), height.div_ceil(side));
        let matches = vec![Match::default(); columns * rows];
        Self {
            columns,
            rows,
            matches,
        }
    }

    fn at(&mut self, column: usize, row: usize) -> &mut Match {
        &mut self.matches[row * self.columns + column]
    }

    /// Displacements of three neighbours; in place of one outside stands the one before it.
    #[inline(always)]
    fn around(&self, column: usize, row: usize, steps: [(isize, isize); 3]) -> [(i32, i32); 3] {
        let mut before = (0, 0);
        steps.map(|(x, y)| {
            let column = column.wrapping_add_signed(x);
            let row = row.wrapping_add_signed(y);
            if column < self.columns && row < self.rows {
                before = self.matches[row * self.columns + column].whole;
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

/// Fills a grid of 8x8 blocks.
pub(crate) fn blocks_of_8(level: Level, pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    dispatch!(level, plain::<8>, wide::<8>, wide::<8>, (pair, hints, grid));
}

/// Fills a grid of 16x16 blocks.
pub(crate) fn blocks_of_16(level: Level, pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    dispatch!(
        level,
        plain::<16>,
        wide::<16>,
        wide::<16>,
        (pair, hints, grid)
    );
}

fn plain<const N: usize>(pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    search::<Plain, N>(Plain, pair, hints, grid);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wide<const N: usize>(pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    search::<Wide, N>(Wide::new(), pair, hints, grid);
}

/// A search without hints goes over the blocks twice: the second time from the end, so that what
/// one block found far out also reaches those above and to the left of it.
#[inline(always)]
fn search<S: Sums, const N: usize>(sums: S, pair: Pair<'_>, hints: Option<&Grid>, grid: &mut Grid) {
    for row in 0..grid.rows {
        for column in 0..grid.columns {
            let neighbours = [(-1, 0), (0, -1), (1, -1)];
            let around = grid.around(column, row, neighbours);
            let mut block = Search::<S, N>::new(sums, pair, column, row, around);
            block.start(hints, column, row);
            *grid.at(column, row) = block.refine();
        }
    }
    if hints.is_none() {
        for row in (0..grid.rows).rev() {
            for column in (0..grid.columns).rev() {
                let found = *grid.at(column, row);
                if found.lost(const { samples(N) }) {
                    let around = grid.around(column, row, [(1, 0), (0, 1), (-1, 1)]);
                    let mut block = Search::<S, N>::new(sums, pair, column, row, around);
                    block.try_at(found.whole);
                    block.start_from_neighbours();
                    *grid.at(column, row) = block.refine();
                }
            }
        }
    }
}

/// The search for one block.
struct Search<'a, S, const N: usize> {
    sums: S,
    block: Block<N>,
    last: At<'a>,
    now: At<'a>,
    low: (i32, i32),
    high: (i32, i32),
    neighbours: [(i32, i32); 3],
    median: (i32, i32),
    deviation: u32,
    best: Candidate,
}

#[derive(Clone, Copy)]
struct Candidate {
    cost: u32,
    sad: u32,
    at: (i32, i32),
}

impl<'a, S: Sums, const N: usize> Search<'a, S, N> {
    #[inline(always)]
    fn new(
        sums: S,
        pair: Pair<'a>,
        column: usize,
        row: usize,
        neighbours: [(i32, i32); 3],
    ) -> Self {
        let place = |plane: &'a Padded| At {
            samples: plane.samples(),
            at: plane.origin() + row * N * plane.stride() + column * N,
            stride: plane.stride(),
        };
        let (last, now) = (place(pair.last), place(pair.now));
        let (width, height) = pair.now.size();
        let ((left, right), (top, bottom)) = (
            bounds(column * N, N, width, pair.range),
            bounds(row * N, N, height, pair.range),
        );
        let [a, b, c] = neighbours;
        let block = block::load(last.samples, last.at, last.stride);
        let mut search = Self {
            sums,
            block,
            deviation: sums.deviation(&block),
            last,
            now,
            low: (left, top),
            high: (right, bottom),
            neighbours,
            median: (median(a.0, b.0, c.0), median(a.1, b.1, c.1)),
            best: Candidate {
                cost: u32::MAX,
                sad: 0,
                at: (0, 0),
            },
        };
        search.try_at((0, 0));
        search
    }

    #[inline(always)]
    fn start(&mut self, hints: Option<&Grid>, column: usize, row: usize) {
        let Some(hints) = hints else {
            self.start_from_neighbours();
            if self.lost() {
                self.look_around(column.is_multiple_of(2) && row.is_multiple_of(2));
            }
            return;
        };
        let [a, b, c] = self.neighbours;
        let [d, e, f] = nearest(hints, N, column, row);
        self.try_all(&[a, b, c, self.median, d, e, f]);
        if self.lost() {
            self.walk(&HEXAGON);
        }
    }

    #[inline(always)]
    fn start_from_neighbours(&mut self) {
        let [a, b, c] = self.neighbours;
        self.try_all(&[a, b, c, self.median]);
    }

    #[inline(always)]
    fn try_all<const K: usize>(&mut self, places: &[(i32, i32); K]) {
        for &place in places {
            if place != (0, 0) && place != self.best.at {
                self.try_at(place);
            }
        }
    }

    /// What a block does that nothing around it helped: a dense look nearby, every other one in each
    /// direction a sparse one far out, and a walk down from the best.
    #[inline(always)]
    fn look_around(&mut self, far: bool) {
        for y in -NEAR..=NEAR {
            for x in -NEAR..=NEAR {
                self.try_at((x, y));
            }
        }
        if far {
            for y in -FAR..=FAR {
                for x in -FAR..=FAR {
                    self.try_at((FAR_STEP * x, FAR_STEP * y));
                }
            }
        }
        self.walk(&[(1, 0), (0, 1), (-1, 0), (0, -1)]);
    }

    /// Steps to the best of these places around the best so far, until that is in the middle.
    #[inline(always)]
    fn walk(&mut self, steps: &[(i32, i32)]) {
        for _ in 0..STEPS {
            let (x, y) = self.best.at;
            for (dx, dy) in steps {
                self.try_at((x + dx, y + dy));
            }
            if self.best.at == (x, y) {
                break;
            }
        }
    }

    #[inline(always)]
    fn lost(&self) -> bool {
        3 * self.best.sad > self.deviation + NOISE * const { samples(N) }
    }

    /// Looks at one displacement, or the nearest in range; true if it is the best so far.
    #[inline(always)]
    fn try_at(&mut self, (x, y): (i32, i32)) -> bool {
        let at = (
            x.max(self.low.0).min(self.high.0),
            y.max(self.low.1).min(self.high.1),
        );
        let sad = self.sums.sad(&self.block, self.displaced(at));
        let far = at.0.abs_diff(self.median.0) + at.1.abs_diff(self.median.1);
        let cost = sad + far * const { if N == 8 { DISTANCE } else { 2 * DISTANCE } };
        let better = cost < self.best.cost;
        if better {
            self.best = Candidate { cost, sad, at };
        }
        better
    }

    #[inline(always)]
    fn displaced(&self, (x, y): (i32, i32)) -> At<'a> {
        let by = y as isize * self.now.stride.cast_signed() + x as isize;
        let at = self.now.at.wrapping_add_signed(by);
        At { at, ..self.now }
    }

    #[inline(always)]
    fn refine(mut self) -> Match {
        let mut moves = 0;
        loop {
            let at = self.best.at;
            let tensor = self.sums.tensor::<N>(self.last, self.displaced(at));
            let (x, y) = tensor.displacement(RIDGE);
            let step = (nearest_whole(x), nearest_whole(y));
            if moves < MOVES && step != (0, 0) && self.try_at((at.0 + step.0, at.1 + step.1)) {
                moves += 1;
                continue;
            }
            return Match {
                whole: at,
                exact: (at.0 as f32 + fraction(x), at.1 as f32 + fraction(y)),
                sad: self.best.sad,
                deviation: self.deviation,
                slope: tensor.least_slope(),
            };
        }
    }
}

/// The displacements that keep a block at least touching the plane, within the range.
#[inline(always)]
fn bounds(start: usize, side: usize, edge: usize, range: i32) -> (i32, i32) {
    let range = range.unsigned_abs() as usize;
    let (low, high) = ((start + side).min(range), (edge - start).min(range));
    (-small(low), small(high))
}

/// A number below 2^15, as all within a range are.
#[inline(always)]
fn small(v: usize) -> i32 {
    let [low, high, ..] = v.to_le_bytes();
    i32::from(i16::from_le_bytes([low, high]))
}

/// What the quartered planes' blocks of 8x8 found at this block, and beside and above or below it
/// where it is nearer to those.
#[inline(always)]
fn nearest(hints: &Grid, side: usize, column: usize, row: usize) -> [(i32, i32); 3] {
    let share = 32 / side;
    let place = |k: usize, count: usize| {
        let own = (k / share).min(count - 1);
        let beside = if k % share < share / 2 {
            own.saturating_sub(1)
        } else {
            (own + 1).min(count - 1)
        };
        (own, beside)
    };
    let (column, beside) = place(column, hints.columns);
    let (row, below) = place(row, hints.rows);
    [(column, row), (beside, row), (column, below)].map(|(column, row)| {
        let (x, y) = hints.matches[row * hints.columns + column].exact;
        (whole(4.0 * x), whole(4.0 * y))
    })
}

const fn samples(side: usize) -> u32 {
    assert!(side <= 16);
    #[expect(clippy::cast_possible_truncation, reason = "256 at most")]
    let samples = (side * side) as u32;
    samples
}

#[inline(always)]
fn median(a: i32, b: i32, c: i32) -> i32 {
    a.max(b).min(a.min(b).max(c))
}

/// A displacement of at most two samples, to the nearest whole one.
#[inline(always)]
fn nearest_whole(v: f32) -> i32 {
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

/// What least squares may add to a whole displacement.
#[inline(always)]
fn fraction(v: f32) -> f32 {
    v.clamp(-0.6, 0.6)
}
