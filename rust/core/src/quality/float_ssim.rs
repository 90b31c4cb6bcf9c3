//! libvmaf's `float_ssim`: Gaussian windows over luma made smaller first.

use crate::{
    cpu::Level,
    kernel::widen::Widen,
    quality::{
        gaussian::{Similarity, Windows},
        pair::Pair,
        picture::{Smaller, Widened},
    },
};

/// The shorter edge that libvmaf aims at when it makes a picture smaller, in samples.
const SHORT_EDGE: usize = 256;

/// Scores planes as libvmaf 3.2's `float_ssim` does: means of k by k samples with k = the shorter
/// edge / 256, rounded, at least 1; then Wang et al. 2004 with an 11x11 Gaussian window.
///
/// It allocates once per size. Another metric than [`crate::quality::ssim::Ssim`]: the figures
/// are not comparable.
#[derive(Debug)]
pub struct FloatSsim {
    level: Level,
    windows: Windows,
    reference: Smaller,
    distorted: Smaller,
}

impl FloatSsim {
    /// A meter that has seen nothing.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            windows: Windows::new(level),
            reference: Smaller::default(),
            distorted: Smaller::default(),
        }
    }

    /// The similarity of two luma planes; `None` where no window fits (an edge below 11).
    pub fn push<T: Widen>(&mut self, pair: &Pair<'_, T>) -> Option<Similarity> {
        let reference = Widened::new(pair.reference(), pair.depth());
        let distorted = Widened::new(pair.distorted(), pair.depth());
        let factor = factor(pair.width().min(pair.height()));
        if factor == 1 {
            return self.windows.compare(true, &reference, &distorted);
        }
        self.reference.shrink(self.level, &reference, factor);
        self.distorted.shrink(self.level, &distorted, factor);
        self.windows.compare(true, &self.reference, &self.distorted)
    }
}

/// How many samples of the shorter edge become one.
fn factor(edge: usize) -> usize {
    ((edge + SHORT_EDGE / 2) / SHORT_EDGE).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Plane;

    fn score(
        level: Level,
        [a, b]: [&[u8]; 2],
        (width, height): (usize, usize),
        stride: usize,
    ) -> Option<Similarity> {
        let plane = |samples| Plane::new(samples, width, height, stride).unwrap();
        FloatSsim::new(level).push(&Pair::new(plane(a), plane(b), 8).unwrap())
    }

    fn noise(mut s: u64, len: usize) -> Vec<u8> {
        let mut next = || {
            s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            s.to_be_bytes()[0]
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn equal_planes_score_one_at_every_size() {
        let a = noise(1, 500 * 400);
        for size in [
            (11, 11),
            (16, 16),
            (17, 29),
            (139, 138),
            (385, 386),
            (500, 400),
        ] {
            let found = score(Level::detect(), [&a, &a], size, 500).unwrap();
            assert!((found.ssim - 1.0).abs() < 1e-6, "{size:?} {found:?}");
        }
        assert_eq!(score(Level::detect(), [&a, &a], (10, 300), 500), None);
    }

    #[test]
    fn every_level_and_stride_gives_the_same_bits() {
        for size in [(33, 21), (391, 384)] {
            let [a, b] = [1, 2].map(|seed| noise(seed, 400 * 400));
            let tight = [&a, &b].map(|samples| {
                let rows = samples.chunks(400).take(size.1);
                rows.flat_map(|row| &row[..size.0])
                    .copied()
                    .collect::<Vec<_>>()
            });
            let expected = score(Level::SCALAR, [&a, &b], size, 400);
            assert!(expected.is_some_and(|found| found.ssim < 0.9));
            for level in Level::all() {
                assert_eq!(score(level, [&a, &b], size, 400), expected);
                assert_eq!(score(level, [&tight[0], &tight[1]], size, size.0), expected);
            }
        }
    }

    #[test]
    fn flat_planes_differ_by_their_luminance_alone() {
        let (a, b) = ([16; 64 * 64], [25; 64 * 64]);
        let found = score(Level::detect(), [&a, &b], (64, 64), 64).unwrap();
        assert!((found.contrast - 1.0).abs() < 1e-12 && (found.structure - 1.0).abs() < 1e-12);
        // libvmaf's test-suite value for flat frames of 16 and 25.
        assert!((found.ssim - 0.908_733).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn the_shorter_edge_comes_near_256() {
        let expected = [
            (16, 1),
            (324, 1),
            (383, 1),
            (384, 2),
            (720, 3),
            (1080, 4),
            (2160, 8),
        ];
        for (edge, by) in expected {
            assert_eq!(factor(edge), by, "{edge}");
        }
    }
}
