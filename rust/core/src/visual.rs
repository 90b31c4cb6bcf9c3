//! How a picture looks, and the faults that show without a reference.
//!
//! All of it is read from the signature. Levels are 8-bit codes of limited range, whatever the
//! picture's own; nothing here decides whether a value is too low or too high.

use crate::{
    frame::{Coding, Matrix},
    kernel::fold::float,
    signature::{Histogram, Moments, Scan, Signature, Steps},
};

/// Block means up to this code are black: a tenth of the range above 16, as `FFmpeg`'s
/// blackdetect has it.
const BLACK: u8 = 37;

/// Black and white of limited range, ITU-R BT.601.
const LIMITED: (u8, u8) = (16, 235);

/// Black and white of full range.
const FULL: (u8, u8) = (0, 255);

/// Steps of limited-range luma in a step of full range.
const LUMA: f64 = 219.0 / 255.0;

/// Steps of limited-range chroma in a step of full range.
const CHROMA: f64 = 224.0 / 255.0;

/// Laplacian over gradient energy at which a picture is as blurred as it is sharp: natural scenes
/// in focus have about one, and a Gaussian of two samples leaves a tenth of it.
const FOCUS: f64 = 0.35;

/// Gradient energy below which there is nothing to be sharp or blurred, in squared codes.
const FEATURELESS: f64 = 0.5;

/// Difference of analysis planes at which a change of scene is certain, in codes.
const CUT: f64 = 24.0;

/// One picture's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Mean luma as a limited-range code, 0 to 1 of all 256.
    pub exposure: f64,
    /// Standard deviation of luma (RMS contrast), in units of full range.
    pub contrast: f64,
    /// Colourfulness M of Hasler and Süsstrunk 2003; `None` without colour.
    pub colourfulness: Option<f64>,
    /// Mean squared Laplacian, in squared codes: the variance of the Laplacian, whose mean is zero.
    pub sharpness_laplacian_variance: f64,
    /// 0 sharp to 1 blurred, from how fast energy falls with frequency; `None` where there is
    /// nothing to focus on.
    pub blur: Option<f64>,
    /// 0 to 1: how much larger steps are over the edges of 8x8 blocks than inside them.
    pub blockiness: f64,
    /// Share of blocks that are black.
    pub black_ratio: f64,
    /// Share of samples at or below black.
    pub clipped_low: f64,
    /// Share of samples at or above white.
    pub clipped_high: f64,
    /// 0 to 1: how suddenly and how thoroughly the picture changed; `None` without a last frame.
    pub scene_change: Option<f64>,
}

/// Reads pictures; remembers how much the last one had changed.
#[derive(Debug, Default)]
pub struct Visual {
    /// Difference of the last two analysis planes, in codes.
    pace: f64,
}

impl Visual {
    /// The look of the scanned frame; `magnitude` is its [`crate::motion::magnitude`], in
    /// limited-range codes.
    pub fn push(&mut self, scan: Scan<'_>, magnitude: Option<f64>, coding: Coding) -> Reading {
        let Signature {
            plane,
            totals,
            histogram,
            steps,
            chroma,
            grid,
            ..
        } = scan.now;
        let scene_change = scan.last.zip(magnitude).map(|(last, magnitude)| {
            let sudden = magnitude.min((magnitude - self.pace).max(0.0)) / CUT;
            (sudden.min(1.0) * distance(histogram, &last.histogram)).sqrt()
        });
        self.pace = magnitude.unwrap_or(0.0);
        let scale = luma_scale(coding);
        let (low, high) = if coding.full { FULL } else { LIMITED };
        let limited = |code: f64| {
            if coding.full {
                code * scale + f64::from(LIMITED.0)
            } else {
                code
            }
        };
        let black = plane
            .iter()
            .filter(|&&mean| limited(mean.into()) <= f64::from(BLACK));
        let (gradient, laplacian) = (
            totals.gradient * scale * scale,
            totals.laplacian * scale * scale,
        );
        Reading {
            exposure: limited(totals.mean) / 255.0,
            contrast: totals.variance.sqrt() * scale / 255.0,
            colourfulness: chroma
                .as_ref()
                .map(|chroma| colourfulness(chroma.moments, grid.height, coding)),
            sharpness_laplacian_variance: laplacian,
            blur: (gradient >= FEATURELESS).then(|| 1.0 / (1.0 + laplacian / (gradient * FOCUS))),
            blockiness: blockiness(steps),
            black_ratio: float(black.count() as u64) / float(plane.len() as u64),
            clipped_low: share(histogram, 0..usize::from(low) + 1),
            clipped_high: share(histogram, usize::from(high)..256),
            scene_change,
        }
    }
}

/// Limited-range codes in a code of the picture's own luma.
pub(crate) fn luma_scale(coding: Coding) -> f64 {
    if coding.full { LUMA } else { 1.0 }
}

/// Share of samples whose codes are in a range.
fn share(histogram: &Histogram, codes: std::ops::Range<usize>) -> f64 {
    let inside = histogram.0[codes]
        .iter()
        .map(|&count| u64::from(count))
        .sum();
    float(inside) / float(histogram.samples().max(1))
}

/// Half the sum of absolute differences of two histograms of 32 bins: 0 alike to 1 disjoint.
fn distance(a: &Histogram, b: &Histogram) -> f64 {
    let per = |histogram: &Histogram| 1.0 / float(histogram.samples().max(1));
    let (per_a, per_b) = (per(a), per(b));
    let bin = |codes: &[u32; 8]| float(codes.iter().map(|&count| u64::from(count)).sum());
    let bins = a.0.as_chunks::<8>().0.iter().zip(b.0.as_chunks::<8>().0);
    let sum: f64 = bins
        .map(|(a, b)| (bin(a) * per_a - bin(b) * per_b).abs())
        .sum();
    sum / 2.0
}

/// 1 - inner/edge of the mean steps, and not below zero.
fn blockiness(steps: &Steps) -> f64 {
    let mean = |sum: u64, count: u64| float(sum) / float(count.max(1));
    let (edge, inner) = (
        mean(steps.edge, steps.edges),
        mean(steps.inner, steps.inners),
    );
    if edge > inner {
        1.0 - inner / edge
    } else {
        0.0
    }
}

/// M = √(σ²rg + σ²yb) + 0.3 √(μ²rg + μ²yb) of the opponent colours rg = R - G and
/// yb = (R + G)/2 - B (Hasler and Süsstrunk 2003). Luma cancels out of both, so the moments of
/// Cb and Cr give them; R, G and B outside of 0 to 255 are not clipped.
fn colourfulness(chroma: Moments, height: usize, coding: Coding) -> f64 {
    let scale = if coding.full { CHROMA } else { 1.0 };
    let [cb_rg, cr_rg, cb_yb, cr_yb] =
        opponents(height, coding.matrix).map(|weight| weight * scale);
    let (cb, cr) = (chroma.cb - 128.0, chroma.cr - 128.0);
    let variance = |a: f64, b: f64| {
        a * a * chroma.cb_variance + b * b * chroma.cr_variance + 2.0 * a * b * chroma.covariance
    };
    let spread = (variance(cb_rg, cr_rg) + variance(cb_yb, cr_yb))
        .max(0.0)
        .sqrt();
    let mean = f64::hypot(cb_rg * cb + cr_rg * cr, cb_yb * cb + cr_yb * cr);
    spread + 0.3 * mean
}

/// What a step of limited-range Cb and of Cr adds to rg, and to yb. Where nobody says, the matrix
/// is BT.601 up to 576 rows and BT.709 above, as players assume of untagged video.
fn opponents(height: usize, matrix: Option<Matrix>) -> [f64; 4] {
    let assumed = if height <= 576 {
        Matrix::Bt601
    } else {
        Matrix::Bt709
    };
    let (kr, kb) = match matrix.unwrap_or(assumed) {
        Matrix::Bt601 => (0.299, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
        Matrix::Bt2020 => (0.2627, 0.0593),
    };
    let kg = 1.0 - kr - kb;
    let full = 255.0 / 224.0;
    let (red, blue) = (2.0 * (1.0 - kr) * full, 2.0 * (1.0 - kb) * full);
    let (green_cb, green_cr) = (-blue * kb / kg, -red * kr / kg);
    [
        -green_cb,
        red - green_cr,
        green_cb / 2.0 - blue,
        (red + green_cr) / 2.0,
    ]
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "pictures are made to fit, and some figures are exact"
)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::{
        cpu::Level,
        frame::{Format, Frame, Picture},
        motion,
        plane::Plane,
        signature::{Parts, Scanner},
    };

    const SIZE: (usize, usize) = (320, 192);

    struct Eye {
        scanner: Scanner,
        visual: Visual,
    }

    impl Eye {
        fn new() -> Self {
            let parts = Parts {
                difference: true,
                chroma: true,
            };
            Self {
                scanner: Scanner::new(Level::detect(), parts),
                visual: Visual::default(),
            }
        }

        fn see(&mut self, luma: impl Fn(usize, usize) -> u8) -> Reading {
            let (width, height) = SIZE;
            let data: Vec<u8> = (0..width * height)
                .map(|i| luma(i % width, i / width))
                .collect();
            let plane = Plane::packed(&data, width, height);
            let picture = Picture::new(Format::named("gray").unwrap(), &[plane]).unwrap();
            let scan = self.scanner.push(&Frame::Eight(picture));
            self.visual.push(
                scan,
                motion::magnitude(Level::detect(), scan),
                Coding::default(),
            )
        }
    }

    fn see(luma: impl Fn(usize, usize) -> u8) -> Reading {
        Eye::new().see(luma)
    }

    /// Waves in all directions, `length` samples from crest to crest.
    fn waves(length: f64) -> impl Fn(usize, usize) -> u8 {
        move |x, y| {
            let (x, y) = (x as f64 * TAU / length, y as f64 * TAU / length);
            (128.0 + 30.0 * (x.sin() + y.sin() + (0.7 * x + 0.7 * y).sin())) as u8
        }
    }

    #[test]
    fn exposure_and_contrast_are_of_full_range() {
        let halves = see(|x, _| if x < SIZE.0 / 2 { 0 } else { 255 });
        assert!((halves.exposure - 0.5).abs() < 1e-9);
        assert!((halves.contrast - 0.5).abs() < 1e-9);
        assert_eq!((halves.clipped_low, halves.clipped_high), (0.5, 0.5));
        assert_eq!(halves.black_ratio, 0.5);
    }

    #[test]
    fn one_picture_looks_the_same_in_either_range() {
        let look = |full: bool, luma: &dyn Fn(usize) -> f64| {
            let (width, height) = SIZE;
            let codes: Vec<u8> = (0..width * height)
                .map(|i| {
                    let light = luma(i % width);
                    (if full {
                        255.0 * light
                    } else {
                        16.0 + 219.0 * light
                    })
                    .round() as u8
                })
                .collect();
            let plane = Plane::packed(&codes, width, height);
            let picture = Picture::new(Format::named("gray").unwrap(), &[plane]).unwrap();
            let coding = Coding { full, matrix: None };
            let scan_of = |scanner: &mut Scanner| {
                Visual::default().push(scanner.push(&Frame::Eight(picture)), None, coding)
            };
            scan_of(&mut Eye::new().scanner)
        };
        // Two fifths at black, as much at white, a slope between.
        let edges = |x: usize| ((x as f64 / SIZE.0 as f64 - 0.4) * 5.0).clamp(0.0, 1.0);
        let [limited, full] = [false, true].map(|full| look(full, &edges));
        for (name, one, other) in [
            ("exposure", limited.exposure, full.exposure),
            ("contrast", limited.contrast, full.contrast),
            ("black", limited.black_ratio, full.black_ratio),
            ("low", limited.clipped_low, full.clipped_low),
            ("high", limited.clipped_high, full.clipped_high),
        ] {
            assert!((one - other).abs() < 0.01, "{name}: {one} and {other}");
            assert!(one > 0.2, "{name}: {one}");
        }
    }

    #[test]
    fn more_blur_reads_as_more() {
        let seen = [3.0, 6.0, 12.0, 24.0].map(|length| see(waves(length)));
        let blurs = seen.map(|reading| reading.blur.unwrap());
        assert!(blurs.is_sorted() && blurs[3] - blurs[0] > 0.5, "{blurs:?}");
        let softness = seen.map(|reading| -reading.sharpness_laplacian_variance);
        assert!(softness.is_sorted(), "{softness:?}");
    }

    #[test]
    fn a_flat_picture_has_nothing_to_focus_on() {
        let flat = see(|_, _| 120);
        assert_eq!(
            (flat.blur, flat.contrast, flat.blockiness),
            (None, 0.0, 0.0)
        );
    }

    #[test]
    fn only_steps_on_the_codecs_grid_are_blocks() {
        let blocks = |offset: usize| {
            move |x: usize, y: usize| {
                (100 + crate::fake::hash(((x + offset) / 8 * 999 + (y + offset) / 8) as u64) % 40)
                    as u8
            }
        };
        assert!(see(blocks(0)).blockiness > 0.9);
        assert_eq!(see(blocks(4)).blockiness, 0.0);
        assert!(see(waves(9.5)).blockiness < 0.05);
    }

    #[test]
    fn a_cut_stands_out_from_a_pan_and_a_still() {
        let mut eye = Eye::new();
        let scene = |x: usize, y: usize| (60 + (x * 7 + y * 3) / 40 % 60) as u8;
        let other = |x: usize, y: usize| (230 - (x + y) / 9 % 90) as u8;
        assert_eq!(eye.see(scene).scene_change, None);
        assert_eq!(eye.see(scene).scene_change, Some(0.0));
        for shift in 1..4 {
            assert!(
                eye.see(|x, y| scene(x + 6 * shift, y))
                    .scene_change
                    .unwrap()
                    < 0.3
            );
        }
        assert!(eye.see(other).scene_change.unwrap() > 0.8);
        assert_eq!(eye.see(other).scene_change, Some(0.0));
    }

    /// Golden: numpy over R, G and B of the same planes by the BT.601 matrix, nothing clipped:
    /// `rg, yb = r - g, (r + g) / 2 - b; hypot(rg.std(), yb.std()) + 0.3 * hypot(rg.mean(), yb.mean())`
    #[test]
    fn colourfulness_is_that_of_rgb() {
        let (width, height) = (64, 32);
        let luma = vec![128_u8; width * height];
        let ramp = |by: usize| {
            (0..width * height)
                .map(|i| (118 + i % width * by / 16) as u8)
                .collect::<Vec<_>>()
        };
        let (cb, cr) = (ramp(3), ramp(5));
        let plane = |data| Plane::packed(data, width, height);
        let planes = [plane(&luma), plane(&cb), plane(&cr)];
        let picture = Picture::new(Format::named("yuv444p").unwrap(), &planes).unwrap();
        let mut scanner = Scanner::new(
            Level::detect(),
            Parts {
                difference: false,
                chroma: true,
            },
        );
        let scan = scanner.push(&Frame::Eight(picture));
        let found = Visual::default()
            .push(scan, None, Coding::default())
            .colourfulness
            .unwrap();
        assert!((found - 19.304_690_798_885_62).abs() < 1e-9, "{found}");
    }
}
