//! Sound, mono at 16 kHz -> a reading every half second: level, pitch, change, and how much it is laughter or applause.
//!
//! No neural network: laughter is bursts of breath and voice that repeat four to seven times a second, applause is noise
//! without pitch, rhythm or gaps. Both are linear models over the shape of the spectrum and the rhythm of its energy.

use std::collections::VecDeque;

use super::{
    events::{Evidence, applause, laughter},
    frame::{BANDS, Frame, Framer, HOP},
    rhythm::rhythm,
};

/// Samples a second that are expected.
pub const RATE: u32 = 16_000;

/// Frames of a reading: half a second.
pub const FRAMES: usize = 25;

/// Frames behind what a reading says of rhythm and of events: 1.5 s, six bursts of laughter.
pub const CONTEXT: usize = 75;

/// Half a second of sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Seconds of sound until its end.
    pub end: f64,
    /// Root mean square, dB of full scale.
    pub level: f64,
    /// Median pitch of its voiced frames, Hz; `None` where nothing is voiced.
    pub pitch: Option<f64>,
    /// Share of frames with a pitch.
    pub voiced: f64,
    /// Mean change of the spectrum's shape from frame to frame, 0 to 1.
    pub change: f64,
    /// How much it is laughter, 0 to 1.
    pub laughter: f64,
    /// How much it is applause, 0 to 1.
    pub applause: f64,
    /// What both are told from.
    pub evidence: Evidence,
    /// The mean spectrum's shape: share of the power in each band.
    pub shape: [f64; BANDS],
}

/// Reads sound in pieces of any length: the readings do not depend on how it is cut.
#[derive(Debug, Default)]
pub struct Sound {
    framer: Framer,
    frames: VecDeque<Frame>,
    fresh: usize,
    told: u64,
}

impl Sound {
    /// The readings that these samples complete; full scale is 1.
    pub fn push(&mut self, samples: impl IntoIterator<Item = f64>) -> Vec<Reading> {
        let mut readings = Vec::new();
        for sample in samples {
            let Some(frame) = self.framer.push(sample) else {
                continue;
            };
            if self.frames.len() == CONTEXT {
                self.frames.pop_front();
            }
            self.frames.push_back(frame);
            self.fresh += 1;
            if self.fresh == FRAMES {
                self.fresh = 0;
                self.told += 1;
                readings.push(self.reading());
            }
        }
        readings
    }

    fn reading(&mut self) -> Reading {
        let frames = self.frames.make_contiguous();
        let evidence = Evidence::of(frames, rhythm(frames));
        let fresh = &frames[frames.len() - FRAMES..];
        let mut pitches: Vec<f64> = fresh.iter().filter_map(|frame| frame.pitch).collect();
        pitches.sort_by(f64::total_cmp);
        let count = float(FRAMES);
        let power = fresh.iter().map(|frame| frame.power).sum::<f64>() / count;
        let mut shape = [0.0; BANDS];
        for frame in fresh {
            for (sum, share) in shape.iter_mut().zip(&frame.shape) {
                *sum += share / count;
            }
        }
        Reading {
            end: float_of(self.told) * float(FRAMES * HOP) / f64::from(RATE),
            level: 10.0 * power.max(1e-12).log10(),
            pitch: pitches.get(pitches.len() / 2).copied(),
            voiced: float(pitches.len()) / count,
            change: fresh.iter().map(|frame| frame.change).sum::<f64>() / count,
            laughter: laughter(&evidence),
            applause: applause(&evidence),
            evidence,
            shape,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of frames")]
fn float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "2^53 half seconds are long")]
fn float_of(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn noise(at: usize) -> f64 {
        (crate::fake::hash(at as u64) % 20_001) as f64 / 10_000.0 - 1.0
    }

    fn heard(sound: impl Fn(usize) -> f64) -> Vec<Reading> {
        Sound::default().push((0..16_000 * 6).map(sound))
    }

    fn voice(hertz: f64, at: usize) -> f64 {
        let t = at as f64 / f64::from(RATE);
        (1..=12)
            .map(|n| (TAU * hertz * f64::from(n) * t).sin() / f64::from(n))
            .sum::<f64>()
            * 0.08
    }

    /// Bursts of a high voice and breath, four and a half a second.
    fn laugh(at: usize) -> f64 {
        let phase = (at as f64 / f64::from(RATE) * 4.5).fract();
        let burst = (-8.0 * phase).exp();
        burst * (voice(330.0, at) + 0.06 * noise(at)) + 0.002 * noise(at)
    }

    fn last(readings: &[Reading]) -> &Reading {
        readings.last().unwrap()
    }

    #[test]
    fn how_the_sound_is_cut_changes_nothing() {
        let whole = heard(laugh);
        assert_eq!(whole.len(), 11);
        let mut sound = Sound::default();
        let mut pieces = Vec::new();
        let samples: Vec<f64> = (0..16_000 * 6).map(laugh).collect();
        let mut rest = samples.as_slice();
        for length in [1, 333, 7, 5000, 320, 0, 96_000].into_iter().cycle() {
            let (now, later) = rest.split_at(length.min(rest.len()));
            pieces.extend(sound.push(now.iter().copied()));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        assert_eq!(pieces, whole);
    }

    #[test]
    fn bursts_of_a_high_voice_are_more_laughter_than_a_voice_that_holds() {
        let (bursts, held) = (heard(laugh), heard(|at| voice(120.0, at)));
        assert!(
            last(&bursts).evidence.rhythm > 0.5,
            "{:?}",
            last(&bursts).evidence
        );
        assert!(last(&bursts).evidence.depth > 3.0 && last(&held).evidence.depth < 1.0);
        assert!(last(&bursts).laughter > last(&held).laughter + 0.3);
    }

    #[test]
    fn noise_of_many_hands_is_more_applause_than_a_voice() {
        let hands = heard(|at| 0.1 * (noise(at) + noise(at / 3 + 99)));
        assert!(last(&hands).applause > 0.5, "{:?}", last(&hands));
        assert!(last(&heard(|at| voice(120.0, at))).applause < 0.1);
    }

    #[test]
    fn silence_is_neither() {
        let quiet = heard(|_| 0.0);
        assert!(
            quiet
                .iter()
                .all(|each| each.laughter == 0.0 && each.applause == 0.0)
        );
        assert!(
            quiet
                .iter()
                .all(|each| each.pitch.is_none() && each.voiced == 0.0)
        );
    }

    #[test]
    fn a_reading_is_half_a_second_with_its_pitch_and_level() {
        let readings = heard(|at| voice(200.0, at));
        assert!((readings[0].end - 0.5).abs() < 1e-12 && (readings[1].end - 1.0).abs() < 1e-12);
        assert!((last(&readings).pitch.unwrap() - 200.0).abs() < 3.0);
        assert!((-30.0..-15.0).contains(&last(&readings).level));
        assert!(last(&readings).voiced > 0.9);
    }
}
