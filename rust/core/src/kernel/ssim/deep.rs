//! Blocks of 9- to 16-bit samples: their sums need more than 32 bits.

use super::{BLOCK, Blocks, CHUNK, Strip};
use crate::cpu::{Level, multiversion};

/// Samples in a window.
const WINDOW: f64 = 64.0;

/// What [`super::STABILISERS`] are at another depth.
fn stabilisers(depth: u32) -> (f64, f64) {
    let peak = f64::from((1_u32 << depth) - 1);
    let c1 = 0.01 * 0.01 * peak * peak * WINDOW + 0.5;
    let c2 = 0.03 * 0.03 * peak * peak * WINDOW * (WINDOW - 1.0) + 0.5;
    (c1.floor(), c2.floor())
}

impl Blocks for u16 {
    /// Whole numbers below 2⁵³.
    type Sum = f64;

    fn sums(
        level: Level,
        reference: [&[u16]; BLOCK],
        distorted: [&[u16]; BLOCK],
        strip: &mut Strip<f64>,
    ) {
        sums(level, reference, distorted, strip);
    }

    fn similarity(
        level: Level,
        above: &Strip<f64>,
        below: &Strip<f64>,
        blocks: usize,
        depth: u32,
    ) -> f64 {
        let windows = blocks.saturating_sub(1);
        similarity(level, above, below, windows, stabilisers(depth))
    }
}

multiversion! {
    fn sums(reference: [&[u16]; BLOCK], distorted: [&[u16]; BLOCK], strip: &mut Strip<f64>) {
        let reference = reference.map(|row| row.as_chunks::<BLOCK>().0);
        let distorted = distorted.map(|row| row.as_chunks::<BLOCK>().0);
        let out = strip
            .reference
            .iter_mut()
            .zip(&mut strip.distorted)
            .zip(&mut strip.squares)
            .zip(&mut strip.products);
        let blocks = reference[0].len();
        for (at, (((a_out, b_out), squares_out), products_out)) in out.take(blocks).enumerate() {
            let (mut a_sum, mut b_sum) = ([0_u32; BLOCK], [0_u32; BLOCK]);
            let (mut squares, mut products) = ([0_u64; BLOCK], [0_u64; BLOCK]);
            for (a, b) in reference.iter().zip(&distorted) {
                let (a, b) = (a[at].map(u32::from), b[at].map(u32::from));
                for i in 0..BLOCK {
                    a_sum[i] += a[i];
                    b_sum[i] += b[i];
                    squares[i] += u64::from(a[i] * a[i]) + u64::from(b[i] * b[i]);
                    products[i] += u64::from(a[i] * b[i]);
                }
            }
            *a_out = f64::from(a_sum.iter().sum::<u32>());
            *b_out = f64::from(b_sum.iter().sum::<u32>());
            *squares_out = squares.iter().sum::<u64>() as f64;
            *products_out = products.iter().sum::<u64>() as f64;
        }
    }
}

multiversion! {
    fn similarity(above: &Strip<f64>, below: &Strip<f64>, windows: usize, c: (f64, f64)) -> f64 {
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
                let covariance = 64.0 * products[i] - ab;
                let variances = 64.0 * squares[i] - aabb;
                scores[i] = single(2.0 * ab + c.0) * single(2.0 * covariance + c.1)
                    / (single(aabb + c.0) * single(variances + c.1));
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

/// The nearest single, as the reference rounds its four factors.
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what it is for"
)]
fn single(factor: f64) -> f32 {
    factor as f32
}

#[inline(always)]
fn window(above: &[f64], below: &[f64], at: usize) -> [f64; CHUNK] {
    let mut sums = [0.0; CHUNK];
    let (above, below) = (above[at..].first_chunk(), below[at..].first_chunk());
    if let (Some::<&[f64; CHUNK + 1]>(above), Some::<&[f64; CHUNK + 1]>(below)) = (above, below) {
        for i in 0..CHUNK {
            sums[i] = above[i] + above[i + 1] + below[i] + below[i + 1];
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stabilisers_go_on_from_8_bits() {
        let [c1, c2] = super::super::STABILISERS.map(f64::from);
        assert_eq!(stabilisers(8), (c1, c2));
    }
}
