//! Sums of squared differences of two planes.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use crate::{
    cpu::{Level, dispatch, multiversion},
    plane::{Plane, Sample},
};

/// Samples whose planes can be compared.
pub trait Sse: Sample {
    /// The sum of squared differences of two planes, as far as both go.
    fn sse(level: Level, a: Plane<'_, Self>, b: Plane<'_, Self>) -> u64;
}

impl Sse for u8 {
    fn sse(level: Level, a: Plane<'_, Self>, b: Plane<'_, Self>) -> u64 {
        let (a, b) = in_few_rows(a, b);
        dispatch!(level, scalar, avx2: avx2::sum, avx512: avx512::sum, (a, b))
    }
}

impl Sse for u16 {
    fn sse(level: Level, a: Plane<'_, Self>, b: Plane<'_, Self>) -> u64 {
        let (a, b) = in_few_rows(a, b);
        sse_u16(level, a, b)
    }
}

/// The same planes, each in one row where both have nothing between their rows.
fn in_few_rows<'a, T: Sample>(a: Plane<'a, T>, b: Plane<'a, T>) -> (Plane<'a, T>, Plane<'a, T>) {
    a.in_one_row().zip(b.in_one_row()).unwrap_or((a, b))
}

fn scalar(a: Plane<'_, u8>, b: Plane<'_, u8>) -> u64 {
    a.rows().zip(b.rows()).map(|(a, b)| of_row(a, b)).sum()
}

/// The sum of two rows.
#[inline]
fn of_row(a: &[u8], b: &[u8]) -> u64 {
    let squares = a.iter().zip(b).map(|(&a, &b)| {
        let d = u64::from(a.abs_diff(b));
        d * d
    });
    squares.sum()
}

/// Samples of which a vector of 32-bit sums holds the squares: 255² · 2 · 2¹⁴ < 2³¹, for at least 32 at
/// a time.
#[cfg(target_arch = "x86_64")]
const CHUNK: usize = 32 << 14;

multiversion! {
    fn sse_u16(a: Plane<'_, u16>, b: Plane<'_, u16>) -> u64 {
        let rows = a.rows().zip(b.rows());
        rows.map(|(a, b)| {
            a.iter()
                .zip(b)
                .map(|(&a, &b)| {
                    let d = u32::from(a.abs_diff(b));
                    u64::from(d * d)
                })
                .sum::<u64>()
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

    fn each<T: Sse>(a: &[T], b: &[T], shape: (usize, usize), strides: (usize, usize)) {
        let plane = |samples, stride| Plane::new(samples, shape.0, shape.1, stride).unwrap();
        let (a, b) = (plane(a, strides.0), plane(b, strides.1));
        let expected: u64 = a
            .rows()
            .zip(b.rows())
            .flat_map(|(a, b)| a.iter().zip(b))
            .map(|(&a, &b)| {
                let (a, b): (u32, u32) = (a.into(), b.into());
                u64::from(a.abs_diff(b)).pow(2)
            })
            .sum();
        for level in Level::all() {
            assert_eq!(T::sse(level, a, b), expected, "{} {shape:?}", level.name());
        }
    }

    #[test]
    fn every_level_gives_the_definitions_sum() {
        let (a, b) = (noise(1, 200_000), noise(2, 200_000));
        let (a8, b8) = (narrow(&a), narrow(&b));
        for shape in [
            (0, 0),
            (1, 7),
            (63, 3),
            (64, 2),
            (129, 5),
            (640, 2),
            (1921, 40),
        ] {
            for strides in [(0, 0), (0, 9), (1, 0)] {
                let strides = (shape.0 + strides.0, shape.0 + strides.1);
                each(&a, &b, shape, strides);
                each(&a8, &b8, shape, strides);
            }
        }
    }

    #[test]
    fn the_worst_case_does_not_overflow() {
        let count = 3 << 18;
        let (a, b) = (vec![u16::MAX; count], vec![0; count]);
        let (a8, b8) = (narrow(&a), narrow(&b));
        for shape in [(count, 1), (1 << 18, 3)] {
            each(&a, &b, shape, (shape.0, shape.0));
            each(&a8, &b8, shape, (shape.0, shape.0));
        }
    }
}
