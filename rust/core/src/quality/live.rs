//! The live tier: PSNR, SSIM, lost detail and an estimate of VMAF, from two signatures.
//!
//! It looks at the analysis planes (160x90 block means at 1280x720 and above, 80x45 at 640x360),
//! never at the samples, so that it costs the same at every resolution. Its figures are of those
//! planes: they are not the full-resolution PSNR and SSIM, and `vmaf_live` is not VMAF.

use crate::{
    cpu::Level,
    kernel::{
        fold::float,
        plane_ssim::{self, Windows},
    },
    plane::{Plane, ShapeError},
    quality::psnr::SquaredError,
    signature::Signature,
};

/// Added to Laplacian energies, in squared codes: flat pictures have no detail to lose.
const FLAT: f64 = 1.0;

/// What a picture of which nothing at all is left has lost: keeps the logarithm finite.
const MOST_LOST: f64 = 0.999;

/// Fitted to VMAF v0.6.1 by `benches/live_fit.py`.
const WEIGHTS: Weights = Weights {
    dissimilarity: 8.401,
    error: 0.1684,
    lost: 0.2096,
};

struct Weights {
    dissimilarity: f64,
    error: f64,
    lost: f64,
}

/// One distorted frame against its reference, seen through their analysis planes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Live {
    /// PSNR of the analysis planes, in decibels; infinite if they are equal.
    pub psnr_db: f64,
    /// SSIM of the analysis planes: Wang et al. 2004, eq. 13, over 8x8 windows side by side, the
    /// windows cut short by the right and bottom edge included, each sample of equal weight.
    pub ssim: f64,
    /// Share of the reference's Laplacian energy that the distorted frame lacks, 0 to 1.
    pub detail_loss: f64,
    /// An estimate of VMAF v0.6.1, 0 to 100; 100 for equal signatures.
    ///
    /// By `benches/live_fit.py` over x264 at seven rate factors, downscaling, blur, noise and held
    /// frames, per frame: mean absolute error 5.4, 95 % below 17.4, Spearman 0.965 when each of 8 clips
    /// is predicted by the others (5760 frames); 5.6, 18.2 and 0.949 on 15 clips of talking
    /// people that played no part (3600 frames). Strong blur reads up to 15 too high.
    pub vmaf_live: f64,
}

/// Compares signatures; allocates once per grid.
#[derive(Debug)]
pub struct LiveMeter {
    level: Level,
    windows: Windows,
}

impl LiveMeter {
    /// A meter without room for any grid yet.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            windows: Windows::default(),
        }
    }

    /// How near `distorted` is to `reference`. `vmaf_live` follows VMAF's regard for motion best if
    /// the reference's scanner takes differences.
    ///
    /// # Errors
    ///
    /// If the frames had different sizes.
    pub fn push(
        &mut self,
        reference: &Signature,
        distorted: &Signature,
    ) -> Result<Live, ShapeError> {
        let size = |signature: &Signature| (signature.grid.width, signature.grid.height);
        let (expected, found) = (size(reference), size(distorted));
        if expected != found {
            return Err(ShapeError::Size { expected, found });
        }
        let (columns, rows) = (reference.grid.columns(), reference.grid.rows());
        let [a, b] =
            [reference, distorted].map(|signature| Plane::packed(&signature.plane, columns, rows));
        let likeness = plane_ssim::compare(self.level, a, b, &mut self.windows);
        let error = SquaredError {
            sum: likeness.squared_error,
            samples: (columns * rows) as u64,
            depth: 8,
        };
        let ssim = likeness.similarity / float(error.samples);
        let kept = (distorted.totals.laplacian + FLAT) / (reference.totals.laplacian + FLAT);
        let detail_loss = (1.0 - kept).max(0.0);
        let motion = reference.totals.difference.unwrap_or(0.0);
        Ok(Live {
            psnr_db: error.psnr_db(),
            ssim,
            detail_loss,
            vmaf_live: vmaf_live(ssim, error.mse(), detail_loss, motion),
        })
    }
}

/// 100 / (1 + impairment): each kind of it adds up, and motion hides some.
fn vmaf_live(ssim: f64, mse: f64, detail_loss: f64, motion: f64) -> f64 {
    let root = mse.sqrt();
    let lost = -(1.0 - detail_loss.min(MOST_LOST)).ln();
    let impairment = WEIGHTS.dissimilarity * (1.0 - ssim)
        + WEIGHTS.error * root * root.sqrt()
        + WEIGHTS.lost * lost * lost;
    100.0 / (1.0 + impairment / (1.0 + motion).sqrt().sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fake::hash,
        frame::{Format, Frame, Picture},
        signature::{Parts, Scanner},
    };

    const PARTS: Parts = Parts {
        difference: true,
        chroma: false,
    };

    fn signature(luma: &[u8], width: usize, height: usize) -> Signature {
        let plane = Plane::packed(luma, width, height);
        let picture = Picture::new(Format::GRAY, &[plane]).unwrap();
        let mut scanner = Scanner::new(Level::detect(), PARTS);
        scanner.push(&Frame::Eight(picture)).now.clone()
    }

    /// Patches of grey with grain on them.
    fn scene(width: usize, height: usize) -> Vec<u8> {
        (0..width * height)
            .map(|at| {
                let patch = hash((at % width / 24 * 999 + at / width / 24) as u64) % 120;
                60 + (patch + hash(at as u64) % 30).to_le_bytes()[0]
            })
            .collect()
    }

    fn blurred(luma: &[u8], width: usize) -> Vec<u8> {
        let near = |at: usize, by: usize| u32::from(luma[(at + by).min(luma.len() - 1)]);
        (0..luma.len())
            .map(|at| {
                let sum = near(at, 0) + near(at, 1) + near(at, width) + near(at, width + 1);
                (sum / 4).to_le_bytes()[0]
            })
            .collect()
    }

    fn noisy(luma: &[u8], strength: u64) -> Vec<u8> {
        luma.iter()
            .enumerate()
            .map(|(at, &sample)| {
                let noise = hash(at as u64 + 7_777_777) % (2 * strength + 1);
                sample
                    .saturating_add(noise.to_le_bytes()[0])
                    .saturating_sub(strength.to_le_bytes()[0])
            })
            .collect()
    }

    fn live(reference: &Signature, distorted: &Signature) -> Live {
        let mut meter = LiveMeter::new(Level::detect());
        meter.push(reference, distorted).unwrap()
    }

    #[test]
    fn a_frame_against_itself_is_at_the_top_at_every_size() {
        for (width, height) in [(16, 16), (17, 31), (333, 111), (640, 360), (1278, 722)] {
            let frame = signature(&scene(width, height), width, height);
            let best = Live {
                psnr_db: f64::INFINITY,
                ssim: 1.0,
                detail_loss: 0.0,
                vmaf_live: 100.0,
            };
            assert_eq!(live(&frame, &frame), best, "{width}x{height}");
        }
    }

    #[test]
    fn more_blur_and_more_noise_read_as_less() {
        let (width, height) = (640, 360);
        let reference = scene(width, height);
        let mut soft = reference.clone();
        let mut blurs = vec![];
        for _ in 0..6 {
            blurs.push(soft.clone());
            soft = blurred(&soft, width);
        }
        let noises = [0, 8, 16, 30, 50].map(|strength| noisy(&reference, strength));
        let first = signature(&reference, width, height);
        for worse in [blurs, noises.to_vec()] {
            let found = worse
                .iter()
                .map(|luma| live(&first, &signature(luma, width, height)).vmaf_live);
            let found: Vec<f64> = found.collect();
            let falls = found.windows(2).all(|pair| pair[1] < pair[0]);
            assert!(falls && found[0] - found[4] > 5.0, "{found:?}");
        }
    }

    #[test]
    fn every_level_reads_the_same() {
        for (width, height) in [(333, 111), (640, 360), (1278, 722)] {
            let reference = scene(width, height);
            let distorted = signature(&noisy(&reference, 20), width, height);
            let reference = signature(&reference, width, height);
            let oracle = LiveMeter::new(Level::SCALAR).push(&reference, &distorted);
            assert!(oracle.is_ok_and(|live| live.ssim < 1.0 && live.psnr_db.is_finite()));
            for level in Level::all() {
                let found = LiveMeter::new(level).push(&reference, &distorted);
                assert_eq!(found, oracle, "{} {width}x{height}", level.name());
            }
        }
    }

    #[test]
    fn a_meter_goes_on_with_frames_of_another_size() {
        let mut meter = LiveMeter::new(Level::detect());
        let large = scene(640, 360);
        let noisy = noisy(&large, 20);
        let [a, b] = [&large, &noisy].map(|luma| signature(luma, 640, 360));
        let [c, d] = [&large, &noisy].map(|luma| signature(&luma[..320 * 100], 320, 100));
        let first = meter.push(&a, &b);
        assert_eq!(meter.push(&c, &d), Ok(live(&c, &d)));
        assert_eq!(meter.push(&a, &b), first);
    }

    #[test]
    fn frames_of_two_sizes_are_refused() {
        let (a, b) = (
            signature(&scene(64, 48), 64, 48),
            signature(&scene(48, 64), 48, 64),
        );
        let found = LiveMeter::new(Level::detect()).push(&a, &b);
        let (expected, other) = ((64, 48), (48, 64));
        let refused = ShapeError::Size {
            expected,
            found: other,
        };
        assert_eq!(found, Err(refused));
    }

    #[test]
    fn a_flat_frame_has_no_detail_to_lose() {
        let (grey, scene) = (vec![120; 320 * 180], scene(320, 180));
        let (grey, scene) = (signature(&grey, 320, 180), signature(&scene, 320, 180));
        assert!(live(&grey, &scene).detail_loss.abs() < 1e-12);
        assert!(live(&scene, &grey).detail_loss > 0.99);
        assert!(live(&scene, &grey).vmaf_live < 30.0);
    }
}
