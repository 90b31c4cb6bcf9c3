//! Which frames are due, by their own times.

use crate::analyzer::REORDERING_S;

/// Seconds that a frame may come early: containers round times to milliseconds.
const EARLY_S: f64 = 0.002;

/// Lets through so many frames a second, however fast they come.
#[derive(Debug)]
pub(super) struct Pace {
    /// Seconds from one frame to the next; all are due where there is none.
    period: Option<f64>,
    due: Option<f64>,
}

impl Pace {
    /// A pace of frames `period` seconds apart.
    pub(super) fn new(period: Option<f64>) -> Self {
        Self { period, due: None }
    }

    /// Whether a frame shown at `pts` is due.
    pub(super) fn due(&self, pts: f64) -> bool {
        let (Some(period), Some(due)) = (self.period, self.due) else {
            return true;
        };
        pts >= due - EARLY_S || pts < due - period - REORDERING_S
    }

    /// The frame shown at `pts` is taken. The next is due a period after the time this one was,
    /// not after the time it has: so the rate is met by a stream that has frames only near it.
    pub(super) fn take(&mut self, pts: f64) {
        let Some(period) = self.period else { return };
        let due = self.due.filter(|due| (pts - due).abs() < period);
        self.due = Some(due.unwrap_or(pts) + period);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(fps: f64, times: impl IntoIterator<Item = f64>) -> usize {
        let mut pace = Pace::new(Some(1.0 / fps));
        times
            .into_iter()
            .filter(|&pts| {
                let due = pace.due(pts);
                if due {
                    pace.take(pts);
                }
                due
            })
            .count()
    }

    #[test]
    fn every_frame_is_due_where_no_rate_is_asked_for() {
        assert!(Pace::new(None).due(0.0));
    }

    #[test]
    fn the_rate_is_met_whatever_the_stream_has() {
        for rate in [25.0, 30.0, 50.0, 59.94, 240.0] {
            let times = (0..2000).map(f64::from).map(|at| at / rate);
            let expected = 2000.0 / rate * 25.0;
            let found = u32::try_from(taken(25.0, times)).unwrap();
            assert!(
                (f64::from(found) - expected).abs() <= 2.0,
                "{rate}: {found}"
            );
        }
    }

    #[test]
    fn times_rounded_to_milliseconds_lose_no_frame() {
        let times = (0..300).map(|at| (f64::from(at) / 0.030).round() / 1000.0);
        assert_eq!(taken(30.0, times), 300);
    }

    #[test]
    fn a_pause_is_not_made_up_for() {
        let times = [0.0, 10.0, 10.01, 10.02, 10.03, 10.11];
        assert_eq!(taken(10.0, times), 3);
    }

    #[test]
    fn a_stream_that_starts_over_is_let_through_at_once() {
        assert_eq!(taken(1.0, [100.0, 99.5, 0.0, 0.5, 1.0]), 3);
    }
}
