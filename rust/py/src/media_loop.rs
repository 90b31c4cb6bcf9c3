//! A media loop to measure with: a thread that does something at an even pace.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock; nothing it measures does"
)]

use std::{
    thread,
    time::{Duration, Instant},
};

use pyo3::{exceptions::PyValueError, prelude::*};

/// Seconds of each tick of a paced loop.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Paces {
    /// From the time a tick was due to its end, work included.
    late: Vec<f64>,
    /// What the work took.
    took: Vec<f64>,
}

/// Calls `work` every `period` seconds, `ticks` times. Between the calls the loop is without the
/// interpreter's lock, as a media loop outside of Python is.
#[pyfunction]
#[pyo3(signature = (work, *, period, ticks))]
pub(crate) fn paced(
    py: Python<'_>,
    work: &Bound<'_, PyAny>,
    period: f64,
    ticks: u32,
) -> PyResult<Paces> {
    let period = Duration::try_from_secs_f64(period)
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    let work = work.clone().unbind();
    py.detach(|| {
        let mut paces = Paces {
            late: Vec::with_capacity(ticks as usize),
            took: Vec::with_capacity(ticks as usize),
        };
        let start = Instant::now();
        for tick in 1..=ticks {
            let due = start + tick * period;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let began = Instant::now();
            Python::attach(|py| work.call0(py))?;
            let ended = Instant::now();
            paces.late.push((ended - due).as_secs_f64());
            paces.took.push((ended - began).as_secs_f64());
        }
        Ok(paces)
    })
}
