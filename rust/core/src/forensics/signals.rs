//! The ten signals by name: value, usual value, and how far from usual, in deviations.

use std::collections::VecDeque;

use super::{
    Shown,
    baseline::Baseline,
    moving::{self, ACROSS, BRIGHTER, DOWN, RENEWED},
    number::median,
    still,
};

/// One signal of one frame.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signal {
    /// The value, in the signal's unit; `None` where it cannot be told.
    pub value: Option<f32>,
    /// This person's usual value, or until that is known what real streams have.
    pub usual: Option<f32>,
    /// How far the value is on the suspicious side of what real streams have, in their deviations.
    pub z: Option<f32>,
}

/// The ten signals.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signals {
    /// The last second's distance from the nearest second of the past, over motion; low.
    pub replay_loop: Signal,
    /// How much more the face's renewal agrees with itself two or three frames ago than one; high.
    pub cadence_mismatch: Signal,
    /// Second difference of the face's motion against its surroundings, in thousandths of its width; high.
    pub motion_jitter: Signal,
    /// Deviation of the face's brightness against its surroundings from frame to frame, in nats; high.
    pub flicker: Signal,
    /// Detail along the face's edge over that inside and around, in nats; low.
    pub boundary_blend: Signal,
    /// Entropy of the face's Cb and Cr, in bits; low.
    pub chroma_flatness: Signal,
    /// Correlation of the face's Cb and Cr; high.
    pub chroma_luma_coupling: Signal,
    /// Detail of the face's most over its median detail, in nats; low.
    pub texture_distribution: Signal,
    /// Variance over detail, in nats; high.
    pub resolution_mismatch: Signal,
    /// How far the face is from its own baseline beyond what the picture around it is, in deviations; high.
    pub face_change: Signal,
}

impl Signals {
    /// Each with its name.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Signal); 10] {
        [
            ("replay_loop", self.replay_loop),
            ("cadence_mismatch", self.cadence_mismatch),
            ("motion_jitter", self.motion_jitter),
            ("flicker", self.flicker),
            ("boundary_blend", self.boundary_blend),
            ("chroma_flatness", self.chroma_flatness),
            ("chroma_luma_coupling", self.chroma_luma_coupling),
            ("texture_distribution", self.texture_distribution),
            ("resolution_mismatch", self.resolution_mismatch),
            ("face_change", self.face_change),
        ]
    }
}

/// What real streams have: the median over streams and its deviation, and which side is suspicious.
#[derive(Debug, Clone, Copy)]
struct Usual {
    median: f32,
    deviation: f32,
    side: f32,
}

const HIGH: f32 = 1.0;
const LOW: f32 = -1.0;

const fn usual(median: f32, deviation: f32, side: f32) -> Usual {
    Usual {
        median,
        deviation,
        side,
    }
}

/// Of 58 real streams after VP8 at 360p and 600 kb/s, by `benches/deepfake_fit.py`.
const REPLAY: Usual = usual(4.0, 1.0, LOW);
const CADENCE: Usual = usual(-0.2, 0.1, HIGH);
const JITTER: Usual = usual(6.0, 3.0, HIGH);
const FLICKER: Usual = usual(0.002, 0.001, HIGH);
const BLEND: Usual = usual(0.0, 0.4, LOW);
const FLATNESS: Usual = usual(8.0, 1.0, LOW);
const COUPLING: Usual = usual(-0.5, 0.25, HIGH);
const TEXTURE: Usual = usual(1.8, 0.4, LOW);
const RESOLUTION: Usual = usual(1.0, 0.5, HIGH);
const CHANGE: Usual = usual(0.5, 0.35, HIGH);

impl Usual {
    fn signal(&self, value: Option<f32>, own: Option<f32>) -> Signal {
        Signal {
            value,
            usual: Some(own.unwrap_or(self.median)),
            z: value.map(|value| self.side * (value - self.median) / self.deviation),
        }
    }
}

/// The values of the last seconds.
#[derive(Debug, Default)]
pub(super) struct Bench {
    replay: Option<f32>,
    cadence: Option<f32>,
    jitter: Option<f32>,
    flicker: Option<f32>,
    still: Option<[f32; still::COUNT]>,
    series: [Vec<f32>; moving::COUNT],
    room: Vec<f32>,
}

/// Pictures that medians must be of.
const LEAST: usize = 12;

impl Bench {
    pub(super) fn replay(&mut self, ratio: Option<f32>) {
        self.replay = ratio;
    }

    /// Measures the window anew.
    pub(super) fn measure(&mut self, shown: &mut VecDeque<Shown>) {
        let shown = &*shown.make_contiguous();
        for (at, series) in self.series.iter_mut().enumerate() {
            series.clear();
            series.extend(shown.iter().map(|shown| shown.step[at]));
        }
        let room = &mut self.room;
        self.flicker = moving::flicker(&self.series[BRIGHTER], room);
        self.jitter = moving::jitter(&self.series[ACROSS], &self.series[DOWN], room);
        self.cadence = moving::cadence(&self.series[RENEWED]);
        if shown.len() >= LEAST {
            let mut medians = [0.0; still::COUNT];
            for (at, middle) in medians.iter_mut().enumerate() {
                room.clear();
                room.extend(shown.iter().map(|shown| shown.still[at]));
                *middle = median(room);
            }
            self.still = Some(medians);
        }
    }

    /// The signals as they stand.
    pub(super) fn read(&self, baseline: &Baseline, held: bool) -> Signals {
        let still = |at: usize| self.still.map(|still| still[at]);
        let own = |at: usize| baseline.usual(at);
        let change = baseline.change().map(|change| change.gated);
        let replay_loop = REPLAY.signal(self.replay, None);
        if !held {
            return Signals {
                replay_loop,
                ..Signals::default()
            };
        }
        Signals {
            replay_loop,
            cadence_mismatch: CADENCE.signal(self.cadence, None),
            motion_jitter: JITTER.signal(self.jitter, None),
            flicker: FLICKER.signal(self.flicker, None),
            boundary_blend: BLEND.signal(still(0), own(0)),
            chroma_flatness: FLATNESS.signal(still(2), own(2)),
            chroma_luma_coupling: COUPLING.signal(still(4), own(4)),
            texture_distribution: TEXTURE.signal(still(8), own(8)),
            resolution_mismatch: RESOLUTION.signal(still(10), own(10)),
            face_change: CHANGE.signal(change, None),
        }
    }
}
