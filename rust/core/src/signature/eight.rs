//! Rows of any depth as 8-bit codes.

use crate::{
    cpu::Level,
    kernel::{cells::Depth, row},
};

/// The most rows asked for at once: the largest factor of a reduced plane.
pub(super) const ROWS: usize = 16;

/// Samples that can be read as 8-bit codes.
pub(super) trait Eight: Depth {
    /// Up to sixteen rows as 8-bit codes: in place where they are, else rounded into `bytes`.
    fn eight<'a>(
        level: Level,
        rows: &[&'a [Self]],
        depth: u32,
        bytes: &'a mut [u8],
    ) -> [&'a [u8]; ROWS];
}

impl Eight for u8 {
    fn eight<'a>(_: Level, rows: &[&'a [Self]], _: u32, _: &'a mut [u8]) -> [&'a [u8]; ROWS] {
        let mut eight = [&[][..]; ROWS];
        for (eight, row) in eight.iter_mut().zip(rows) {
            *eight = row;
        }
        eight
    }
}

impl Eight for u16 {
    fn eight<'a>(
        level: Level,
        rows: &[&'a [Self]],
        depth: u32,
        bytes: &'a mut [u8],
    ) -> [&'a [u8]; ROWS] {
        let mut eight = [&[][..]; ROWS];
        let mut rest = bytes;
        for (eight, row) in eight.iter_mut().zip(rows) {
            let (bytes, more) = rest.split_at_mut(row.len());
            row::narrow(level, row, depth - 8, bytes);
            *eight = bytes;
            rest = more;
        }
        eight
    }
}
