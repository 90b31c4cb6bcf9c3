//! Two planes that are scored against each other: one size, one depth, checked once.

use crate::plane::{Plane, Sample, ShapeError};

/// A reference and a distorted plane of the same size, neither empty.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a, T: Sample = u8> {
    reference: Plane<'a, T>,
    distorted: Plane<'a, T>,
    depth: u32,
}

impl<'a, T: Sample> Pair<'a, T> {
    /// Checks both planes. `depth` counts the bits of a sample: 8 in `u8`, 9 to 16 in `u16`.
    ///
    /// # Errors
    ///
    /// If the planes differ in size, have no samples, or the depth does not fit their type.
    pub fn new(
        reference: Plane<'a, T>,
        distorted: Plane<'a, T>,
        depth: u32,
    ) -> Result<Self, ShapeError> {
        let bits = if size_of::<T>() == 1 { (8, 8) } else { (9, 16) };
        if depth < bits.0 || depth > bits.1 {
            return Err(ShapeError::Depth {
                expected: bits,
                found: depth,
            });
        }
        let found = (reference.width(), reference.height());
        if found.0 == 0 || found.1 == 0 {
            return Err(ShapeError::Edge { found });
        }
        Ok(Self {
            reference,
            distorted: distorted.sized(found)?,
            depth,
        })
    }

    /// What the picture should look like.
    #[must_use]
    pub fn reference(&self) -> Plane<'a, T> {
        self.reference
    }

    /// What it does look like.
    #[must_use]
    pub fn distorted(&self) -> Plane<'a, T> {
        self.distorted
    }

    /// Bits of a sample.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Samples in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.reference.width()
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.reference.height()
    }

    /// Samples in each plane.
    #[must_use]
    pub fn area(&self) -> usize {
        self.width() * self.height()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_of_two_sizes_are_no_pair() {
        let samples = [0_u8; 12];
        let wide = Plane::new(&samples, 4, 3, 4).unwrap();
        let high = Plane::new(&samples, 3, 4, 3).unwrap();
        assert_eq!(
            Pair::new(wide, high, 8).unwrap_err(),
            ShapeError::Size {
                expected: (4, 3),
                found: (3, 4)
            }
        );
    }

    #[test]
    fn the_depth_fits_the_samples() {
        let narrow = Plane::new(&[0_u8; 4], 2, 2, 2).unwrap();
        let wide = Plane::new(&[0_u16; 4], 2, 2, 2).unwrap();
        assert!(Pair::new(narrow, narrow, 10).is_err());
        assert!(Pair::new(wide, wide, 8).is_err());
        assert!(Pair::new(wide, wide, 17).is_err());
        assert!(Pair::new(wide, wide, 9).is_ok() && Pair::new(wide, wide, 16).is_ok());
    }

    #[test]
    fn nothing_is_no_pair() {
        let empty = Plane::new(&[0_u8; 0], 0, 0, 0).unwrap();
        assert_eq!(
            Pair::new(empty, empty, 8).unwrap_err(),
            ShapeError::Edge { found: (0, 0) }
        );
    }
}
