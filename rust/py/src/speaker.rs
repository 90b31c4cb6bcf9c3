//! The active speaker, for Python.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::{
    buffer::{Element, PyBuffer},
    exceptions::PyValueError,
    prelude::*,
    types::{PyDict, PyFrozenSet},
};
use v100_core::{
    audio_level::{self, AudioSample},
    speaker::{self, Settings, SpeakerError},
};

/// Somebody else holds the floor, or nobody does.
#[pyclass(frozen, eq, get_all, module = "v100_ai._native")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FloorChange {
    at: f64,
    previous: Option<String>,
    current: Option<String>,
}

#[pymethods]
impl FloorChange {
    fn __repr__(&self) -> String {
        let Self {
            at,
            previous,
            current,
        } = self;
        format!("FloorChange(at={at}, previous={previous:?}, current={current:?})")
    }
}

/// Follows the floor of one meeting.
#[pyclass(frozen, module = "v100_ai._native")]
#[derive(Debug)]
pub(crate) struct FloorTracker(Mutex<speaker::ActiveSpeaker>);

#[pymethods]
impl FloorTracker {
    #[new]
    #[pyo3(signature = (**settings))]
    fn new(settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut chosen = Settings::default();
        for (name, value) in settings.into_iter().flatten() {
            let name: String = name.extract()?;
            chosen.set(&name, value.extract()?).map_err(refused)?;
        }
        Ok(Self(Mutex::new(speaker::ActiveSpeaker::new(chosen))))
    }

    #[pyo3(signature = (participant, *, at, level, media=None))]
    fn push(&self, participant: &str, at: f64, level: f64, media: Option<f64>) -> PyResult<()> {
        self.lock()
            .push(participant, at, level, media)
            .map_err(refused)
    }

    #[pyo3(signature = (*, at))]
    fn poll(&self, at: f64) -> PyResult<Option<FloorChange>> {
        let change = self.lock().poll(at).map_err(refused)?;
        Ok(change.map(|change| FloorChange {
            at: change.at,
            previous: change.previous,
            current: change.current,
        }))
    }

    fn leave(&self, participant: &str) -> bool {
        self.lock().leave(participant)
    }

    fn mute(&self, participant: &str) -> PyResult<()> {
        self.lock().mute(participant).map_err(refused)
    }

    fn unmute(&self, participant: &str) -> PyResult<()> {
        self.lock().unmute(participant).map_err(refused)
    }

    #[getter]
    fn current(&self) -> Option<String> {
        self.lock().current().map(str::to_owned)
    }

    #[getter]
    fn talking<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyFrozenSet>> {
        PyFrozenSet::new(py, self.lock().talking())
    }

    #[getter]
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let tracker = self.lock();
        let settings = PyDict::new(py);
        for name in Settings::NAMES {
            settings.set_item(name, tracker.settings().get(name))?;
        }
        Ok(settings)
    }
}

impl FloorTracker {
    fn lock(&self) -> MutexGuard<'_, speaker::ActiveSpeaker> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err asks for")]
fn refused(error: SpeakerError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// The RFC 6464 levels of every whole 20 ms of mono `samples` (int16 or float32), dBov.
#[pyfunction]
#[pyo3(signature = (samples, rate))]
pub(crate) fn audio_levels(
    py: Python<'_>,
    samples: &Bound<'_, PyAny>,
    rate: u32,
) -> PyResult<Vec<f32>> {
    let frame = audio_level::frame(rate).ok_or_else(|| {
        PyValueError::new_err(format!(
            "expected a rate from 8000 to 384000 Hz that is a multiple of 50, found {rate}"
        ))
    })?;
    if let Ok(buffer) = PyBuffer::<i16>::get(samples) {
        return levels(py, &buffer, frame);
    }
    match PyBuffer::<f32>::get(samples) {
        Ok(buffer) => levels(py, &buffer, frame),
        Err(_) => Err(PyValueError::new_err(
            "expected a one-dimensional buffer of int16 or float32 samples",
        )),
    }
}

/// Samples are copied out before the lock is let go: who lends the buffer may go on writing to it.
fn levels<T: Element + AudioSample + Sync>(
    py: Python<'_>,
    buffer: &PyBuffer<T>,
    frame: usize,
) -> PyResult<Vec<f32>> {
    if buffer.dimensions() != 1 {
        return Err(PyValueError::new_err(format!(
            "expected one channel in one dimension, found {} dimensions",
            buffer.dimensions()
        )));
    }
    let samples = buffer.to_vec(py)?;
    Ok(py.detach(|| audio_level::levels(&samples, frame)))
}
