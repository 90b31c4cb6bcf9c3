//! Whether a face's region was altered: ten named statistics of a face against its surroundings and against
//! itself. Nothing here is learnt, nothing decides: values, usual values and distances go out, and
//! what they mean is decided where the thresholds are.
//!
//! All of it is read from the signature and the motion vectors; there is no second pass over the picture.
//! It does not detect fully generated video.

mod baseline;
mod fine;
mod hygiene;
mod moving;
mod number;
mod regions;
mod replay;
mod signals;
mod still;

pub use baseline::{Change, FIRST_S, FULL_S};
pub use signals::{Signal, Signals};

use std::collections::VecDeque;

use crate::{
    cpu::Level,
    face::{Face, Faces},
    motion::vectors::Field,
    signature::{Scan, Signature},
};
use baseline::Baseline;
use hygiene::{Hygiene, Use};
use moving::{Moving, Step};
use regions::Regions;
use replay::Replay;
use still::{Statistics, Still};

/// Seconds of frames that values are of.
const WINDOW_S: f64 = 2.0;

/// Frames that values are of at most.
const WINDOW_MOST: usize = 150;

/// Seconds after which a face that is found where one was lost is another one.
const AGAIN_S: f64 = 2.0;

/// Blocks of the face below which nothing can be told of it.
pub const BLOCKS_LEAST: usize = 32;

/// Values are computed anew with every so-manieth frame that counts.
const EVERY: u32 = 2;

/// What one frame tells of its largest face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The face, if one is held.
    pub face: Option<Face>,
    /// Faces held in all.
    pub faces: usize,
    /// The ten signals.
    pub signals: Signals,
    /// How far the last seconds are from this face's own baseline, once there is one.
    pub change: Option<Change>,
    /// What limits how much the signals can be trusted.
    pub limits: Limits,
    /// The statistics of this picture, where it counts.
    pub statistics: Option<[f32; still::COUNT]>,
}

/// What limits the trust in a frame's signals.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// Height of the face in samples of a frame of 360 rows or fewer; of a larger frame, its own samples.
    pub face_height: f64,
    /// Blocks of the face.
    pub blocks: usize,
    /// Seconds of good frames behind the baseline.
    pub baseline_s: f64,
    /// Seconds of good frames behind the values.
    pub window_s: f64,
    /// Share of the ring that is in the picture.
    pub ring: f64,
    /// Share of the last frames that counted.
    pub counted: f64,
    /// Mean luma of the face, in codes.
    pub luma: f64,
    /// How firmly the face is found, 0 to 1.
    pub found: f64,
    /// Whether there is colour.
    pub colour: bool,
}

#[derive(Debug, Clone, Copy)]
struct Shown {
    pts: f64,
    still: Statistics,
    step: Step,
}

/// Watches the largest face of one stream.
#[derive(Debug)]
pub struct Forensics {
    regions: Regions,
    still: Still,
    moving: Moving,
    hygiene: Hygiene,
    replay: Replay,
    baseline: Baseline,
    watched: Option<u32>,
    /// The watched face as it was last seen, and when.
    last: Option<(Face, f64)>,
    shown: VecDeque<Shown>,
    counted: VecDeque<bool>,
    signals: signals::Bench,
    pushed: u32,
    ratio: Option<f32>,
}

impl Forensics {
    /// One that has seen nothing.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            regions: Regions::default(),
            still: Still::new(level),
            moving: Moving::default(),
            hygiene: Hygiene::default(),
            replay: Replay::new(level),
            baseline: Baseline::default(),
            watched: None,
            last: None,
            shown: VecDeque::new(),
            counted: VecDeque::new(),
            signals: signals::Bench::default(),
            pushed: 0,
            ratio: None,
        }
    }

    /// Another picture begins: baseline and windows start over; what was shown before stays known, since
    /// a recording may begin again there.
    pub fn cut(&mut self) {
        self.hygiene.cut();
        self.last = None;
        self.begin(None);
    }

    /// What the frame shown at `pts` tells.
    pub fn push(
        &mut self,
        scan: Scan<'_>,
        field: Option<&Field>,
        faces: &Faces,
        pts: f64,
    ) -> Reading {
        let mut use_ = self.hygiene.judge(&scan.now.totals);
        if use_ != Use::Repeats {
            self.ratio = self.replay.push(scan.now, pts);
        }
        let face = self.choose(faces, pts);
        let mut statistics = None;
        if let Some(face) = face {
            let others: Vec<Face> = faces.iter().filter(|f| f.id != face.id).copied().collect();
            self.regions.follow(scan.now.grid, &face, &others);
            if self.regions.blocks < BLOCKS_LEAST || self.regions.ring.is_empty() {
                use_ = Use::Unsettled;
            }
            if let (Use::Counts, Some(last), Some(field)) = (use_, scan.last, field) {
                statistics = Some(self.take(scan, last, field, &face, pts));
            }
            if self.counted.len() == WINDOW_MOST {
                self.counted.pop_front();
            }
            self.counted.push_back(use_ == Use::Counts);
        }
        self.signals.replay(self.ratio);
        Reading {
            face,
            faces: faces.len(),
            signals: self.signals.read(&self.baseline, face.is_some()),
            change: face.and_then(|_| self.baseline.change()),
            limits: self.limits(scan.now, face.as_ref()),
            statistics,
        }
    }

    /// The face that is watched as long as it is held and not far smaller than another; then the largest.
    fn choose(&mut self, faces: &Faces, pts: f64) -> Option<Face> {
        let largest = faces.iter().next().copied();
        let watched = faces.iter().find(|face| Some(face.id) == self.watched);
        let watched = watched
            .copied()
            .filter(|watched| largest.is_none_or(|largest| largest.size < 1.5 * watched.size));
        let chosen = watched.or(largest);
        if let Some(face) = chosen {
            if self.found_again(&face, pts) {
                self.watched = Some(face.id);
            } else if Some(face.id) != self.watched {
                self.begin(Some(face.id));
            }
            self.last = Some((face, pts));
        }
        chosen
    }

    /// Whether a face that is found is the one that was lost a moment ago, by its place and size alone: a
    /// swap that begins may hide a face from the search for a while, and must not begin a new baseline.
    fn found_again(&self, face: &Face, pts: f64) -> bool {
        self.last.is_some_and(|(last, at)| {
            let ((x, y), (was_x, was_y)) = (face.centre(), last.centre());
            let size = face.size.max(last.size);
            Some(last.id) == self.watched
                && (0.0..=AGAIN_S).contains(&(pts - at))
                && (x - was_x).abs().max((y - was_y).abs()) < 0.4 * size
                && size < 1.4 * face.size.min(last.size)
        })
    }

    fn begin(&mut self, watched: Option<u32>) {
        self.watched = watched;
        self.still.begin();
        self.baseline = Baseline::default();
        self.shown.clear();
        self.counted.clear();
        self.signals = signals::Bench::default();
    }

    fn take(
        &mut self,
        scan: Scan<'_>,
        last: &Signature,
        field: &Field,
        face: &Face,
        pts: f64,
    ) -> Statistics {
        let still = self.still.measure(scan.now, &self.regions);
        let step = self.moving.measure(scan, last, field, face, &self.regions);
        self.shown.push_back(Shown { pts, still, step });
        while self.shown.len() > WINDOW_MOST || self.shown[0].pts < pts - WINDOW_S {
            self.shown.pop_front();
        }
        self.baseline.push(pts, &still);
        self.pushed = self.pushed.wrapping_add(1);
        if self.pushed.is_multiple_of(EVERY) {
            self.signals.measure(&mut self.shown);
        }
        still
    }

    fn limits(&self, now: &Signature, face: Option<&Face>) -> Limits {
        let Some(face) = face else {
            return Limits::default();
        };
        let counted = self.counted.iter().filter(|&&counts| counts).count();
        let window = self.shown.front().zip(self.shown.back());
        Limits {
            face_height: face.size,
            blocks: self.regions.blocks,
            baseline_s: self.baseline.seconds(),
            window_s: window.map_or(0.0, |(first, last)| last.pts - first.pts),
            ring: self.regions.visible,
            counted: counted as f64 / self.counted.len().max(1) as f64,
            luma: self
                .shown
                .back()
                .map_or(0.0, |shown| f64::from(shown.still[19])),
            found: face.confidence,
            colour: now.chroma.is_some(),
        }
    }
}
