//! Sums over 4x4 blocks of two planes, and the structural similarity of the 8x8 windows they make.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod deep;

use crate::{
    cpu::{Level, dispatch, multiversion},
    plane::Sample,
};

/// Edge of a block in samples: windows are two blocks wide and high, and one block apart.
pub const BLOCK: usize = 4;

/// Blocks summed at a time.
const CHUNK: usize = 16;

/// Sums over a strip of blocks side by side, four rows of a reference and a distorted plane.
#[derive(Debug, Clone, Default)]
pub struct Strip<N> {
    /// Of the reference's samples.
    pub reference: Vec<N>,
    /// Of the distorted samples.
    pub distorted: Vec<N>,
    /// Of the squares of both.
    pub squares: Vec<N>,
    /// Of the products of the two.
    pub products: Vec<N>,
}

impl<N: Copy + Default> Strip<N> {
    /// Makes room for `blocks` in whole chunks, and one more chunk that windows may look into.
    pub fn resize(&mut self, blocks: usize) {
        let len = blocks.next_multiple_of(CHUNK) + CHUNK;
        for sums in [
            &mut self.reference,
            &mut self.distorted,
            &mut self.squares,
            &mut self.products,
        ] {
            sums.resize(len, N::default());
        }
    }
}

/// Samples whose blocks can be summed, exactly.
pub trait Blocks: Sample {
    /// Holds a sum of any of a window's figures without rounding.
    type Sum: Copy + Default + Send + Sync + std::fmt::Debug;

    /// The sums of the blocks in four rows of each plane; a block that is not whole is left out.
    fn sums(
        level: Level,
        reference: [&[Self]; BLOCK],
        distorted: [&[Self]; BLOCK],
        strip: &mut Strip<Self::Sum>,
    );

    /// The similarities of the windows over two strips of `blocks` blocks each, added up.
    fn similarity(
        level: Level,
        above: &Strip<Self::Sum>,
        below: &Strip<Self::Sum>,
        blocks: usize,
        depth: u32,
    ) -> f64;
}

/// Stabilisers of Wang et al. 2004, eq. 13, as ffmpeg's `ssim` filter has them for window sums in
/// place of means: (0.01·peak)²·64 and (0.03·peak)²·64·63, to whole numbers.
const STABILISERS: [i32; 2] = [416, 235_963];

impl Blocks for u8 {
    type Sum = i32;

    fn sums(
        level: Level,
        reference: [&[u8]; BLOCK],
        distorted: [&[u8]; BLOCK],
        strip: &mut Strip<i32>,
    ) {
        dispatch!(level, scalar, avx2: avx2::sums, avx512: avx512::sums, (reference, distorted, strip)
        );
    }

    fn similarity(
        level: Level,
        above: &Strip<i32>,
        below: &Strip<i32>,
        blocks: usize,
        _depth: u32,
    ) -> f64 {
        similarity(level, above, below, blocks.saturating_sub(1))
    }
}

/// Four rows of a chunk of blocks.
type Rows<'a> = [&'a [u8; CHUNK * BLOCK]; BLOCK];

/// Where a chunk's sums go: reference, distorted, squares, products.
type Sums<'a> = [&'a mut [i32; CHUNK]; 4];

/// Hands the strip to `chunk` in whole chunks; zeros stand in for what the last one lacks.
#[inline(always)]
fn in_chunks(
    reference: [&[u8]; BLOCK],
    distorted: [&[u8]; BLOCK],
    strip: &mut Strip<i32>,
    chunk: impl Fn(Rows<'_>, Rows<'_>, Sums<'_>),
) {
    let whole = [reference, distorted].map(|rows| rows.map(|row| row.as_chunks().0));
    let rest = [reference, distorted]
        .map(|rows| rows.map(|row| padded(row.as_chunks::<{ CHUNK * BLOCK }>().1)));
    let out = strip
        .reference
        .as_chunks_mut()
        .0
        .iter_mut()
        .zip(strip.distorted.as_chunks_mut().0)
        .zip(strip.squares.as_chunks_mut().0)
        .zip(strip.products.as_chunks_mut().0);
    for (at, (((a, b), squares), products)) in out.enumerate() {
        let [reference, distorted] = if at < whole[0][0].len() {
            whole.each_ref().map(|rows| rows.map(|row| &row[at]))
        } else {
            rest.each_ref().map(|rows| rows.each_ref())
        };
        chunk(reference, distorted, [a, b, squares, products]);
    }
}

fn padded(rest: &[u8]) -> [u8; CHUNK * BLOCK] {
    let mut row = [0; CHUNK * BLOCK];
    row[..rest.len()].copy_from_slice(rest);
    row
}

fn scalar(reference: [&[u8]; BLOCK], distorted: [&[u8]; BLOCK], strip: &mut Strip<i32>) {
    in_chunks(reference, distorted, strip, |reference, distorted, out| {
        let [a_sums, b_sums, squares, products] = out;
        for block in 0..CHUNK {
            let mut sums = [0; 4];
            for (a, b) in reference.iter().zip(distorted) {
                for x in block * BLOCK..(block + 1) * BLOCK {
                    let (a, b) = (i32::from(a[x]), i32::from(b[x]));
                    sums[0] += a;
                    sums[1] += b;
                    sums[2] += a * a + b * b;
                    sums[3] += a * b;
                }
            }
            [
                a_sums[block],
                b_sums[block],
                squares[block],
                products[block],
            ] = sums;
        }
    });
}

multiversion! {
    fn similarity(above: &Strip<i32>, below: &Strip<i32>, windows: usize) -> f64 {
        // Below 2³¹ at 8 bit: 64·(64·2·255²) and 2·(64·255)² are 533 million.
        let [c1, c2] = STABILISERS;
        let mut lanes = [0.0_f64; CHUNK];
        let mut at = 0;
        while at < windows {
            let a = window(&above.reference, &below.reference, at);
            let b = window(&above.distorted, &below.distorted, at);
            let squares = window(&above.squares, &below.squares, at);
            let products = window(&above.products, &below.products, at);
            let mut scores = [0.0_f32; CHUNK];
            for i in 0..CHUNK {
                let (ab, aabb) = (a[i] * b[i], a[i] * a[i] + b[i] * b[i]);
                let covariance = 64 * products[i] - ab;
                let variances = 64 * squares[i] - aabb;
                scores[i] = (2 * ab + c1) as f32 * (2 * covariance + c2) as f32
                    / ((aabb + c1) as f32 * (variances + c2) as f32);
            }
            if windows - at < CHUNK {
                scores[windows - at..].fill(0.0);
            }
            for i in 0..CHUNK {
                lanes[i] += f64::from(scores[i]);
            }
            at += CHUNK;
        }
        lanes.iter().sum()
    }
}

/// The sums of the windows from block `at` on: four blocks each. Past the strip's end they are of
/// no window, whatever they say.
#[inline(always)]
fn window(above: &[i32], below: &[i32], at: usize) -> [i32; CHUNK] {
    let mut sums = [0; CHUNK];
    let (above, below) = (&above[at..], &below[at..]);
    if let (Some(above), Some(below)) = (
        above.first_chunk::<{ CHUNK + 1 }>(),
        below.first_chunk::<{ CHUNK + 1 }>(),
    ) {
        for i in 0..CHUNK {
            sums[i] = above[i] + above[i + 1] + below[i] + below[i + 1];
        }
    }
    sums
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

    fn rows<T>(samples: &[T], width: usize) -> [&[T]; BLOCK] {
        std::array::from_fn(|y| &samples[y * width..][..width])
    }

    /// The strips and the score of two noisy strips, down to the last bit.
    fn scored<T: Blocks>(level: Level, a: &[T], b: &[T], width: usize, depth: u32) -> String {
        let mut strip = Strip::default();
        strip.resize(width / BLOCK);
        T::sums(level, rows(a, width), rows(b, width), &mut strip);
        let blocks = width / BLOCK;
        let score = T::similarity(level, &strip, &strip, blocks, depth);
        let Strip {
            reference,
            distorted,
            squares,
            products,
        } = &strip;
        let sums = [reference, distorted, squares, products].map(|sums| &sums[..blocks]);
        format!("{sums:?} {:x}", score.to_bits())
    }

    #[test]
    fn every_level_agrees_with_the_reference() {
        for width in [8, 9, 63, 64, 65, 71, 128, 130, 333, 1920] {
            let (a, b) = (noise(1, 4 * width), noise(2, 4 * width));
            let (a8, b8) = (narrow(&a), narrow(&b));
            for level in Level::all() {
                let name = level.name();
                assert_eq!(
                    scored(level, &a, &b, width, 16),
                    scored(Level::SCALAR, &a, &b, width, 16),
                    "{name} {width}"
                );
                assert_eq!(
                    scored(level, &a8, &b8, width, 8),
                    scored(Level::SCALAR, &a8, &b8, width, 8),
                    "{name} {width}"
                );
            }
        }
    }

    #[test]
    fn the_widest_sums_do_not_overflow() {
        let (a, b) = (vec![u16::MAX; 4 * 64], vec![0; 4 * 64]);
        let (a8, b8) = (narrow(&a), narrow(&b));
        for level in Level::all() {
            let alike = scored(level, &a8, &a8, 64, 8);
            assert!(
                alike.contains("[4080, ") && alike.contains("[2080800, "),
                "{alike}"
            );
            assert!(
                alike.ends_with(&format!(" {:x}", 15_f64.to_bits())),
                "{alike}"
            );
            let alike = scored(level, &a, &a, 64, 16);
            assert!(alike.contains("[1048560.0, "), "{alike}");
            assert!(
                alike.ends_with(&format!(" {:x}", 15_f64.to_bits())),
                "{alike}"
            );
            assert_eq!(
                scored(level, &a8, &b8, 64, 8),
                scored(Level::SCALAR, &a8, &b8, 64, 8)
            );
            assert_eq!(
                scored(level, &a, &b, 64, 16),
                scored(Level::SCALAR, &a, &b, 64, 16)
            );
        }
    }
}
