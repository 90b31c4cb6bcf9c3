//! Who holds the floor: how long each has talked, against how long its holder has been quiet.
//!
//! An onset right after the holder stopped is mostly a turn, one in a lull or over the holder is
//! mostly a listener's "mm-hmm"; so how long a challenger has to talk depends on when it began.

use super::settings::Settings;

/// Microseconds of a tick.
pub(super) const TICK: i64 = 20_000;
/// Seconds before the holder's stop within which an onset goes from exchange to barge-in.
const OVERLAP: f64 = 0.3;
/// Seconds after the holder's stop from which an onset is in a lull, and over which it becomes one.
const LULL: (f64, f64) = (0.2, 0.1);
/// Seconds of quiet from which a holder has surely stopped: shorter gaps lie between words.
const STOPPED: f64 = 0.25;
/// Seconds of talk over the holder from which two talk at once: a barge-in that succeeds is shorter.
const AT_ONCE: f64 = 1.0;
/// dB over the own speech from which a microphone sounds like a voice near it; leaks lie below.
const SOUNDING: f64 = -8.0;
/// Share of a turn that has to be speech.
const DENSITY: f64 = 0.5;
/// Seconds from which a turn is real; shorter ones are interjections, or noise.
const REAL: f64 = 1.0;
/// Turns of a stranger, half of them real.
const FIRST_TURNS: f64 = 8.0;
/// Turns after which the older ones count half: habits change with the subject.
const MEMORY: f64 = 40.0;
const STEP: f64 = 0.02;

/// How long somebody has been talking.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// Seconds since its onset, pauses up to `bridge` included.
    pub(super) age: f64,
    /// Seconds of speech in it.
    pub(super) spoken: f64,
    /// Seconds since speech was last heard.
    pub(super) quiet: f64,
    /// Seconds since its microphone began to sound like a voice at its usual level, whosever it is, pauses included.
    sounding: f64,
    silent: f64,
    /// Turns so far that ended before [`REAL`], and those that did not.
    short: f64,
    real: f64,
}

impl Turn {
    pub(super) const NONE: Self = Self {
        age: 0.0,
        spoken: 0.0,
        quiet: f64::INFINITY,
        sounding: 0.0,
        silent: 0.0,
        short: 0.0,
        real: 0.0,
    };

    /// One tick of talking or not, at `relative` dB over the own speech.
    pub(super) fn step(&mut self, talks: bool, relative: f64, settings: &Settings) {
        let sounds = talks || relative > SOUNDING;
        self.silent = if sounds { 0.0 } else { self.silent + STEP };
        self.sounding = if self.silent > settings.bridge {
            0.0
        } else {
            self.sounding + STEP
        };
        if talks {
            self.quiet = 0.0;
            self.spoken += STEP;
        } else {
            self.quiet += STEP;
        }
        if self.quiet > settings.bridge {
            self.count();
            self.age = 0.0;
            self.spoken = 0.0;
        } else {
            self.age += STEP;
        }
    }

    /// Whether this turn takes the floor from one who has been quiet for `idle` seconds and has held
    /// it for `held`; `None` is a floor that nobody holds. Over one who may go on, a claim starts afresh
    /// with each holder.
    pub(super) fn takes(&self, idle: Option<f64>, held: f64, settings: &Settings) -> bool {
        let need = match idle {
            None => settings.open,
            Some(idle) if idle < settings.pause => settings.insist,
            Some(idle) => {
                let gap = idle - self.age;
                let overlap = (-gap / OVERLAP).clamp(0.0, 1.0);
                let lull = ((gap - LULL.0) / LULL.1).clamp(0.0, 1.0);
                let barge = settings.take + (settings.barge - settings.take) * overlap;
                barge.max(settings.take + (settings.lull - settings.take) * lull)
                    * self.patience(settings)
            }
        };
        // Half a tick of slack: sums of 0.02 do not hit decimal settings exactly.
        let need = need - STEP / 2.0;
        let age = if idle.is_some_and(|idle| idle < STOPPED) {
            self.age.min(held)
        } else {
            self.age
        };
        self.quiet <= 0.0 && age >= need && self.spoken >= need * DENSITY
    }

    /// Whether this turn and that of a holder who has been quiet for `idle` seconds go on at once.
    pub(super) fn contests(&self, idle: Option<f64>, settings: &Settings) -> bool {
        idle.is_some_and(|idle| idle < settings.pause || self.sounding - idle > AT_ONCE)
    }

    /// Remembers whether the turn that just ended was one, or an interjection.
    fn count(&mut self) {
        if self.age <= 0.0 {
            return;
        }
        if self.age - self.quiet < REAL {
            self.short += 1.0;
        } else {
            self.real += 1.0;
        }
        if self.short + self.real > MEMORY {
            self.short /= 2.0;
            self.real /= 2.0;
        }
    }

    /// Part of the time that is asked of this participant: less where most turns became real ones.
    fn patience(&self, settings: &Settings) -> f64 {
        let short = (self.short + FIRST_TURNS / 2.0) / (self.short + self.real + FIRST_TURNS);
        1.0 - settings.habit * (0.5 - short).max(0.0)
    }
}
