//! ffmpeg's `ssim` filter: every plane, and all of them by their area.

use crate::{
    cpu::Level,
    kernel::ssim::Blocks,
    quality::{pair::Pair, ssim::Ssim},
};

/// What ffmpeg's `ssim` filter prints for a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FfmpegSsim {
    /// `Y`.
    pub y: f64,
    /// `U`.
    pub u: f64,
    /// `V`.
    pub v: f64,
    /// `All`: the three by their planes' areas.
    pub all: f64,
}

impl FfmpegSsim {
    /// `All` in decibels, as the filter prints it in brackets; infinite for equal pictures.
    #[must_use]
    pub fn all_db(&self) -> f64 {
        -10.0 * (1.0 - self.all).log10()
    }
}

/// Scores pictures of three planes; allocates once per size.
#[derive(Debug)]
pub struct FfmpegSsimMeter<T: Blocks = u8> {
    planes: [Ssim<T>; 3],
}

impl<T: Blocks> FfmpegSsimMeter<T> {
    /// A meter that has seen nothing.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            planes: [Ssim::new(level), Ssim::new(level), Ssim::new(level)],
        }
    }

    /// The figures of Y, U and V; `None` where no 8x8 window fits into one of them.
    pub fn push(&mut self, planes: &[Pair<'_, T>; 3]) -> Option<FfmpegSsim> {
        let [y, u, v] = &mut self.planes;
        let scores = [
            y.push(&planes[0])?,
            u.push(&planes[1])?,
            v.push(&planes[2])?,
        ];
        let areas = planes.each_ref().map(|pair| pair.area() as f64);
        let weighed: f64 = scores
            .iter()
            .zip(areas)
            .map(|(score, area)| score * area)
            .sum();
        let [y, u, v] = scores;
        Some(FfmpegSsim {
            y,
            u,
            v,
            all: weighed / areas.iter().sum::<f64>(),
        })
    }
}
