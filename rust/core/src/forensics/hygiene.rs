//! Which frames count: none that repeat the one before, that follow a cut, or that a codec's keyframe
//! sharpened.

use std::collections::VecDeque;

use super::number::{ln, median};
use crate::signature::Totals;

/// Mean difference to the frame before, in codes, below which a frame repeats it. Of 27 web cameras and
/// 32 other streams a frame that does not repeat the last reads 0.3 and more after VP8.
const REPEATED: f32 = 0.15;

/// The same over the median of the last differences.
const SHARE: f32 = 0.18;

/// Differences that the median is of.
const REMEMBERED: usize = 32;

/// Frames after a cut that do not count: codecs need them to settle.
const SETTLING: u32 = 4;

/// Step of the logarithm of the picture's detail, in nats, that is a keyframe's and not the scene's.
const PULSE: f32 = 0.25;

/// Remembers what frames before were like.
#[derive(Debug, Default)]
pub(super) struct Hygiene {
    differences: VecDeque<f32>,
    room: Vec<f32>,
    detail: Option<f32>,
    settling: u32,
}

/// What a frame is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It counts.
    Counts,
    /// It repeats the last.
    Repeats,
    /// It is too near to a cut or a keyframe.
    Unsettled,
}

impl Hygiene {
    /// Another picture begins.
    pub(super) fn cut(&mut self) {
        *self = Self {
            settling: SETTLING,
            ..Self::default()
        };
    }

    /// What this frame is good for.
    pub(super) fn judge(&mut self, totals: &Totals) -> Use {
        #[expect(clippy::cast_possible_truncation, reason = "codes")]
        let (difference, detail) = (totals.difference.map(|d| d as f32), totals.laplacian as f32);
        let Some(difference) = difference else {
            self.cut();
            return Use::Unsettled;
        };
        self.room.clear();
        self.room.extend(&self.differences);
        if difference <= REPEATED.max(SHARE * median(&mut self.room)) {
            return Use::Repeats;
        }
        if self.differences.len() == REMEMBERED {
            self.differences.pop_front();
        }
        self.differences.push_back(difference);
        let detail = ln(detail.max(0.0) + 0.3);
        let pulse = self
            .detail
            .replace(detail)
            .map_or(0.0, |last| (detail - last).abs());
        self.settling = self.settling.saturating_sub(1);
        if self.settling > 0 || pulse > PULSE {
            Use::Unsettled
        } else {
            Use::Counts
        }
    }
}
