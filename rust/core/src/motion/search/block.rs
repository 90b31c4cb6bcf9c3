//! The search for one block's whole displacement.

use super::{Grid, Match, Pair, lost, whole};
use crate::kernel::block::{At, Sums};

/// Cost of one sample of distance from the neighbours' median for an 8x8 block, twice that for
/// 16x16: what keeps a flat block with its neighbours.
const DISTANCE: u32 = 4;

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

/// A displacement this near to what the quartered planes found is what they found.
const HINTED: i32 = 2;

/// The search for one block.
pub(super) struct Search<'a, S: Sums, const N: usize> {
    sums: S,
    block: S::Block,
    now: At<'a>,
    low: (i32, i32),
    high: (i32, i32),
    near: [(i32, i32); 3],
    median: (i32, i32),
    deviation: u32,
    best: Candidate,
}

#[derive(Clone, Copy)]
struct Candidate {
    cost: u32,
    at: (i32, i32),
}

impl<'a, S: Sums, const N: usize> Search<'a, S, N> {
    /// A search that starts from a match, near these displacements.
    #[inline(always)]
    pub(super) fn new(
        sums: S,
        pair: Pair<'a>,
        (column, row): (usize, usize),
        start: Match,
        near: [(i32, i32); 3],
    ) -> Self {
        let [last, now] = pair.places(column, row, N);
        let (width, height) = pair.now.size();
        let ((left, right), (top, bottom)) = (
            bounds(column * N, N, width, pair.range),
            bounds(row * N, N, height, pair.range),
        );
        let [a, b, c] = near;
        let mut search = Self {
            sums,
            block: sums.block::<N>(last),
            now,
            low: (left, top),
            high: (right, bottom),
            near,
            median: (median(a.0, b.0, c.0), median(a.1, b.1, c.1)),
            deviation: start.deviation,
            best: Candidate {
                cost: start.sad,
                at: start.whole,
            },
        };
        search.best.cost += search.distance(start.whole);
        search
    }

    /// What was found so far.
    #[inline(always)]
    pub(super) fn found(&self) -> Match {
        Match {
            whole: self.best.at,
            sad: self.sad(),
            deviation: self.deviation,
            ..Match::default()
        }
    }

    /// Looks at what the neighbours found, and around where that does not help.
    #[inline(always)]
    pub(super) fn start(&mut self, (column, row): (usize, usize)) {
        self.try_near();
        if self.lost() {
            self.look_around(column.is_multiple_of(2) && row.is_multiple_of(2));
        }
    }

    /// Looks at what the neighbours found; where that is not what the quartered planes found or does
    /// not help at the latter too, and walks on where nothing helps.
    #[inline(always)]
    pub(super) fn start_from(&mut self, hints: &Grid, (column, row): (usize, usize)) {
        self.try_near();
        let hints = nearest(hints, N, column, row);
        let (x, y) = (hints[0].0 - self.best.at.0, hints[0].1 - self.best.at.1);
        if (x.abs().max(y.abs()) > HINTED) | self.lost() {
            for hint in hints {
                self.try_at(hint);
            }
            if self.lost() {
                self.walk(&HEXAGON);
            }
        }
    }

    /// Looks at what the neighbours found and at the median of that.
    #[inline(always)]
    pub(super) fn try_near(&mut self) {
        let [a, b, c] = self.near;
        if a != self.best.at {
            self.try_at(a);
        }
        if a == b && b == c {
            return;
        }
        if b != a {
            self.try_at(b);
        }
        if c != a && c != b {
            self.try_at(c);
        }
        if ![a, b, c].contains(&self.median) {
            self.try_at(self.median);
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
        lost::<N>(self.sad(), self.deviation)
    }

    #[inline(always)]
    fn sad(&self) -> u32 {
        self.best.cost - self.distance(self.best.at)
    }

    /// Looks at one displacement, or the nearest in range.
    #[inline(always)]
    pub(super) fn try_at(&mut self, (x, y): (i32, i32)) {
        let at = (
            x.max(self.low.0).min(self.high.0),
            y.max(self.low.1).min(self.high.1),
        );
        let sad = self.sums.sad::<N>(&self.block, self.now.displaced(at));
        let cost = sad + self.distance(at);
        let better = cost < self.best.cost;
        let (best, found) = (self.best, Candidate { cost, at });
        self.best = std::hint::select_unpredictable(better, found, best);
    }

    /// What a displacement costs beside its differences.
    #[inline(always)]
    fn distance(&self, at: (i32, i32)) -> u32 {
        let far = at.0.abs_diff(self.median.0) + at.1.abs_diff(self.median.1);
        far * const { if N == 8 { DISTANCE } else { 2 * DISTANCE } }
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
