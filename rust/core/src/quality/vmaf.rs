//! VMAF of every frame: two luma planes in, a score and its features out, one push late.
//!
//! Scores and features are libvmaf 3.2.0's own, to the last printed digit, but where libvmaf reads
//! outside of its buffers: below 33x33, and with AVX-512 at widths whose half, rounded up, is a
//! multiple of 32 and one more. There these scores are what its C code defines.
//!
//! The parts may be had apart, to spread frames over threads: a [`Meter`] per thread measures frames
//! in any order, one [`Series`] takes their measures in the frames' order.

use std::{iter, ops::AddAssign};

use super::{
    adm::{self, Adm, Sight},
    series::{Score, Series, Settings},
    strips::{Executor, Serial, Strip},
    v1::{self, Colour, SIGHTS},
    vif::{self, Vif},
    vmaf_motion,
};
use crate::{
    cpu::Level,
    kernel::{blur_difference, widen::Widen},
    plane::{EDGES, Plane, ShapeError},
};

/// What one pair of frames tells by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// What the models before v1 ask for: information left, by scale, and detail left.
    pub early: Option<(Vif, Adm)>,
    /// What those of v1 ask for.
    pub v1: Option<v1::Measure>,
    /// Motion of the reference since the frame before; `None` where there is none before.
    pub motion: Option<f64>,
    /// Motion since the frame before that, where a model asks for it.
    pub motion_of_two: Option<f64>,
}

/// A pair of pictures as VMAF looks at them.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a, T: Widen> {
    /// The luma of a reference and of its distorted copy.
    pub planes: [Plane<'a, T>; 2],
    /// Their colour, for the models of v1.
    pub colour: Option<Colour<'a, T>>,
    /// The reference's luma of the frame before, and of the one before that.
    pub before: [Option<Plane<'a, T>>; 2],
}

/// What strips of a pair add up to.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    vif: vif::Sums,
    adm: adm::Sums,
    v1: [adm::Sums; SIGHTS],
    motion: [u64; 2],
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        for (sum, other) in self.vif.iter_mut().zip(other.vif) {
            *sum += other;
        }
        let mine = self.v1.as_flattened_mut().iter_mut().chain(&mut self.adm);
        for (sum, other) in mine.zip(other.v1.as_flattened().iter().chain(&other.adm)) {
            *sum += *other;
        }
        for (sum, other) in self.motion.iter_mut().zip(other.motion) {
            *sum += other;
        }
    }
}

/// Strips for each worker: who is held up leaves the rest to the others. More of them have more rows in
/// common, which are made twice.
const STRIPS: usize = 2;

/// One of those who share the work of a pair: a meter of strips. Sums are whole numbers, so it does not
/// matter who adds which.
#[derive(Debug)]
pub struct Worker {
    level: Level,
    depth: u32,
    neg: bool,
    vif: Option<vif::Meter>,
    adm: Option<adm::Meter>,
    v1: [Option<adm::Meter>; SIGHTS],
    motion: blur_difference::Scratch,
    sums: Result<Sums, ShapeError>,
}

/// A part of the work of a pair, which any worker can do.
#[derive(Debug)]
pub enum Task<'a> {
    /// All that is asked for of a strip, but for what the next task is.
    Strip(Strip),
    /// What v1 asks for of the whole picture.
    V1(v1::Task<'a>),
}

impl Worker {
    fn new(level: Level, settings: &Settings) -> Self {
        let (early, neg) = (settings.early(), settings.unenhanced());
        Self {
            level,
            depth: settings.depth,
            neg,
            vif: early.then(|| vif::Meter::new(level)),
            adm: early.then(|| adm::Meter::new(level, Sight::watson(neg))),
            v1: v1::sights(&settings.models)
                .map(|sight| sight.map(|sight| adm::Meter::new(level, sight))),
            motion: blur_difference::Scratch::default(),
            sums: Ok(Sums::default()),
        }
    }

    /// Does a task of a pair.
    pub fn work<T: Widen>(&mut self, input: &Input<'_, T>, task: Task<'_>) {
        match task {
            Task::Strip(strip) => {
                if let Err(error) = self.add(input, strip) {
                    self.sums = Err(error);
                }
            }
            Task::V1(task) => task.work(input.planes, input.colour, self.depth),
        }
    }

    fn add<T: Widen>(&mut self, input: &Input<'_, T>, strip: Strip) -> Result<(), ShapeError> {
        let Ok(sums) = &mut self.sums else {
            return Ok(());
        };
        let (planes, depth) = (input.planes, self.depth);
        if let Some(vif) = &mut self.vif {
            vif.add(planes, strip, depth, self.neg, &mut sums.vif)?;
        }
        if let Some(adm) = &mut self.adm {
            adm.add(planes, strip, depth, &mut sums.adm)?;
        }
        for (adm, sums) in self.v1.iter_mut().zip(&mut sums.v1) {
            if let Some(adm) = adm {
                adm.add(planes, strip, depth, sums)?;
            }
        }
        let [now, _] = planes;
        let rows = strip.rows(now.height());
        for (before, sum) in input.before.into_iter().zip(&mut sums.motion) {
            if let Some(before) = before {
                let before = before.sized((now.width(), now.height()))?;
                let (level, scratch) = (self.level, &mut self.motion);
                *sum += blur_difference::sum(level, depth, before, now, rows.clone(), scratch);
            }
        }
        Ok(())
    }
}

/// Measures frames, each by itself, by one worker or several; allocates once per size, never per frame.
#[derive(Debug)]
pub struct Meter {
    depth: u32,
    neg: bool,
    early: bool,
    /// Whether motion over two frames is asked for.
    two: bool,
    workers: Vec<Worker>,
    v1: Option<v1::Meter>,
}

impl Meter {
    /// A meter of so many workers, at least one, for `settings` that works at `level`.
    #[must_use]
    pub fn new(level: Level, settings: &Settings, workers: usize) -> Self {
        let models = &settings.models;
        Self {
            depth: settings.depth,
            neg: settings.unenhanced(),
            early: settings.early(),
            two: models.iter().any(|model| model.skips_frames()),
            workers: iter::repeat_with(|| Worker::new(level, settings))
                .take(workers.max(1))
                .collect(),
            v1: v1::Meter::new(level, models),
        }
    }

    /// Begins a pair: what is to be done, and the workers that can, each task being for any of them.
    ///
    /// # Errors
    ///
    /// If a plane's size is another than the reference's or outside of [`EDGES`], or if the samples have
    /// another depth than their type can hold.
    pub fn begin<'a, T: Widen>(
        &'a mut self,
        input: &mut Input<'_, T>,
    ) -> Result<
        (
            &'a mut [Worker],
            impl Iterator<Item = Task<'a>> + Send + use<'a, T>,
        ),
        ShapeError,
    > {
        let [reference, distorted] = input.planes;
        let found = (reference.width(), reference.height());
        distorted.sized(found)?;
        if !EDGES.contains(&found.0) || !EDGES.contains(&found.1) {
            return Err(ShapeError::Edge { found });
        }
        let expected = if size_of::<T>() == 1 { (8, 8) } else { (9, 16) };
        if self.depth < expected.0 || self.depth > expected.1 {
            return Err(ShapeError::Depth {
                expected,
                found: self.depth,
            });
        }
        if !self.two {
            input.before[1] = None;
        }
        for worker in &mut self.workers {
            worker.sums = Ok(Sums::default());
        }
        let strips = STRIPS * self.workers.len();
        let v1 = self.v1.iter_mut().flat_map(v1::Meter::tasks).map(Task::V1);
        Ok((
            &mut self.workers,
            v1.chain(Strip::cut(strips).map(Task::Strip)),
        ))
    }

    /// What the tasks of a pair have found, once all are done.
    ///
    /// # Errors
    ///
    /// As [`v1::Meter::measured`] says.
    pub fn end<T: Widen>(&self, input: &Input<'_, T>) -> Result<Measure, ShapeError> {
        let mut sums = Sums::default();
        for worker in &self.workers {
            sums += worker.sums?;
        }
        let [now, _] = input.planes;
        let full = (now.width(), now.height());
        let [motion, motion_of_two] =
            [0, 1].map(|at| input.before[at].map(|_| vmaf_motion::mean(sums.motion[at], full)));
        Ok(Measure {
            early: self.early.then(|| {
                let adm = Sight::watson(self.neg).score(full, &sums.adm);
                (Vif::of(&sums.vif, self.neg), adm)
            }),
            v1: self
                .v1
                .as_ref()
                .map(|v1| v1.measured(full, &sums.v1))
                .transpose()?,
            motion,
            motion_of_two,
        })
    }

    /// Measures a pair by one worker.
    ///
    /// # Errors
    ///
    /// As [`Meter::begin`] and [`Meter::end`] say.
    pub fn measure<T: Widen>(&mut self, mut input: Input<'_, T>) -> Result<Measure, ShapeError> {
        let (workers, tasks) = self.begin(&mut input)?;
        Serial.share(workers, tasks, |worker, task| worker.work(&input, task));
        self.end(&input)
    }

    /// Motion from one reference frame to the next.
    ///
    /// # Errors
    ///
    /// If the planes differ in size.
    pub fn motion<T: Widen>(
        &mut self,
        before: Plane<'_, T>,
        now: Plane<'_, T>,
    ) -> Result<f64, ShapeError> {
        let Worker { level, motion, .. } = &mut self.workers[0];
        vmaf_motion::motion(*level, before, now, self.depth, motion)
    }
}

/// Scores a stream of luma by models before v1. Remembers one reference frame.
#[derive(Debug)]
pub struct Vmaf<T: Widen> {
    meter: Meter,
    series: Series,
    last: Vec<T>,
    size: (usize, usize),
}

impl<T: Widen> Vmaf<T> {
    /// A scorer that has seen nothing.
    #[must_use]
    pub fn new(level: Level, settings: Settings) -> Self {
        Self {
            meter: Meter::new(level, &settings, 1),
            series: Series::new(settings),
            last: Vec::new(),
            size: (0, 0),
        }
    }

    /// Takes the reference frame before the first one, for a piece of a stream: its scores are then
    /// those of the whole. Frames that wait for their score are forgotten.
    pub fn resume(&mut self, before: Plane<'_, T>) {
        self.series.clear();
        self.remember(before);
    }

    /// Measures a reference and its distorted copy; gives the score of the frame before.
    ///
    /// `None` for the first frame: its motion is known with the next.
    ///
    /// # Errors
    ///
    /// See [`Meter::measure`]; also if the size is another than the last frame's, or a model is of v1.
    pub fn push(
        &mut self,
        reference: Plane<'_, T>,
        distorted: Plane<'_, T>,
    ) -> Result<Option<Score>, ShapeError> {
        let before = match self.size {
            (0, 0) => None,
            (width, height) => Some(Plane::new(&self.last, width, height, width)?),
        };
        let measure = self.meter.measure(Input {
            planes: [reference, distorted],
            colour: None,
            before: [before, None],
        })?;
        self.remember(reference);
        let [score, _] = self.series.push(measure);
        Ok(score)
    }

    /// The score of the last frame; `next` is the reference's frame after it where this is a piece of
    /// a stream. Starts over.
    ///
    /// # Errors
    ///
    /// If `next` has another size than the last frame.
    pub fn flush(&mut self, next: Option<Plane<'_, T>>) -> Result<Option<Score>, ShapeError> {
        let (width, height) = std::mem::take(&mut self.size);
        let motion = match next {
            Some(next) if (width, height) != (0, 0) => {
                let last = Plane::new(&self.last, width, height, width)?;
                Some(self.meter.motion(last, next)?)
            }
            _ => None,
        };
        let [score, _] = self.series.flush(motion);
        Ok(score)
    }

    fn remember(&mut self, luma: Plane<'_, T>) {
        self.size = (luma.width(), luma.height());
        self.last.resize(self.size.0 * self.size.1, T::default());
        for (row, last) in luma
            .rows()
            .zip(self.last.chunks_exact_mut(self.size.0.max(1)))
        {
            last.copy_from_slice(row);
        }
    }
}
