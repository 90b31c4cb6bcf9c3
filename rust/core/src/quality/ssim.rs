//! Structural similarity of one plane: the product's `ssim` when the plane is luma.

use std::mem;

use crate::{
    cpu::Level,
    kernel::ssim::{BLOCK, Blocks, Strip},
    quality::pair::Pair,
};

/// Structural similarity over 8x8 windows, four samples apart, at full resolution.
///
/// The definition is that of ffmpeg's `ssim` filter (and of x264): per window Wang et al. 2004,
/// eq. 13, with uniform weights, K = 0.01 and 0.03 and variances of 63 degrees of freedom (the
/// first stabiliser is added to sums that are 64 times its scale, so it all but vanishes); the
/// mean over all windows, in whole blocks of 4x4 from the top left. The product's `ssim` is this
/// figure of luma, `Y` in ffmpeg's words.
///
/// It is the one that most people can check with a tool they have, it sees the picture as it is
/// (no downscaling), and its sums are whole numbers: exact, the same on every machine, and fast
/// enough for every frame. Gaussian windows cost several times as much for a figure that ranks
/// pictures alike; libvmaf's have names of their own beside this file.
#[derive(Debug)]
pub struct Ssim<T: Blocks = u8> {
    level: Level,
    above: Strip<T::Sum>,
    below: Strip<T::Sum>,
}

impl<T: Blocks> Ssim<T> {
    /// A meter that allocates once per width.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            above: Strip::default(),
            below: Strip::default(),
        }
    }

    /// The mean similarity of the windows: 1 for equal planes, `None` where no window fits into
    /// the plane (an edge below 8).
    pub fn push(&mut self, pair: &Pair<'_, T>) -> Option<f64> {
        let (columns, strips) = (pair.width() / BLOCK, pair.height() / BLOCK);
        let windows = columns.checked_sub(1)? * strips.checked_sub(1)?;
        if windows == 0 {
            return None;
        }
        self.above.resize(columns);
        self.below.resize(columns);
        let mut rows = pair.reference().rows().zip(pair.distorted().rows());
        let mut sum = 0.0;
        for strip in 0..strips {
            mem::swap(&mut self.above, &mut self.below);
            let (mut reference, mut distorted) = ([&[][..]; BLOCK], [&[][..]; BLOCK]);
            let four = reference.iter_mut().zip(&mut distorted);
            for ((a, b), row) in four.zip(&mut rows) {
                (*a, *b) = row;
            }
            T::sums(self.level, reference, distorted, &mut self.below);
            if strip > 0 {
                sum += T::similarity(self.level, &self.above, &self.below, columns, pair.depth());
            }
        }
        Some(sum / windows as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Plane;

    /// A picture of `seed`, each row followed by `padding` samples of its own.
    fn picture(seed: u64, width: usize, height: usize, padding: usize) -> Vec<u8> {
        let mut s = seed;
        let mut samples = Vec::new();
        for y in 0..height {
            for x in 0..width {
                s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                samples.push((s.to_be_bytes()[0] & 63) + u8::try_from((x + y) % 128).unwrap());
            }
            samples.extend(std::iter::repeat_n(samples[y], padding));
        }
        samples
    }

    fn score(
        a: &[u8],
        b: &[u8],
        (width, height): (usize, usize),
        strides: (usize, usize),
    ) -> Option<f64> {
        let pair = Pair::new(
            Plane::new(a, width, height, strides.0).unwrap(),
            Plane::new(b, width, height, strides.1).unwrap(),
            8,
        );
        Ssim::new(Level::detect()).push(&pair.unwrap())
    }

    #[test]
    fn equal_planes_score_one_at_every_size() {
        for width in 8..40 {
            let height = 47 - width;
            let a = picture(1, width, height, 0);
            assert_eq!(score(&a, &a, (width, height), (width, width)), Some(1.0));
        }
    }

    #[test]
    fn a_plane_without_a_window_has_no_score() {
        let a = picture(1, 64, 64, 0);
        for size in [(7, 64), (64, 7), (1, 1)] {
            assert_eq!(score(&a, &a, size, (64, 64)), None);
        }
    }

    #[test]
    fn it_does_not_matter_which_plane_is_the_reference() {
        let (a, b) = (picture(1, 67, 35, 0), picture(2, 67, 35, 0));
        let size = (67, 35);
        assert_eq!(score(&a, &b, size, (67, 67)), score(&b, &a, size, (67, 67)));
    }

    #[test]
    fn padding_is_not_looked_at() {
        let tight = score(
            &picture(1, 67, 35, 0),
            &picture(2, 67, 35, 0),
            (67, 35),
            (67, 67),
        );
        let loose = score(
            &picture(1, 67, 35, 5),
            &picture(2, 67, 35, 61),
            (67, 35),
            (72, 128),
        );
        assert!(tight.is_some_and(|score| score < 0.99));
        assert_eq!(tight, loose);
    }

    #[test]
    fn a_meter_forgets_the_frame_before_and_its_size() {
        let (a, b) = (picture(1, 80, 40, 0), picture(2, 80, 40, 0));
        let pair = |width| {
            let plane = |samples| Plane::new(samples, width, 40, 80).unwrap();
            Pair::new(plane(&a), plane(&b), 8).unwrap()
        };
        let mut meter = Ssim::new(Level::detect());
        let first = meter.push(&pair(80));
        meter.push(&pair(33));
        assert_eq!(meter.push(&pair(80)), first);
    }

    #[test]
    fn flat_planes_differ_by_their_luminance_alone() {
        let (a, b) = (vec![16; 64 * 64], vec![25; 64 * 64]);
        let (a_sum, b_sum, c1) = (64.0 * 16.0, 64.0 * 25.0, 416.0);
        let expected: f64 = (2.0 * a_sum * b_sum + c1) / (a_sum * a_sum + b_sum * b_sum + c1);
        let found = score(&a, &b, (64, 64), (64, 64)).unwrap();
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
}
