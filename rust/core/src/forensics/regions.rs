//! Where the face is, its edge, and what surrounds it: as runs of blocks.
//!
//! With c the middle of the box and w, h its edges, r(p) = |((px - cx) / 0.36 w, (py - cy) / 0.46 h)|. The
//! face is r ≤ 1, its edge 0.95 < r ≤ 1.35, the ring 1.35 < r ≤ 2.4. A block belongs where its middle is.

use std::ops::Range;

use crate::{face::Face, signature::Grid};

const ACROSS: f64 = 0.36;
const DOWN: f64 = 0.46;
const EDGE: Range<f64> = 0.95..1.35;
const RING: Range<f64> = 1.35..2.4;

/// The box moves this many blocks before the runs are made again, so that what is summed over does not
/// tremble with it.
const SLACK: f64 = 0.5;

/// Blocks that another face moves by first: only the ring depends on it.
const LOOSE: f64 = 3.0;

/// Runs of block indices, row by row.
pub(super) type Runs = Vec<Range<usize>>;

/// The runs of one face.
#[derive(Debug, Default)]
pub(super) struct Regions {
    made: Option<(Grid, Face)>,
    others: Vec<Face>,
    pub(super) face: Runs,
    pub(super) edge: Runs,
    pub(super) ring: Runs,
    /// Blocks of the face.
    pub(super) blocks: usize,
    /// Share of the ring that is in the picture and not in another face.
    pub(super) visible: f64,
}

/// r of a point in samples, squared.
pub(super) fn radius_squared(face: &Face, x: f64, y: f64) -> f64 {
    let (cx, cy) = face.centre();
    let (x, y) = (
        (x - cx) / (ACROSS * face.size),
        (y - cy) / (DOWN * face.size),
    );
    x * x + y * y
}

fn inside(range: &Range<f64>, squared: f64) -> bool {
    squared > range.start * range.start && squared <= range.end * range.end
}

impl Regions {
    /// Follows the face; `others` are the other faces of the frame. Whether the runs are new.
    pub(super) fn follow(&mut self, grid: Grid, face: &Face, others: &[Face]) -> bool {
        let block = grid.block as f64;
        let near = |a: &Face, b: &Face, slack: f64| {
            let ((ax, ay), (bx, by)) = (a.centre(), b.centre());
            let moved = (ax - bx).abs().max((ay - by).abs());
            a.id == b.id && moved.max((a.size - b.size).abs()) <= slack * block
        };
        let mut pairs = self.others.iter().zip(others);
        let same = self.others.len() == others.len() && pairs.all(|(a, b)| near(a, b, LOOSE));
        let held = (self.made).is_some_and(|(made, at)| made == grid && near(&at, face, SLACK));
        if held && same {
            return false;
        }
        self.made = Some((grid, *face));
        self.others.clear();
        self.others.extend_from_slice(others);
        self.make(grid, face, others);
        true
    }

    fn make(&mut self, grid: Grid, face: &Face, others: &[Face]) {
        let block = grid.block as f64;
        for runs in [&mut self.face, &mut self.edge, &mut self.ring] {
            runs.clear();
        }
        let (cx, cy) = face.centre();
        let reach = (ACROSS * face.size * RING.end, DOWN * face.size * RING.end);
        let index = |place: f64| (place / block - 0.5).ceil();
        let (left, right) = (index(cx - reach.0), index(cx + reach.0));
        let (top, bottom) = (index(cy - reach.1), index(cy + reach.1));
        let mut ring = [0_u32; 2];
        for row in whole(top)..whole(bottom) {
            let y = (row as f64 + 0.5) * block;
            for column in whole(left)..whole(right) {
                let x = (column as f64 + 0.5) * block;
                let squared = radius_squared(face, x, y);
                let in_ring = inside(&RING, squared);
                ring[0] += u32::from(in_ring);
                let (Ok(row), Ok(column)) = (usize::try_from(row), usize::try_from(column)) else {
                    continue;
                };
                if row >= grid.rows() || column >= grid.columns() {
                    continue;
                }
                let at = row * grid.columns() + column;
                if squared <= 1.0 {
                    extend(&mut self.face, at);
                }
                if inside(&EDGE, squared) {
                    extend(&mut self.edge, at);
                }
                let other = |face: &Face| radius_squared(face, x, y) <= EDGE.end * EDGE.end;
                if in_ring && !others.iter().any(other) {
                    ring[1] += 1;
                    extend(&mut self.ring, at);
                }
            }
        }
        self.blocks = self.face.iter().map(Range::len).sum();
        self.visible = f64::from(ring[1]) / f64::from(ring[0].max(1));
    }
}

/// Adds a block to the last run, or begins one.
fn extend(runs: &mut Runs, at: usize) {
    match runs.last_mut() {
        Some(run) if run.end == at => run.end += 1,
        _ => runs.push(at..at + 1),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a row or column of blocks, near the picture"
)]
fn whole(place: f64) -> i32 {
    place as i32
}

/// The values of `table` along runs.
pub(super) fn gather(runs: &Runs, table: &[f32], out: &mut Vec<f32>) {
    out.clear();
    for run in runs {
        out.extend_from_slice(table.get(run.clone()).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(left: f64, top: f64, size: f64) -> Face {
        Face {
            id: 0,
            left,
            top,
            size,
            tilt: 0.0,
            confidence: 1.0,
            given: false,
        }
    }

    #[test]
    fn face_and_ring_share_no_block_and_a_ring_in_the_picture_is_all_visible() {
        let grid = Grid::new(640, 360);
        let mut regions = Regions::default();
        assert!(regions.follow(grid, &face(240.0, 100.0, 120.0), &[]));
        assert!((regions.visible - 1.0).abs() < 1e-9);
        let of = |runs: &Runs| runs.iter().cloned().flatten().collect::<Vec<_>>();
        let (inner, ring) = (of(&regions.face), of(&regions.ring));
        assert!(inner.iter().all(|at| !ring.contains(at)));
        assert!(inner.len() > 100, "{}", inner.len());
        assert!(!regions.follow(grid, &face(242.0, 101.0, 121.0), &[]));
        assert!(regions.follow(grid, &face(242.0, 107.0, 121.0), &[]));
    }

    #[test]
    fn a_ring_behind_the_edge_or_in_another_face_is_not_visible() {
        let grid = Grid::new(640, 360);
        let mut regions = Regions::default();
        regions.follow(grid, &face(0.0, 100.0, 120.0), &[]);
        assert!(regions.visible < 0.9, "{}", regions.visible);
        regions.follow(
            grid,
            &face(240.0, 100.0, 120.0),
            &[face(320.0, 100.0, 120.0)],
        );
        assert!(regions.visible < 0.9, "{}", regions.visible);
        regions.follow(grid, &face(-1e6, 1e6, 120.0), &[]);
        assert_eq!(regions.blocks, 0);
    }
}
