//! One outgoing stream from many sources: its numbers and times go on whoever is shown.

use std::time::{Duration, Instant};

/// The first number of a stream lies below this: the numbers are also what SRTP counts packets by, and a
/// receiver takes for granted that it begins in the first 65 536 (RFC 3711 3.3.1).
pub const FIRST_BELOW: u64 = 1 << 15;

/// Maps the numbers and times of the source that is shown to those of the stream.
///
/// Sources bring sequence numbers extended beyond 16 bit and times of the stream's clock rate.
#[derive(Debug, Clone)]
pub struct Rewriter {
    rate: u32,
    source: Option<Source>,
    /// The highest number and its time that went out, and when.
    last: Option<(u64, u32, Instant)>,
    first: u64,
}

#[derive(Debug, Clone, Copy)]
struct Source {
    first: u64,
    number: u64,
    time: u32,
}

/// The shortest step in time from one source to the next: a frame at 60 fps, a packet of 20 ms.
const STEP: Duration = Duration::from_millis(16);

impl Rewriter {
    /// A stream of `rate` ticks a second that begins at `first`, less than [`FIRST_BELOW`].
    #[must_use]
    pub fn new(rate: u32, first: u64) -> Self {
        Self {
            rate,
            source: None,
            last: None,
            first: first % FIRST_BELOW,
        }
    }

    /// Shows another source from this packet on. Its time follows the last by what has passed since.
    pub fn switch(&mut self, number: u64, time: u32, now: Instant) {
        let (next, at) = match self.last {
            None => (self.first, time),
            Some((last, at, when)) => {
                let passed = now.saturating_duration_since(when).max(STEP);
                let ticks = passed.as_micros() * u128::from(self.rate) / 1_000_000;
                #[expect(clippy::cast_possible_truncation, reason = "times of RTP wrap around")]
                (last + 1, at.wrapping_add(ticks as u32))
            }
        };
        self.source = Some(Source {
            first: number,
            number: next.wrapping_sub(number),
            time: at.wrapping_sub(time),
        });
    }

    /// Shows nobody.
    pub fn stop(&mut self) {
        self.source = None;
    }

    /// The number and time of the stream for a packet of the source; none for one from before the switch.
    pub fn map(&mut self, number: u64, time: u32, now: Instant) -> Option<(u64, u32)> {
        let source = self.source.filter(|source| number >= source.first)?;
        let out = (
            number.wrapping_add(source.number),
            time.wrapping_add(source.time),
        );
        if self.last.is_none_or(|(last, ..)| out.0 > last) {
            self.last = Some((out.0, out.1, now));
        }
        Some(out)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "any instant will do")]
mod tests {
    use super::*;

    #[test]
    fn a_late_joiner_begins_below_the_first_rollover() {
        let now = Instant::now();
        let mut stream = Rewriter::new(90_000, 70_000);
        stream.switch(200_000, 5, now);
        let (number, _) = stream.map(200_000, 5, now).unwrap();
        assert!(number < FIRST_BELOW);
        assert_eq!(stream.map(200_003, 8, now), Some((number + 3, 8)));
    }

    #[test]
    fn numbers_and_times_go_on_over_a_switch() {
        let now = Instant::now();
        let mut stream = Rewriter::new(90_000, 7);
        stream.switch(10, 1000, now);
        assert_eq!(stream.map(10, 1000, now), Some((7, 1000)));
        assert_eq!(stream.map(12, 4000, now), Some((9, 4000)));
        let later = now + Duration::from_millis(100);
        stream.switch(60_000, u32::MAX, later);
        assert_eq!(stream.map(60_000, u32::MAX, later), Some((10, 13_000)));
        assert_eq!(stream.map(59_999, u32::MAX, later), None);
        stream.stop();
        assert_eq!(stream.map(60_001, 0, later), None);
    }

    #[test]
    fn time_never_stands_still_at_a_switch() {
        let now = Instant::now();
        let mut stream = Rewriter::new(48_000, 0);
        stream.switch(1, 1, now);
        let (_, before) = stream.map(1, 1, now).unwrap();
        stream.switch(9, 500, now);
        let (_, after) = stream.map(9, 500, now).unwrap();
        assert_eq!(after - before, 768);
    }

    #[test]
    fn what_comes_late_keeps_its_place() {
        let now = Instant::now();
        let mut stream = Rewriter::new(90_000, 0);
        stream.switch(5, 0, now);
        let numbers: Vec<_> = [5, 8, 6, 7]
            .into_iter()
            .filter_map(|number| stream.map(number, 0, now))
            .map(|(number, _)| number)
            .collect();
        assert_eq!(numbers, [0, 3, 1, 2]);
    }
}
