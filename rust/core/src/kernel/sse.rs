//! Sums of squared differences of two rows.

use crate::{
    cpu::{Level, multiversion},
    plane::Sample,
};

/// Samples whose rows can be compared.
pub trait Sse: Sample {
    /// The sum of squared differences of two rows.
    fn sse(level: Level, a: &[Self], b: &[Self]) -> u64;
}

impl Sse for u8 {
    fn sse(level: Level, a: &[Self], b: &[Self]) -> u64 {
        sse_u8(level, a, b)
    }
}

impl Sse for u16 {
    fn sse(level: Level, a: &[Self], b: &[Self]) -> u64 {
        sse_u16(level, a, b)
    }
}

multiversion! {
    fn sse_u8(a: &[u8], b: &[u8]) -> u64 {
        // 255² · 2¹⁵ < 2³¹, so i32 cannot overflow within a chunk.
        a.chunks(1 << 15)
            .zip(b.chunks(1 << 15))
            .map(|(a, b)| {
                let sum: i32 = a
                    .iter()
                    .zip(b)
                    .map(|(&a, &b)| {
                        let d = i32::from(i16::from(a) - i16::from(b));
                        d * d
                    })
                    .sum();
                u64::from(sum.cast_unsigned())
            })
            .sum()
    }
}

multiversion! {
    fn sse_u16(a: &[u16], b: &[u16]) -> u64 {
        a.iter()
            .zip(b)
            .map(|(&a, &b)| {
                let d = u32::from(a.abs_diff(b));
                u64::from(d * d)
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u64, len: usize) -> Vec<u16> {
        let mut s = seed;
        (0..len)
            .map(|_| {
                s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let [high, low, ..] = s.to_be_bytes();
                u16::from_be_bytes([high, low])
            })
            .collect()
    }

    fn narrow(samples: &[u16]) -> Vec<u8> {
        samples.iter().map(|s| s.to_be_bytes()[0]).collect()
    }

    #[test]
    fn every_level_agrees_with_the_reference() {
        for len in [0, 1, 15, 16, 17, 63, 65, 640, 1921, 70_000] {
            let (a, b) = (noise(1, len), noise(2, len));
            let (a8, b8) = (narrow(&a), narrow(&b));
            for level in Level::all() {
                let name = level.name();
                assert_eq!(
                    u16::sse(level, &a, &b),
                    u16::sse(Level::SCALAR, &a, &b),
                    "{name} {len}"
                );
                assert_eq!(
                    u8::sse(level, &a8, &b8),
                    u8::sse(Level::SCALAR, &a8, &b8),
                    "{name} {len}"
                );
            }
        }
    }

    #[test]
    fn the_worst_case_does_not_overflow() {
        let (a, b) = (vec![u16::MAX; 1 << 17], vec![0; 1 << 17]);
        assert_eq!(u16::sse(Level::detect(), &a, &b), (65_535 * 65_535) << 17);
        let (a, b) = (narrow(&a), narrow(&b));
        assert_eq!(u8::sse(Level::detect(), &a, &b), (255 * 255) << 17);
    }
}
