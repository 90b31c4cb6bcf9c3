//! 20 ms of sound: power, spectral shape, pitch.

use super::spectrum::{BINS, SIZE, Spectrum, WINDOW};

/// Samples from one frame to the next: 20 ms at 16 kHz.
pub const HOP: usize = 320;

/// Bands of the spectral shape, as wide as hearing has them: from 100 Hz to 8 kHz in equal steps of the logarithm.
pub const BANDS: usize = 16;

const RATE: f64 = 16_000.0;
const LOWEST: f64 = 100.0;

/// Pitches that are looked for, Hz: voices, and laughter, which is higher.
const PITCHES: (f64, f64) = (75.0, 620.0);

/// Correlation of a window with itself one period later from which it is voiced.
const VOICED: f64 = 0.5;

/// Power below which a frame has no shape: -75 dB of full scale.
const SILENT: f64 = 3e-8;

/// One frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Mean square of its window, full scale being 1.
    pub power: f64,
    /// Share of the power in each band.
    pub shape: [f64; BANDS],
    /// How the shape differs from the last frame's: half the sum of absolute differences, 0 to 1.
    pub change: f64,
    /// Hz, where the frame is voiced.
    pub pitch: Option<f64>,
    /// The highest correlation with itself at a lag of a pitch, 0 to 1.
    pub periodicity: f64,
    /// Geometric over arithmetic mean of the power from 500 Hz to 7 kHz: 1 is white noise, 0 a tone.
    pub flatness: f64,
}

impl Frame {
    /// Whether there is something to hear.
    #[must_use]
    pub fn sounds(&self) -> bool {
        self.power > SILENT
    }
}

/// Cuts samples into frames.
#[derive(Debug)]
pub struct Framer {
    spectrum: Spectrum,
    samples: Vec<f64>,
    power: Box<[f64; BINS]>,
    correlation: Box<[f64; WINDOW]>,
    /// The band of each bin.
    bands: Vec<Option<usize>>,
    /// The correlation of Hann's window with itself: what a lag loses of any sound.
    loss: Vec<f64>,
    last: Option<[f64; BANDS]>,
}

impl Default for Framer {
    fn default() -> Self {
        let mut spectrum = Spectrum::default();
        let (mut power, mut correlation) = (Box::new([0.0; BINS]), Box::new([0.0; WINDOW]));
        spectrum.of(&[1.0; WINDOW], &mut power, &mut correlation);
        let loss = correlation.iter().map(|at| at / correlation[0]).collect();
        Self {
            spectrum,
            samples: Vec::with_capacity(WINDOW),
            power,
            correlation,
            bands: (0..BINS).map(band).collect(),
            loss,
            last: None,
        }
    }
}

impl Framer {
    /// The frame that this sample completes.
    pub fn push(&mut self, sample: f64) -> Option<Frame> {
        self.samples.push(sample);
        if self.samples.len() < WINDOW {
            return None;
        }
        self.spectrum
            .of(&self.samples, &mut self.power, &mut self.correlation);
        let power = self.samples.iter().map(|each| each * each).sum::<f64>() / float(WINDOW);
        self.samples.drain(..HOP);
        let shape = self.shape();
        let change = self.last.map_or(0.0, |last| {
            shape
                .iter()
                .zip(&last)
                .map(|(a, b)| (a - b).abs())
                .sum::<f64>()
                / 2.0
        });
        self.last = Some(shape);
        let (pitch, periodicity) = self.pitch();
        Some(Frame {
            power,
            shape,
            change,
            pitch: pitch.filter(|_| power > SILENT),
            periodicity,
            flatness: self.flatness(),
        })
    }

    fn shape(&self) -> [f64; BANDS] {
        let mut shape = [0.0; BANDS];
        for (power, band) in self.power.iter().zip(&self.bands) {
            if let Some(band) = band {
                shape[*band] += power;
            }
        }
        let sum: f64 = shape.iter().sum();
        if sum > 0.0 {
            for share in &mut shape {
                *share /= sum;
            }
        }
        shape
    }

    /// The pitch by the highest peak of the normalised correlation, and that peak.
    fn pitch(&self) -> (Option<f64>, f64) {
        let whole = self.correlation[0];
        if whole <= 0.0 {
            return (None, 0.0);
        }
        let at = |lag: usize| self.correlation[lag] / whole / self.loss[lag];
        let (mut best, mut peak) = (0, 0.0);
        for lag in lags() {
            let value = at(lag);
            // A peak twice as far is as high; the first that is nearly the highest is the pitch.
            if value > peak * 1.05 && value >= at(lag - 1) && value >= at(lag + 1) {
                (best, peak) = (lag, value);
            }
        }
        let periodicity = peak.clamp(0.0, 1.0);
        let pitch = (periodicity >= VOICED).then(|| RATE / float(best));
        (pitch, periodicity)
    }

    fn flatness(&self) -> f64 {
        let bins = &self.power[bin(500.0)..bin(7000.0)];
        let count = float(bins.len());
        let mean = bins.iter().sum::<f64>() / count;
        if mean <= 0.0 {
            return 0.0;
        }
        let logarithm = bins
            .iter()
            .map(|power| (power / mean).max(1e-9).ln())
            .sum::<f64>()
            / count;
        logarithm.exp()
    }
}

fn lags() -> std::ops::Range<usize> {
    period(PITCHES.1)..period(PITCHES.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few hundred"
)]
fn period(hertz: f64) -> usize {
    (RATE / hertz) as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few hundred"
)]
fn bin(hertz: f64) -> usize {
    (hertz * float(SIZE) / RATE) as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a handful"
)]
fn band(bin: usize) -> Option<usize> {
    let hertz = float(bin) * RATE / float(SIZE);
    let step = (hertz / LOWEST).ln() / (RATE / 2.0 / LOWEST).ln() * float(BANDS);
    (hertz >= LOWEST).then(|| (step as usize).min(BANDS - 1))
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn frames(sound: impl Fn(f64) -> f64) -> Vec<Frame> {
        let mut framer = Framer::default();
        (0..16_000)
            .filter_map(|at| framer.push(sound(f64::from(at) / RATE)))
            .collect()
    }

    /// A voice-like tone: ten harmonics.
    fn voice(hertz: f64) -> impl Fn(f64) -> f64 {
        move |t| {
            (1..=10)
                .map(|n| (TAU * hertz * f64::from(n) * t).sin() / f64::from(n))
                .sum::<f64>()
                * 0.1
        }
    }

    #[test]
    fn a_voice_has_its_pitch() {
        for hertz in [90.0, 140.0, 220.0, 350.0, 500.0] {
            for frame in frames(voice(hertz)) {
                let found = frame.pitch.unwrap();
                assert!((found / hertz - 1.0).abs() < 0.04, "{hertz}: {found}");
            }
        }
    }

    #[test]
    fn noise_is_flat_and_has_no_pitch() {
        let noise =
            |t: f64| (crate::fake::hash((t * RATE).to_bits()) % 20_001) as f64 / 10_000.0 - 1.0;
        let found = frames(noise);
        let voiced = found.iter().filter(|frame| frame.pitch.is_some()).count();
        assert!(voiced * 10 < found.len());
        assert!(found.iter().all(|frame| frame.flatness > 0.35));
        assert!(
            frames(voice(200.0))
                .iter()
                .all(|frame| frame.flatness < 0.1)
        );
    }

    #[test]
    fn silence_has_nothing() {
        let found = frames(|_| 0.0);
        assert!(
            found
                .iter()
                .all(|frame| !frame.sounds() && frame.pitch.is_none() && frame.change == 0.0)
        );
    }
}
