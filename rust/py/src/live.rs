//! `LiveMeter`: the live tier over the frames of one stream and of its reference.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use v100_core::{
    cpu::Level,
    quality::{
        estimate::Cues,
        live::{self, Live},
    },
    signature::{Parts, Scanner},
};

use crate::repr::shows;
use crate::{
    buffer::refused,
    picture::{LentPicture, Planes},
};

/// Both frames' signatures and what they differ by.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct LiveMeter(Mutex<Pair>);

struct Pair {
    reference: Scanner,
    distorted: Scanner,
    meter: live::LiveMeter,
}

/// A frame as Python describes it: format, width, height, planes with their strides in bytes.
type Described<'py> = (String, usize, usize, Planes<'py>);

#[pymethods]
impl LiveMeter {
    #[new]
    fn new() -> Self {
        let level = Level::detect();
        let parts = Parts {
            difference: true,
            chroma: false,
        };
        Self(Mutex::new(Pair {
            reference: Scanner::new(level, parts),
            distorted: Scanner::new(level, parts),
            meter: live::LiveMeter::new(level),
        }))
    }

    /// Compares a distorted frame with its reference.
    fn push(
        &self,
        py: Python<'_>,
        reference: Described<'_>,
        distorted: Described<'_>,
    ) -> PyResult<LiveReading> {
        let [reference, distorted] =
            [reference, distorted].map(|(format, width, height, planes)| {
                LentPicture::new(&format, (width, height), &planes)
            });
        let (reference, distorted) = (reference?, distorted?);
        let (a, b) = (reference.frame()?, distorted.frame()?);
        let (live, quality_estimate) = py
            .detach(|| {
                let pair = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let reference = pair.reference.push(&a).now;
                let distorted = pair.distorted.push(&b).now;
                let live = pair.meter.push(reference, distorted)?;
                Ok((live, Cues::of(distorted).quality_estimate()))
            })
            .map_err(refused)?;
        let Live {
            psnr_db,
            ssim,
            detail_loss,
            vmaf_live,
        } = live;
        Ok(LiveReading {
            psnr: psnr_db,
            ssim,
            detail_loss,
            vmaf_live,
            quality_estimate,
        })
    }

    /// Forgets the frames before.
    fn reset(&self, py: Python<'_>) {
        py.detach(|| {
            let mut pair = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            pair.reference.reset();
            pair.distorted.reset();
        });
    }
}

/// How near one frame is to its reference, and how good it looks without.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct LiveReading {
    psnr: f64,
    ssim: f64,
    detail_loss: f64,
    vmaf_live: f64,
    quality_estimate: f64,
}

shows!(LiveReading: psnr, ssim, detail_loss, vmaf_live, quality_estimate);
