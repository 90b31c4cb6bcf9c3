//! Windows of a piece of the picture judged, and the hits of one face joined into its box.

use super::{
    cascade::{Cascade, EDGE},
    patch::{Piece, Pyramid, Sums},
    windows::{LANES, LaidOut},
};
use crate::cpu::Level;

/// A face's box in samples of the picture that is searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    /// Degrees clockwise.
    pub(super) tilt: f64,
}

impl Spot {
    /// Whether another box is of the same face, or of a part of it.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let away = (self.x - other.x).abs().max((self.y - other.y).abs());
        away < MEET * self.size.max(other.size)
    }

    /// Overlap over union with another box, both taken as upright squares.
    pub(super) fn overlap(&self, other: &Self) -> f64 {
        let along = |a: f64, b: f64| {
            let (a, b) = (
                (a - self.size / 2.0, a + self.size / 2.0),
                (b - other.size / 2.0, b + other.size / 2.0),
            );
            (a.1.min(b.1) - a.0.max(b.0)).max(0.0)
        };
        let both = along(self.x, other.x) * along(self.y, other.y);
        both / (self.size * self.size + other.size * other.size - both)
    }
}

/// Distance of two middles over the larger size below which two boxes cannot be of two faces: what looks
/// like a face inside one, a mouth with its nostrils, is none.
const MEET: f64 = 0.6;

/// A box and how many windows agree on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) spot: Spot,
    pub(super) hits: u32,
}

/// Sizes of a near search, over that of the box.
const SIZES: [f64; 6] = [0.80, 0.87, 0.95, 1.04, 1.13, 1.24];

/// How far from the box a near search looks, in samples of a window of [`EDGE`].
const REACH: usize = 5;

/// Largest piece that the search looks at whole.
const WIDEST: usize = 480;

/// Looks at windows; owns the room for one piece.
#[derive(Debug)]
pub(super) struct Scan {
    level: Level,
    cascade: LaidOut,
    sums: Sums,
    hits: Vec<Spot>,
}

impl Scan {
    pub(super) fn new(level: Level, width: usize, height: usize) -> Self {
        // A near search of a small picture still has its own room.
        let least = EDGE + 2 * REACH;
        let sums = Sums::new(width.max(least), height.max(least));
        Self {
            level,
            cascade: Cascade::shipped().laid_out(sums.stride()),
            sums,
            hits: Vec::with_capacity(WIDEST),
        }
    }

    /// Judges the windows of `piece` whose corners are in rows `from` to before `to`, every `step`-th
    /// row.
    pub(super) fn rows(
        &mut self,
        pyramid: &Pyramid,
        piece: Piece,
        (from, to): (usize, usize),
        step: usize,
    ) -> &[Spot] {
        self.hits.clear();
        self.judge(pyramid, piece, (from, to), step);
        &self.hits
    }

    fn judge(&mut self, pyramid: &Pyramid, piece: Piece, (from, to): (usize, usize), step: usize) {
        let to = to.min((piece.height + 1).saturating_sub(EDGE));
        if from >= to || piece.width < EDGE {
            return;
        }
        self.sums.fill(pyramid, piece, from, to + EDGE - 1);
        let columns = piece.width - EDGE + 1;
        let size = EDGE as f64 * piece.scale;
        for y in (from..to).step_by(step) {
            for x in (0..columns).step_by(LANES) {
                let windows = LANES.min(columns - x);
                let at = (x, y - from);
                let mut faces = self.cascade.faces(self.level, &self.sums, at, windows);
                while faces != 0 {
                    let lane = faces.trailing_zeros() as usize;
                    faces &= faces - 1;
                    let half = EDGE as f64 / 2.0;
                    let (cx, cy) = piece.place((x + lane) as f64 + half, y as f64 + half);
                    self.hits.push(Spot {
                        x: cx,
                        y: cy,
                        size,
                        tilt: piece.tilt,
                    });
                }
            }
        }
    }

    /// The face near a box, tilted as the box is said to be, if there is one.
    pub(super) fn near(&mut self, pyramid: &Pyramid, spot: Spot) -> Option<Found> {
        self.hits.clear();
        for ratio in SIZES {
            let edge = EDGE + 2 * REACH;
            let piece = Piece {
                centre: (spot.x, spot.y),
                scale: spot.size * ratio / EDGE as f64,
                tilt: spot.tilt,
                width: edge,
                height: edge,
            };
            self.judge(pyramid, piece, (0, 2 * REACH + 1), 1);
        }
        joined(&self.hits)
    }
}

/// The mean of the hits that overlap the middle one; `None` without hits.
fn joined(hits: &[Spot]) -> Option<Found> {
    let middle = mean(hits.iter())?;
    let near = || {
        hits.iter()
            .filter(|hit| hit.overlap(&middle.spot) > TOGETHER)
    };
    mean(near())
}

/// Overlap over union of hits that are of one face.
const TOGETHER: f64 = 0.4;

fn mean<'a>(hits: impl Iterator<Item = &'a Spot>) -> Option<Found> {
    let (mut sums, mut count, mut tilt) = ([0.0; 3], 0_u32, 0.0);
    for hit in hits {
        for (sum, value) in sums.iter_mut().zip([hit.x, hit.y, hit.size]) {
            *sum += value;
        }
        (count, tilt) = (count + 1, hit.tilt);
    }
    let [x, y, size] = sums.map(|sum| sum / f64::from(count.max(1)));
    (count > 0).then_some(Found {
        spot: Spot { x, y, size, tilt },
        hits: count,
    })
}
