//! A boosted cascade: its table read and checked.
//!
//! Viola and Jones 2001 with the small trees of Lienhart, Kuranov and Pisarevsky 2003. A window passes a
//! stage if its trees' leaves add up to the stage's threshold; most windows fail an early one. Features
//! are sums over rectangles, in units of the window's own deviation, so that brightness and contrast do
//! not matter. The table is a published one, packed by `benches/make_faces.py`; its licence is in NOTICE.

use std::{fmt, sync::LazyLock};

/// What a node's way says where it leads to the tree's second node, and not to a leaf.
pub(super) const SECOND: u8 = 3;

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
    pub(super) stages: Vec<Stage>,
}

#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) threshold: f32,
    pub(super) trees: Vec<Tree>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Tree {
    pub(super) leaves: [f32; 3],
    pub(super) nodes: [Node; 2],
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) ways: [u8; 2],
    pub(super) threshold: f32,
    pub(super) rectangles: [Rectangle; 3],
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Rectangle {
    /// Left, top, right and bottom edge.
    pub(super) edges: [u8; 4],
    pub(super) weight: i32,
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
