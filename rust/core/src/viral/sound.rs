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
