//! The search for one block.

use super::{Grid, Match, Pair};
use crate::kernel::block::{At, Sums};

/// Cost of one sample of distance from the neighbours' median for an 8x8 block, twice that for
/// 16x16: what keeps a flat block with its neighbours.
const DISTANCE: u32 = 4;

/// Squared slopes, times 16, that hold a displacement at its neighbours' where its own slopes do
/// not tell.
const RIDGE: f32 = 1000.0;

/// The most that least squares may add to a whole displacement.
const REST: f32 = 0.6;

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
pub(super) struct Search<'a, S: Sums, const N: usize> {
    sums: S,
    block: S::Block,
    last: At<'a>,
    now: At<'a>,
    low: (i32, i32),
    high: (i32, i32),
    neighbours: [(i32, i32); 3],
    median: (i32, i32),
    expected: (f32, f32),
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
    /// A search that starts from a match and has these neighbours.
    #[inline(always)]
    pub(super) fn new(
        sums: S,
        pair: Pair<'a>,
        (column, row): (usize, usize),
        start: Match,
        around: [Match; 3],
    ) -> Self {
        let [last, now] = pair.places(column, row, N);
        let (width, height) = pair.now.size();
        let ((left, right), (top, bottom)) = (
            bounds(column * N, N, width, pair.range),
            bounds(row * N, N, height, pair.range),
        );
        let neighbours = around.map(|found| found.whole);
        let [a, b, c] = neighbours;
        let median = (median(a.0, b.0, c.0), median(a.1, b.1, c.1));
        let [a, b, c] = around.map(|found| found.exact);
        Self {
            sums,
            block: sums.block::<N>(last),
            last,
            now,
            low: (left, top),
            high: (right, bottom),
            neighbours,
            median,
            expected: (middle(a.0, b.0, c.0), middle(a.1, b.1, c.1)),
            deviation: start.deviation,
            best: Candidate {
                cost: start.sad + distance::<N>(start.whole, median),
                sad: start.sad,
                at: start.whole,
            },
        }
    }

    /// Looks at what the neighbours found, and around where that does not help.
    #[inline(always)]
    pub(super) fn start(&mut self, column: usize, row: usize) {
        self.try_neighbours();
        if self.lost() {
            self.look_around(column.is_multiple_of(2) && row.is_multiple_of(2));
        }
    }

    /// Looks at what the neighbours and the quartered planes found, and walks on where that does
    /// not help.
    #[inline(always)]
    pub(super) fn start_from(&mut self, hints: &Grid, column: usize, row: usize) {
        self.try_neighbours();
        let [a, b, c] = self.neighbours;
        if a != b || b != c || self.lost() {
            let [d, e, f] = nearest(hints, N, column, row);
            self.try_place(d);
            if e != d {
                self.try_place(e);
            }
            if f != d && f != e {
                self.try_place(f);
            }
            if self.lost() {
                self.walk(&HEXAGON);
            }
        }
    }

    #[inline(always)]
    pub(super) fn try_neighbours(&mut self) {
        let [a, b, c] = self.neighbours;
        self.try_place(a);
        if b != a {
            self.try_place(b);
        }
        if c != a && c != b {
            self.try_place(c);
        }
        if ![a, b, c].contains(&self.median) {
            self.try_place(self.median);
        }
    }

    #[inline(always)]
    fn try_place(&mut self, place: (i32, i32)) {
        if place != (0, 0) && place != self.best.at {
            self.try_at(place);
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
    fn try_at(&mut self, (x, y): (i32, i32)) -> bool {
        let at = (
            x.max(self.low.0).min(self.high.0),
            y.max(self.low.1).min(self.high.1),
        );
        let sad = self.sums.sad::<N>(&self.block, self.displaced(at));
        let cost = sad + distance::<N>(at, self.median);
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
            let expected = (
                rest(self.expected.0 - at.0 as f32),
                rest(self.expected.1 - at.1 as f32),
            );
            let (x, y) = tensor.displacement(RIDGE, expected);
            let step = (step(x), step(y));
            if moves < MOVES && step != (0, 0) && self.try_at((at.0 + step.0, at.1 + step.1)) {
                moves += 1;
                continue;
            }
            return Match {
                whole: at,
                exact: (at.0 as f32 + rest(x), at.1 as f32 + rest(y)),
                sad: self.best.sad,
                deviation: self.deviation,
                slope: tensor.least_slope(),
            };
        }
    }
}

/// What a displacement costs beside its differences.
#[inline(always)]
fn distance<const N: usize>(at: (i32, i32), median: (i32, i32)) -> u32 {
    let far = at.0.abs_diff(median.0) + at.1.abs_diff(median.1);
    far * const { if N == 8 { DISTANCE } else { 2 * DISTANCE } }
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

#[inline(always)]
fn middle(a: f32, b: f32, c: f32) -> f32 {
    a.max(b).min(a.min(b).max(c))
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

/// What may be added to a whole displacement.
#[inline(always)]
fn rest(v: f32) -> f32 {
    v.clamp(-REST, REST)
}
