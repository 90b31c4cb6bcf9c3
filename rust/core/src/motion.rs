//! Motion between a frame and the last.

mod search;
pub mod vectors;

use crate::{
    cpu::Level,
    kernel::{fold, row},
    signature::Scan,
};

/// Mean absolute difference of the analysis planes of a frame and the last, in 8-bit luma codes;
/// `None` if there was no last of the same shape.
#[must_use]
pub fn magnitude(level: Level, scan: Scan<'_>) -> Option<f64> {
    let (now, last) = (&scan.now.plane, &scan.last?.plane);
    Some(fold::float(row::sad(level, now, last)) / fold::float(now.len() as u64))
}
