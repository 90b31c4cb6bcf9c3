//! Arrays that lie in memory as some did that were looked at closely: they are read alike.

use pyo3::{
    prelude::*,
    types::{PyList, PyTuple},
};
use v100_core::frame::Format;

use crate::{
    buffer::{Lent, Rows},
    picture::LentPicture,
};

/// How the arrays of a picture lie, and what picture that is.
pub(super) struct KnownLayout {
    bits: Option<u32>,
    format: Format,
    size: (usize, usize),
    planes: Vec<Rows>,
}

impl KnownLayout {
    /// Remembers how `arrays` lie, of which `bits` were said to be used.
    pub(super) fn new(
        arrays: &Bound<'_, PyAny>,
        format: Format,
        size: (usize, usize),
        bits: Option<u32>,
    ) -> PyResult<Self> {
        let mut planes = Vec::new();
        for array in several(arrays) {
            planes.extend(Lent::array(&array)?.map(|(_, rows)| rows));
        }
        Ok(Self {
            bits,
            format,
            size,
            planes,
        })
    }

    /// The picture that `arrays` are, if they lie alike.
    pub(super) fn lent(&self, arrays: &Bound<'_, PyAny>, bits: Option<u32>) -> Option<LentPicture> {
        if self.bits != bits {
            return None;
        }
        let mut expected = self.planes.iter();
        let mut planes = Vec::with_capacity(self.planes.len());
        for array in several(arrays) {
            let (lent, rows) = Lent::array(&array).ok()??;
            if expected.next() != Some(&rows) {
                return None;
            }
            planes.push(lent);
        }
        let whole = expected.next().is_none();
        whole.then(|| LentPicture::of(self.format, self.size, planes))
    }
}

/// The members of a tuple or list, or the one object there is.
pub(super) fn several<'py>(arrays: &Bound<'py, PyAny>) -> impl Iterator<Item = Bound<'py, PyAny>> {
    let tuple = arrays.cast_exact::<PyTuple>().ok();
    let list = arrays.cast_exact::<PyList>().ok();
    let alone = (tuple.is_none() && list.is_none()).then(|| arrays.clone());
    let tuple = tuple.into_iter().flat_map(|tuple| tuple.iter());
    let list = list.into_iter().flat_map(|list| list.iter());
    tuple.chain(list).chain(alone)
}
