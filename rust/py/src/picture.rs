//! Pictures that Python objects lend: planes, checked against their format.

use pyo3::{exceptions::PyValueError, prelude::*};
use v100_core::frame::{Coding, FORMATS, Format, Frame, Layout, Matrix, Picture};

use crate::buffer::{Lendable, Lent, refused};

/// Each plane's object and its stride in bytes.
pub(crate) type Planes<'py> = Vec<(Bound<'py, PyAny>, usize)>;

/// A picture's memory, lent for as long as this lives.
pub(crate) struct LentPicture {
    pub(crate) format: Format,
    pub(crate) size: (usize, usize),
    planes: Vec<Lent>,
    coding: Coding,
}

impl LentPicture {
    /// Borrows the planes of a picture of `format`.
    pub(crate) fn new(
        format: &str,
        size: (usize, usize),
        planes: &[(Bound<'_, PyAny>, usize)],
    ) -> PyResult<Self> {
        let known = named(format)?;
        let planes = planes
            .iter()
            .map(|(object, stride)| Lent::new(object, *stride))
            .collect::<PyResult<_>>()?;
        Ok(Self::of(known, size, planes))
    }

    /// A picture of planes that are lent already.
    pub(crate) fn of(format: Format, size: (usize, usize), planes: Vec<Lent>) -> Self {
        Self {
            format,
            size,
            planes,
            coding: Coding {
                full: format.name.starts_with("yuvj"),
                matrix: None,
            },
        }
    }

    /// The same planes, of that range and matrix.
    pub(crate) fn coded(self, full: bool, matrix: Option<&str>) -> PyResult<Self> {
        let matrix = match matrix {
            None => None,
            Some("bt601") => Some(Matrix::Bt601),
            Some("bt709") => Some(Matrix::Bt709),
            Some("bt2020") => Some(Matrix::Bt2020),
            Some(found) => {
                return Err(PyValueError::new_err(format!(
                    "expected a matrix of bt601, bt709 or bt2020, found {found}"
                )));
            }
        };
        let coding = Coding { full, matrix };
        Ok(Self { coding, ..self })
    }

    /// The picture, whatever its samples.
    pub(crate) fn frame(&self) -> PyResult<Frame<'_>> {
        Ok(match self.format.depth {
            ..=8 => Frame::Eight(self.picture()?.coded(self.coding)),
            _ => Frame::Sixteen(self.picture()?.coded(self.coding)),
        })
    }

    fn picture<T: Lendable>(&self) -> PyResult<Picture<'_, T>> {
        let sizes = self.format.planes(self.size.0, self.size.1);
        if sizes.len() != self.planes.len() {
            return Err(PyValueError::new_err(format!(
                "expected {} planes of {}, found {}",
                sizes.len(),
                self.format.name,
                self.planes.len()
            )));
        }
        let planes = self
            .planes
            .iter()
            .zip(sizes)
            .map(|(plane, (width, height))| plane.plane(width, height))
            .collect::<PyResult<Vec<_>>>()?;
        Picture::new(self.format, &planes).map_err(refused)
    }
}

/// Every format: its name, its depth, how its planes lie, and whether its chroma has half the width, half the height.
pub(crate) fn formats() -> Vec<(&'static str, u32, &'static str, (bool, bool))> {
    FORMATS
        .into_iter()
        .map(|format| {
            let (packing, halved) = match format.chroma {
                Layout::Gray => ("gray", (false, false)),
                Layout::Planar { across, down } => ("planar", (across > 0, down > 0)),
                Layout::Interleaved => ("paired", (true, true)),
            };
            (format.name, format.depth, packing, halved)
        })
        .collect()
}

/// The format of that name.
pub(crate) fn named(format: &str) -> PyResult<Format> {
    Format::named(format).ok_or_else(|| {
        PyValueError::new_err(format!("expected a known pixel format, found {format}"))
    })
}

/// A time that is a number.
pub(crate) fn finite(pts: f64) -> PyResult<f64> {
    if pts.is_finite() {
        Ok(pts)
    } else {
        Err(PyValueError::new_err(format!(
            "expected a finite pts, found {pts}"
        )))
    }
}
