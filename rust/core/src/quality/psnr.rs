//! Peak signal-to-noise ratio of planes and pictures, 8 to 16 bit.

use crate::{cpu::Level, kernel::sse::Sse, quality::pair::Pair};

/// The smallest mean squared error libvmaf knows (`integer_psnr.c`).
const LIBVMAF_LEAST_MSE: f64 = 1e-16;

/// How far apart two planes are, summed over their samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SquaredError {
    /// Sum of squared differences.
    pub sum: u64,
    /// Samples compared.
    pub samples: u64,
    /// Bits of a sample.
    pub depth: u32,
}

impl SquaredError {
    /// The error of a pair of planes.
    #[must_use]
    pub fn of<T: Sse>(level: Level, pair: &Pair<'_, T>) -> Self {
        Self::of_corner(level, pair, (pair.width(), pair.height()))
    }

    /// The error of the top left corner of that width and height, as far as the planes go. libvmaf
    /// looks at half the luma's odd size, rounded down, where chroma has one more row or column.
    #[must_use]
    pub fn of_corner<T: Sse>(level: Level, pair: &Pair<'_, T>, size: (usize, usize)) -> Self {
        let [a, b] = [pair.reference(), pair.distorted()].map(|plane| plane.corner(size.0, size.1));
        Self {
            sum: T::sse(level, a, b),
            samples: (a.width() * a.height()) as u64,
            depth: pair.depth(),
        }
    }

    /// Mean squared error, in squared sample steps.
    #[must_use]
    pub fn mse(&self) -> f64 {
        self.sum as f64 / self.samples as f64
    }

    /// PSNR in decibels: 10·log₁₀(peak² / MSE). Infinite for equal planes, as ffmpeg's `psnr` has it.
    #[must_use]
    pub fn psnr_db(&self) -> f64 {
        decibels(self.peak(), self.mse())
    }

    /// libvmaf's `psnr_y`, `psnr_cb` or `psnr_cr`: never above 6·depth + 12 dB, so that equal planes
    /// have 60 dB at 8 bit.
    #[must_use]
    pub fn libvmaf_psnr_db(&self) -> f64 {
        decibels(self.peak(), self.mse().max(LIBVMAF_LEAST_MSE)).min(f64::from(6 * self.depth + 12))
    }

    fn peak(&self) -> f64 {
        f64::from((1_u32 << self.depth) - 1)
    }
}

/// PSNR of a picture's planes, in decibels; infinite where planes are equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Psnr {
    /// Luma: the `psnr` of the product.
    pub y: f64,
    /// Blue difference.
    pub cb: f64,
    /// Red difference.
    pub cr: f64,
    /// Of the error of all samples together, each plane weighing as much as its area: 4:1:1 for
    /// 4:2:0. ffmpeg's `psnr` filter calls it `average`.
    pub average: f64,
    /// (6·Y + Cb + Cr) / 8 of the planes' decibels: Ohm et al., "Comparison of the Coding Efficiency
    /// of Video Coding Standards", IEEE TCSVT 22(12), 2012.
    pub weighted_611: f64,
}

impl Psnr {
    /// The figures of three planes of one depth: Y, Cb, Cr.
    #[must_use]
    pub fn of(planes: [SquaredError; 3]) -> Self {
        let [y, cb, cr] = planes.map(|plane| plane.psnr_db());
        let all = SquaredError {
            sum: planes.iter().map(|plane| plane.sum).sum(),
            samples: planes.iter().map(|plane| plane.samples).sum(),
            depth: planes[0].depth,
        };
        Self {
            y,
            cb,
            cr,
            average: all.psnr_db(),
            weighted_611: (6.0 * y + cb + cr) / 8.0,
        }
    }
}

fn decibels(peak: f64, mse: f64) -> f64 {
    10.0 * (peak * peak / mse).log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Plane;

    fn error(a: &[u16], b: &[u16], depth: u32) -> SquaredError {
        let plane = |samples| Plane::new(samples, 4, 4, 4).unwrap();
        let pair = Pair::new(plane(a), plane(b), depth).unwrap();
        SquaredError::of(Level::detect(), &pair)
    }

    #[test]
    fn equal_planes_are_infinitely_alike_but_not_to_libvmaf() {
        for (depth, cap) in [(10, 72.0), (12, 84.0), (16, 108.0)] {
            let equal = error(&[7; 16], &[7; 16], depth);
            assert!(equal.psnr_db().is_infinite());
            assert!((equal.libvmaf_psnr_db() - cap).abs() < 1e-12);
        }
    }

    #[test]
    fn one_step_everywhere_is_the_peak_in_decibels() {
        let near = error(&[7; 16], &[8; 16], 10);
        assert!((near.mse() - 1.0).abs() < 1e-12);
        assert!((near.psnr_db() - 20.0 * 1023_f64.log10()).abs() < 1e-12);
    }

    #[test]
    fn the_average_weighs_planes_by_area() {
        let luma = SquaredError {
            sum: 400,
            samples: 400,
            depth: 8,
        };
        let chroma = SquaredError {
            sum: 0,
            samples: 100,
            depth: 8,
        };
        let psnr = Psnr::of([luma, chroma, chroma]);
        assert!((psnr.average - 10.0 * (255.0 * 255.0 * 1.5_f64).log10()).abs() < 1e-12);
        assert!(psnr.cb.is_infinite() && psnr.weighted_611.is_infinite());
        let psnr = Psnr::of([luma, luma, luma]);
        assert!((psnr.weighted_611 - psnr.y).abs() < 1e-12);
    }
}
