//! `QualityReading`: what one pair of frames scores.

use pyo3::{prelude::*, types::PyDict};
use v100_core::quality::{models::Model, psnr::Psnr};

use super::scheduler::Told;
use crate::repr::shown;

/// What one pair of frames scores; `None` where it is not asked for or cannot be said.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct QualityReading {
    #[pyo3(get)]
    frame: u64,
    #[pyo3(get)]
    pts: f64,
    #[pyo3(get)]
    psnr: Option<f64>,
    #[pyo3(get)]
    psnr_cb: Option<f64>,
    #[pyo3(get)]
    psnr_cr: Option<f64>,
    #[pyo3(get)]
    psnr_average: Option<f64>,
    #[pyo3(get)]
    psnr_weighted: Option<f64>,
    #[pyo3(get)]
    ssim: Option<f64>,
    #[pyo3(get)]
    ffmpeg_ssim: Option<f64>,
    #[pyo3(get)]
    ffmpeg_ssim_y: Option<f64>,
    #[pyo3(get)]
    ffmpeg_ssim_u: Option<f64>,
    #[pyo3(get)]
    ffmpeg_ssim_v: Option<f64>,
    #[pyo3(get)]
    float_ssim: Option<f64>,
    #[pyo3(get)]
    ms_ssim: Option<f64>,
    #[pyo3(get)]
    vmaf: Option<f64>,
    #[pyo3(get)]
    vmaf_bagging: Option<f64>,
    #[pyo3(get)]
    vmaf_deviation: Option<f64>,
    #[pyo3(get)]
    vmaf_ci95_low: Option<f64>,
    #[pyo3(get)]
    vmaf_ci95_high: Option<f64>,
    scores: Vec<(&'static str, f64)>,
    features: Vec<(&'static str, f64)>,
}

#[pymethods]
impl QualityReading {
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let fields = [
            "frame",
            "pts",
            "psnr",
            "psnr_cb",
            "psnr_cr",
            "psnr_average",
            "psnr_weighted",
            "ssim",
            "ffmpeg_ssim",
            "ffmpeg_ssim_y",
            "ffmpeg_ssim_u",
            "ffmpeg_ssim_v",
            "float_ssim",
            "ms_ssim",
            "vmaf",
            "vmaf_bagging",
            "vmaf_deviation",
            "vmaf_ci95_low",
            "vmaf_ci95_high",
            "scores",
        ];
        shown(slf.as_any(), &fields)
    }

    /// VMAF by model.
    #[getter]
    fn scores<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        dict(py, &self.scores)
    }

    /// Features by libvmaf's names.
    #[getter]
    fn features<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        dict(py, &self.features)
    }
}

fn dict<'py>(py: Python<'py>, values: &[(&'static str, f64)]) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    for (name, value) in values {
        found.set_item(name, value)?;
    }
    Ok(found)
}

impl QualityReading {
    pub(super) fn new(frame: u64, told: &Told, models: &[Model]) -> Self {
        let measurements = &told.measurements;
        let psnr = match measurements.errors {
            [Some(y), Some(cb), Some(cr)] => Some(Psnr::of([y, cb, cr])),
            _ => None,
        };
        let bootstrap = told.score.and_then(|score| score.bootstrap);
        let scores: Vec<_> = models
            .iter()
            .filter_map(|model| Some((model.name(), told.score?.of(*model)?)))
            .collect();
        Self {
            frame,
            pts: told.pts,
            psnr: measurements.errors[0].map(|error| error.psnr_db()),
            psnr_cb: psnr.map(|psnr| psnr.cb),
            psnr_cr: psnr.map(|psnr| psnr.cr),
            psnr_average: psnr.map(|psnr| psnr.average),
            psnr_weighted: psnr.map(|psnr| psnr.weighted_611),
            ssim: measurements.ssim,
            ffmpeg_ssim: measurements.ffmpeg_ssim.map(|ssim| ssim.all),
            ffmpeg_ssim_y: measurements.ffmpeg_ssim.map(|ssim| ssim.y),
            ffmpeg_ssim_u: measurements.ffmpeg_ssim.map(|ssim| ssim.u),
            ffmpeg_ssim_v: measurements.ffmpeg_ssim.map(|ssim| ssim.v),
            float_ssim: measurements.float_ssim.map(|found| found.ssim),
            ms_ssim: measurements.ms_ssim.and_then(|found| found.score()),
            vmaf: scores.first().map(|(_, score)| *score),
            vmaf_bagging: bootstrap.map(|found| found.bagging),
            vmaf_deviation: bootstrap.map(|found| found.deviation),
            vmaf_ci95_low: bootstrap.map(|found| found.ci95.0),
            vmaf_ci95_high: bootstrap.map(|found| found.ci95.1),
            scores,
            features: features(told, models),
        }
    }
}

fn features(told: &Told, models: &[Model]) -> Vec<(&'static str, f64)> {
    let measurements = &told.measurements;
    let mut found = Vec::new();
    if let Some(reading) = told.score.and_then(|score| score.early) {
        let [v0, v1, v2, v3] = reading.vif_scales;
        found.extend([
            ("integer_adm2", reading.adm2),
            ("integer_motion2", reading.motion2),
            ("integer_vif_scale0", v0),
            ("integer_vif_scale1", v1),
            ("integer_vif_scale2", v2),
            ("integer_vif_scale3", v3),
        ]);
        if models.iter().any(|model| model.unenhanced()) {
            let [v0, v1, v2, v3] = reading.vif_scales_neg;
            found.extend([
                ("integer_adm2_egl_1", reading.adm2_neg),
                ("integer_vif_scale0_egl_1", v0),
                ("integer_vif_scale1_egl_1", v1),
                ("integer_vif_scale2_egl_1", v2),
                ("integer_vif_scale3_egl_1", v3),
            ]);
        }
    }
    if let Some(reading) = told.score.and_then(|score| score.v1) {
        reading.named(models, &mut found);
    }
    let names = ["psnr_y", "psnr_cb", "psnr_cr"];
    found.extend(
        names
            .into_iter()
            .zip(measurements.errors_libvmaf)
            .filter_map(|(name, error)| Some((name, error?.libvmaf_psnr_db()))),
    );
    found.extend(
        measurements
            .float_ssim
            .map(|similarity| ("float_ssim", similarity.ssim)),
    );
    let ms_ssim = measurements.ms_ssim.and_then(|found| found.score());
    found.extend(ms_ssim.map(|score| ("float_ms_ssim", score)));
    found
}
