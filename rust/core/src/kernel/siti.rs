//! Sums behind spatial and temporal information: of 8-bit samples in integers, of mapped ones in
//! fixed lanes. Every level returns the same bits.

use crate::{
    cpu::{Level, dispatch},
    plane::Plane,
};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod mapped;
mod scalar;

/// Fraction bits of a summed gradient magnitude. The largest, √2·1020·2¹⁹, fits four times in 32 bits.
pub const FRACTION: u32 = 19;

/// Sums of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Sobel magnitudes inside a border of one sample, each an `f32` rounded to 2⁻¹⁹.
    pub magnitude: u64,
    /// Their squares, before any rounding.
    pub square: u64,
    /// Differences to the last frame.
    pub difference: i64,
    /// Their squares.
    pub difference_square: u64,
}

/// Sums over `luma` and its difference to `last`, which holds `luma`'s samples afterwards.
///
/// `last` is as long as `luma` has samples, row after row; `luma` is at least 3 wide and high.
pub fn totals(level: Level, luma: Plane<'_, u8>, last: &mut [u8]) -> Totals {
    dispatch!(level, scalar::totals, avx2: avx2::totals, avx512: avx512::totals, (luma, last)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u64, len: usize) -> Vec<u8> {
        let mut s = seed;
        (0..len)
            .map(|_| {
                s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                s.to_be_bytes()[0]
            })
            .collect()
    }

    fn at(level: Level, now: &[u8], before: &[u8], shape: (usize, usize), stride: usize) -> Totals {
        let (width, height) = shape;
        let mut last = before[..width * height].to_vec();
        let luma = Plane::new(now, width, height, stride).unwrap();
        let totals = totals(level, luma, &mut last);
        assert!(luma.rows().flatten().eq(&last), "{level:?} keeps the frame");
        totals
    }

    #[test]
    fn every_level_agrees_with_the_reference_at_every_width() {
        for width in (16..=140).chain([639, 1921]) {
            let (height, stride) = (17, width + 5);
            let (now, before) = (noise(1, stride * height), noise(2, stride * height));
            let reference = at(Level::SCALAR, &now, &before, (width, height), stride);
            for level in Level::all() {
                let found = at(level, &now, &before, (width, height), stride);
                assert_eq!(found, reference, "{level:?} {width}");
            }
        }
    }

    #[test]
    fn the_widest_and_steepest_row_does_not_overflow() {
        // Diagonal stripes two samples wide: the largest squared magnitude, everywhere.
        let (width, height) = (8192, 16);
        let now: Vec<u8> = (0..width * height)
            .map(|i| {
                if (i % width + i / width) % 4 < 2 {
                    0
                } else {
                    255
                }
            })
            .collect();
        let before: Vec<u8> = now.iter().map(|v| 255 - v).collect();
        let reference = at(Level::SCALAR, &now, &before, (width, height), width);
        assert_eq!(
            reference.difference_square,
            255 * 255 * (width * height) as u64
        );
        assert_eq!(reference.square % (width as u64 - 2), 0);
        for level in Level::all() {
            assert_eq!(at(level, &now, &before, (width, height), width), reference);
        }
    }
}
