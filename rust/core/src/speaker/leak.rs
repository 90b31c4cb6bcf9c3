//! Whose voice a microphone hears: the loss from each talker to each other microphone, learnt.
//!
//! While somebody talks loudest, every other microphone is that much quieter, each relative to its
//! own speech. Where nothing leaks, that loss is the whole way down to the noise; where a colleague
//! sits near or an echo comes back, it is small and steady. A level that stands close to the learnt
//! loss is the other's voice; one far above it is the participant's own.

use super::{settings::Settings, voice::Voice};

/// Loss assumed between microphones not yet heard together, dB.
const FIRST_LOSS: f64 = 14.0;
/// Frames' worth of trust in `FIRST_LOSS`.
const FIRST_TRUST: f64 = 10.0;
/// Frames over which a loss is averaged: five seconds of the talker's speech.
const MEMORY: f64 = 250.0;
/// Losses above this say the same: nothing leaks.
const MOST_LOSS: f64 = 40.0;
/// Only a talker whose smoothed level is within this many dB of the own speech level teaches losses.
const TEACHING: f64 = -8.0;
/// A level within this many dB of the own noise is that noise, and nothing leaks.
const HEARD: f64 = 3.0;
/// A level not at least this many dB below the talker's is no leak.
const LEAST: f64 = 3.0;
/// Silence lies below this; a peak this much above the present level still counts as a voice.
const LINGER: f64 = 1.0;

/// Share of a new frame in what tells one voice in two microphones: a second.
const TWIN_SHARE: f64 = 0.02;
/// Two microphones whose levels differ by this much at most, dB, each relative to its own speech,
const TWIN_LOSS: f64 = 5.0;
/// and by always the same, dB squared, hear one voice: two who talk at once rise and fall apart.
const TWIN_SPREAD: f64 = 2.5;
/// Frames of speech before that is believed.
const TWIN_FRAMES: f64 = 75.0;

#[derive(Debug, Clone, Copy)]
struct Loss {
    db: f64,
    frames: f64,
    /// Mean of the difference over the last second, and how far it strays from it.
    mean: f64,
    spread: f64,
}

impl Loss {
    /// One more frame in which the listener stands `below` the talker.
    fn compare(&mut self, below: f64) {
        let apart = below - self.mean;
        self.mean += TWIN_SHARE * apart;
        self.spread += TWIN_SHARE * (apart * apart - self.spread);
    }

    /// Whether the two hear one voice.
    fn twins(&self) -> bool {
        self.frames > FIRST_TRUST + TWIN_FRAMES
            && self.mean < TWIN_LOSS
            && self.spread < TWIN_SPREAD
    }
}

const UNKNOWN: Loss = Loss {
    db: FIRST_LOSS,
    frames: FIRST_TRUST,
    mean: FIRST_LOSS,
    spread: 100.0,
};

/// Losses from talkers to listeners; a talker's row is made when it first leads.
#[derive(Debug, Default)]
pub(super) struct Leaks(Vec<Vec<Loss>>);

impl Leaks {
    /// Forgets everything about slot `gone`.
    pub(super) fn forget(&mut self, gone: usize) {
        if let Some(row) = self.0.get_mut(gone) {
            row.clear();
        }
        for loss in self.0.iter_mut().filter_map(|row| row.get_mut(gone)) {
            *loss = UNKNOWN;
        }
    }

    /// Marks every voice that is another's leak; returns who leads, if anybody does. Of two
    /// microphones that carry one voice the `holder`'s counts, else the louder.
    pub(super) fn mark(
        &mut self,
        voices: &mut [Voice],
        holder: Option<usize>,
        settings: &Settings,
    ) -> Option<usize> {
        let (first, second) = leaders(voices);
        let lead = first?;
        if self.0.len() < voices.len() {
            self.0.resize_with(voices.len(), Vec::new);
        }
        let mut doubled = None;
        for talker in [first, second].into_iter().flatten() {
            let peak = voices[talker].peak;
            let teaches =
                talker == lead && voices[talker].talks() && voices[talker].relative > TEACHING;
            let row = &mut self.0[talker];
            row.resize(voices.len(), UNKNOWN);
            for (listener, (voice, loss)) in voices.iter_mut().zip(row).enumerate() {
                if talker == lead {
                    voice.leaking = false;
                }
                if listener == talker {
                    continue;
                }
                let below = peak - voice.relative;
                if teaches {
                    loss.frames = (loss.frames + 1.0).min(MEMORY);
                    let heard = voice.relative > voice.hiss + HEARD;
                    let found = if heard {
                        below.min(MOST_LOSS)
                    } else {
                        MOST_LOSS
                    };
                    loss.db += (found - loss.db) / loss.frames;
                    loss.compare(below);
                }
                voice.leaking |= below > (loss.db - settings.leak_margin).max(LEAST);
                if loss.twins() && voice.relative > voice.hiss + HEARD {
                    if holder == Some(listener) {
                        doubled = Some(talker);
                    } else {
                        voice.leaking = true;
                    }
                }
            }
        }
        if let Some(talker) = doubled {
            voices[talker].leaking = true;
        }
        first
    }
}

/// The two voices with the highest peaks among those that sound or just did.
fn leaders(voices: &[Voice]) -> (Option<usize>, Option<usize>) {
    let mut best = [(f64::NEG_INFINITY, None); 2];
    for (slot, voice) in voices.iter().enumerate() {
        if voice.talks() || voice.peak > voice.relative + LINGER {
            if voice.peak > best[0].0 {
                best[1] = best[0];
                best[0] = (voice.peak, Some(slot));
            } else if voice.peak > best[1].0 {
                best[1] = (voice.peak, Some(slot));
            }
        }
    }
    (best[0].1, best[1].1)
}
