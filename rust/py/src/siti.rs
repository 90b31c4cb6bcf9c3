//! `SiTi`: spatial and temporal information of ITU-T P.910, in either edition.

use std::sync::{Mutex, PoisonError};

use pyo3::{exceptions::PyValueError, prelude::*};
use v100_core::{
    complexity::siti::{self, Display, Mode, Range, Settings, Transfer},
    cpu::Level,
    plane::Plane,
};

use crate::buffer::{Lent, refused};
use crate::repr::shows;

/// SI and TI of the frames of one stream.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct SiTi(Mutex<siti::SiTi>);

#[pymethods]
impl SiTi {
    #[new]
    #[pyo3(signature = (mode, range, transfer, black=None, peak=None))]
    fn new(
        mode: &str,
        range: &str,
        transfer: &str,
        black: Option<f64>,
        peak: Option<f64>,
    ) -> PyResult<Self> {
        let transfer = self::transfer(transfer)?;
        let usual = transfer.display();
        let display = Display {
            black: black.unwrap_or(usual.black),
            peak: peak.unwrap_or(usual.peak),
        };
        if !(display.black >= 0.0 && display.peak > display.black && display.peak.is_finite()) {
            return Err(PyValueError::new_err(format!(
                "expected a display with 0 <= black < peak, found {} and {}",
                display.black, display.peak
            )));
        }
        let mode = match mode {
            "legacy" => Mode::Legacy,
            "p910-2022" => Mode::P910_2022 { transfer, display },
            found => return Err(unknown("legacy or p910-2022", found)),
        };
        let range = match range {
            "full" => Range::Full,
            "limited" => Range::Limited,
            found => return Err(unknown("full or limited", found)),
        };
        let settings = Settings { mode, range };
        Ok(Self(Mutex::new(siti::SiTi::new(Level::detect(), settings))))
    }

    /// Measures luma of `depth` bits, its rows `stride` bytes apart.
    fn push(
        &self,
        py: Python<'_>,
        luma: &Bound<'_, PyAny>,
        stride: usize,
        width: usize,
        height: usize,
        depth: u32,
    ) -> PyResult<SiTiReading> {
        let lent = Lent::new(luma, stride)?;
        let reading = if depth <= 8 {
            let plane: Plane<'_, u8> = lent.plane(width, height)?;
            py.detach(|| {
                self.0
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(plane)
            })
        } else {
            let plane: Plane<'_, u16> = lent.plane(width, height)?;
            py.detach(|| {
                let mut siti = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                siti.push_deep(plane, depth)
            })
        };
        let siti::Reading { si, ti } = reading.map_err(refused)?;
        Ok(SiTiReading { si, ti })
    }
}

fn unknown(expected: &str, found: &str) -> PyErr {
    PyValueError::new_err(format!("expected {expected}, found {found}"))
}

/// SI and TI of one frame.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct SiTiReading {
    si: f64,
    ti: Option<f64>,
}

shows!(SiTiReading: si, ti);

/// The transfer of that name.
pub(crate) fn transfer(name: &str) -> PyResult<Transfer> {
    Ok(match name {
        "bt1886" => Transfer::BT1886,
        "srgb" => Transfer::Srgb,
        "pq" => Transfer::Pq,
        "hlg" => Transfer::Hlg,
        "hlg-bt2100" => Transfer::HlgBt2100,
        found => return Err(unknown("bt1886, srgb, pq, hlg or hlg-bt2100", found)),
    })
}
