//! The door to Python: converts, detaches, converts back. No arithmetic.

use pyo3::prelude::*;

mod aligner;
mod analyzer;
mod bench;
mod buffer;
mod forensics;
mod live;
#[cfg(feature = "media")]
mod media;
mod media_loop;
mod picture;
mod quality;
mod repr;
mod siti;
mod speaker;
mod tap;
mod vectors;
mod viral;

/// The compiled half of `v100_ai`.
#[pymodule]
mod _native {
    use pyo3::{prelude::*, types::PyTuple};

    #[pymodule_export]
    use crate::aligner::{Aligner, Alignment, Verdict};
    #[pymodule_export]
    use crate::analyzer::{
        Complexity, Face, FrameAnalyzer, Motion, Reading, VectorSummary, Visual,
    };
    #[pymodule_export]
    use crate::bench::{KernelTimes, kernel_times};
    #[pymodule_export]
    use crate::forensics::{ForensicLimits, ForensicSignal, Forensics};
    #[pymodule_export]
    use crate::live::{LiveMeter, LiveReading};
    #[cfg(feature = "media")]
    #[pymodule_export]
    use crate::media::{
        MediaAnswer, MediaEvent, MediaFrame, MediaLayer, MediaLevel, MediaRoom, MediaServer,
        MediaStats, MediaTrack,
    };
    #[pymodule_export]
    use crate::media_loop::{Paces, paced};
    #[pymodule_export]
    use crate::quality::{QualityMeter, QualityReading};
    #[pymodule_export]
    use crate::siti::{SiTi, SiTiReading};
    #[pymodule_export]
    use crate::speaker::{FloorChange, FloorTracker, audio_levels};
    #[pymodule_export]
    use crate::tap::{Tap, TapStats};
    #[pymodule_export]
    use crate::vectors::{MotionVectors, VectorField};
    #[pymodule_export]
    use crate::viral::{SoundMeter, SoundReading, ViralModel, ViralScore};

    /// Seconds a time may step back and still belong to the same run of frames.
    #[pymodule_export]
    const REORDERING_S: f64 = crate::analyzer::REORDERING_S;

    /// Threads that one quality meter may have.
    #[pymodule_export]
    const THREADS_MOST: usize = crate::quality::THREADS_MOST;

    /// The instruction set the kernels run on: `scalar`, `avx2` or `avx512`.
    #[pyfunction]
    fn cpu_level() -> &'static str {
        v100_core::cpu::Level::detect().name()
    }

    /// Every instruction set of this machine that there are kernels for, lowest first.
    #[pyfunction]
    fn cpu_levels() -> Vec<&'static str> {
        let levels = v100_core::cpu::Level::present();
        levels
            .into_iter()
            .map(v100_core::cpu::Level::name)
            .collect()
    }

    /// Says so where an instruction set was asked for that this machine does not have.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let formats = PyTuple::new(module.py(), crate::picture::formats())?;
        module.add("FORMATS", formats)?;
        let layers = crate::analyzer::LAYERS.map(|(name, _)| name);
        module.add("LAYERS", PyTuple::new(module.py(), layers)?)?;
        if let Some(unmet) = v100_core::cpu::Unmet::found() {
            let text = std::ffi::CString::new(unmet.to_string())?;
            let kind = module.py().get_type::<pyo3::exceptions::PyRuntimeWarning>();
            PyErr::warn(module.py(), &kind, &text, 1)?;
        }
        Ok(())
    }
}
