//! A boosted cascade: its table read and checked, and its windows judged.
//!
//! Viola and Jones 2001 with the small trees of Lienhart, Kuranov and Pisarevsky 2003. A window passes a
//! stage if its trees' leaves add up to the stage's threshold; most windows fail an early one. Features
//! are sums over rectangles, in units of the window's own deviation, so that brightness and contrast do
//! not matter. The table is a published one, packed by `benches/make_faces.py`; its licence is in NOTICE.

use std::{fmt, sync::LazyLock};

use super::patch::Sums;
use crate::cpu::{Level, multiversion};

/// Windows that are judged side by side.
pub(super) const LANES: usize = 16;

/// What a node's way says where it leads to the tree's second node, and not to a leaf.
const SECOND: u8 = 3;

/// Fewer windows than this are judged one by one.
const FEW: u32 = 4;

/// Deviation of luma, in codes, below which a window has nothing to see.
const FLAT: f32 = 2.0;

/// Why bytes are not a table of a cascade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TableError {
    /// They end before the table does, or go on after it.
    Length,
    /// A rectangle is not inside the window.
    Rectangle,
    /// A node leads to where there is nothing.
    Way,
    /// The window has another edge than the search's.
    Edge,
    /// A threshold or a leaf is not a number.
    Number,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "expected a table of whole stages and trees, found more or fewer bytes",
            Self::Rectangle => "expected rectangles inside the window, found one that is not",
            Self::Way => "expected nodes that lead to a leaf or forwards, found one that does not",
            Self::Edge => "expected a window of 20 samples, found another",
            Self::Number => "expected finite numbers, found another",
        })
    }
}

/// Edge of the window, in samples.
pub(super) const EDGE: usize = 20;

/// A cascade as it is kept: rectangles in the window's samples.
#[derive(Debug, Clone, Default)]
pub(super) struct Cascade {
    stages: Vec<Stage>,
}

#[derive(Debug, Clone)]
struct Stage {
    threshold: f32,
    trees: Vec<Tree>,
}

#[derive(Debug, Clone, Copy)]
struct Tree {
    leaves: [f32; 3],
    nodes: [Node; 2],
}

#[derive(Debug, Clone, Copy)]
struct Node {
    ways: [u8; 2],
    threshold: f32,
    rectangles: [Rectangle; 3],
}

#[derive(Debug, Clone, Copy)]
struct Rectangle {
    /// Left, top, right and bottom edge.
    edges: [u8; 4],
    weight: i32,
}

impl Cascade {
    /// The one that is shipped.
    pub(super) fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Cascade> = LazyLock::new(|| {
            // Without stages nothing is ever a face; a test holds that the table can be read.
            Cascade::read(include_bytes!("frontalface_alt2.bin")).unwrap_or_default()
        });
        &SHIPPED
    }

    /// Reads and checks a table.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, TableError> {
        let mut rest = Bytes(bytes);
        if usize::from(rest.u16()?) != EDGE {
            return Err(TableError::Edge);
        }
        let stages = (0..rest.u16()?)
            .map(|_| rest.stage())
            .collect::<Result<_, _>>()?;
        if rest.0.is_empty() {
            Ok(Self { stages })
        } else {
            Err(TableError::Length)
        }
    }

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

/// What is left of a table.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], TableError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(TableError::Length)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u16(&mut self) -> Result<u16, TableError> {
        self.take().map(u16::from_le_bytes)
    }

    fn number(&mut self) -> Result<f32, TableError> {
        let number = f32::from_le_bytes(self.take()?);
        if number.is_finite() {
            Ok(number)
        } else {
            Err(TableError::Number)
        }
    }

    fn stage(&mut self) -> Result<Stage, TableError> {
        let threshold = self.number()?;
        let trees = (0..self.u16()?).map(|_| self.tree());
        let trees = trees.collect::<Result<_, _>>()?;
        Ok(Stage { threshold, trees })
    }

    fn tree(&mut self) -> Result<Tree, TableError> {
        let leaves = [self.number()?, self.number()?, self.number()?];
        let nodes = [self.node(SECOND)?, self.node(SECOND - 1)?];
        Ok(Tree { leaves, nodes })
    }

    /// A node whose ways go to `last` at most.
    fn node(&mut self, last: u8) -> Result<Node, TableError> {
        let ways: [u8; 2] = self.take()?;
        if ways.iter().any(|&way| way > last) {
            return Err(TableError::Way);
        }
        Ok(Node {
            ways,
            threshold: self.number()?,
            rectangles: [self.rectangle()?, self.rectangle()?, self.rectangle()?],
        })
    }

    fn rectangle(&mut self) -> Result<Rectangle, TableError> {
        let [left, top, width, height, weight] = self.take()?;
        let edge = |low: u8, length: u8| {
            let high = usize::from(low) + usize::from(length);
            u8::try_from(high)
                .ok()
                .filter(|_| high <= EDGE)
                .ok_or(TableError::Rectangle)
        };
        let edges = [left, top, edge(left, width)?, edge(top, height)?];
        let weight = i32::from(i8::from_le_bytes([weight]));
        Ok(Rectangle { edges, weight })
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

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = include_bytes!("frontalface_alt2.bin");

    #[test]
    fn the_shipped_table_is_read_whole() {
        let cascade = Cascade::read(TABLE).unwrap();
        assert_eq!(cascade.stages.len(), 20);
        let trees: usize = cascade.stages.iter().map(|stage| stage.trees.len()).sum();
        assert_eq!(trees, 1047);
    }

    #[test]
    fn a_table_cut_short_anywhere_is_refused() {
        for length in (0..TABLE.len()).step_by(97) {
            assert!(Cascade::read(&TABLE[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_table_with_any_byte_changed_is_read_or_refused_and_never_panics() {
        let mut refused = 0;
        for at in 0..400 {
            let mut bytes = TABLE.to_vec();
            bytes[at] ^= 0xff;
            refused += u32::from(Cascade::read(&bytes).is_err());
        }
        assert!(refused > 100, "{refused}");
    }
}
