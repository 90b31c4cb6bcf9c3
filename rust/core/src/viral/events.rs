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

/// How many of the values are weighed in pairs as well: bursts of breath are laughter, bursts of a voice are speech.
const CROSSED: usize = 8;

/// How many products they have, each with itself among them.
const PRODUCTS: usize = CROSSED * (CROSSED + 1) / 2;

#[rustfmt::skip]
const LAUGHTER: Weights = (
    [1.099, 0.190, -0.756, -0.256, 1.556, -3.696, 7.278, 0.354, 5.572, -0.317, -0.069, 0.472, 0.882, -0.277, -0.311],
    -9.338,
);

/// Weights of the products of the first [`CROSSED`] values for laughter: the first with each, the second with each from
/// itself on, and so forth.
#[rustfmt::skip]
const LAUGHTER_PRODUCTS: [f64; PRODUCTS] = [
    0.554, -0.725, -0.347, -1.029, 16.639, -1.863, 0.062, 1.337, -0.100,
    0.129, 0.396, -0.683, 1.485, 2.643, 0.381, -4.105, 0.741, 20.225,
    1.243, 14.874, -0.635, -13.733, -10.204, -4.371, 0.096, -0.089, -12.702,
    -13.535, 12.938, -1.400, -2.231, -7.670, 2.538, -9.788, 2.232, -0.400,
];

#[rustfmt::skip]
const APPLAUSE: Weights = (
    [-0.32, -0.21, -3.87, -0.74, 0.69, -0.05, 0.01, -1.61, -0.55, -0.38, 0.62, 2.82, 1.13, 2.84, -0.07],
    14.44,
);

/// How much it is laughter, 0 to 1.
#[must_use]
pub fn laughter(evidence: &Evidence) -> f64 {
    weighed(evidence, &LAUGHTER, &LAUGHTER_PRODUCTS)
}

/// How much it is applause, 0 to 1.
#[must_use]
pub fn applause(evidence: &Evidence) -> f64 {
    weighed(evidence, &APPLAUSE, &[0.0; PRODUCTS])
}

fn weighed(evidence: &Evidence, (weights, bias): &Weights, products: &[f64; PRODUCTS]) -> f64 {
    if evidence.sounding <= 0.0 {
        return 0.0;
    }
    let values = evidence.values();
    let alone: f64 = values.iter().zip(weights).map(|(a, w)| a * w).sum();
    let pairs = (0..CROSSED).flat_map(|a| (a..CROSSED).map(move |b| (a, b)));
    let together: f64 = pairs
        .zip(products)
        .map(|((a, b), weight)| values[a] * values[b] * weight)
        .sum();
    1.0 / (1.0 + (-(alone + together + bias)).exp())
}

#[expect(clippy::cast_precision_loss, reason = "counts of frames")]
fn float(count: usize) -> f64 {
    count as f64
}
