//! `QualityMeter`: how near distorted frames are to their references.

mod reading;
mod scheduler;
mod threads;

use std::sync::{Mutex, PoisonError};

use pyo3::{exceptions::PyValueError, prelude::*};
use v100_core::{
    frame::{Format, Frame},
    plane::ShapeError,
    quality::{
        metric_set::Metrics,
        models::Model,
        series::{Series, Settings},
    },
};

pub(crate) use self::reading::QualityReading;
use self::scheduler::{Scheduler, Told};
use crate::{
    buffer::refused,
    picture::{LentPicture, Planes, finite},
};

/// Threads that one meter may have.
pub(crate) const THREADS_MOST: usize = 64;

/// A picture as Python hands it over: format, width, height, planes.
type Given<'py> = (String, usize, usize, Planes<'py>);

/// The metrics of pairs of frames, one crossing a pair, the interpreter's lock released.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct QualityMeter {
    metrics: Metrics,
    threads: usize,
    pairs: Mutex<Pairs>,
}

#[derive(Default)]
struct Pairs {
    scheduler: Option<AnyScheduler>,
    told: u64,
}

enum AnyScheduler {
    Eight(Box<Scheduler<u8>>),
    Sixteen(Box<Scheduler<u16>>),
}

#[pymethods]
impl QualityMeter {
    #[new]
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    #[pyo3(signature = (metrics, models, *, phone, threads))]
    fn new(
        metrics: Vec<String>,
        models: Vec<String>,
        phone: bool,
        threads: usize,
    ) -> PyResult<Self> {
        if !(1..=THREADS_MOST).contains(&threads) {
            return Err(PyValueError::new_err(format!(
                "expected 1 to {THREADS_MOST} threads, found {threads}"
            )));
        }
        let models = models
            .iter()
            .map(|name| {
                Model::named(name).ok_or_else(|| {
                    let known = Model::ALL.map(Model::name).join(", ");
                    PyValueError::new_err(format!("expected one of {known}, found {name}"))
                })
            })
            .collect::<PyResult<Vec<_>>>()?;
        let mut on = Metrics::default();
        for metric in metrics {
            match metric.as_str() {
                "psnr" => on.psnr = true,
                "ssim" => on.ssim = true,
                "ffmpeg_ssim" => on.ffmpeg_ssim = true,
                "float_ssim" => on.float_ssim = true,
                "ms_ssim" => on.ms_ssim = true,
                "vmaf" => {
                    on.vmaf = Some(Settings {
                        depth: 8,
                        models: models.clone(),
                        phone,
                    });
                }
                found => {
                    return Err(PyValueError::new_err(format!(
                        "expected psnr, ssim, ffmpeg_ssim, float_ssim, ms_ssim or vmaf, found {found}"
                    )));
                }
            }
        }
        Ok(Self {
            metrics: on,
            threads,
            pairs: Mutex::default(),
        })
    }

    /// Measures a pair of one format and size, each plane given with its stride in bytes; tells of
    /// the pairs that are ready. A pair of another shape ends what was before it.
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    #[expect(clippy::too_many_arguments, reason = "two pictures and their time")]
    fn push(
        &self,
        py: Python<'_>,
        format: &str,
        width: usize,
        height: usize,
        reference: Planes<'_>,
        distorted: Planes<'_>,
        pts: f64,
    ) -> PyResult<Vec<QualityReading>> {
        let pts = finite(pts)?;
        let size = (width, height);
        let reference = LentPicture::new(format, size, &reference)?;
        let distorted = LentPicture::new(format, size, &distorted)?;
        let frames = (reference.frame()?, distorted.frame()?);
        self.told(py, |pairs| {
            let mut told = pairs.shape(self, reference.format, size)?;
            told.extend(match (&mut pairs.scheduler, frames) {
                (Some(AnyScheduler::Eight(scheduler)), (Frame::Eight(a), Frame::Eight(b))) => {
                    scheduler.push([a, b], pts)?
                }
                (
                    Some(AnyScheduler::Sixteen(scheduler)),
                    (Frame::Sixteen(a), Frame::Sixteen(b)),
                ) => scheduler.push([a, b], pts)?,
                _ => Vec::new(),
            });
            Ok(told)
        })
    }

    /// Takes the reference's frame before the next pair, for a piece of a stream. What waits is
    /// forgotten.
    fn resume(&self, py: Python<'_>, before: Given<'_>) -> PyResult<()> {
        self.in_parts()?;
        let (format, width, height, planes) = before;
        let lent = LentPicture::new(&format, (width, height), &planes)?;
        let frame = lent.frame()?;
        py.detach(|| {
            let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
            pairs.scheduler = None;
            pairs.shape(self, lent.format, lent.size)?;
            match (&mut pairs.scheduler, &frame) {
                (Some(AnyScheduler::Eight(scheduler)), Frame::Eight(picture)) => {
                    scheduler.resume(picture);
                }
                (Some(AnyScheduler::Sixteen(scheduler)), Frame::Sixteen(picture)) => {
                    scheduler.resume(picture);
                }
                _ => {}
            }
            Ok(())
        })
        .map_err(refused)
    }

    /// Tells of the pairs that wait; `next` is the reference's frame after them where this is a
    /// piece of a stream. Starts over, but for the count.
    #[pyo3(signature = (next=None))]
    fn flush(&self, py: Python<'_>, next: Option<Given<'_>>) -> PyResult<Vec<QualityReading>> {
        let lent = next
            .map(|(format, width, height, planes)| {
                LentPicture::new(&format, (width, height), &planes)
            })
            .transpose()?;
        let next = lent.as_ref().map(LentPicture::frame).transpose()?;
        if next.is_some() {
            self.in_parts()?;
        }
        self.told(py, |pairs| pairs.end(next.as_ref()))
    }
}

impl QualityMeter {
    /// Refuses to score a piece of a stream where a model's motion goes beyond the frames next to it.
    fn in_parts(&self) -> PyResult<()> {
        match &self.metrics.vmaf {
            Some(settings) if !Series::parts(settings) => Err(PyValueError::new_err(
                "expected a whole stream for a model of high frame rates, found a piece of one",
            )),
            _ => Ok(()),
        }
    }

    fn told(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Pairs) -> Result<Vec<Told>, ShapeError> + Send,
    ) -> PyResult<Vec<QualityReading>> {
        py.detach(|| {
            let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
            let told = work(&mut pairs)?;
            let first = pairs.told;
            pairs.told += told.len() as u64;
            let models = self
                .metrics
                .vmaf
                .as_ref()
                .map_or(&[][..], |vmaf| &vmaf.models);
            Ok(told
                .iter()
                .zip(first..)
                .map(|(told, frame)| QualityReading::new(frame, told, models))
                .collect())
        })
        .map_err(refused)
    }
}

impl Pairs {
    /// Makes sure that the scheduler is one for this shape; tells of what another one had waiting.
    fn shape(
        &mut self,
        meter: &QualityMeter,
        format: Format,
        size: (usize, usize),
    ) -> Result<Vec<Told>, ShapeError> {
        let known = match &self.scheduler {
            Some(AnyScheduler::Eight(scheduler)) => Some((scheduler.format, scheduler.size)),
            Some(AnyScheduler::Sixteen(scheduler)) => Some((scheduler.format, scheduler.size)),
            None => None,
        };
        if known.is_some_and(|(known, its)| known.name == format.name && its == size) {
            return Ok(Vec::new());
        }
        let (metrics, threads) = (&meter.metrics, meter.threads);
        metrics.fit(format, size)?;
        let told = self.end(None)?;
        self.scheduler = Some(if format.depth <= 8 {
            AnyScheduler::Eight(Box::new(Scheduler::new(metrics, threads, format, size)))
        } else {
            AnyScheduler::Sixteen(Box::new(Scheduler::new(metrics, threads, format, size)))
        });
        Ok(told)
    }

    fn end(&mut self, next: Option<&Frame<'_>>) -> Result<Vec<Told>, ShapeError> {
        match (&mut self.scheduler, next) {
            (Some(AnyScheduler::Eight(scheduler)), Some(Frame::Eight(next))) => {
                scheduler.flush(Some(next))
            }
            (Some(AnyScheduler::Sixteen(scheduler)), Some(Frame::Sixteen(next))) => {
                scheduler.flush(Some(next))
            }
            (Some(AnyScheduler::Eight(scheduler)), _) => scheduler.flush(None),
            (Some(AnyScheduler::Sixteen(scheduler)), _) => scheduler.flush(None),
            (None, _) => Ok(Vec::new()),
        }
    }
}
