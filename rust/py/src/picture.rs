//! Pictures that Python objects lend: planes, checked against their format.

use pyo3::{exceptions::PyValueError, prelude::*};
use v100_core::frame::{Format, Frame, Picture};

use crate::buffer::{Lendable, Lent, refused};

/// Each plane's object and its stride in bytes.
pub(crate) type Planes<'py> = Vec<(Bound<'py, PyAny>, usize)>;

/// A picture's memory, lent for as long as this lives.
pub(crate) struct LentPicture {
    pub(crate) format: Format,
    pub(crate) size: (usize, usize),
    planes: Vec<Lent>,
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
        Ok(Self {
            format: known,
            size,
            planes,
        })
    }

    /// A picture of planes that are lent already.
    pub(crate) fn of(format: Format, size: (usize, usize), planes: Vec<Lent>) -> Self {
        Self {
            format,
            size,
            planes,
        }
    }

    /// The picture, whatever its samples.
    pub(crate) fn frame(&self) -> PyResult<Frame<'_>> {
        Ok(match self.format.depth {
            ..=8 => Frame::Eight(self.picture()?),
            _ => Frame::Sixteen(self.picture()?),
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
