//! Similarity of two pictures under Gaussian windows, and its three parts.

use crate::{
    cpu::Level,
    kernel::gaussian::{Moments, REACH, STRIP, TAPS, Totals, across, down},
    quality::picture::Picture,
};

/// Means over all windows, rounded to single precision as libvmaf hands them out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// Luminance · contrast · structure.
    pub ssim: f64,
    /// How alike the windows' means are.
    pub luminance: f64,
    /// How alike their deviations are.
    pub contrast: f64,
    /// Their correlation.
    pub structure: f64,
}

/// Scratch of one comparison; the same for every size.
#[derive(Debug)]
pub(crate) struct Windows {
    level: Level,
    ring: Box<[Moments; TAPS]>,
}

impl Windows {
    pub(crate) fn new(level: Level) -> Self {
        Self {
            level,
            ring: Box::new([[[0.0; STRIP]; 5]; TAPS]),
        }
    }

    /// Compares every window that lies inside; `None` where none does (an edge below 11). Without
    /// `whole` only contrast and structure are measured; the others stay 0.
    pub(crate) fn compare(
        &mut self,
        whole: bool,
        reference: &impl Picture,
        distorted: &impl Picture,
    ) -> Option<Similarity> {
        let columns = (reference.width() + 1).checked_sub(TAPS)?;
        let rows = (reference.height() + 1).checked_sub(TAPS)?;
        if columns == 0 || rows == 0 {
            return None;
        }
        let mut totals = Totals::default();
        let (mut a, mut b) = ([0.0; REACH], [0.0; REACH]);
        for left in (0..columns).step_by(STRIP) {
            for y in 0..reference.height() {
                reference.copy(self.level, left, y, &mut a);
                distorted.copy(self.level, left, y, &mut b);
                across(self.level, &a, &b, &mut self.ring[y % TAPS]);
                if y + 1 >= TAPS {
                    let rows = std::array::from_fn(|tap| &self.ring[(y + 1 + tap) % TAPS]);
                    down(self.level, rows, columns - left, whole, &mut totals);
                }
            }
        }
        let windows = (columns * rows) as f64;
        let mean = |lanes: [f64; 16]| f64::from(single(lanes.iter().sum::<f64>() / windows));
        Some(Similarity {
            ssim: mean(totals.similarity),
            luminance: mean(totals.luminance),
            contrast: mean(totals.contrast),
            structure: mean(totals.structure),
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what it is for"
)]
fn single(mean: f64) -> f32 {
    mean as f32
}
