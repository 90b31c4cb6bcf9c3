//! The score of a moment and the events of its sound, for Python.

use std::sync::{Mutex, PoisonError};

use pyo3::{buffer::PyBuffer, exceptions::PyValueError, prelude::*};
use v100_core::viral::{
    model::{self, FACTORS, Factor, KNOTS, Model, PARTS},
    sound::{self, RATE, Sound},
};

/// What six factors add up to, with what each of their parts adds.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ViralScore {
    raw: Option<f64>,
    viral_score: Option<f64>,
    rank_score: Option<f64>,
    coverage: f64,
    /// Of each factor, 0 to 1; `None` where nothing of it is known.
    values: Vec<Option<f64>>,
    availability: Vec<f64>,
    points: Vec<f64>,
    /// Of each part of each factor; they sum to the factor's points.
    part_points: Vec<Vec<f64>>,
}

/// Weights of factors and their parts, and the knots of the calibration.
#[pyclass(frozen, module = "v100_ai._native")]
#[derive(Debug)]
pub(crate) struct ViralModel {
    model: Model,
    parts: Vec<Vec<f64>>,
}

#[pymethods]
impl ViralModel {
    #[new]
    #[pyo3(signature = (*, weights, ranking, parts, knots))]
    fn new(
        weights: [f64; FACTORS],
        ranking: [f64; FACTORS],
        parts: Vec<Vec<f64>>,
        knots: [f64; KNOTS],
    ) -> PyResult<Self> {
        if parts.len() != FACTORS || parts.iter().any(|each| each.len() > PARTS) {
            return Err(PyValueError::new_err(format!(
                "expected {FACTORS} factors of at most {PARTS} parts"
            )));
        }
        let model = Model::new(weights, ranking, knots)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { model, parts })
    }

    #[expect(clippy::needless_pass_by_value, reason = "as Python's lists come")]
    fn score(&self, values: Vec<Vec<Option<f64>>>) -> PyResult<ViralScore> {
        let alike = values.len() == FACTORS
            && values
                .iter()
                .zip(&self.parts)
                .all(|(found, weights)| found.len() == weights.len());
        if !alike {
            return Err(PyValueError::new_err(
                "expected a value or None for each part of each factor",
            ));
        }
        let mut factors = [Factor::default(); FACTORS];
        let mut shares = [[0.0; PARTS]; FACTORS];
        for (at, (found, weights)) in values.iter().zip(&self.parts).enumerate() {
            (factors[at], shares[at]) = model::factor(weights, found);
        }
        let score = self.model.score(&factors);
        let scaled = |at: usize| {
            let value = factors[at].value;
            let scale = if value > 0.0 {
                score.points[at] / value
            } else {
                0.0
            };
            let count = self.parts[at].len();
            shares[at][..count]
                .iter()
                .map(|share| share * scale)
                .collect()
        };
        Ok(ViralScore {
            raw: score.raw,
            viral_score: score.viral,
            rank_score: score.rank,
            coverage: score.coverage,
            values: factors
                .iter()
                .map(|factor| (factor.availability > 0.0).then_some(factor.value))
                .collect(),
            availability: factors.iter().map(|factor| factor.availability).collect(),
            points: score.points.to_vec(),
            part_points: (0..FACTORS).map(scaled).collect(),
        })
    }
}

/// Half a second of sound.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SoundReading {
    end: f64,
    level: f64,
    pitch: Option<f64>,
    voiced: f64,
    change: f64,
    laughter: f64,
    applause: f64,
    /// What both events are told from, in the order of their weights.
    evidence: Vec<f64>,
    shape: Vec<f64>,
}

impl From<sound::Reading> for SoundReading {
    fn from(reading: sound::Reading) -> Self {
        Self {
            end: reading.end,
            level: reading.level,
            pitch: reading.pitch,
            voiced: reading.voiced,
            change: reading.change,
            laughter: reading.laughter,
            applause: reading.applause,
            evidence: reading.evidence.values().to_vec(),
            shape: reading.shape.to_vec(),
        }
    }
}

/// Sound to readings of half a second each.
#[pyclass(frozen, module = "v100_ai._native")]
#[derive(Debug, Default)]
pub(crate) struct SoundMeter(Mutex<Sound>);

#[pymethods]
impl SoundMeter {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// The readings that these samples complete. They are copied out before the lock is let go.
    fn push(&self, py: Python<'_>, samples: &Bound<'_, PyAny>) -> PyResult<Vec<SoundReading>> {
        let buffer = PyBuffer::<i16>::get(samples)
            .map_err(|_| PyValueError::new_err("expected a buffer of int16 samples"))?;
        if buffer.dimensions() != 1 {
            return Err(PyValueError::new_err(format!(
                "expected one channel in one dimension, found {} dimensions",
                buffer.dimensions()
            )));
        }
        let samples = buffer.to_vec(py)?;
        let readings = py.detach(|| {
            let mut sound = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            sound.push(samples.iter().map(|sample| f64::from(*sample) / 32_768.0))
        });
        Ok(readings.into_iter().map(SoundReading::from).collect())
    }

    /// Samples a second that `push` expects.
    #[classattr]
    const RATE: u32 = RATE;
}
