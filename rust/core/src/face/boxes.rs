//! Boxes that the caller gives: shares of the frame, checked.

use std::fmt;

/// Boxes that a frame may be given.
pub const GIVEN_MOST: usize = 64;

/// A box as shares of the frame: 0 is its left or top edge, 1 its right or bottom edge, so that it stays
/// right when a sender changes its resolution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

/// Why boxes cannot be faces of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BoxError {
    /// There are more than [`GIVEN_MOST`].
    Many {
        /// How many there are.
        found: usize,
    },
    /// An edge is not a number, or the box is inside out or empty.
    Edges {
        /// The box.
        found: Share,
    },
    /// Less than half of the box is inside the frame.
    Outside {
        /// The box.
        found: Share,
    },
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            left,
            top,
            right,
            bottom,
        } = self;
        write!(f, "({left}, {top}, {right}, {bottom})")
    }
}

impl fmt::Display for BoxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Many { found } => {
                write!(f, "expected at most {GIVEN_MOST} faces, found {found}")
            }
            Self::Edges { found } => write!(
                f,
                "expected a face as (left, top, right, bottom), shares of the frame with left < right \
                 and top < bottom, found {found}"
            ),
            Self::Outside { found } => write!(
                f,
                "expected a face at least half of which is inside the frame, 0 to 1, found {found}"
            ),
        }
    }
}

impl std::error::Error for BoxError {}

/// Checks boxes.
///
/// # Errors
///
/// If there are too many, or one is not a box or not in the frame.
pub fn shares(boxes: &[[f64; 4]]) -> Result<Vec<Share>, BoxError> {
    if boxes.len() > GIVEN_MOST {
        return Err(BoxError::Many { found: boxes.len() });
    }
    boxes.iter().map(|&edges| share(edges)).collect()
}

fn share([left, top, right, bottom]: [f64; 4]) -> Result<Share, BoxError> {
    let found = Share {
        left,
        top,
        right,
        bottom,
    };
    let finite = [left, top, right, bottom].iter().all(|e| e.is_finite());
    let (width, height) = (right - left, bottom - top);
    if !finite || width <= 0.0 || height <= 0.0 || !(width * height).is_normal() {
        return Err(BoxError::Edges { found });
    }
    let inside = |low: f64, high: f64| (high.min(1.0) - low.max(0.0)).max(0.0);
    if inside(left, right) * inside(top, bottom) < width * height / 2.0 {
        return Err(BoxError::Outside { found });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_box_in_the_frame_is_refused() {
        for edges in [
            [f64::NAN, 0.0, 1.0, 1.0],
            [0.0, 0.0, f64::INFINITY, 1.0],
            [0.5, 0.0, 0.5, 1.0],
            [0.6, 0.0, 0.4, 1.0],
            [-2.0, 0.0, -1.0, 1.0],
            [0.0, 0.9, 0.2, 1.3],
            [0.0, 0.0, 1e-300, 1e-300],
            [-1e300, 0.0, 1e300, 1.0],
        ] {
            assert!(shares(&[edges]).is_err(), "{edges:?}");
        }
        assert!(shares(&[[0.1, 0.2, 0.3, 0.4]; 1000]).is_err());
        assert_eq!(shares(&[[0.1, 0.2, 0.3, 0.4]; 4]).unwrap().len(), 4);
    }
}
