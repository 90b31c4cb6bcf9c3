//! Laughter and applause: what tells them from speech, music and noise, and how it is weighed.

use super::{
    frame::{BANDS, Frame},
    rhythm::{Rhythm, deviation},
};

/// What a second and a half of sound shows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence {
    /// [`Rhythm::strength`].
    pub rhythm: f64,
    /// [`Rhythm::depth`], dB.
    pub depth: f64,
    /// Mean [`Frame::periodicity`].
    pub periodicity: f64,
    /// Standard deviation of the periodicity: laughter goes from voice to breath and back.
    pub turning: f64,
    /// Mean [`Frame::flatness`].
    pub flatness: f64,
    /// Mean share of the power from 2 kHz up.
    pub high: f64,
    /// Mean [`Frame::change`].
    pub change: f64,
    /// Octaves of the median pitch over 100 Hz; 0 where nothing is voiced.
    pub pitch: f64,
    /// Share of frames in which there is something to hear.
    pub sounding: f64,
    /// Logarithm of the mean share of the power in each of [`GROUPS`].
    pub shape: [f64; GROUPS.len()],
}

/// Bands that are told together, from 100 Hz to 8 kHz: those of a voice's pitch, its first two formants, between, and breath.
pub const GROUPS: [std::ops::Range<usize>; 6] = [0..4, 4..7, 7..9, 9..11, 11..14, 14..BANDS];

/// What a group has at least, so that its logarithm is one.
const LEAST: f64 = 1e-3;

/// Bands from 2 kHz up.
const HIGH: usize = 11;

impl Evidence {
    /// The evidence of some frames.
    #[must_use]
    pub fn of(frames: &[Frame], rhythm: Rhythm) -> Self {
        let heard: Vec<&Frame> = frames.iter().filter(|frame| frame.sounds()).collect();
        if heard.is_empty() {
            return Self::default();
        }
        let count = float(heard.len());
        let mean = |of: fn(&Frame) -> f64| heard.iter().map(|frame| of(frame)).sum::<f64>() / count;
        let periodicities: Vec<f64> = heard.iter().map(|frame| frame.periodicity).collect();
        let mut pitches: Vec<f64> = heard.iter().filter_map(|frame| frame.pitch).collect();
        pitches.sort_by(f64::total_cmp);
        let median = pitches.get(pitches.len() / 2);
        Self {
            rhythm: rhythm.strength,
            depth: rhythm.depth,
            periodicity: mean(|frame| frame.periodicity),
            turning: deviation(&periodicities),
            flatness: mean(|frame| frame.flatness),
            high: mean(|frame| frame.shape[HIGH..].iter().sum()),
            change: mean(|frame| frame.change),
            pitch: median.map_or(0.0, |pitch| (pitch / 100.0).log2()),
            sounding: count / float(frames.len()),
            shape: GROUPS.map(|bands| {
                let share = |frame: &Frame| frame.shape[bands.clone()].iter().sum::<f64>();
                (frames.iter().map(share).sum::<f64>() / float(frames.len()) + LEAST).ln()
            }),
        }
    }

    /// All of it, in the order of the weights.
    #[must_use]
    pub fn values(&self) -> [f64; VALUES] {
        let [low, first, second, between, breath, hiss] = self.shape;
        [
            self.rhythm,
            self.depth / 10.0,
            self.periodicity,
            self.turning,
            self.flatness,
            self.high,
            self.change,
            self.pitch,
            self.sounding,
            low,
            first,
            second,
            between,
            breath,
            hiss,
        ]
    }
}

/// How many figures make the evidence.
pub const VALUES: usize = 9 + GROUPS.len();

/// Weights of [`Evidence::values`], and a bias: fitted by `benches/sound_events.py`.
type Weights = ([f64; VALUES], f64);

#[rustfmt::skip]
const LAUGHTER: Weights = (
    [2.83, 1.12, -3.42, 0.72, 1.39, 0.01, 1.63, 1.02, -0.02, -0.17, 0.17, 2.02, 0.96, 0.23, 0.04],
    3.67,
);

#[rustfmt::skip]
const APPLAUSE: Weights = (
    [-0.32, -0.21, -3.87, -0.74, 0.69, -0.05, 0.01, -1.61, -0.55, -0.38, 0.62, 2.82, 1.13, 2.84, -0.07],
    14.44,
);

/// How much it is laughter, 0 to 1.
#[must_use]
pub fn laughter(evidence: &Evidence) -> f64 {
    weighed(evidence, &LAUGHTER)
}

/// How much it is applause, 0 to 1.
#[must_use]
pub fn applause(evidence: &Evidence) -> f64 {
    weighed(evidence, &APPLAUSE)
}

fn weighed(evidence: &Evidence, (weights, bias): &Weights) -> f64 {
    if evidence.sounding <= 0.0 {
        return 0.0;
    }
    let sum: f64 = evidence
        .values()
        .iter()
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    1.0 / (1.0 + (-(sum + bias)).exp())
}

#[expect(clippy::cast_precision_loss, reason = "counts of frames")]
fn float(count: usize) -> f64 {
    count as f64
}
