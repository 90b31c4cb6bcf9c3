//! Which frame of a reference each frame of a distorted stream shows, from fingerprints and times.

mod fingerprint;
mod path;
mod report;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use self::{
    fingerprint::Fingerprint,
    path::{Decided, Path},
    stream::Stream,
};
use crate::plane::Plane;

pub use self::report::{Alignment, AlignmentError, Settings, Verdict};

/// Reference motion that a repeated frame must lack to be told from a still, in sample steps.
const MOTION: f32 = 0.5;

/// Share of the reference's motion that a repeated frame may have itself.
const STILL: f32 = 0.2;

/// What a difference is weighed against for the confidence, in sample steps: the rounding of means.
const DISTINCT: f32 = 0.25;

/// Share of an interval that a frame may lie beside the one it shows, where rates are whole multiples.
const WITHIN: f64 = 0.51;

/// A pair, and whether its verdict is out.
#[derive(Debug, Clone, Copy)]
struct Held {
    distorted: u64,
    decided: Decided,
    sent: bool,
}

/// Pairs the frames of two streams. Push both in any interleaving, then take the verdicts.
#[derive(Debug)]
pub struct Aligner {
    settings: Settings,
    size: Option<(usize, usize)>,
    reference: Stream,
    distorted: Stream,
    /// Distorted frames on the path, and the one decided last.
    pending: VecDeque<Fingerprint>,
    decided: Option<(Fingerprint, Decided)>,
    /// The latest pair, held back while the next frame may fit its reference better.
    held: Option<Held>,
    path: Path,
    verdicts: VecDeque<Verdict>,
    spare: Vec<Fingerprint>,
    report: Alignment,
    /// Sum of the decisions' distinctness, each 0 to 1, which the confidence is the mean of.
    distinct: f64,
    decisions: u64,
}

impl Aligner {
    /// An aligner that has seen nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            size: None,
            reference: Stream::default(),
            distorted: Stream::default(),
            pending: VecDeque::new(),
            decided: None,
            held: None,
            path: Path::default(),
            verdicts: VecDeque::new(),
            spare: Vec::new(),
            report: Alignment::default(),
            distinct: 0.0,
            decisions: 0,
        }
    }

    /// Takes the next reference frame: its time in seconds and block means of its luma, from 16x9
    /// to 160x90 samples, the same size for all frames of both streams.
    ///
    /// # Errors
    ///
    /// If the time or the size does not fit, or too many reference frames wait already.
    pub fn push_reference(&mut self, pts: f64, means: Plane<'_>) -> Result<(), AlignmentError> {
        self.check(means)?;
        Self::take(
            &mut self.reference,
            &mut self.spare,
            &self.settings,
            pts,
            means,
        )?;
        self.advance();
        Ok(())
    }

    /// Takes the next distorted frame, like [`Aligner::push_reference`].
    ///
    /// # Errors
    ///
    /// If the time or the size does not fit, or too many distorted frames or verdicts wait already.
    pub fn push_distorted(&mut self, pts: f64, means: Plane<'_>) -> Result<(), AlignmentError> {
        let capacity = self.settings.capacity;
        if self.verdicts.len() >= capacity {
            return Err(AlignmentError::Full { capacity });
        }
        self.check(means)?;
        Self::take(
            &mut self.distorted,
            &mut self.spare,
            &self.settings,
            pts,
            means,
        )?;
        self.advance();
        Ok(())
    }

    /// Says that no frames follow: the rest is decided.
    pub fn finish(&mut self) {
        self.reference.ended = true;
        self.advance();
        self.settle();
    }

    /// The next verdict, in the order of the distorted frames.
    pub fn verdict(&mut self) -> Option<Verdict> {
        self.verdicts.pop_front()
    }

    /// How the streams lie to each other so far; `None` before the first pair.
    #[must_use]
    pub fn alignment(&self) -> Option<Alignment> {
        (self.report.paired > 0).then(|| Alignment {
            confidence: self.distinct / self.decisions as f64,
            ..self.report
        })
    }

    fn check(&mut self, means: Plane<'_>) -> Result<(), AlignmentError> {
        let found = (means.width(), means.height());
        let expected = *self.size.get_or_insert(found);
        if expected == found {
            Ok(())
        } else {
            Err(AlignmentError::Size { expected, found })
        }
    }

    fn take(
        stream: &mut Stream,
        spare: &mut Vec<Fingerprint>,
        settings: &Settings,
        pts: f64,
        means: Plane<'_>,
    ) -> Result<(), AlignmentError> {
        let capacity = settings.capacity;
        if stream.frames.len() >= capacity {
            return Err(AlignmentError::Full { capacity });
        }
        let last = stream.last.unwrap_or(f64::NEG_INFINITY);
        if !stream.tick(pts) {
            return Err(AlignmentError::Order { last, found: pts });
        }
        let mut frame = spare.pop().unwrap_or_default();
        frame.take(stream.pushed, pts, means);
        stream.pushed += 1;
        stream.frames.push_back(frame);
        Ok(())
    }

    /// Puts distorted frames on the path as soon as every reference frame they may show is there.
    fn advance(&mut self) {
        let reach = self.settings.max_offset;
        while let Some(frame) = self.distorted.frames.front() {
            let until = self.reference.last.unwrap_or(f64::NEG_INFINITY);
            let full = self.reference.frames.len() >= self.settings.capacity;
            if !(self.reference.ended || full || until >= frame.pts + reach) {
                return;
            }
            let Some(frame) = self.distorted.frames.pop_front() else {
                return;
            };
            if self.beyond(frame.pts) {
                self.settle();
                self.refuse(frame.index, false);
                self.spare.push(frame);
                continue;
            }
            let candidates = self.reference.frames.iter();
            // Time goes on in both streams, also where a path ended and another begins.
            let shown = self
                .decided
                .as_ref()
                .map_or(0, |(_, decided)| decided.reference);
            let near = candidates
                .filter(|other| other.index >= shown && (other.pts - frame.pts).abs() <= reach);
            let interval = self.reference.interval.unwrap_or(reach);
            let jitter = jitter(self.distorted.interval.unwrap_or(interval) / interval);
            if self.path.push(&frame, near, interval, jitter) {
                self.pending.push_back(frame);
            } else {
                self.settle();
                self.report.unpaired += 1;
                self.verdicts.push_back(Verdict::Unpaired {
                    distorted: frame.index,
                });
                self.spare.push(frame);
            }
            while self.path.len() > self.settings.look_ahead {
                self.decide();
            }
            self.forget();
        }
    }

    /// Whether the reference has ended before it could show the frame at that time, as the two lie.
    fn beyond(&self, pts: f64) -> bool {
        let interval = self.reference.interval.unwrap_or(0.0);
        let last = self.reference.last.unwrap_or(f64::INFINITY);
        let offset = self.path.offset();
        self.reference.ended && offset.is_some_and(|offset| pts + offset > last + WITHIN * interval)
    }

    /// Decides every frame on the path.
    fn settle(&mut self) {
        while self.path.len() > 0 {
            self.decide();
        }
        self.release();
    }

    /// Drops reference frames that no later frame can show.
    fn forget(&mut self) {
        let last = self.distorted.last.unwrap_or(f64::NEG_INFINITY);
        let next = self
            .distorted
            .frames
            .front()
            .map_or(last, |frame| frame.pts);
        let shown = self.decided.as_ref().map(|(_, decided)| decided.reference);
        while let Some(front) = self.reference.frames.front()
            && front.pts < next - self.settings.max_offset
            && shown.is_none_or(|shown| front.index < shown)
            && let Some(frame) = self.reference.frames.pop_front()
        {
            self.spare.push(frame);
        }
    }

    fn decide(&mut self) {
        let (Some(decided), Some(frame)) = (self.path.pop(), self.pending.pop_front()) else {
            return;
        };
        let distorted = frame.index;
        let (spread, sum) = (
            decided.runner_up - decided.difference,
            decided.runner_up + decided.difference,
        );
        self.decisions += 1;
        if sum.is_finite() {
            self.distinct += f64::from(spread.max(0.0) / (sum + DISTINCT));
        }
        let before = self.decided.take();
        let repeated = before.as_ref().is_some_and(|(last, shown)| {
            let motion = self.motion(shown.reference, decided.reference);
            motion >= MOTION && last.distance(&frame) <= STILL * motion
        });
        let pair = Held {
            distorted,
            decided,
            sent: false,
        };
        match self.held {
            _ if repeated => {
                self.release();
                self.refuse(distorted, true);
            }
            Some(held) if held.decided.reference == decided.reference => {
                // Frames before the reference's first one show nothing of it, they repeat nothing.
                let due = decided.reference > 0
                    && self.cadence() < 1.5 * self.distorted.interval.unwrap_or(f64::INFINITY);
                if !held.sent && decided.difference < held.decided.difference {
                    self.refuse(held.distorted, due);
                    self.held = Some(pair);
                } else {
                    self.release();
                    self.refuse(distorted, due);
                }
            }
            _ => {
                self.release();
                self.count(&pair);
                self.held = Some(pair);
            }
        }
        if let Some((frame, _)) = before {
            self.spare.push(frame);
        }
        self.decided = Some((frame, decided));
    }

    /// Sends the pair that is held back.
    fn release(&mut self) {
        if let Some(held) = &mut self.held
            && !held.sent
        {
            held.sent = true;
            self.report.paired += 1;
            self.verdicts.push_back(Verdict::Paired {
                reference: held.decided.reference,
                distorted: held.distorted,
            });
        }
    }

    fn refuse(&mut self, distorted: u64, duplicated: bool) {
        if duplicated {
            self.report.duplicated += 1;
            self.verdicts.push_back(Verdict::Duplicated { distorted });
        } else {
            self.report.unpaired += 1;
            self.verdicts.push_back(Verdict::Unpaired { distorted });
        }
    }

    /// Brings the report up to a pair that follows the one held.
    fn count(&mut self, pair: &Held) {
        let interval = self.reference.interval.unwrap_or(self.settings.max_offset);
        self.report.offset_seconds = pair.decided.offset;
        self.report.offset_frames = pair.decided.offset / interval;
        let Some(held) = &self.held else {
            return;
        };
        let jitter = jitter(self.distorted.interval.unwrap_or(interval) / interval);
        if ((pair.decided.offset - held.decided.offset) / interval).abs() > jitter {
            self.report.retimed += 1;
        }
        let frames = pair
            .decided
            .reference
            .saturating_sub(held.decided.reference);
        let due = (frames as f64 * interval / self.cadence()).round();
        self.report.dropped += (1..=frames)
            .take_while(|count| (*count as f64) < due)
            .count() as u64;
    }

    /// Seconds from one frame that both streams have to the next.
    fn cadence(&self) -> f64 {
        let interval = |stream: &Stream| stream.interval.unwrap_or(0.0);
        interval(&self.reference).max(interval(&self.distorted))
    }

    /// How two reference frames differ, in sample steps; 0 where one is forgotten.
    fn motion(&self, from: u64, to: u64) -> f32 {
        let find = |index| {
            self.reference
                .frames
                .iter()
                .find(|frame| frame.index == index)
        };
        find(from).zip(find(to)).map_or(0.0, |(a, b)| a.distance(b))
    }
}

/// How far the offset may wander without a jump, in reference intervals: half of one where the
/// rates are whole multiples, or else all of it.
fn jitter(ratio: f64) -> f64 {
    let whole = |ratio: f64| ratio >= 0.98 && (ratio - ratio.round()).abs() < 0.02 * ratio;
    if whole(ratio) || whole(1.0 / ratio) {
        WITHIN
    } else {
        1.01
    }
}
