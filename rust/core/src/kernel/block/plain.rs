//! The sums over blocks in plain Rust: the oracle.

use super::{At, Still, Sums, Tensor};

/// In plain Rust.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain;

impl Sums for Plain {
    type Block = [[u8; 16]; 16];

    #[inline(always)]
    fn block<const N: usize>(self, at: At<'_>) -> Self::Block {
        let mut block = [[0; 16]; 16];
        for (y, row) in block.iter_mut().enumerate().take(N) {
            row[..N].copy_from_slice(at.row(y, N));
        }
        block
    }

    #[inline(always)]
    fn sad<const N: usize>(self, block: &Self::Block, found: At<'_>) -> u32 {
        let rows = block.iter().take(N).enumerate();
        rows.map(|(y, row)| differences(&row[..N], found.row(y, N)))
            .sum()
    }

    #[inline(always)]
    fn still<const N: usize>(self, last: At<'_>, now: At<'_>, found: &mut [Still]) {
        for (k, found) in found.iter_mut().enumerate() {
            let (last, now) = (last.moved(k * N, 0), now.moved(k * N, 0));
            let block = self.block::<N>(last);
            let level = |value| {
                let rows = block.iter().take(N);
                rows.map(|row| differences(&row[..N], &[value; N]))
                    .sum::<u32>()
            };
            let shift = const { (N * N).trailing_zeros() };
            let [mean, ..] = ((level(0) + (1 << (shift - 1))) >> shift).to_le_bytes();
            *found = Still {
                deviation: level(mean),
                sad: self.sad::<N>(&block, now),
            };
        }
    }

    #[inline(always)]
    fn tensor_of_8(self, a: At<'_>, b: At<'_>) -> Tensor {
        let (a, b) = (a.around(), b.around());
        let mut sum = Tensor::default();
        for y in 1..9 {
            let rows = |k: usize| (a.row(k, 10), b.row(k, 10));
            let (above, middle, below) = (rows(y - 1), rows(y), rows(y + 1));
            let both = |(a, b): (&[u8], &[u8]), x: usize| i32::from(a[x]) + i32::from(b[x]);
            for x in 1..9 {
                let dx = both(middle, x + 1) - both(middle, x - 1);
                let dy = both(below, x) - both(above, x);
                let d = i32::from(middle.0[x]) - i32::from(middle.1[x]);
                sum.xx += dx * dx;
                sum.xy += dx * dy;
                sum.yy += dy * dy;
                sum.xd += dx * d;
                sum.yd += dy * d;
            }
        }
        sum
    }
}

impl<'a> At<'a> {
    #[inline(always)]
    fn row(self, y: usize, width: usize) -> &'a [u8] {
        &self.samples[self.at + y * self.stride..][..width]
    }
}

/// Sum of absolute differences.
#[inline(always)]
fn differences(a: &[u8], b: &[u8]) -> u32 {
    let pairs = a.iter().zip(b);
    pairs.map(|(&a, &b)| u32::from(a.abs_diff(b))).sum()
}
