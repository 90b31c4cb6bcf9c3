//! How often the floor may change hands, whatever is heard.

use std::collections::VecDeque;

/// Changes in each span, microseconds: so many at most. Real conversations come to 20 a minute by the reference's own
/// annotation; what is beyond 24 is noise.
const ALL: [(i64, usize); 2] = [(10_000_000, 6), (60_000_000, 24)];
/// Of those, changes between two who talk at once: there the floor could as well stay where it is.
const CONTESTED: [(i64, usize); 2] = [(10_000_000, 4), (60_000_000, 10)];
const MOST: usize = 24;

/// When the floor last went from one to another, and whether both talked.
#[derive(Debug, Default)]
pub(super) struct Dwell(VecDeque<(i64, bool)>);

impl Dwell {
    /// Whether one more change at `now` stays within the limits.
    pub(super) fn allows(&self, now: i64, contested: bool) -> bool {
        let within = |limits: [(i64, usize); 2], only: bool| {
            limits.iter().all(|&(span, most)| {
                let recent = self.0.iter().rev();
                recent
                    .take_while(|&&(at, _)| now - at <= span)
                    .filter(|&&(_, both)| both || !only)
                    .count()
                    < most
            })
        };
        within(ALL, false) && (!contested || within(CONTESTED, true))
    }

    /// A change.
    pub(super) fn record(&mut self, now: i64, contested: bool) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back((now, contested));
    }
}
