//! `LiveMeter`: the live tier over the frames of one stream and of its reference.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use v100_core::{
    cpu::Level,
    frame::Frame,
    quality::{
        estimate::Cues,
        live::{self, Live},
    },
    signature::{Parts, Scanner},
};

use crate::{
    analyzer::{known, picture},
    buffer::{Lent, refused},
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
type Described<'py> = (String, usize, usize, Vec<(Bound<'py, PyAny>, usize)>);

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
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    fn push(
        &self,
        py: Python<'_>,
        reference: Described<'_>,
        distorted: Described<'_>,
    ) -> PyResult<LiveReading> {
        let lent = [lend(&reference)?, lend(&distorted)?];
        let (a, b) = (frame(&reference, &lent[0])?, frame(&distorted, &lent[1])?);
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

fn lend((.., planes): &Described<'_>) -> PyResult<Vec<Lent>> {
    planes
        .iter()
        .map(|(object, stride)| Lent::new(object, *stride))
        .collect()
}

fn frame<'a>(
    (format, width, height, _): &Described<'_>,
    planes: &'a [Lent],
) -> PyResult<Frame<'a>> {
    let format = known(format)?;
    let size = (*width, *height);
    Ok(match format.depth {
        ..=8 => Frame::Eight(picture(format, size, planes)?),
        _ => Frame::Sixteen(picture(format, size, planes)?),
    })
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
