//! Similarity of two pictures under Gaussian windows, and its three parts.

use crate::{
    cpu::Level,
    kernel::gaussian::{BAND, REACH, STRIP, Strip, TAPS, Totals, score},
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
    scratch: Box<Scratch>,
}

/// A strip and what it takes next, in one piece, so that they never stand in each other's way in a
/// cache.
#[derive(Debug)]
#[repr(C, align(64))]
struct Scratch {
    strip: Strip,
    bands: [[[f32; REACH]; BAND]; 2],
}

impl Windows {
    pub(crate) fn new(level: Level) -> Self {
        Self {
            level,
            scratch: Box::new(Scratch {
                strip: Strip::new(),
                bands: [[[0.0; REACH]; BAND]; 2],
            }),
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
        let Scratch {
            strip,
            bands: [a, b],
        } = &mut *self.scratch;
        for left in (0..columns).step_by(STRIP) {
            strip.clear();
            for top in (0..reference.height()).step_by(BAND) {
                let band = BAND.min(reference.height() - top);
                for y in 0..band {
                    reference.copy(self.level, left, top + y, &mut a[y]);
                    distorted.copy(self.level, left, top + y, &mut b[y]);
                }
                strip.weigh(self.level, a, b);
                for moments in (0..band).filter_map(|y| strip.ending(y)) {
                    score(self.level, moments, columns - left, whole, &mut totals);
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
