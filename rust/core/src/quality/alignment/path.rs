//! The likeliest way through two streams: which reference frame each distorted frame shows.
//!
//! A step of the path costs what the two pictures differ by, and more where the time between the
//! streams jumps. A frame is decided when a few more have been seen.

use std::collections::VecDeque;

use super::fingerprint::Fingerprint;

/// What a jump costs, in sample steps, and per sample step of noise: enough that noise over the
/// frames looked ahead never pays for it, motion of half a step does.
const JUMP: f32 = 0.5;
const JUMP_PER_NOISE: f32 = 0.7;

/// What a reference interval of distance costs on top, so that the nearer of two equals wins.
const DISTANCE: f32 = 0.02;

/// A reference frame that a distorted frame may show.
#[derive(Debug, Clone, Copy)]
struct State {
    /// Of the reference frame.
    index: u64,
    /// Reference minus distorted time, in seconds.
    offset: f64,
    /// How the pictures differ, in sample steps.
    difference: f32,
    /// Of the best path that ends here.
    cost: f32,
    /// State of the distorted frame before on that path.
    back: usize,
}

/// What is known of one distorted frame when it is decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Decided {
    /// Of the reference frame it shows.
    pub(super) reference: u64,
    /// Reference minus distorted time, in seconds.
    pub(super) offset: f64,
    /// How the pictures differ, in sample steps.
    pub(super) difference: f32,
    /// How they differ for the most alike frame at another time.
    pub(super) runner_up: f32,
}

#[derive(Debug, Default)]
pub(super) struct Path {
    columns: VecDeque<Vec<State>>,
    spare: Vec<Vec<State>>,
    /// The time between the streams that is held until a picture says otherwise.
    offset: f64,
    /// Whether a frame was decided.
    began: bool,
}

impl Path {
    /// The time between the streams at the latest frame, as it looks so far; `None` before the first.
    pub(super) fn offset(&self) -> Option<f64> {
        let latest = self.columns.back().and_then(|column| {
            column
                .iter()
                .min_by(|a, b| a.cost.total_cmp(&b.cost))
                .map(|state| state.offset)
        });
        latest.or_else(|| self.began.then_some(self.offset))
    }

    /// Frames added and not decided.
    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// Adds a distorted frame that may show any of `candidates`; false if there are none.
    pub(super) fn push<'a>(
        &mut self,
        frame: &Fingerprint,
        candidates: impl Iterator<Item = &'a Fingerprint>,
        interval: f64,
        jitter: f64,
    ) -> bool {
        let mut column = self.spare.pop().unwrap_or_default();
        column.clear();
        column.extend(candidates.map(|candidate| State {
            index: candidate.index,
            offset: candidate.pts - frame.pts,
            difference: candidate.distance(frame),
            cost: 0.0,
            back: 0,
        }));
        let differences = column.iter().map(|state| state.difference);
        let noise = differences.fold(f32::INFINITY, f32::min);
        if noise.is_infinite() {
            self.spare.push(column);
            return false;
        }
        let jump = |from: f64, to: f64| {
            let intervals = ((to - from) / interval).abs();
            let price = if intervals > jitter {
                JUMP + JUMP_PER_NOISE * noise
            } else {
                0.0
            };
            price + DISTANCE * single(intervals)
        };
        for state in &mut column {
            let (cost, back) = match self.columns.back() {
                None => (jump(self.offset, state.offset), 0),
                Some(before) => before
                    .iter()
                    .enumerate()
                    .filter(|(_, from)| from.index <= state.index)
                    .map(|(at, from)| {
                        // Frames before the reference's first one wait for it: that is no jump.
                        let waits = state.index == 0 && from.index == 0 && state.offset > 0.0;
                        let price = if waits {
                            0.0
                        } else {
                            jump(from.offset, state.offset)
                        };
                        (from.cost + price, at)
                    })
                    .min_by(|a, b| a.0.total_cmp(&b.0))
                    .unwrap_or((f32::INFINITY, 0)),
            };
            (state.cost, state.back) = (cost + state.difference, back);
        }
        self.columns.push_back(column);
        true
    }

    /// Decides the oldest frame, if there is one.
    pub(super) fn pop(&mut self) -> Option<Decided> {
        let last = self.columns.back()?;
        let mut at = (0..last.len()).min_by(|a, b| last[*a].cost.total_cmp(&last[*b].cost))?;
        for column in self.columns.iter().skip(1).rev() {
            at = column[at].back;
        }
        let mut column = self.columns.pop_front()?;
        let chosen = column[at];
        // What comes after goes on from what was decided.
        if let Some(next) = self.columns.front_mut() {
            for state in next.iter_mut().filter(|state| state.back != at) {
                state.cost = f32::INFINITY;
            }
            self.renew();
        }
        let others = column.iter().filter(|state| state.index != chosen.index);
        let runner_up = others
            .map(|state| state.difference)
            .fold(f32::INFINITY, f32::min);
        column.clear();
        self.spare.push(column);
        (self.offset, self.began) = (chosen.offset, true);
        Some(Decided {
            reference: chosen.index,
            offset: chosen.offset,
            difference: chosen.difference,
            runner_up,
        })
    }

    /// Takes what the first column cost off every column, and rules out what hangs on a state
    /// that is ruled out.
    fn renew(&mut self) {
        let costs = |column: &[State]| {
            column
                .iter()
                .map(|state| state.cost)
                .fold(f32::INFINITY, f32::min)
        };
        let base = self.columns.front().map_or(0.0, |column| costs(column));
        for at in 0..self.columns.len() {
            for state in 0..self.columns[at].len() {
                let back = self.columns[at][state].back;
                let dead = at > 0 && self.columns[at - 1][back].cost.is_infinite();
                let state = &mut self.columns[at][state];
                state.cost = if dead {
                    f32::INFINITY
                } else {
                    state.cost - base
                };
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a price needs no more digits"
)]
fn single(intervals: f64) -> f32 {
    intervals as f32
}
