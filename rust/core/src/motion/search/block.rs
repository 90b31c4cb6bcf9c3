//! The search for one block.

use super::{Grid, Match, Pair};
use crate::kernel::{
    block::{self, At, Block, Sums},
    padded::Padded,
};

/// Cost of one sample of distance from the neighbours' median for an 8x8 block, twice that for
/// 16x16: what keeps a flat block with its neighbours.
const DISTANCE: u32 = 4;

/// Squared slopes, times 16, that hold a displacement at nothing where the slopes do not tell.
const RIDGE: f32 = 1000.0;

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
const STEPS: usize = 4;

/// The search for one block.
pub(super) struct Search<'a, S, const N: usize> {
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
    pub(super) fn new(
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
    pub(super) fn start(&mut self, hints: Option<&Grid>, column: usize, row: usize) {
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
    pub(super) fn start_from_neighbours(&mut self) {
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
        super::lost::<N>(self.best.sad, self.deviation)
    }

    /// Looks at one displacement, or the nearest in range; true if it is the best so far.
    #[inline(always)]
    pub(super) fn try_at(&mut self, (x, y): (i32, i32)) -> bool {
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
    pub(super) fn refine(mut self) -> Match {
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
