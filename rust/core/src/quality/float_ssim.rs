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
