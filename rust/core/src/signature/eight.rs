//! Rows of any depth as 8-bit codes.

use crate::{
    cpu::Level,
    kernel::{cells::Depth, row},
};

/// Samples that can be read as 8-bit codes.
pub(super) trait Eight: Depth {
    /// Rows as 8-bit codes: in place where they are, else rounded into `bytes`.
    fn eight<'a, const N: usize>(
        level: Level,
        rows: [&'a [Self]; N],
        depth: u32,
        bytes: &'a mut [u8],
    ) -> [&'a [u8]; N];
}

impl Eight for u8 {
    fn eight<'a, const N: usize>(
        _: Level,
        rows: [&'a [Self]; N],
        _: u32,
        _: &'a mut [u8],
    ) -> [&'a [u8]; N] {
        rows
    }
}

impl Eight for u16 {
    fn eight<'a, const N: usize>(
        level: Level,
        rows: [&'a [Self]; N],
        depth: u32,
        bytes: &'a mut [u8],
    ) -> [&'a [u8]; N] {
        let mut rest = bytes;
        rows.map(|row| {
            let (bytes, more) = std::mem::take(&mut rest).split_at_mut(row.len());
            row::narrow(level, row, depth - 8, bytes);
            rest = more;
            &*bytes
        })
    }
}
