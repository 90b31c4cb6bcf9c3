//! The motion feature of VMAF: how far a reference frame is from the one before it.

use crate::{
    cpu::Level,
    kernel::blur_difference::{self, Scratch},
    plane::{Plane, Sample, ShapeError},
};

/// Mean size of the blurred difference of two luma planes of one size, in steps of 8 bits.
///
/// # Errors
///
/// If the planes differ in size.
pub fn motion<T: Sample>(
    level: Level,
    before: Plane<'_, T>,
    now: Plane<'_, T>,
    depth: u32,
    scratch: &mut Scratch,
) -> Result<f64, ShapeError> {
    let (width, height) = (now.width(), now.height());
    before.sized((width, height))?;
    let sum = blur_difference::sum(level, depth, before, now, 0..height, scratch);
    Ok(mean(sum, (width, height)))
}

/// The feature of a whole picture's sum (see [`blur_difference::sum`]).
#[must_use]
pub fn mean(sum: u64, (width, height): (usize, usize)) -> f64 {
    sum as f64 / 256.0 / (width * height) as f64
}
