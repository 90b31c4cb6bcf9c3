//! VMAF v1's features: ADM with what is added beside what is kept, motion with a value for the first
//! frame, banding (CAMBI) and colour (`SpEED`). None of VIF.
//!
//! Definitions are those of libvmaf 3.2.0 with the options that the models of v1.0.16 set.

use std::iter;

use super::{
    adm::{self, Sight},
    cambi::{self, Cambi},
    models::{Model, Rate, View},
    speed::{self, Speed},
    svm::Features,
};
use crate::{
    cpu::Level,
    frame::{Format, Layout},
    kernel::widen::Widen,
    plane::{Plane, ShapeError},
};

mod names;

/// Views that are seen alike: 1080 rows at three heights and 2160 at one and a half have features in
/// common.
pub(crate) const SIGHTS: usize = 3;

/// Share of what is kept in `adm3`; the rest is that of what is not added. And its least value.
const KEPT: f64 = 0.7;
const LEAST_ADM3: f64 = 0.5;

/// The largest motion.
const MOST_MOTION: f64 = 18.0;

/// What a lack of detail stands for where colour tells nothing.
const COLOUR_FROM_LUMA: f64 = 120.0;

impl View {
    fn sight(self) -> usize {
        match self {
            Self::Hd3H | Self::Uhd1H5 => 0,
            Self::Uhd3H => 1,
            Self::Hd5H => 2,
        }
    }
}

/// Sensitivities to details of the four scales, for the bands h and v, and d: Barten's and Watson's
/// blended, as libvmaf has them.
const SENSITIVITIES: [[[f32; 2]; 4]; SIGHTS] = [
    [
        [0.011_83, 0.004_302],
        [0.025_026, 0.011_778],
        [0.042_95, 0.023_918],
        [0.058_621, 0.035_901],
    ],
    [
        [0.002_26, 0.000_479],
        [0.011_83, 0.004_302],
        [0.025_026, 0.011_778],
        [0.042_95, 0.023_918],
    ],
    [
        [0.004_212, 0.000_984],
        [0.014_809, 0.005_852],
        [0.029_642, 0.014_6],
        [0.047_464, 0.027_574],
    ],
];

/// What planes of colour are scaled by first.
const SCALES: [f64; SIGHTS] = [1.0, 0.5, 0.6];

/// What one pair of frames shows at one screen and distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// `adm2`: detail that is kept.
    pub adm2: f64,
    /// `aim`: detail that is added.
    pub aim: f64,
    /// `adm3`: both.
    pub adm3: f64,
    /// `adm2` by scale.
    pub adm_scales: [f64; 4],
    /// `speed_chroma`.
    pub speed: Speed,
}

/// What one pair of frames tells by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// `cambi`.
    pub cambi: f64,
    /// What is seen, by sight, as far as models ask for it.
    seen: [Option<Seen>; SIGHTS],
}

/// Motion of the reference at a frame, at most 18.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Motion {
    /// `motion_sad_score`: since the frame before, or the one before that.
    pub sad: f64,
    /// `motion2`: the smaller of that and the next.
    pub motion2: f64,
    /// `motion3`: the same where it is known; the first frame has that of the second.
    pub motion3: f64,
}

/// Features of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// What the pair tells by itself.
    pub measure: Measure,
    /// Motion, by rate: see [`Rate`].
    pub motion: [Motion; 2],
}

impl Reading {
    /// The features as the model of `view` and `rate` takes them; `None` if it was not asked for.
    #[must_use]
    pub fn features(&self, view: View, rate: Rate) -> Option<Features> {
        let seen = self.seen(view)?;
        let colour = match seen.speed.uv {
            0.0 => COLOUR_FROM_LUMA - COLOUR_FROM_LUMA * seen.adm3,
            known => known,
        };
        let motion = self.motion[rate as usize];
        Some([
            self.measure.cambi,
            colour,
            seen.adm3,
            motion.motion3,
            0.0,
            0.0,
        ])
    }

    /// What is seen at `view`.
    #[must_use]
    pub fn seen(&self, view: View) -> Option<Seen> {
        self.measure.seen[view.sight()]
    }

    /// Every feature of `models` by libvmaf's name, each once.
    pub fn named(&self, models: &[Model], out: &mut Vec<(&'static str, f64)>) {
        for &model in models {
            let Model::V1(view, rate) = model else {
                continue;
            };
            let Some(seen) = self.seen(view) else {
                continue;
            };
            let motion = self.motion[rate as usize];
            let values = [
                self.measure.cambi,
                seen.speed.u,
                seen.speed.v,
                seen.speed.uv,
                seen.adm2,
                seen.aim,
                seen.adm3,
                seen.adm_scales[0],
                seen.adm_scales[1],
                seen.adm_scales[2],
                seen.adm_scales[3],
                motion.sad,
                motion.motion2,
                motion.motion3,
            ];
            for named in names::of(view, rate).into_iter().zip(values) {
                if !out.iter().any(|(known, _)| *known == named.0) {
                    out.push(named);
                }
            }
        }
    }
}

/// Planes of colour of a pair, and how much of them counts.
#[derive(Debug, Clone, Copy)]
pub struct Colour<'a, T: Widen> {
    /// Cb and Cr, each of reference and distorted.
    pub planes: [speed::Pair<'a, T>; 2],
    /// Width and height that count: those of the luma over the subsampling, rounded down.
    pub size: (usize, usize),
}

/// A metric of whole pictures, and what it has found last.
#[derive(Debug)]
pub struct Whole<M, R> {
    meter: M,
    found: Result<R, ShapeError>,
}

impl<M, R: Default> Whole<M, R> {
    fn new(meter: M) -> Self {
        Self {
            meter,
            found: Ok(R::default()),
        }
    }
}

/// Measures of whole pictures; allocates once per size, never per pair. ADM, which is measured by
/// strips, is not among them.
#[derive(Debug)]
pub struct Meter {
    cambi: Whole<Cambi, f64>,
    speeds: [Option<Whole<speed::Meter, Speed>>; SIGHTS],
}

/// One of these measures.
#[derive(Debug)]
pub enum Task<'a> {
    /// Banding.
    Cambi(&'a mut Whole<Cambi, f64>),
    /// Colour, of one sight.
    Speed(&'a mut Whole<speed::Meter, Speed>),
}

impl Task<'_> {
    /// Measures a reference and its distorted copy with samples of `depth` bits.
    pub fn work<T: Widen>(
        self,
        luma: [Plane<'_, T>; 2],
        colour: Option<Colour<'_, T>>,
        depth: u32,
    ) {
        match self {
            Self::Cambi(Whole { meter, found }) => *found = meter.measure(luma[1], depth),
            Self::Speed(Whole { meter, found }) => {
                *found = colour
                    .ok_or(ShapeError::Colour)
                    .and_then(|Colour { planes, size }| meter.measure(planes, size, depth));
            }
        }
    }
}

/// How ADM weighs details for `models`, by sight.
#[must_use]
pub fn sights(models: &[Model]) -> [Option<Sight>; SIGHTS] {
    let mut sights = [None; SIGHTS];
    for view in models.iter().filter_map(|model| model.view()) {
        sights[view.sight()] = Some(Sight::blended(SENSITIVITIES[view.sight()]));
    }
    sights
}

impl Meter {
    /// A meter for `models` that works at `level`; `None` if none of them is of v1.
    #[must_use]
    pub fn new(level: Level, models: &[Model]) -> Option<Self> {
        let mut speeds = [const { None }; SIGHTS];
        for view in models.iter().filter_map(|model| model.view()) {
            let at = view.sight();
            speeds[at] = Some(Whole::new(speed::Meter::new(level, SCALES[at])));
        }
        speeds.iter().any(Option::is_some).then(|| Self {
            cambi: Whole::new(Cambi::new(level)),
            speeds,
        })
    }

    /// What is to be measured of a pair.
    pub fn tasks(&mut self) -> impl Iterator<Item = Task<'_>> + Send {
        let speeds = self.speeds.iter_mut().flatten().map(Task::Speed);
        iter::once(Task::Cambi(&mut self.cambi)).chain(speeds)
    }

    /// What the tasks have found, and ADM's sums, by sight, of pictures of that width and height.
    ///
    /// # Errors
    ///
    /// If there was no colour, or the planes differ in size or are too small for a feature.
    pub fn measured(
        &self,
        full: (usize, usize),
        adm: &[adm::Sums; SIGHTS],
    ) -> Result<Measure, ShapeError> {
        let mut seen = [None; SIGHTS];
        for (at, seen) in seen.iter_mut().enumerate() {
            let Some(speed) = &self.speeds[at] else {
                continue;
            };
            let adm = Sight::blended(SENSITIVITIES[at]).score(full, &adm[at]);
            let both = adm.score * KEPT + (1.0 - adm.second) * (1.0 - KEPT);
            *seen = Some(Seen {
                adm2: adm.score,
                aim: adm.second,
                adm3: both.max(LEAST_ADM3),
                adm_scales: adm.scales,
                speed: speed.found?,
            });
        }
        Ok(Measure {
            cambi: self.cambi.found?,
            seen,
        })
    }
}

/// Fails unless pictures of `format` and `size` have what those of `models` that are of v1 look at.
///
/// # Errors
///
/// If they have no planes of colour, or too few samples.
pub fn fit(models: &[Model], format: Format, size: (usize, usize)) -> Result<(), ShapeError> {
    for view in models.iter().filter_map(|model| model.view()) {
        let Layout::Planar { across, down } = format.chroma else {
            return Err(ShapeError::Colour);
        };
        let least = speed::least(SCALES[view.sight()]);
        let expected = (least << across, least << down);
        if size.0 < expected.0 || size.1 < expected.1 {
            return Err(ShapeError::Least {
                expected,
                found: size,
            });
        }
        cambi::fit(size)?;
    }
    Ok(())
}

/// Motion of frames in their order.
#[derive(Debug, Default)]
pub struct Motions {
    /// Motion over two frames at the frame before, and what became of it.
    before: Option<f64>,
    settled: f64,
}

impl Motions {
    /// Motion at a frame from that since the frame before and to the next, where they are known.
    #[must_use]
    pub fn usual(now: Option<f64>, next: Option<f64>) -> Motion {
        let now = now.map(limited);
        let next = next.map(limited);
        let motion2 = match (now, next) {
            (Some(now), Some(next)) => now.min(next),
            (now, _) => now.unwrap_or_default(),
        };
        Motion {
            sad: now.unwrap_or_default(),
            motion2,
            motion3: match now {
                Some(_) => motion2,
                None => next.unwrap_or_default(),
            },
        }
    }

    /// Motion at the next frame of a stream from that over two frames: at this one, at the next, and at
    /// the first after it that has any.
    pub fn high(&mut self, now: Option<f64>, next: Option<f64>, first: Option<f64>) -> Motion {
        let (now, next) = (now.map(limited), next.map(limited));
        let motion2 = match (self.before, now, next) {
            (_, None, _) => 0.0,
            (_, Some(now), None) => now,
            (Some(before), Some(_), Some(next)) => before.min(next),
            (None, Some(_), Some(next)) => next,
        };
        self.before = now;
        let motion3 = if now.is_some() {
            f64::midpoint(motion2, self.settled)
        } else {
            first.map(limited).unwrap_or_default()
        };
        self.settled = if now.is_some() { motion2 } else { motion3 };
        Motion {
            sad: now.unwrap_or_default(),
            motion2,
            motion3,
        }
    }
}

fn limited(motion: f64) -> f64 {
    motion.min(MOST_MOTION)
}
