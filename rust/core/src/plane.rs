//! A borrowed rectangle of samples, checked once; afterwards its rows cannot fail.

use std::fmt;

/// The smallest and largest edge of a frame, in samples.
pub const EDGES: std::ops::RangeInclusive<usize> = 16..=8192;

/// A sample as it lies in memory: `u8` for 8 bit, `u16` for 9 to 16 bit in the low bits.
pub trait Sample: Copy + Into<u32> + Ord + Default + fmt::Debug + Send + Sync + 'static {}

impl Sample for u8 {}
impl Sample for u16 {}

/// Why samples cannot be read as a plane or a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeError {
    /// A row is wider than the distance between rows.
    Stride {
        /// Samples per row.
        width: usize,
        /// Samples from one row to the next.
        stride: usize,
    },
    /// The buffer ends before the last row does.
    Short {
        /// Samples the shape needs.
        expected: usize,
        /// Samples there are.
        found: usize,
    },
    /// An edge of the frame is outside [`EDGES`].
    Edge {
        /// Width and height of the frame.
        found: (usize, usize),
    },
    /// A plane has another size than its place in the frame asks for.
    Size {
        /// Width and height expected there.
        expected: (usize, usize),
        /// Width and height found.
        found: (usize, usize),
    },
    /// A frame is too small for a metric.
    Least {
        /// The least width and height it may have.
        expected: (usize, usize),
        /// Those it has.
        found: (usize, usize),
    },
    /// Banding is not defined for a frame of this size.
    Banding {
        /// Width and height of the frame.
        found: (usize, usize),
    },
    /// A metric of colour is asked for of a frame that has none.
    Colour,
    /// A frame has more or fewer planes than its format.
    Planes {
        /// Planes the format has.
        expected: usize,
        /// Planes there are.
        found: usize,
    },
    /// The depth does not fit the samples' type.
    Depth {
        /// Bits a sample may have.
        expected: (u32, u32),
        /// Bits asked for.
        found: u32,
    },
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Stride { width, stride } => write!(
                f,
                "expected a stride of at least the width {width}, found {stride}"
            ),
            Self::Short { expected, found } => {
                write!(
                    f,
                    "expected a plane of at least {expected} samples, found {found}"
                )
            }
            Self::Edge { found: (w, h) } => write!(
                f,
                "expected a frame from {0}x{0} to {1}x{1}, found {w}x{h}",
                EDGES.start(),
                EDGES.end()
            ),
            Self::Size {
                expected: (ew, eh),
                found: (w, h),
            } => write!(f, "expected a plane of {ew}x{eh}, found {w}x{h}"),
            Self::Least {
                expected: (ew, eh),
                found: (w, h),
            } => write!(f, "expected a frame of at least {ew}x{eh}, found {w}x{h}"),
            Self::Banding { found: (w, h) } => write!(
                f,
                "expected a frame with an edge of at least 216 and a window of at most 65 samples, \
                 found {w}x{h}"
            ),
            Self::Colour => write!(f, "expected planes of colour, found luma alone"),
            Self::Planes { expected, found } => {
                write!(f, "expected {expected} planes, found {found}")
            }
            Self::Depth {
                expected: (low, high),
                found,
            } => write!(f, "expected {low} to {high} bits a sample, found {found}"),
        }
    }
}

impl std::error::Error for ShapeError {}

/// A borrowed rectangle of samples. Rows never include padding.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a, T: Sample = u8> {
    data: &'a [T],
    width: usize,
    height: usize,
    stride: usize,
}

impl<'a, T: Sample> Plane<'a, T> {
    /// Checks the shape once, so that rows cannot fail. `stride` counts samples, not bytes.
    ///
    /// # Errors
    ///
    /// If the stride is narrower than a row, or the data too short.
    pub fn new(
        data: &'a [T],
        width: usize,
        height: usize,
        stride: usize,
    ) -> Result<Self, ShapeError> {
        if stride < width {
            return Err(ShapeError::Stride { width, stride });
        }
        let expected = match height {
            0 => 0,
            h => stride.saturating_mul(h - 1).saturating_add(width),
        };
        if data.len() < expected {
            return Err(ShapeError::Short {
                expected,
                found: data.len(),
            });
        }
        Ok(Self {
            data,
            width,
            height,
            stride,
        })
    }

    /// A plane whose rows follow one another; what `data` has beyond them is left out.
    ///
    /// # Panics
    ///
    /// If `data` is too short.
    #[must_use]
    pub fn packed(data: &'a [T], width: usize, height: usize) -> Self {
        Self {
            data: &data[..width * height],
            width,
            height,
            stride: width,
        }
    }

    /// Samples in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Row `y`, or the nearest there is: the picture's edge goes on outside of it.
    #[must_use]
    pub fn row(&self, y: isize) -> &'a [T] {
        let y = y
            .clamp(0, self.height.saturating_sub(1).cast_signed())
            .cast_unsigned();
        &self.data[y * self.stride..][..self.width]
    }

    /// The samples from row `y` on, rows one stride apart; none if there is no such row.
    pub(crate) fn samples_from(&self, y: usize) -> &'a [T] {
        self.data.get(y * self.stride..).unwrap_or_default()
    }

    /// The samples of its first `width` columns and `height` rows, as far as they go.
    #[must_use]
    pub fn corner(self, width: usize, height: usize) -> Self {
        Self {
            width: width.min(self.width),
            height: height.min(self.height),
            ..self
        }
    }

    /// The same samples in one row, where nothing lies between its rows.
    pub(crate) fn in_one_row(self) -> Option<Self> {
        (self.stride == self.width).then(|| Self::packed(self.data, self.width * self.height, 1))
    }

    /// Samples from the start of one row to the start of the next.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The visible part of each row, top to bottom.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [T]> + use<'a, T> {
        let (data, width, stride) = (self.data, self.width, self.stride);
        (0..self.height).map(move |y| &data[y * stride..][..width])
    }

    /// Fails unless the plane is `expected` samples wide and high.
    ///
    /// # Errors
    ///
    /// If it has another size.
    pub fn sized(self, expected: (usize, usize)) -> Result<Self, ShapeError> {
        let found = (self.width, self.height);
        if expected == found {
            Ok(self)
        } else {
            Err(ShapeError::Size { expected, found })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_leave_padding_out() {
        let data: [u8; 5] = [1, 2, 9, 3, 4];
        let plane = Plane::new(&data, 2, 2, 3).unwrap();
        assert_eq!(plane.rows().collect::<Vec<_>>(), [&[1, 2], &[3, 4]]);
    }

    #[test]
    fn a_row_outside_is_the_nearest_inside() {
        let data: [u16; 4] = [1, 2, 3, 4];
        let plane = Plane::new(&data, 2, 2, 2).unwrap();
        assert_eq!(plane.row(-1), [1, 2]);
        assert_eq!(plane.row(7), [3, 4]);
    }

    #[test]
    fn the_last_row_needs_no_padding() {
        assert_eq!(
            Plane::new(&[0_u8; 4], 2, 2, 3).unwrap_err(),
            ShapeError::Short {
                expected: 5,
                found: 4
            },
        );
    }
}
