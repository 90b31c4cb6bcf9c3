//! What the deepfake layer reads from a frame, as Python sees it.

use pyo3::{
    prelude::*,
    types::{PyDict, PyTuple},
};
use v100_core::forensics::{self, Limits, Signal};

use crate::analyzer::Face;

/// What one frame tells of its largest face. Values, usual values and distances; no decision.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Forensics {
    face: Option<Py<Face>>,
    faces: usize,
    signals: Py<PyDict>,
    shape: Option<f32>,
    ring: Option<f32>,
    second: Option<f32>,
    limits: Py<ForensicLimits>,
    statistics: Option<Py<PyTuple>>,
}

/// One named signal of one frame.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct ForensicSignal {
    value: Option<f32>,
    usual: Option<f32>,
    z: Option<f32>,
}

/// What limits the trust in a frame's signals.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct ForensicLimits {
    face_height: f64,
    blocks: usize,
    baseline_s: f64,
    window_s: f64,
    ring: f64,
    counted: f64,
    luma: f64,
    found: f64,
    colour: bool,
}

impl Forensics {
    pub(crate) fn new(py: Python<'_>, found: &forensics::Reading) -> PyResult<Py<Self>> {
        let signals = PyDict::new(py);
        let named = found.signals.named();
        for (name, signal) in named {
            signals.set_item(name, Py::new(py, ForensicSignal::new(signal))?)?;
        }
        let face = found.face.as_ref().map(|face| Py::new(py, Face::new(face)));
        let statistics = found.statistics.map(|values| PyTuple::new(py, values));
        let made = Self {
            face: face.transpose()?,
            faces: found.faces,
            signals: signals.unbind(),
            shape: found.change.map(|change| change.shape),
            ring: found.change.map(|change| change.ring),
            second: found.change.map(|change| change.second),
            limits: Py::new(py, ForensicLimits::new(found.limits))?,
            statistics: statistics.transpose()?.map(Bound::unbind),
        };
        Py::new(py, made)
    }
}

impl ForensicSignal {
    fn new(signal: Signal) -> Self {
        Self {
            value: signal.value,
            usual: signal.usual,
            z: signal.z,
        }
    }
}

impl ForensicLimits {
    fn new(limits: Limits) -> Self {
        Self {
            face_height: limits.face_height,
            blocks: limits.blocks,
            baseline_s: limits.baseline_s,
            window_s: limits.window_s,
            ring: limits.ring,
            counted: limits.counted,
            luma: limits.luma,
            found: limits.found,
            colour: limits.colour,
        }
    }
}
