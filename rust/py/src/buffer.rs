//! Memory that Python objects lend.
#![expect(unsafe_code, reason = "the buffer protocol hands out addresses")]

use std::slice;

use pyo3::{buffer::PyUntypedBuffer, exceptions::PyValueError, prelude::*};
use v100_core::plane::{Plane, Sample, ShapeError};

/// The bytes of a plane, lent for as long as this lives.
pub(crate) struct Lent {
    buffer: PyUntypedBuffer,
    /// Bytes from one row to the next.
    stride: usize,
    /// Bytes from the first sample to the last.
    bytes: usize,
}

/// How an array lies in memory: rows of samples without gaps, maybe apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows {
    count: usize,
    /// Bytes in a row.
    bytes: usize,
    /// Bytes from one row to the next.
    stride: usize,
    /// Bytes in a sample.
    sample: usize,
}

impl Rows {
    /// How `buffer` lies; `None` if it is no array of whole rows of 8 or 16-bit integers.
    fn of(buffer: &PyUntypedBuffer) -> Option<Self> {
        let sample = match buffer.format().to_bytes() {
            b"B" => 1,
            b"H" => 2,
            _ => return None,
        };
        let (&count, inner) = buffer.shape().split_first()?;
        let (&stride, steps) = buffer.strides().split_first()?;
        let mut bytes = sample;
        for (&length, &step) in inner.iter().zip(steps).rev() {
            if step.cast_unsigned() != bytes {
                return None;
            }
            bytes = bytes.checked_mul(length)?;
        }
        let stride = usize::try_from(stride).ok()?;
        let whole = buffer.suboffsets().is_none() && buffer.item_size() == sample;
        (whole && count > 0 && bytes > 0 && stride >= bytes).then_some(Self {
            count,
            bytes,
            stride,
            sample,
        })
    }
}

impl Lent {
    /// Borrows `object`, whose rows are `stride` bytes apart.
    pub(crate) fn new(object: &Bound<'_, PyAny>, stride: usize) -> PyResult<Self> {
        let buffer = PyUntypedBuffer::get(object)?;
        if !buffer.is_c_contiguous() || buffer.len_bytes() == 0 {
            return Err(PyValueError::new_err(
                "expected a contiguous buffer that is not empty",
            ));
        }
        let bytes = buffer.len_bytes();
        Ok(Self {
            buffer,
            stride,
            bytes,
        })
    }

    /// Borrows an array where it lies; `None` if it does not lie in whole rows.
    pub(crate) fn array(object: &Bound<'_, PyAny>) -> PyResult<Option<(Self, Rows)>> {
        let buffer = PyUntypedBuffer::get(object)?;
        Ok(Rows::of(&buffer).map(|rows| {
            let lent = Self {
                buffer,
                stride: rows.stride,
                bytes: rows.stride * (rows.count - 1) + rows.bytes,
            };
            (lent, rows)
        }))
    }

    /// The memory as a plane of `width` by `height` samples.
    pub(crate) fn plane<T: Lendable>(&self, width: usize, height: usize) -> PyResult<Plane<'_, T>> {
        let size = size_of::<T>();
        if !self.stride.is_multiple_of(size) || !self.address().is_multiple_of(align_of::<T>()) {
            return Err(PyValueError::new_err(format!(
                "expected rows that begin at whole samples of {size} bytes, found them {} apart from {:#x}",
                self.stride,
                self.address()
            )));
        }
        Plane::new(self.samples(), width, height, self.stride / size).map_err(refused)
    }

    fn address(&self) -> usize {
        self.buffer.buf_ptr().addr()
    }

    fn samples<T: Lendable>(&self) -> &[T] {
        let samples = self.bytes / size_of::<T>();
        // SAFETY: the buffer is contiguous and not empty (`new`), or there is a sample of it at both
        // ends of one piece of memory (`Rows::of`), and it is aligned (`plane`); every bit pattern is
        // a `T` (`Lendable`), and the export pins the memory while `self.buffer` lives.
        // Nobody writes meanwhile: `v100_ai.frames.Frame` asks that of whoever lends.
        unsafe { slice::from_raw_parts(self.buffer.buf_ptr().cast(), samples) }
    }
}

/// Samples that are plain numbers: any bytes make one.
pub(crate) trait Lendable: Sample {}

impl Lendable for u8 {}
impl Lendable for u16 {}

/// A shape that was refused, as Python sees it.
pub(crate) fn refused(error: ShapeError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
