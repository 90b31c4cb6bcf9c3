//! VMAF of every frame: two luma planes in, a score and its features out, one push late.
//!
//! Scores and features are libvmaf 3.2.0's own, to the last printed digit, but where libvmaf reads
//! outside of its buffers: below 33x33, and with AVX-512 at widths whose half, rounded up, is a
//! multiple of 32 and one more. There these scores are what its C code defines.
//!
//! The parts may be had apart, to spread frames over threads: a [`Meter`] per thread measures frames
//! in any order, one [`Series`] takes their measures in the frames' order.

use super::{
    adm::{self, Adm},
    series::{Score, Series, Settings},
    vif::{self, Vif},
    vmaf_motion,
};
use crate::{
    cpu::Level,
    kernel::blur_difference,
    plane::{EDGES, Plane, Sample, ShapeError},
};

/// What one pair of frames tells by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Information left, by scale.
    pub vif: Vif,
    /// Detail left.
    pub adm: Adm,
    /// Motion of the reference since the frame before; `None` where there is none before.
    pub motion: Option<f64>,
}

/// Measures frames, each by itself; allocates once per size, never per frame.
#[derive(Debug)]
pub struct Meter {
    level: Level,
    depth: u32,
    neg: bool,
    vif: vif::Meter,
    adm: adm::Meter,
    motion: blur_difference::Scratch,
}

impl Meter {
    /// A meter for `settings` that works at `level`.
    #[must_use]
    pub fn new(level: Level, settings: &Settings) -> Self {
        Self {
            level,
            depth: settings.depth,
            neg: settings.models.iter().any(|model| model.unenhanced()),
            vif: vif::Meter::new(level),
            adm: adm::Meter::new(level),
            motion: blur_difference::Scratch::default(),
        }
    }

    /// Measures a reference and its distorted copy; `before` is the reference's frame before it.
    ///
    /// # Errors
    ///
    /// If a plane's size is another than the reference's or outside of [`EDGES`], or if the samples
    /// have another depth than their type can hold.
    pub fn measure<T: Sample>(
        &mut self,
        planes: [Plane<'_, T>; 2],
        before: Option<Plane<'_, T>>,
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
        Ok(Measure {
            vif: self.vif.measure(planes, self.depth, self.neg)?,
            adm: self.adm.measure(planes, self.depth, self.neg)?,
            motion: before
                .map(|before| self.motion(before, planes[0]))
                .transpose()?,
        })
    }

    /// Motion from one reference frame to the next.
    ///
    /// # Errors
    ///
    /// If the planes differ in size.
    pub fn motion<T: Sample>(
        &mut self,
        before: Plane<'_, T>,
        now: Plane<'_, T>,
    ) -> Result<f64, ShapeError> {
        vmaf_motion::motion(self.level, before, now, self.depth, &mut self.motion)
    }
}

/// Scores a stream of frames. Remembers one reference frame.
#[derive(Debug)]
pub struct Vmaf<T: Sample> {
    meter: Meter,
    series: Series,
    last: Vec<T>,
    size: (usize, usize),
}

impl<T: Sample> Vmaf<T> {
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
    /// See [`Meter::measure`]; also if the size is another than the last frame's.
    pub fn push(
        &mut self,
        reference: Plane<'_, T>,
        distorted: Plane<'_, T>,
    ) -> Result<Option<Score>, ShapeError> {
        let before = match self.size {
            (0, 0) => None,
            (width, height) => Some(Plane::new(&self.last, width, height, width)?),
        };
        let measure = self.meter.measure([reference, distorted], before)?;
        self.remember(reference);
        Ok(self.series.push(measure))
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
        Ok(self.series.flush(motion))
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
