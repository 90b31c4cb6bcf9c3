//! `MotionVectors`: the field of motion vectors between two frames.

use std::sync::{Mutex, PoisonError};

use pyo3::{prelude::*, types::PyBytes};
use v100_core::{
    cpu::Level,
    frame::{Format, Frame, Picture},
    motion::vectors::{Field, Vectors},
    plane::{Plane, ShapeError},
    signature::{Parts, Scanner},
};

use crate::buffer::{Lent, refused};

/// Finds motion vectors on frames reduced as every layer sees them.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct MotionVectors(Mutex<Search>);

struct Search {
    scanner: Scanner,
    vectors: Vectors,
}

#[pymethods]
impl MotionVectors {
    #[new]
    fn new() -> Self {
        let (level, parts) = (
            Level::detect(),
            Parts {
                difference: true,
                chroma: false,
            },
        );
        Self(Mutex::new(Search {
            scanner: Scanner::new(level, parts),
            vectors: Vectors::new(level),
        }))
    }

    /// Searches 8-bit luma of two frames of one width and height, each with its stride in bytes.
    fn search(
        &self,
        py: Python<'_>,
        last: &Bound<'_, PyAny>,
        now: &Bound<'_, PyAny>,
        strides: [usize; 2],
        size: [usize; 2],
    ) -> PyResult<VectorField> {
        let (last, now) = (Lent::new(last, strides[0])?, Lent::new(now, strides[1])?);
        let [width, height] = size;
        let (last, now) = (last.plane(width, height)?, now.plane(width, height)?);
        let found = py.detach(|| {
            let mut search = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            search.search(last, now).map(Floats::of)
        });
        found
            .map(|found| VectorField::new(py, &found))
            .map_err(refused)
    }
}

impl Search {
    fn search(&mut self, last: Plane<'_>, now: Plane<'_>) -> Result<&Field, ShapeError> {
        let frame = |luma| Picture::new(Format::GRAY, &[luma]).map(Frame::Eight);
        self.scanner.push(&frame(last)?);
        let scan = self.scanner.push(&frame(now)?);
        let last = scan.last.unwrap_or(scan.now);
        let factor = scan.now.grid.factor;
        self.vectors
            .search(scan.now.reduced.plane(), last.reduced.plane(), factor)
    }
}

/// A field as bytes, so that nothing of it is needed behind the lock.
struct Floats {
    shape: [usize; 3],
    columns: [Vec<u8>; 4],
    saturation: f32,
}

impl Floats {
    fn of(field: &Field) -> Self {
        let columns = [&field.dx, &field.dy, &field.sad, &field.confidence];
        Self {
            shape: [field.rows, field.columns, field.block],
            columns: columns.map(|column| column.iter().flat_map(|v| v.to_ne_bytes()).collect()),
            saturation: field.saturation,
        }
    }
}

/// The vectors of all blocks, row by row; the columns are 32-bit floats of the machine's order.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct VectorField {
    rows: usize,
    columns: usize,
    block: usize,
    dx: Py<PyBytes>,
    dy: Py<PyBytes>,
    residual: Py<PyBytes>,
    confidence: Py<PyBytes>,
    saturation: f32,
}

impl VectorField {
    fn new(py: Python<'_>, found: &Floats) -> Self {
        let [rows, columns, block] = found.shape;
        let [dx, dy, residual, confidence] = found
            .columns
            .each_ref()
            .map(|bytes| PyBytes::new(py, bytes).unbind());
        Self {
            rows,
            columns,
            block,
            dx,
            dy,
            residual,
            confidence,
            saturation: found.saturation,
        }
    }
}
