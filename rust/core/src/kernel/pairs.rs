//! Sums over a band of rows, two neighbouring columns a place: the smallest unit a block of the
//! reduced plane or of chroma is made of.
//!
//! A band has at most 64 rows of at most 8192 samples. The place of an odd last column is its own;
//! places beyond the last column hold zero.

use crate::cpu::{Level, dispatch};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;

/// The widest step of any instruction set, in columns.
const STEP: usize = 64;

/// Room for the pairs of a row of `width` samples cut into blocks of `edge`.
#[must_use]
pub fn room(width: usize, edge: usize) -> Vec<u16> {
    vec![0; width.next_multiple_of(edge).next_multiple_of(STEP) / 2]
}

/// Sums of absolute differences between the rows of `now` and those of `last`, which follow one
/// another in memory and are `width` samples each. `pairs` is [`room`].
pub fn differences(level: Level, now: &[u8], last: &[u8], width: usize, pairs: &mut [u16]) {
    dispatch!(level, scalar::differences, avx2: avx2::differences, avx512: avx512::differences, (now, last, width, pairs)
    );
}

/// Sums of the rows of `a` and of those of `b`, each into its own [`room`]; returns the sums of
/// squares and of products over all of the band: Σa², Σb², Σab.
pub fn products(level: Level, a: &[&[u8]], b: &[&[u8]], pairs: &mut [Vec<u16>; 2]) -> [u64; 3] {
    dispatch!(level, scalar::products, avx2: avx2::products, avx512: avx512::products, (a, b, pairs)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::noise;

    const WIDTHS: [usize; 12] = [1, 2, 15, 31, 32, 33, 63, 64, 65, 127, 640, 961];

    fn bands(width: usize, height: usize) -> [Vec<u8>; 2] {
        [1, 2].map(|seed| noise(seed, width * height))
    }

    fn rows(band: &[u8], width: usize) -> Vec<&[u8]> {
        band.chunks_exact(width).collect()
    }

    #[test]
    fn every_level_agrees_with_the_reference_and_leaves_the_room_beyond_at_zero() {
        for width in WIDTHS {
            for height in [1, 2, 6, 13] {
                let [a, b] = bands(width, height);
                let all = |level| {
                    let mut differed = room(width, 12);
                    differences(level, &a, &b, width, &mut differed);
                    let (a, b) = (rows(&a, width), rows(&b, width));
                    let mut summed = [room(width, 12), room(width, 12)];
                    let products = products(level, &a, &b, &mut summed);
                    assert!(differed[width.div_ceil(2)..].iter().all(|&sum| sum == 0));
                    (differed, summed, products)
                };
                for level in Level::all() {
                    let same = all(level) == all(Level::SCALAR);
                    assert!(same, "{level:?} {width}x{height}");
                }
            }
        }
    }

    #[test]
    fn a_pair_sums_two_columns_and_an_odd_last_one_stands_alone() {
        let (now, last) = ([1, 2, 3, 9, 9, 9], [4, 2, 0, 9, 0, 8]);
        for level in Level::all() {
            let mut pairs = room(3, 4);
            differences(level, &now, &last, 3, &mut pairs);
            assert_eq!(pairs[..3], [12, 4, 0], "{level:?}");
            let mut pairs = [room(3, 4), room(3, 4)];
            let products = products(level, &rows(&now, 3), &rows(&last, 3), &mut pairs);
            assert_eq!((pairs[0][0], pairs[0][1]), (21, 12), "{level:?}");
            assert_eq!((pairs[1][0], pairs[1][1]), (15, 8), "{level:?}");
            assert_eq!(products, [257, 165, 161], "{level:?}");
        }
    }

    #[test]
    fn the_largest_band_fits() {
        let (white, black) = (vec![255; 64 * 8192], vec![0; 64 * 8192]);
        for level in Level::all() {
            let mut pairs = [room(8192, 64), room(8192, 64)];
            let squares = 64 * 8192 * 255 * 255;
            assert_eq!(
                products(level, &rows(&white, 8192), &rows(&white, 8192), &mut pairs),
                [squares; 3],
                "{level:?}"
            );
            assert_eq!(
                products(level, &rows(&white, 8192), &rows(&black, 8192), &mut pairs),
                [squares, 0, 0],
                "{level:?}"
            );
            differences(level, &white, &black, 8192, &mut pairs[0]);
            assert!(pairs[0].iter().all(|&sum| sum == 64 * 2 * 255), "{level:?}");
        }
    }
}
