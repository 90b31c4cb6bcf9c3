//! Whether a recording is shown again: pictures of 32x18 compared with those of the last minutes, forwards
//! and backwards.

use std::collections::VecDeque;

use super::number::median;
use crate::{
    cpu::{Level, multiversion},
    signature::Signature,
};

const COLUMNS: usize = 32;
const ROWS: usize = 18;
const CELLS: usize = COLUMNS * ROWS;

/// Seconds between two pictures that are kept.
const KEPT_EVERY: f64 = 0.2;

/// Pictures kept: five minutes.
const KEPT: usize = 1500;

/// Seconds of newest pictures kept all: what is compared, and half a step more.
const DENSE: f64 = 1.3;

/// Pictures kept so at most, at any frame rate.
const DENSE_MOST: usize = 96;

/// Pictures of the past that one stretch is compared with: a second.
const STRETCH: usize = 5;

/// Seconds between a stretch and what it repeats at least.
const APART: f64 = 1.2;

/// Places of the past that are looked at more closely.
const CLOSER: usize = 3;

/// A stretch must be this much nearer to what it repeats than to what came two steps before and after
/// it: somebody who sits still resembles every part of the past alike.
const DISTINCT: f32 = 2.0;

/// Sixteenths of codes.
type Picture = [u16; CELLS];

#[derive(Debug, Clone)]
struct Shown {
    pts: f64,
    picture: Box<Picture>,
}

/// The last minutes of one stream.
#[derive(Debug)]
pub(super) struct Replay {
    level: Level,
    dense: VecDeque<Shown>,
    steps: VecDeque<f32>,
    past: VecDeque<Shown>,
    ratio: Option<f32>,
}

multiversion! {
    /// Sum of absolute differences of two pictures.
    fn distance(a: &[u16; CELLS], b: &[u16; CELLS]) -> u32 {
        let mut total = 0_u32;
        for (a, b) in a.as_chunks::<32>().0.iter().zip(b.as_chunks::<32>().0) {
            let mut lanes = [0_u16; 32];
            for k in 0..32 {
                lanes[k] = a[k].abs_diff(b[k]);
            }
            total += lanes.iter().map(|&lane| u32::from(lane)).sum::<u32>();
        }
        total
    }
}

impl Replay {
    pub(super) fn new(level: Level) -> Self {
        Self {
            level,
            dense: VecDeque::new(),
            steps: VecDeque::new(),
            past: VecDeque::new(),
            ratio: None,
        }
    }

    /// Mean distance, in codes.
    fn apart(&self, a: &Picture, b: &Picture) -> f32 {
        distance(self.level, a, b) as f32 / (16 * CELLS) as f32
    }

    /// Takes a frame that does not repeat the last; how far the last second is from the nearest second
    /// of the past, over how much neighbouring frames differ. Below 1 it is the same recording.
    pub(super) fn push(&mut self, now: &Signature, pts: f64) -> Option<f32> {
        let picture = reduced(now);
        if let Some(last) = self.dense.back() {
            if pts <= last.pts || pts - last.pts > APART {
                self.dense.clear();
                self.steps.clear();
            } else {
                let step = self.apart(&last.picture, &picture);
                self.steps.push_back(step);
            }
        }
        self.dense.push_back(Shown { pts, picture });
        while self.dense.len() > DENSE_MOST || self.dense[0].pts < pts - DENSE {
            self.dense.pop_front();
            self.steps.pop_front();
        }
        let kept = self.past.back().map_or(f64::NEG_INFINITY, |last| last.pts);
        if pts < kept {
            self.past.clear();
        }
        if pts >= kept + KEPT_EVERY || pts < kept {
            self.ratio = self.compare(pts);
            if self.past.len() == KEPT {
                self.past.pop_front();
            }
            self.past.extend(self.dense.back().cloned());
        }
        self.ratio
    }

    /// The nearest stretch of the past.
    fn compare(&self, pts: f64) -> Option<f32> {
        let spans = self
            .dense
            .front()
            .is_some_and(|first| first.pts <= pts - 1.0);
        if !spans || self.past.len() < STRETCH + 2 {
            return None;
        }
        let mut steps: Vec<f32> = self.steps.iter().copied().collect();
        let motion = steps.iter().sum::<f32>() / steps.len().max(1) as f32;
        // A cut inside the second would make everything near.
        let motion = motion.min(3.0 * median(&mut steps));
        let newest = self.dense.back()?;
        let far: Vec<f32> = self
            .past
            .iter()
            .map(|shown| self.apart(&newest.picture, &shown.picture))
            .collect();
        let mut ways = Vec::with_capacity(2);
        for backwards in [false, true] {
            ways.push(self.nearest(pts, &far, backwards));
        }
        let best = ways.into_iter().flatten().min_by(f32::total_cmp)?;
        Some(best / (motion + 0.05))
    }

    fn nearest(&self, pts: f64, far: &[f32], backwards: bool) -> Option<f32> {
        // Of a stretch played forwards the newest picture is the last, played backwards the first.
        let last = self.past.partition_point(|shown| shown.pts <= pts - APART);
        let range = if backwards {
            0..last.saturating_sub(STRETCH)
        } else {
            STRETCH - 1..last
        };
        let mut places: Vec<usize> = range.collect();
        places.sort_by(|&a, &b| far[a].total_cmp(&far[b]).then(a.cmp(&b)));
        places.truncate(CLOSER);
        let mut best = None::<(f32, usize, f64)>;
        for place in places {
            for shown in self.dense.iter().rev() {
                // The past's picture is the same as this one of the newest step.
                let shift = pts - shown.pts;
                if shift > KEPT_EVERY {
                    break;
                }
                if let Some(found) = self.stretch(place, shown.pts, backwards)
                    && best.is_none_or(|(least, ..)| found < least)
                {
                    best = Some((found, place, shown.pts));
                }
            }
        }
        let (found, place, at) = best?;
        let beside = [-2_isize, 2].into_iter().filter_map(|by| {
            let place = place.checked_add_signed(by)?;
            self.stretch(place, at, backwards)
        });
        let beside = beside.fold(f32::INFINITY, f32::min);
        Some(found.max(found * DISTINCT * found / beside.max(1e-3)))
    }

    /// Mean distance of a second of the past from the newest, if the past's picture `place` is the one
    /// shown at `at`.
    fn stretch(&self, place: usize, at: f64, backwards: bool) -> Option<f32> {
        let first = self.past.get(place)?;
        let mut total = 0.0;
        for k in 0..STRETCH {
            let past = if backwards {
                self.past.get(place + k)?
            } else {
                self.past.get(place.checked_sub(k)?)?
            };
            let away = (past.pts - first.pts).abs();
            if away > DENSE {
                return None;
            }
            let now = self.shown_at(at - away)?;
            total += self.apart(&now.picture, &past.picture);
        }
        Some(total / STRETCH as f32)
    }

    /// The newest pictures' one nearest in time.
    fn shown_at(&self, pts: f64) -> Option<&Shown> {
        let after = self.dense.partition_point(|shown| shown.pts < pts);
        let near = [after.checked_sub(1), Some(after)];
        let near = near
            .into_iter()
            .flatten()
            .filter_map(|at| self.dense.get(at));
        near.min_by(|a, b| (a.pts - pts).abs().total_cmp(&(b.pts - pts).abs()))
    }
}

/// Means over 32x18 cells of the analysis plane.
fn reduced(now: &Signature) -> Box<Picture> {
    let (columns, rows) = (now.grid.columns(), now.grid.rows());
    let mut sums = [0_u32; CELLS];
    let mut counts = [0_u32; CELLS];
    let cell: Vec<usize> = (0..columns).map(|x| x * COLUMNS / columns).collect();
    for (y, row) in now.plane.chunks_exact(columns).enumerate() {
        let first = y * ROWS / rows * COLUMNS;
        for (&sample, &cell) in row.iter().zip(&cell) {
            sums[first + cell] += u32::from(sample);
            counts[first + cell] += 1;
        }
    }
    let mut picture = Box::new([0; CELLS]);
    for ((to, sum), count) in picture.iter_mut().zip(sums).zip(counts) {
        *to = u16::try_from(sum * 16 / count.max(1)).unwrap_or(u16::MAX);
    }
    picture
}
