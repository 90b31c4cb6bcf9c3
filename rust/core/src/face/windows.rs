//! Windows judged by a cascade, sixteen side by side.

use super::{
    cascade::{Cascade, Node, Rectangle, SECOND},
    patch::Sums,
};
use crate::cpu::{Level, multiversion};

/// Windows that are judged side by side.
pub(super) const LANES: usize = 16;

/// Fewer windows than this are judged one by one.
const FEW: u32 = 4;

/// Deviation of luma, in codes, below which a window has nothing to see.
const FLAT: f32 = 2.0;

impl Cascade {
    /// The same with rectangles as places in sums of this stride.
    pub(super) fn laid_out(&self, stride: usize) -> LaidOut {
        let corner = |x: u8, y: u8| usize::from(y) * stride + usize::from(x);
        let node = |node: &Node| LaidNode {
            ways: node.ways,
            threshold: node.threshold,
            parts: node.rectangles.map(|Rectangle { edges, weight }| {
                let [left, top, right, bottom] = edges;
                let corners = [(right, bottom), (left, top), (right, top), (left, bottom)];
                (corners.map(|(x, y)| corner(x, y)), weight)
            }),
        };
        let stages = self.stages.iter().map(|stage| LaidStage {
            threshold: stage.threshold,
            trees: stage
                .trees
                .iter()
                .map(|tree| LaidTree {
                    leaves: tree.leaves,
                    nodes: tree.nodes.each_ref().map(node),
                })
                .collect(),
        });
        LaidOut {
            stride,
            stages: stages.collect(),
        }
    }
}

/// A cascade whose rectangles are places in sums of one stride.
#[derive(Debug)]
pub(super) struct LaidOut {
    /// The stride.
    pub(super) stride: usize,
    stages: Vec<LaidStage>,
}

#[derive(Debug)]
struct LaidStage {
    threshold: f32,
    trees: Vec<LaidTree>,
}

#[derive(Debug)]
struct LaidTree {
    leaves: [f32; 3],
    nodes: [LaidNode; 2],
}

#[derive(Debug)]
struct LaidNode {
    ways: [u8; 2],
    threshold: f32,
    parts: [([usize; 4], i32); 3],
}

impl LaidNode {
    /// Whether the feature of the window at `at` is below the threshold.
    #[inline(always)]
    fn below(&self, sums: &[u32], at: usize, deviation: f32) -> bool {
        let mut value = 0;
        for (corners, weight) in &self.parts {
            let [a, b, c, d] = corners.map(|corner| sums[at + corner]);
            value += weight * part(a, b, c, d);
        }
        (value as f32) < self.threshold * deviation
    }

    /// The same of neighbouring windows.
    #[inline(always)]
    fn all_below(&self, sums: &[u32], at: usize, deviation: &[f32; LANES]) -> [bool; LANES] {
        let mut values = [0_i32; LANES];
        for (corners, weight) in &self.parts {
            if *weight == 0 {
                continue;
            }
            let [a, b, c, d] = corners.map(|corner| &sums[at + corner..][..LANES]);
            for k in 0..LANES {
                values[k] += weight * part(a[k], b[k], c[k], d[k]);
            }
        }
        let mut below = [false; LANES];
        for k in 0..LANES {
            below[k] = (values[k] as f32) < self.threshold * deviation[k];
        }
        below
    }
}

/// Sum over a rectangle; sums may have wrapped, a rectangle's own never does.
#[inline(always)]
fn part(a: u32, b: u32, c: u32, d: u32) -> i32 {
    a.wrapping_add(b)
        .wrapping_sub(c)
        .wrapping_sub(d)
        .cast_signed()
}

impl LaidTree {
    /// The leaf where a window ends whose nodes say this.
    #[inline(always)]
    fn leaf(&self, first: bool, second: bool) -> f32 {
        let way = |node: &LaidNode, below: bool| node.ways[usize::from(!below)];
        let way = match way(&self.nodes[0], first) {
            SECOND => way(&self.nodes[1], second),
            way => way,
        };
        self.leaves[usize::from(way)]
    }
}

impl LaidStage {
    #[inline(always)]
    fn passes(&self, sums: &[u32], at: usize, deviation: f32) -> bool {
        let mut total = 0.0;
        for tree in &self.trees {
            let [first, second] = &tree.nodes;
            let first = first.below(sums, at, deviation);
            total += tree.leaf(first, second.below(sums, at, deviation));
        }
        total >= self.threshold
    }

    #[inline(always)]
    fn pass(&self, sums: &[u32], at: usize, deviation: &[f32; LANES]) -> u32 {
        let mut totals = [0.0_f32; LANES];
        for tree in &self.trees {
            let [first, second] = &tree.nodes;
            let first = first.all_below(sums, at, deviation);
            let second = second.all_below(sums, at, deviation);
            // All four ends, so that each window chooses between numbers.
            let ends = [(true, true), (true, false), (false, true), (false, false)];
            let [tt, tf, ft, ff] = ends.map(|(a, b)| tree.leaf(a, b));
            for k in 0..LANES {
                let below = if second[k] { tt } else { tf };
                let above = if second[k] { ft } else { ff };
                totals[k] += if first[k] { below } else { above };
            }
        }
        let mut passed = 0;
        for (k, total) in totals.into_iter().enumerate() {
            passed |= u32::from(total >= self.threshold) << k;
        }
        passed
    }
}

multiversion! {
    /// Judges up to [`LANES`] neighbouring windows whose corner is at `at`; a bit for each face.
    fn judged(cascade: &LaidOut, sums: &Sums, at: usize, windows: usize) -> u32 {
        let deviations = sums.deviations(at);
        let mut alive = 0_u32;
        for (k, &deviation) in deviations.iter().enumerate() {
            alive |= u32::from(deviation >= FLAT * sums.area() && k < windows) << k;
        }
        for stage in &cascade.stages {
            if alive == 0 {
                return 0;
            }
            if alive.count_ones() >= FEW {
                alive &= stage.pass(sums.sums(), at, &deviations);
            } else {
                let mut left = alive;
                while left != 0 {
                    let k = left.trailing_zeros();
                    left &= left - 1;
                    let lane = k as usize;
                    if !stage.passes(sums.sums(), at + lane, deviations[lane]) {
                        alive &= !(1 << k);
                    }
                }
            }
        }
        alive
    }
}

impl LaidOut {
    /// Which of up to [`LANES`] windows side by side, the first with its corner at sample (x, y) of the
    /// summed patch, are faces: a bit each.
    pub(super) fn faces(
        &self,
        level: Level,
        sums: &Sums,
        (x, y): (usize, usize),
        windows: usize,
    ) -> u32 {
        if self.stages.is_empty() {
            return 0;
        }
        judged(level, self, sums, y * self.stride + x, windows)
    }
}
