//! One of the two streams: its frames that wait, and how it runs.

use std::collections::VecDeque;

use super::fingerprint::Fingerprint;

/// Frames of one stream that wait.
#[derive(Debug, Default)]
pub(super) struct Stream {
    pub(super) frames: VecDeque<Fingerprint>,
    pub(super) pushed: u64,
    pub(super) last: Option<f64>,
    pub(super) ended: bool,
    /// The running time between frames, in seconds: the shorter of two neighbouring steps, so that
    /// a drop does not count.
    pub(super) interval: Option<f64>,
    step: Option<f64>,
}

impl Stream {
    /// Takes a frame's time; false if it is out of order.
    pub(super) fn tick(&mut self, pts: f64) -> bool {
        let Some(last) = self.last else {
            self.last = pts.is_finite().then_some(pts);
            return pts.is_finite();
        };
        let step = pts - last;
        if !(step > 0.0 && step.is_finite()) {
            return false;
        }
        self.interval = Some(self.step.map_or(step, |before| before.min(step)));
        (self.step, self.last) = (Some(step), Some(pts));
        true
    }
}
