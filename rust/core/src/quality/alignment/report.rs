//! What an aligner is told, and what it says.

use std::fmt;

/// How streams are aligned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The largest time between a frame and its reference, in seconds.
    pub max_offset: f64,
    /// Distorted frames seen after one before it is decided.
    pub look_ahead: usize,
    /// Frames of either stream that may wait; more are refused.
    pub capacity: usize,
}

impl Default for Settings {
    /// One second either way, eight frames ahead, 512 frames of each stream: under 1 MB.
    fn default() -> Self {
        Self {
            max_offset: 1.0,
            look_ahead: 8,
            capacity: 512,
        }
    }
}

/// Why a frame cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AlignmentError {
    /// The time is not after the one before, or no number.
    Order {
        /// The stream's last time, in seconds.
        last: f64,
        /// The time found.
        found: f64,
    },
    /// The fingerprint has another size than the first one.
    Size {
        /// Width and height of the first.
        expected: (usize, usize),
        /// Width and height found.
        found: (usize, usize),
    },
    /// As many frames wait as may: the other stream has to go on first.
    Full {
        /// Frames that may wait.
        capacity: usize,
    },
}

impl fmt::Display for AlignmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Order { last, found } => {
                write!(f, "expected a time after {last} s, found {found} s")
            }
            Self::Size {
                expected: (ew, eh),
                found: (w, h),
            } => {
                write!(f, "expected a fingerprint of {ew}x{eh}, found {w}x{h}")
            }
            Self::Full { capacity } => {
                write!(
                    f,
                    "expected frames of the other stream, {capacity} of this one wait"
                )
            }
        }
    }
}

impl std::error::Error for AlignmentError {}

/// What becomes of a distorted frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// It shows this reference frame: score the two.
    Paired {
        /// Number of the reference frame, from 0.
        reference: u64,
        /// Number of the distorted frame, from 0.
        distorted: u64,
    },
    /// It repeats the frame before it where something new was due: nothing to score.
    Duplicated {
        /// Number of the distorted frame.
        distorted: u64,
    },
    /// No reference frame is its own: nothing to score.
    Unpaired {
        /// Number of the distorted frame.
        distorted: u64,
    },
}

/// How two streams lie to each other, as far as they are decided.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Alignment {
    /// Reference minus distorted time at the latest pair, in seconds.
    pub offset_seconds: f64,
    /// The same in reference frames.
    pub offset_frames: f64,
    /// Pairs handed out.
    pub paired: u64,
    /// Reference frames that were due and did not come.
    pub dropped: u64,
    /// Distorted frames that came in place of a new one.
    pub duplicated: u64,
    /// Distorted frames without a reference frame of their own.
    pub unpaired: u64,
    /// Times at which the offset jumped.
    pub retimed: u64,
    /// How much better the pairs fit than the next best choice would, 0 to 1: near 0 for stills,
    /// where times alone decide.
    pub confidence: f64,
}
