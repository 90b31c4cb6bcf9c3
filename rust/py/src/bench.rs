//! What the parts of the engine cost on this machine, timed without Python in between.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock; nothing it measures does"
)]

use std::{hint::black_box, time::Instant};

use pyo3::prelude::*;
use v100_core::{
    analyzer::{Analyzer, Layers},
    complexity::{
        scene::{Means, scene_complexity},
        siti::{self, SiTi},
    },
    cpu::Level,
    frame::{Format, Frame, Picture},
    kernel::row,
    motion::{self, vectors::Vectors},
    plane::{EDGES, Plane, ShapeError},
    quality::live::LiveMeter,
    signature::{Parts, Scan, Scanner},
    viral::model::{FACTORS, Factor, KNOTS, Model},
};

use crate::buffer::refused;

/// Frames together larger than the caches of any processor: reading them in turn reads memory.
const RING_BYTES: usize = 256 << 20;

/// Calls that one sample of a very short part takes.
const BATCH: u32 = 1000;

/// Median seconds of each part of the engine over one 8-bit frame.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct KernelTimes {
    /// A vectorised sum over the luma: what reading alone costs.
    read: f64,
    /// The signature of the luma.
    signature: f64,
    /// The same with the difference to the last frame.
    signature_difference: f64,
    /// Motion magnitude, given two signatures.
    motion_magnitude: f64,
    /// Scene complexity, given a signature.
    scene_complexity: f64,
    /// PSNR, SSIM and the estimate of VMAF, given two signatures.
    live_quality: f64,
    /// The viral score, given its six factors.
    viral_score: f64,
    /// Motion vectors, given two reduced planes.
    vectors: f64,
    /// Legacy SI and TI.
    siti: f64,
    /// Every layer but vectors and SI/TI, colour included.
    layers: f64,
    /// The same with vectors.
    layers_vectors: f64,
}

/// Times the parts over `samples` frames of `width` by `height`. `cached` frames are read again and
/// again; others come from a ring larger than the caches, as they do behind a decoder.
#[pyfunction]
#[pyo3(signature = (width, height, *, cached, samples=101))]
pub(crate) fn kernel_times(
    py: Python<'_>,
    width: usize,
    height: usize,
    cached: bool,
    samples: usize,
) -> PyResult<KernelTimes> {
    py.detach(|| Bench::new(width, height, cached, samples.max(1))?.times())
        .map_err(refused)
}

struct Bench {
    size: (usize, usize),
    samples: usize,
    ring: Vec<Vec<u8>>,
    chroma: Vec<u8>,
    level: Level,
}

impl Bench {
    fn new(width: usize, height: usize, cached: bool, samples: usize) -> Result<Self, ShapeError> {
        if !EDGES.contains(&width) || !EDGES.contains(&height) {
            return Err(ShapeError::Edge {
                found: (width, height),
            });
        }
        let frames = if cached {
            2
        } else {
            RING_BYTES.div_ceil(width * height).max(3)
        };
        let first = scene(width, height);
        let step = 1 + width / 300;
        Ok(Self {
            size: (width, height),
            samples,
            ring: (0..frames)
                .map(|frame| moved(&first, frame * step))
                .collect(),
            chroma: scene(width.div_ceil(2), height.div_ceil(2)),
            level: Level::detect(),
        })
    }

    fn times(&self) -> Result<KernelTimes, ShapeError> {
        let level = self.level;
        let mut plain = Scanner::new(level, LUMA);
        let mut compared = Scanner::new(level, DIFFERENCE);
        let mut siti = SiTi::new(level, siti::Settings::LEGACY);
        let mut layers = Analyzer::new(level, LAYERS);
        let mut all = Analyzer::new(
            level,
            Layers {
                vectors: true,
                ..LAYERS
            },
        );
        Ok(KernelTimes {
            read: self.each(|luma, _| row::sum(level, luma)),
            signature: self.each_gray(|frame| plain.push(frame).now.totals),
            signature_difference: self.each_gray(|frame| compared.push(frame).now.totals),
            motion_magnitude: self.motion_magnitude(),
            scene_complexity: self.scene_complexity(),
            live_quality: self.live_quality(),
            viral_score: self.viral_score(),
            vectors: self.vectors(),
            siti: self.each(|_, plane| siti.push(plane).is_ok()),
            layers: self.each_colour(|frame| layers.push(frame))?,
            layers_vectors: self.each_colour(|frame| all.push(frame))?,
        })
    }

    /// Median seconds of `work` over frames of the ring.
    fn each<R>(&self, mut work: impl FnMut(&[u8], Plane<'_, u8>) -> R) -> f64 {
        let (width, height) = self.size;
        let frames = self.ring.iter().cycle().take(self.samples + 2);
        let times = frames.map(|luma| {
            let plane = Plane::packed(luma, width, height);
            let began = Instant::now();
            black_box(work(luma, plane));
            began.elapsed().as_secs_f64()
        });
        median(times.skip(2).collect()) // the first two find nothing to compare with
    }

    fn each_gray<R>(&self, mut work: impl FnMut(&Frame<'_>) -> R) -> f64 {
        self.each(|_, luma| {
            Picture::new(Format::GRAY, &[luma])
                .map(|picture| work(&Frame::Eight(picture)))
                .ok()
        })
    }

    fn each_colour<R>(&self, mut work: impl FnMut(&Frame<'_>) -> R) -> Result<f64, ShapeError> {
        let (width, height) = self.size;
        let chroma = Plane::packed(&self.chroma, width.div_ceil(2), height.div_ceil(2));
        Ok(self.each(|_, luma| {
            let picture = Picture::new(Format::YUV420P, &[luma, chroma, chroma]);
            picture.map(|picture| work(&Frame::Eight(picture))).ok()
        }))
    }

    fn motion_magnitude(&self) -> f64 {
        let mut scanner = Scanner::new(self.level, LUMA);
        self.scanned(&mut scanner, |scan| {
            batched(|| motion::magnitude(self.level, black_box(scan)))
        })
    }

    fn scene_complexity(&self) -> f64 {
        let mut scanner = Scanner::new(self.level, DIFFERENCE);
        self.scanned(&mut scanner, |scan| {
            let totals = scan.now.totals;
            let means = Means {
                laplacian: totals.laplacian,
                difference: totals.difference,
            };
            batched(|| scene_complexity(black_box(means)))
        })
    }

    fn live_quality(&self) -> f64 {
        let mut scanner = Scanner::new(self.level, DIFFERENCE);
        let mut meter = LiveMeter::new(self.level);
        self.scanned(&mut scanner, |scan| {
            let reference = scan.last.unwrap_or(scan.now);
            batched(|| {
                meter
                    .push(black_box(reference), black_box(scan.now))
                    .is_ok()
            })
        })
    }

    fn viral_score(&self) -> f64 {
        let knots: [f64; KNOTS] = std::array::from_fn(|at| 0.3 + 0.02 * at as f64);
        let weights = [0.25, 0.10, 0.25, 0.10, 0.20, 0.10];
        let Ok(model) = Model::new(weights, [1.0, 1.0, 1.0, 1.0, 0.0, 0.0], knots) else {
            return f64::NAN;
        };
        let mut factors = [Factor {
            value: 0.4,
            availability: 0.8,
        }; FACTORS];
        let times = (0..self.samples).map(|at| {
            factors[at % FACTORS].value = (at % 7) as f64 / 7.0;
            batched(|| black_box(&model).score(black_box(&factors)))
        });
        median(times.collect())
    }

    fn vectors(&self) -> f64 {
        let mut scanner = Scanner::new(self.level, DIFFERENCE);
        let mut vectors = Vectors::new(self.level);
        self.scanned(&mut scanner, |scan| {
            let last = scan.last.unwrap_or(scan.now);
            let (now, last, factor) = (&scan.now.reduced, &last.reduced, scan.now.grid.factor);
            let began = Instant::now();
            black_box(vectors.search(now.plane(), last.plane(), factor).is_ok());
            began.elapsed().as_secs_f64()
        })
    }

    /// Median of the seconds that `time` finds over the scans of the ring's frames.
    fn scanned(&self, scanner: &mut Scanner, mut time: impl FnMut(Scan<'_>) -> f64) -> f64 {
        let (width, height) = self.size;
        let frames = self.ring.iter().cycle().take(self.samples + 2);
        let times = frames.filter_map(|luma| {
            let picture = Picture::new(Format::GRAY, &[Plane::packed(luma, width, height)]).ok()?;
            Some(time(scanner.push(&Frame::Eight(picture))))
        });
        median(times.skip(2).collect())
    }
}

/// Seconds one call takes, over many.
fn batched<R>(mut work: impl FnMut() -> R) -> f64 {
    let began = Instant::now();
    for _ in 0..BATCH {
        black_box(work());
    }
    began.elapsed().as_secs_f64() / f64::from(BATCH)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Waves, tiles and a little noise: what a codec leaves of a room with people in it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a picture is made to fit"
)]
fn scene(width: usize, height: usize) -> Vec<u8> {
    let mut noise = 1_u32;
    (0..width * height)
        .map(|at| {
            let (x, y) = ((at % width) as f32, (at / width) as f32);
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let odd = (x / 97.0) as u32 * 7 + (y / 61.0) as u32 * 13;
            let tile = if odd.is_multiple_of(4) { 24.0 } else { 0.0 };
            let wave =
                45.0 * (x / 57.0).sin() * (y / 41.0).cos() + 12.0 * ((x + 2.0 * y) / 7.0).sin();
            (110.0 + tile + wave + (noise >> 29) as f32) as u8
        })
        .collect()
}

/// The picture, that many samples further on.
fn moved(scene: &[u8], samples: usize) -> Vec<u8> {
    let mut moved = scene.to_vec();
    moved.rotate_right(samples % scene.len());
    moved
}

const LUMA: Parts = Parts {
    difference: false,
    chroma: false,
};
const DIFFERENCE: Parts = Parts {
    difference: true,
    chroma: false,
};
const LAYERS: Layers = Layers {
    seen_by: None,
    motion: true,
    vectors: false,
    complexity: true,
    siti: false,
    visual: true,
    faces: false,
    deepfake: false,
};
