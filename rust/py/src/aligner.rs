//! `Aligner`: which frame of a reference each frame of a distorted stream shows.

use std::sync::{Mutex, PoisonError};

use pyo3::{exceptions::PyValueError, prelude::*};
use v100_core::{
    cpu::Level,
    plane::Plane,
    quality::alignment::{self, AlignmentError, Settings},
    signature::{Parts, Scanner},
};

use crate::picture::{LentPicture, Planes};

/// Pairs the frames of two streams by their times and by the analysis planes of their signatures.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct Aligner(Mutex<Streams>);

struct Streams {
    scanner: Scanner,
    aligner: alignment::Aligner,
}

#[pymethods]
impl Aligner {
    #[new]
    fn new(max_offset: f64, look_ahead: usize, capacity: usize) -> Self {
        let parts = Parts {
            difference: false,
            chroma: false,
        };
        let settings = Settings {
            max_offset,
            look_ahead,
            capacity,
        };
        Self(Mutex::new(Streams {
            scanner: Scanner::new(Level::detect(), parts),
            aligner: alignment::Aligner::new(settings),
        }))
    }

    /// Takes the next frame of the reference, or of the distorted stream.
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    #[expect(clippy::too_many_arguments, reason = "a picture and its stream")]
    #[pyo3(signature = (format, width, height, planes, pts, *, distorted))]
    fn push(
        &self,
        py: Python<'_>,
        format: &str,
        width: usize,
        height: usize,
        planes: Planes<'_>,
        pts: f64,
        distorted: bool,
    ) -> PyResult<()> {
        let lent = LentPicture::new(format, (width, height), &planes)?;
        let frame = lent.frame()?;
        py.detach(|| {
            let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let Streams { scanner, aligner } = &mut *streams;
            let signature = scanner.push(&frame).now;
            let grid = signature.grid;
            let means = Plane::packed(&signature.plane, grid.columns(), grid.rows());
            if distorted {
                aligner.push_distorted(pts, means)
            } else {
                aligner.push_reference(pts, means)
            }
        })
        .map_err(|error: AlignmentError| PyValueError::new_err(error.to_string()))
    }

    /// No frames follow: the rest is decided.
    fn finish(&self) {
        self.locked(alignment::Aligner::finish);
    }

    /// What is decided and was not asked for yet, in the order of the distorted frames.
    fn verdicts(&self) -> Vec<Verdict> {
        self.locked(|aligner| {
            std::iter::from_fn(|| aligner.verdict())
                .map(Verdict::new)
                .collect()
        })
    }

    /// How the streams lie to each other so far; `None` before the first pair.
    fn alignment(&self) -> Option<Alignment> {
        self.locked(|aligner| aligner.alignment().map(Alignment::new))
    }
}

impl Aligner {
    fn locked<R>(&self, work: impl FnOnce(&mut alignment::Aligner) -> R) -> R {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut streams.aligner)
    }
}

/// What becomes of a distorted frame.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Verdict {
    distorted: u64,
    reference: Option<u64>,
    duplicated: bool,
}

impl Verdict {
    fn new(verdict: alignment::Verdict) -> Self {
        let (distorted, reference, duplicated) = match verdict {
            alignment::Verdict::Paired {
                reference,
                distorted,
            } => (distorted, Some(reference), false),
            alignment::Verdict::Duplicated { distorted } => (distorted, None, true),
            alignment::Verdict::Unpaired { distorted } => (distorted, None, false),
        };
        Self {
            distorted,
            reference,
            duplicated,
        }
    }
}

/// How two streams lie to each other.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Alignment {
    offset_seconds: f64,
    offset_frames: f64,
    paired: u64,
    dropped: u64,
    duplicated: u64,
    unpaired: u64,
    retimed: u64,
    confidence: f64,
}

impl Alignment {
    fn new(found: alignment::Alignment) -> Self {
        Self {
            offset_seconds: found.offset_seconds,
            offset_frames: found.offset_frames,
            paired: found.paired,
            dropped: found.dropped,
            duplicated: found.duplicated,
            unpaired: found.unpaired,
            retimed: found.retimed,
            confidence: found.confidence,
        }
    }
}
