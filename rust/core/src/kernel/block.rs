//! From sums over cells or columns to statistics of blocks, a row of blocks at a time.

use crate::cpu::multiversion;

multiversion! {
    /// Adds every `each` neighbours of `parts` up to one block; returns the sum of all.
    pub fn fold(parts: &[u32], each: usize, blocks: &mut [u64]) -> u64 {
        #[inline(always)]
        fn fixed<const N: usize>(parts: &[u32], blocks: &mut [u64]) -> u64 {
            let mut total = 0;
            for (block, parts) in blocks.iter_mut().zip(parts.as_chunks::<N>().0) {
                *block = parts.iter().map(|&part| u64::from(part)).sum();
                total += *block;
            }
            total
        }
        match each {
            1 => fixed::<1>(parts, blocks),
            2 => fixed::<2>(parts, blocks),
            3 => fixed::<3>(parts, blocks),
            4 => fixed::<4>(parts, blocks),
            6 => fixed::<6>(parts, blocks),
            _ => {
                let mut total = 0;
                for (block, parts) in blocks.iter_mut().zip(parts.chunks(each)) {
                    *block = parts.iter().map(|&part| u64::from(part)).sum();
                    total += *block;
                }
                total
            }
        }
    }
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
    pub fn means(sums: &[u64], share: Share, unit: f64, means: &mut [f32]) -> () {
        let per = share.inner * unit;
        for (mean, &sum) in means.iter_mut().zip(sums) {
            *mean = (float(sum) * per) as f32;
        }
        if let (Some(mean), Some(&sum)) = (means.last_mut(), sums.last()) {
            *mean = (float(sum) * share.last * unit) as f32;
        }
    }
}

multiversion! {
    /// Variances from sums, and sums of squares, of samples in steps of `unit`.
    pub fn variances(sums: &[u64], squares: &[u64], share: Share, unit: f64, variances: &mut [f32]) -> () {
        let of = |sum: u64, square: u64, share: f64| {
            let mean = float(sum) * share;
            ((float(square) * share - mean * mean).max(0.0) * unit * unit) as f32
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
    /// Means, rounded to codes.
    pub fn codes(means: &[f32], codes: &mut [u8]) -> () {
        for (code, &mean) in codes.iter_mut().zip(means) {
            *code = (mean + 0.5) as u8;
        }
    }
}

/// Exact: no sum of a frame reaches 2⁵².
#[inline(always)]
pub(crate) fn float(sum: u64) -> f64 {
    // The low 52 bits of a double at 2⁵² are the integer itself: no instruction set below
    // AVX-512 converts 64-bit integers.
    const BIAS: u64 = 0x4330_0000_0000_0000;
    f64::from_bits(sum | BIAS) - f64::from_bits(BIAS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cpu::Level, fake::noise};

    #[test]
    fn every_level_agrees_with_the_reference() {
        let parts: Vec<u32> = noise(1, 960)
            .into_iter()
            .map(|byte| u32::from(byte) << 20)
            .collect();
        for each in [1, 2, 3, 4, 5, 6, 8, 16] {
            let blocks = parts.len() / each;
            let all = |level| {
                let (mut sums, mut squares) = (vec![0; blocks], vec![0; blocks]);
                let total = fold(level, &parts, each, &mut sums);
                for (square, sum) in squares.iter_mut().zip(&sums) {
                    *square = sum << 3;
                }
                let (mut scaled, mut varied) = (vec![0.0; blocks], vec![0.0; blocks]);
                let mut rounded = vec![0; blocks];
                let share = Share::new(blocks * 12 - 5, 12, 7);
                means(level, &sums, share, 1e-5, &mut scaled);
                variances(level, &sums, &squares, share, 1e-6, &mut varied);
                codes(level, &scaled, &mut rounded);
                (total, sums, scaled, varied, rounded)
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

    #[test]
    fn a_sum_becomes_the_same_number() {
        for sum in [0, 1, 12_345, (1 << 52) - 1] {
            assert_eq!(float(sum).to_string(), sum.to_string());
        }
    }
}
