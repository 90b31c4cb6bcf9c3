//! How often the floor may change hands, whatever is heard.

use std::collections::VecDeque;

/// Changes in each span, microseconds: so many at most. Lively debates come to 16 a minute: 12 would cost four points
/// of frame accuracy on real turns.
const LIMITS: [(i64, usize); 2] = [(10_000_000, 6), (60_000_000, 20)];
const MOST: usize = 20;

/// When the floor last went from one to another.
#[derive(Debug, Default)]
pub(super) struct Dwell(VecDeque<i64>);

impl Dwell {
    /// Whether one more change at `now` stays within the limits.
    pub(super) fn allows(&self, now: i64) -> bool {
        LIMITS.iter().all(|&(span, most)| {
            let recent = self.0.iter().rev();
            recent.take_while(|&&at| now - at <= span).count() < most
        })
    }

    /// A change.
    pub(super) fn record(&mut self, now: i64) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }
}
