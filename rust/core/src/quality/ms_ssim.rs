//! libvmaf's `float_ms_ssim`: similarity of luma on five scales.

use crate::{
    cpu::Level,
    kernel::{decimate::LowPass, widen::Widen},
    quality::{
        gaussian::Windows,
        pair::Pair,
        picture::{Smaller, Widened},
    },
};

/// Scales, each half the size of the one before.
const SCALES: usize = 5;

/// The smallest edge libvmaf takes: eleven samples on the last scale.
const LEAST_EDGE: usize = 11 << (SCALES - 1);

/// Exponents of contrast and structure per scale, and of luminance on the last:
/// Wang, Simoncelli and Bovik 2003, eq. 7 and section 3.2.
const EXPONENTS: [f32; SCALES] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/// What the five scales say, the largest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MsSsim {
    /// How alike the windows' means are on the last scale, the only one that counts them.
    pub luminance: f64,
    /// How alike their deviations are.
    pub contrast: [f64; SCALES],
    /// Their correlation.
    pub structure: [f64; SCALES],
}

impl MsSsim {
    /// libvmaf's `float_ms_ssim`; `None` where a scale's mean structure is negative, which has no
    /// fractional power (libvmaf prints NaN or null).
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let exponents = EXPONENTS.map(f64::from);
        let mut score = self.luminance.powf(exponents[SCALES - 1]);
        for (at, exponent) in exponents.into_iter().enumerate() {
            score *= self.contrast[at].powf(exponent) * self.structure[at].powf(exponent);
        }
        (!score.is_nan()).then_some(score)
    }
}

/// Scores planes as libvmaf 3.2's `float_ms_ssim` does. It allocates once per size.
#[derive(Debug)]
pub struct MsSsimMeter {
    level: Level,
    windows: Windows,
    reference: [Smaller; SCALES - 1],
    distorted: [Smaller; SCALES - 1],
    strip: Box<LowPass>,
}

impl MsSsimMeter {
    /// A meter that has seen nothing.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            windows: Windows::new(level),
            reference: Default::default(),
            distorted: Default::default(),
            strip: Box::default(),
        }
    }

    /// The similarity of two luma planes; `None` where an edge is below 176, as in libvmaf.
    pub fn push<T: Widen>(&mut self, pair: &Pair<'_, T>) -> Option<MsSsim> {
        if pair.width().min(pair.height()) < LEAST_EDGE {
            return None;
        }
        let reference = Widened::new(pair.reference(), pair.depth());
        let distorted = Widened::new(pair.distorted(), pair.depth());
        let mut scales = [self.windows.compare(false, &reference, &distorted)?; SCALES];
        self.reference[0].halve(self.level, &reference, &mut self.strip);
        self.distorted[0].halve(self.level, &distorted, &mut self.strip);
        for (at, scale) in scales[1..].iter_mut().enumerate() {
            for pictures in [&mut self.reference, &mut self.distorted] {
                if let (larger, [smaller, ..]) = pictures.split_at_mut(at)
                    && let Some(larger) = larger.last()
                {
                    smaller.halve(self.level, larger, &mut self.strip);
                }
            }
            *scale =
                self.windows
                    .compare(at + 2 == SCALES, &self.reference[at], &self.distorted[at])?;
        }
        Some(MsSsim {
            luminance: scales[SCALES - 1].luminance,
            contrast: scales.map(|scale| scale.contrast),
            structure: scales.map(|scale| scale.structure),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Plane;

    fn noise(mut s: u64, len: usize) -> Vec<u8> {
        let mut next = || {
            s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            s.to_be_bytes()[0]
        };
        (0..len).map(|_| next()).collect()
    }

    fn measured(level: Level, a: &[u8], b: &[u8], size: (usize, usize)) -> Option<MsSsim> {
        let plane = |samples| Plane::new(samples, size.0, size.1, 200).unwrap();
        MsSsimMeter::new(level).push(&Pair::new(plane(a), plane(b), 8).unwrap())
    }

    #[test]
    fn equal_planes_score_one() {
        let a = noise(1, 200 * 200);
        for size in [(176, 176), (199, 177), (200, 200)] {
            let score = measured(Level::detect(), &a, &a, size).and_then(|found| found.score());
            assert!(
                score.is_some_and(|score| (score - 1.0).abs() < 1e-6),
                "{score:?}"
            );
        }
    }

    #[test]
    fn an_edge_below_176_has_no_fifth_scale() {
        let a = noise(1, 200 * 200);
        assert_eq!(measured(Level::detect(), &a, &a, (175, 200)), None);
        assert_eq!(measured(Level::detect(), &a, &a, (200, 175)), None);
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        let (a, b) = (noise(1, 200 * 200), noise(2, 200 * 200));
        let expected = measured(Level::SCALAR, &a, &b, (199, 181));
        assert!(expected.is_some());
        for level in Level::all() {
            assert_eq!(
                measured(level, &a, &b, (199, 181)),
                expected,
                "{}",
                level.name()
            );
        }
    }

    #[test]
    fn the_opposite_picture_has_no_score() {
        let a: Vec<u8> = (0..200 * 200)
            .map(|at| if at / 40 % 2 == 0 { 16 } else { 235 })
            .collect();
        let b: Vec<u8> = a.iter().map(|sample| 251 - sample).collect();
        let found = measured(Level::detect(), &a, &b, (200, 200)).unwrap();
        assert!(found.structure.iter().any(|structure| *structure < 0.0));
        assert_eq!(found.score(), None);
    }
}
