//! What a reading prints: its class and every field that is known, in the order they are defined.

use pyo3::{prelude::*, types::PyFloat};

/// `Class(field=value, ...)`; fields that are `None` are left out, floats have six digits.
pub(crate) fn shown(object: &Bound<'_, PyAny>, fields: &[&str]) -> PyResult<String> {
    let mut told = Vec::with_capacity(fields.len());
    for field in fields {
        let value = object.getattr(*field)?;
        if value.is_none() {
            continue;
        }
        let text = if value.is_instance_of::<PyFloat>() {
            value.call_method1("__format__", (".6g",))?
        } else {
            value.repr()?.into_any()
        };
        told.push(format!("{field}={text}"));
    }
    let class = object.get_type().name()?;
    Ok(format!("{class}({})", told.join(", ")))
}

/// A `__repr__` for a class that has no other method.
macro_rules! shows {
    ($class:ident: $($field:ident),+ $(,)?) => {
        #[pymethods]
        impl $class {
            fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
                $crate::repr::shown(slf.as_any(), &[$(stringify!($field)),+])
            }
        }
    };
}
pub(crate) use shows;
