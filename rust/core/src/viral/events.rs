//! Laughter and applause: what tells them from speech, music and noise, and how it is weighed.

use super::{
    frame::Frame,
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
}

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
        }
    }

    /// All of it, in the order of the weights.
    #[must_use]
    pub fn values(&self) -> [f64; 9] {
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
        ]
    }
}

/// Weights of [`Evidence::values`], and a bias: fitted by benches/sound_events.py.
type Weights = ([f64; 9], f64);

const LAUGHTER: Weights = ([0.0; 9], 0.0);
const APPLAUSE: Weights = ([0.0; 9], 0.0);

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
