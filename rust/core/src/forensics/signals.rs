//! The ten signals by name: value, usual value, and how far from usual, in deviations.

use std::collections::VecDeque;

use super::{
    Shown,
    baseline::Baseline,
    moving::{self, ACROSS, AROUND_ACROSS, AROUND_BRIGHTER, AROUND_DOWN, BRIGHTER, DOWN, RENEWED},
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
    /// Detail along the face's edge over that inside and around it; less than usual counts. In deviations, as
    /// the next four: what real streams have is 0.
    pub boundary_blend: Signal,
    /// Entropy of the face's Cb and Cr, and their steps from block to block; less counts.
    pub chroma_flatness: Signal,
    /// Correlation of the face's Cb and Cr, and of each with luma; more alike counts.
    pub chroma_luma_coupling: Signal,
    /// How unevenly detail lies over the face, mean against mean of logarithms, and how much of it the smoothest
    /// tenth has; more even and less smooth counts.
    pub texture_distribution: Signal,
    /// How peaked the finest detail is and detail over gradient, against the ring's, and how unevenly detail lies
    /// and variance over it; less fine detail counts.
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

/// Of 56 real streams after VP8 at 360p and 600 kb/s: `benches/deepfake_fit.py`.
const REPLAY: Usual = usual(12.3, 5.3, LOW);
const CADENCE: Usual = usual(-0.234, 0.109, HIGH);
const JITTER: Usual = usual(2.93, 1.93, HIGH);
const FLICKER: Usual = usual(0.0023, 0.0014, HIGH);
const CHANGE: Usual = usual(0.5, 0.3, HIGH);

/// The statistics of each signal that is read from single pictures, and how much each weighs.
const BLEND: [(usize, Usual, f32); 2] = [
    (0, usual(-0.140, 0.594, LOW), 1.0),
    (1, usual(0.109, 0.392, LOW), 1.0),
];
const FLATNESS: [(usize, Usual, f32); 2] = [
    (2, usual(9.50, 1.13, LOW), 1.0),
    (3, usual(2.07, 0.399, LOW), 1.0),
];
const COUPLING: [(usize, Usual, f32); 3] = [
    (4, usual(-0.721, 0.173, HIGH), 1.0),
    (5, usual(0.409, 0.371, HIGH), 1.0),
    (7, usual(-0.623, 0.269, LOW), 1.0),
];
const TEXTURE: [(usize, Usual, f32); 2] = [
    (20, usual(1.258, 0.547, LOW), 2.0),
    (22, usual(1.231, 0.172, HIGH), 1.0),
];
const RESOLUTION: [(usize, Usual, f32); 4] = [
    (21, usual(-0.366, 0.700, LOW), 2.0),
    (20, usual(1.258, 0.547, LOW), 1.0),
    (10, usual(1.128, 0.541, HIGH), 1.0),
    (12, usual(-0.205, 0.228, LOW), 1.0),
];

impl Usual {
    fn z(&self, value: f32) -> f32 {
        self.side * (value - self.median) / self.deviation
    }

    fn signal(&self, value: Option<f32>) -> Signal {
        Signal {
            value,
            usual: Some(self.median),
            z: value.map(|value| self.z(value)),
        }
    }
}

/// The signal of statistics whose medians are `still`: how far they are on the suspicious side of what real
/// streams have, in their deviations; this person's usual value is read the same way.
fn joined<const N: usize>(
    parts: &[(usize, Usual, f32); N],
    still: Option<&[f32; still::COUNT]>,
    baseline: &Baseline,
) -> Signal {
    let mean = |of: &dyn Fn(usize) -> f32| {
        let all = parts
            .iter()
            .map(|(at, usual, weight)| weight * usual.z(of(*at)));
        let weights = parts.iter().map(|(.., weight)| weight);
        all.sum::<f32>() / weights.sum::<f32>()
    };
    let value = still.map(|still| mean(&|at| still[at]));
    let value = value.filter(|value| value.is_finite());
    let usual = baseline.usual().map(|usual| mean(&|at| usual[at].0));
    let usual = usual.filter(|usual| usual.is_finite());
    Signal {
        value,
        usual: Some(usual.unwrap_or(0.0)),
        z: value,
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

/// Jitter, in thousandths of the face's width, that is motion and no engine's tremble: two samples of that read
/// 30. Blocks then no longer show the same part of the face from frame to frame.
const TOO_LIVELY: f32 = 45.0;

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
        let series = self.series.each_ref().map(Vec::as_slice);
        self.flicker = moving::flicker(series[BRIGHTER], series[AROUND_BRIGHTER], room);
        let face = [series[ACROSS], series[DOWN]];
        self.jitter = moving::jitter(face, [series[AROUND_ACROSS], series[AROUND_DOWN]], room);
        if self.jitter.is_some_and(|jitter| jitter > TOO_LIVELY) {
            (self.jitter, self.flicker) = (None, None);
        }
        self.cadence = moving::cadence(series[RENEWED]);
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
        let still = self.still.as_ref();
        let change = baseline.change().map(|change| change.gated);
        let replay_loop = REPLAY.signal(self.replay);
        if !held {
            return Signals {
                replay_loop,
                ..Signals::default()
            };
        }
        Signals {
            replay_loop,
            cadence_mismatch: CADENCE.signal(self.cadence),
            motion_jitter: JITTER.signal(self.jitter),
            flicker: FLICKER.signal(self.flicker),
            boundary_blend: joined(&BLEND, still, baseline),
            chroma_flatness: joined(&FLATNESS, still, baseline),
            chroma_luma_coupling: joined(&COUPLING, still, baseline),
            texture_distribution: joined(&TEXTURE, still, baseline),
            resolution_mismatch: joined(&RESOLUTION, still, baseline),
            face_change: CHANGE.signal(change),
        }
    }
}
