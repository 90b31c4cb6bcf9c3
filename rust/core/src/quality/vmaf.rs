//! VMAF of every frame: two luma planes in, a score and its features out, one push late.
//!
//! Scores and features are libvmaf 3.2.0's own, to the last printed digit, but where libvmaf reads
//! outside of its buffers: below 33x33, and with AVX-512 at widths whose half, rounded up, is a
//! multiple of 32 and one more. There these scores are what its C code defines.
//!
//! The parts may be had apart, to spread frames over threads: a [`Meter`] per thread measures frames
//! in any order, one [`Series`] takes their measures in the frames' order.

use super::{
    adm::{self, Adm, Sight},
    series::{Score, Series, Settings},
    v1::{self, Colour},
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

/// Measures frames, each by itself; allocates once per size, never per frame.
#[derive(Debug)]
pub struct Meter {
    level: Level,
    depth: u32,
    neg: bool,
    /// Whether motion over two frames is asked for.
    two: bool,
    early: Option<(vif::Meter, adm::Meter)>,
    v1: Option<v1::Meter>,
    motion: blur_difference::Scratch,
}

impl Meter {
    /// A meter for `settings` that works at `level`.
    #[must_use]
    pub fn new(level: Level, settings: &Settings) -> Self {
        let models = &settings.models;
        let neg = models.iter().any(|model| model.unenhanced());
        let early = models.iter().any(|model| model.view().is_none());
        Self {
            level,
            depth: settings.depth,
            neg,
            two: models.iter().any(|model| model.skips_frames()),
            early: early.then(|| {
                let adm = adm::Meter::new(level, Sight::watson(neg));
                (vif::Meter::new(level), adm)
            }),
            v1: v1::Meter::new(level, models),
            motion: blur_difference::Scratch::default(),
        }
    }

    /// Measures the luma of a reference and its distorted copy, and for the models of v1 their colour;
    /// `before` is the reference's luma of the frame before, and of the one before that.
    ///
    /// # Errors
    ///
    /// If a plane's size is another than the reference's or outside of [`EDGES`], if the samples have
    /// another depth than their type can hold, or as [`v1::Meter::measure`] says.
    pub fn measure<T: Widen>(
        &mut self,
        planes: [Plane<'_, T>; 2],
        colour: Option<Colour<'_, T>>,
        before: [Option<Plane<'_, T>>; 2],
    ) -> Result<Measure, ShapeError> {
        let found = (planes[0].width(), planes[0].height());
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
        let (depth, neg) = (self.depth, self.neg);
        let early = self.early.as_mut().map(|(vif, adm)| {
            let vif = vif.measure(planes, depth, neg)?;
            Ok((vif, adm.measure(planes, depth)?))
        });
        let v1 = self.v1.as_mut().map(|v1| v1.measure(planes, colour, depth));
        let [one, two] = before;
        let two = two.filter(|_| self.two);
        let mut motion = |before| self.motion(before, planes[0]);
        Ok(Measure {
            motion: one.map(&mut motion).transpose()?,
            motion_of_two: two.map(&mut motion).transpose()?,
            early: early.transpose()?,
            v1: v1.transpose()?,
        })
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
        vmaf_motion::motion(self.level, before, now, self.depth, &mut self.motion)
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
            meter: Meter::new(level, &settings),
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
        let planes = [reference, distorted];
        let measure = self.meter.measure(planes, None, [before, None])?;
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
