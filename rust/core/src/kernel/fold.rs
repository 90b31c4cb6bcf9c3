//! From sums over cells or columns to statistics of blocks, a row of blocks at a time.

use crate::cpu::multiversion;

macro_rules! fold {
    ($(#[$doc:meta])* $name:ident, $part:ty) => {
        multiversion! {
            $(#[$doc])*
            pub fn $name(parts: &[$part], each: usize, blocks: &mut [u32]) -> u64 {
                #[inline(always)]
                fn fixed<const N: usize>(parts: &[$part], blocks: &mut [u32]) -> u64 {
                    let mut total = 0;
                    for (block, parts) in blocks.iter_mut().zip(parts.as_chunks::<N>().0) {
                        *block = parts.iter().map(|&part| u32::from(part)).sum();
                        total += u64::from(*block);
                    }
                    total
                }
                match each {
                    1 => fixed::<1>(parts, blocks),
                    2 => fixed::<2>(parts, blocks),
                    3 => fixed::<3>(parts, blocks),
                    4 => fixed::<4>(parts, blocks),
                    6 => fixed::<6>(parts, blocks),
                    8 => fixed::<8>(parts, blocks),
                    12 => fixed::<12>(parts, blocks),
                    _ => {
                        let mut total = 0;
                        for (block, parts) in blocks.iter_mut().zip(parts.chunks(each)) {
                            *block = parts.iter().map(|&part| u32::from(part)).sum();
                            total += u64::from(*block);
                        }
                        total
                    }
                }
            }
        }
    };
}

fold! {
    /// Adds every `each` neighbouring cells up to one block; returns the sum of all.
    cells, u32
}

fold! {
    /// Adds every `each` neighbouring columns up to one block; returns the sum of all.
    columns, u16
}

/// One over how many samples each block of a row has: the last may have fewer.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// Of every block but the last.
    pub inner: f64,
    /// Of the last.
    pub last: f64,
}

impl Share {
    /// Of blocks `edge` samples wide over a row of `width`, `height` rows high.
    #[must_use]
    pub fn new(width: usize, edge: usize, height: usize) -> Self {
        let share = |width: usize| 1.0 / float((width * height) as u64);
        Self {
            inner: share(edge),
            last: share(width - (width - 1) / edge * edge),
        }
    }
}

multiversion! {
    /// Means: sums in steps of `unit`, over the samples of each block.
    #[expect(clippy::cast_possible_truncation, reason = "statistics of blocks are 32-bit floats")]
    pub fn means(sums: &[u32], share: Share, unit: f64, means: &mut [f32]) -> () {
        let per = (share.inner * unit) as f32;
        for (mean, &sum) in means.iter_mut().zip(sums) {
            *mean = sum as f32 * per;
        }
        if let (Some(mean), Some(&sum)) = (means.last_mut(), sums.last()) {
            *mean = sum as f32 * (share.last * unit) as f32;
        }
    }
}

multiversion! {
    /// Variances from sums, and sums of squares, of samples in steps of `unit`.
    #[expect(clippy::cast_possible_truncation, reason = "statistics of blocks are 32-bit floats")]
    pub fn variances(sums: &[u32], squares: &[u32], share: Share, unit: f64, variances: &mut [f32]) -> () {
        let of = |sum: u32, square: u32, share: f64| {
            let mean = f64::from(sum) * share;
            ((f64::from(square) * share - mean * mean).max(0.0) * unit * unit) as f32
        };
        for ((variance, &sum), &square) in variances.iter_mut().zip(sums).zip(squares) {
            *variance = of(sum, square, share.inner);
        }
        if let (Some(variance), Some(&sum), Some(&square)) = (variances.last_mut(), sums.last(), squares.last()) {
            *variance = of(sum, square, share.last);
        }
    }
}

multiversion! {
    /// Means from 0 to 255 as the nearest codes, a half to the even one.
    #[expect(clippy::cast_possible_truncation, reason = "the low byte is the code")]
    pub fn codes(means: &[f32], codes: &mut [u8]) -> () {
        // At 2²³ a float's last bit is one, so adding it rounds, and the low bits are the integer.
        const INTEGERS: f32 = 8_388_608.0;
        for (code, &mean) in codes.iter_mut().zip(means) {
            *code = (mean + INTEGERS).to_bits() as u8;
        }
    }
}

/// A sum over a frame as a float: exact, as none reaches 2⁵³.
#[expect(
    clippy::cast_precision_loss,
    reason = "no sum over a frame reaches 2⁵³"
)]
pub(crate) fn float(sum: u64) -> f64 {
    sum as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cpu::Level, fake::noise};

    #[test]
    fn every_level_agrees_with_the_reference() {
        let parts: Vec<u32> = noise(1, 960)
            .into_iter()
            .map(|byte| u32::from(byte) << 18)
            .collect();
        for each in [1, 2, 3, 4, 5, 6, 8, 16] {
            let blocks = parts.len() / each;
            let all = |level| {
                let (mut sums, mut squares) = (vec![0; blocks], vec![0; blocks]);
                let total = cells(level, &parts, each, &mut sums);
                for (square, sum) in squares.iter_mut().zip(&sums) {
                    *square = sum << 3;
                }
                let (mut scaled, mut varied) = (vec![0.0; blocks], vec![0.0; blocks]);
                let mut rounded = vec![0; blocks];
                let share = Share::new(blocks * 12 - 5, 12, 7);
                means(level, &sums, share, 1e-5, &mut scaled);
                variances(level, &sums, &squares, share, 1e-6, &mut varied);
                codes(level, &scaled, &mut rounded);
                let narrow: Vec<u16> = parts.iter().map(|part| (part >> 18) as u16).collect();
                let columns = (columns(level, &narrow, each, &mut squares), squares);
                (total, sums, columns, scaled, varied, rounded)
            };
            for level in Level::all() {
                assert_eq!(all(level), all(Level::SCALAR), "{level:?} {each}");
            }
        }
    }

    #[test]
    fn the_last_block_is_as_wide_as_what_is_left() {
        let share = Share::new(1920, 12, 1);
        assert_eq!((share.inner, share.last), (1.0 / 12.0, 1.0 / 12.0));
        let share = Share::new(1921, 12, 2);
        assert_eq!((share.inner, share.last), (1.0 / 24.0, 1.0 / 2.0));
    }
}
