//! This person's own usual values: what the face looked like in the first seconds, and how far from that it
//! is now.

use std::collections::VecDeque;

use super::{
    number::{deviation, median},
    still::{COUNT, FAMILIES, RING, SHAPE, Statistics},
};

/// Seconds of good frames before anything is judged by them.
pub const FIRST_S: f64 = 2.5;

/// Seconds of good frames after which the baseline is as good as it gets.
pub const FULL_S: f64 = 10.0;

/// Pictures of a baseline, and of a window, at most.
const MOST: usize = 300;

/// Seconds that are compared with the baseline, and pictures that there must be.
const WINDOW_S: f64 = 2.0;
const LEAST: usize = 6;

/// Of pictures that leave the window of a full baseline, one in so many takes an old one's place: minutes
/// for all, so that nothing fades in unseen.
const SLOW: u32 = 25;

/// Distances, in deviations, are told up to here.
const CAP: f32 = 12.0;

/// Mean distance of the ring at which the light or the place is another, and seconds until a baseline of
/// before is given up.
const LOST: f32 = 1.5;
const LOST_S: f64 = 2.0;

/// How much of the ring's distance beyond [`GATED`] is taken away from the face's. Of 13 switches and 45 quiet
/// streams of the open data (12 groups) the area is .974 so, .929 from 1.5 on; with .75 from 2 on .936.
const GATE: f32 = 0.5;
const GATED: f32 = 1.0;

/// Distance at which pictures no longer become part of the baseline.
const FROZEN: f32 = 1.2;

/// Deviation of each statistic within a stream, median over 58 real ones after VP8 at 360p
/// (`benches/deepfake_fit.py`): a baseline of two seconds of somebody who sits still has less.
const FLOORS: Statistics = [
    0.188, 0.115, 0.125, 0.050, 0.030, 0.072, 0.052, 0.039, 0.226, 0.092, 0.179, 0.079, 0.157,
    2.07, 0.240, 0.346, 0.102, 0.066, 0.093, 1.65, 0.10, 0.20, 0.10,
];

/// How far the last seconds are from the baseline.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Change {
    /// Mean distance of the face's statistics, in deviations.
    pub shape: f32,
    /// Mean distance of the ring's.
    pub ring: f32,
    /// The face's, less what the ring's explains.
    pub gated: f32,
    /// The same of what is second of the edge's, the colour's and the detail's distance: how far two of
    /// them changed at least.
    pub second: f32,
}

#[derive(Debug, Clone, Copy)]
struct Judged {
    pts: f64,
    values: Statistics,
}

/// A face's baseline and the seconds after it.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    kept: VecDeque<Statistics>,
    /// Seconds that the kept pictures stand for.
    seconds: f64,
    window: VecDeque<Judged>,
    last: Option<f64>,
    usual: Option<[(f32, f32); COUNT]>,
    stale: u32,
    left: u32,
    /// Seconds that the ring has been far.
    far: f64,
    change: Option<Change>,
    room: Vec<f32>,
}

impl Baseline {
    /// Seconds it stands on.
    pub(super) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Median and deviation of every statistic, once there are any.
    pub(super) fn usual(&self) -> Option<&[(f32, f32); COUNT]> {
        self.usual.as_ref()
    }

    /// How far the last seconds are.
    pub(super) fn change(&self) -> Option<Change> {
        self.change
    }

    /// Takes a good frame's statistics.
    pub(super) fn push(&mut self, pts: f64, values: &Statistics) {
        let step = self.last.map_or(0.0, |last| (pts - last).clamp(0.0, 0.2));
        self.last = Some(pts);
        if self.usual.is_none() {
            self.keep(values);
            self.seconds += step;
            if self.seconds >= FIRST_S {
                self.learn();
            }
            return;
        }
        self.window.push_back(Judged {
            pts,
            values: *values,
        });
        while self.window.len() > MOST || self.window[0].pts < pts - WINDOW_S {
            let Some(old) = self.window.pop_front() else {
                break;
            };
            self.grow(&old.values, step);
        }
        if self.window.len() >= LEAST {
            self.judge(step);
        }
    }

    /// A picture that left the window becomes part of the baseline while nothing is far from it.
    fn grow(&mut self, values: &Statistics, step: f64) {
        let calm = self
            .change
            .is_none_or(|change| change.shape < FROZEN && change.ring < LOST);
        if !calm {
            return;
        }
        self.left = self.left.wrapping_add(1);
        if self.seconds < FULL_S {
            self.keep(values);
            self.seconds += step;
        } else if self.left.is_multiple_of(SLOW) {
            self.keep(values);
        } else {
            return;
        }
        self.stale += 1;
        if self.stale >= 8 {
            self.learn();
        }
    }

    fn keep(&mut self, values: &Statistics) {
        if self.kept.len() == MOST {
            self.kept.pop_front();
        }
        self.kept.push_back(*values);
    }

    /// Median and deviation of every statistic.
    fn learn(&mut self) {
        self.stale = 0;
        let mut usual = [(0.0, 0.0); COUNT];
        for (at, usual) in usual.iter_mut().enumerate() {
            self.room.clear();
            self.room.extend(self.kept.iter().map(|values| values[at]));
            let middle = median(&mut self.room);
            *usual = (middle, deviation(&mut self.room).max(FLOORS[at]));
        }
        self.usual = Some(usual);
    }

    fn judge(&mut self, step: f64) {
        let Some(usual) = self.usual else {
            return;
        };
        let mut distances = [0.0; COUNT];
        for (at, (middle, spread)) in usual.into_iter().enumerate() {
            self.room.clear();
            self.room
                .extend(self.window.iter().map(|judged| judged.values[at]));
            let distance = (median(&mut self.room) - middle) / spread;
            distances[at] = distance.clamp(-CAP, CAP);
        }
        let mean = |places: &[usize]| {
            let (mut total, mut count) = (0.0, 0.0_f32);
            // What has no colour now, or had none, cannot have changed it.
            for &at in places.iter().filter(|&&at| distances[at].is_finite()) {
                total += distances[at].abs();
                count += 1.0;
            }
            total / count.max(1.0)
        };
        let (shape, ring) = (mean(&SHAPE), mean(&RING));
        let explained = GATE * (ring - GATED).max(0.0);
        let mut families = FAMILIES.map(mean);
        families.sort_unstable_by(f32::total_cmp);
        self.change = Some(Change {
            shape,
            ring,
            gated: shape - explained,
            second: families[1] - explained,
        });
        self.far = if ring > LOST { self.far + step } else { 0.0 };
        if self.far >= LOST_S {
            *self = Self {
                last: self.last,
                ..Self::default()
            };
        }
    }
}
