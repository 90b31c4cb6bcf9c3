//! Audio levels of all participants in, who talks and who holds the floor out.
//!
//! Two outputs, not one. *Talking* is fast and per participant. *The floor* is the slow decision
//! that layouts follow, with nobody as a state of its own. Each participant is measured against the
//! own noise and the own voice, so a quiet microphone counts as much as a loud one; another's voice
//! leaking into a microphone is told by its learnt loss; who takes the floor is a matter of how long
//! somebody has talked and of when they began. Time is what the caller says it is.

mod dwell;
mod error;
mod floor;
mod leak;
mod settings;
mod voice;

use std::collections::{HashMap, HashSet};

use dwell::Dwell;
pub use error::SpeakerError;
use floor::{TICK, Turn};
use leak::Leaks;
pub use settings::Settings;
use voice::Voice;

/// The most participants at once; who leaves makes room.
pub const PARTICIPANTS: usize = 512;
/// The longest participant id, bytes.
pub const ID_BYTES: usize = 256;
/// Seconds a time may lie before the newest one: threads and clocks disagree that much. It then
/// counts as the newest.
pub const LATE: f64 = 1.0;
/// Microseconds without a packet after which a participant is heard as silent, where packets come
/// as often as sound does; of one who sends levels less often, more is waited for.
const MISSED: i64 = 80_000;
/// Seconds of a turn's speech after which it says how loud its owner is: clicks and coughs are over.
const VOICED: f64 = 0.3;
/// Seconds of speech that one dB of loudness weighs among those who could take the floor: of two
/// who began together, the quieter may be the other's leak.
const LOUDER: f64 = 0.02;
/// Longest stretch without a call that is lived through tick by tick; what is longer changes
/// nothing any more.
const CATCH_UP: i64 = 500;
/// Times beyond this many seconds do not fit a clock in microseconds.
const LAST_TIME: f64 = 1e12;

/// Somebody else holds the floor, or nobody does.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// When it was decided, seconds on the caller's clock.
    pub at: f64,
    /// Who held it when last told.
    pub previous: Option<String>,
    /// Who holds it now.
    pub current: Option<String>,
}

/// Follows the floor.
#[derive(Debug)]
pub struct ActiveSpeaker {
    settings: Settings,
    part_frames: u32,
    share: f64,
    memory: f64,
    slots: HashMap<String, usize>,
    names: Vec<Option<String>>,
    free: Vec<usize>,
    voices: Vec<Voice>,
    turns: Vec<Turn>,
    leaks: Leaks,
    /// Newest time, microseconds, and the tick up to which everything is decided.
    now: Option<(i64, i64)>,
    silence: f64,
    holder: Option<usize>,
    told: Option<String>,
    changed: i64,
    /// Who held it last, though nobody may since.
    last: Option<usize>,
    dwell: Dwell,
}

impl Default for ActiveSpeaker {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl ActiveSpeaker {
    /// Nobody there yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            part_frames: voice::part_frames(&settings),
            share: 1.0 - (-0.02 / settings.smoothing).exp(),
            memory: (settings.level_time / 0.02).max(1.0),
            settings,
            slots: HashMap::new(),
            names: Vec::new(),
            free: Vec::new(),
            voices: Vec::new(),
            turns: Vec::new(),
            leaks: Leaks::default(),
            now: None,
            silence: 0.0,
            holder: None,
            told: None,
            changed: 0,
            last: None,
            dwell: Dwell::default(),
        }
    }

    /// The settings it runs with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// One audio level of `participant`, who joins by it: `level` in dBov as RFC 6464 has it,
    /// clamped to -127..0, heard at `at` seconds. `media` is the packet's own time in seconds (its
    /// RTP timestamp over the clock rate): with it a late packet counts for nothing and one of
    /// 40 or 60 ms for two or three.
    ///
    /// # Errors
    ///
    /// If a number is not one, the time runs backwards, the id is out of bounds or the room full.
    pub fn push(
        &mut self,
        participant: &str,
        at: f64,
        level: f64,
        media: Option<f64>,
    ) -> Result<(), SpeakerError> {
        if level.is_nan() {
            return Err(SpeakerError::Level);
        }
        if let Some(media) = media.filter(|media| !media.is_finite()) {
            return Err(SpeakerError::Time(media));
        }
        let at = self.time(at)?;
        let slot = self.slot(participant)?;
        self.advance(at);
        let voice = &mut self.voices[slot];
        if !voice.muted {
            for _ in 0..voice.frames(media) {
                let level = level.clamp(-127.0, 0.0);
                voice.hear(level, self.part_frames, self.share, &self.settings);
                voice.arrived(at);
            }
        }
        Ok(())
    }

    /// Decides up to `at` seconds; the change of the floor since the last time it was told, if any.
    ///
    /// # Errors
    ///
    /// If the time is not a number or runs backwards.
    pub fn poll(&mut self, at: f64) -> Result<Option<Change>, SpeakerError> {
        let at = self.time(at)?;
        self.advance(at);
        let current = self.current();
        if current == self.told.as_deref() {
            return Ok(None);
        }
        let current = current.map(str::to_owned);
        let previous = std::mem::replace(&mut self.told, current.clone());
        Ok(Some(Change {
            at: seconds(self.changed),
            previous,
            current,
        }))
    }

    /// Who holds the floor.
    #[must_use]
    pub fn current(&self) -> Option<&str> {
        self.names[self.holder?].as_deref()
    }

    /// Who talks at this moment, in no order.
    #[must_use]
    pub fn talking(&self) -> HashSet<&str> {
        let names = self.names.iter().zip(&self.voices);
        names
            .filter(|(_, voice)| voice.talks())
            .filter_map(|(name, _)| name.as_deref())
            .collect()
    }

    /// Forgets `participant`, its levels too; whether it was there. Its floor is nobody's at once.
    pub fn leave(&mut self, participant: &str) -> bool {
        let Some(slot) = self.slots.remove(participant) else {
            return false;
        };
        self.names[slot] = None;
        self.voices[slot] = Voice::new();
        self.turns[slot] = Turn::NONE;
        self.leaks.forget(slot);
        self.free.push(slot);
        if self.last == Some(slot) {
            self.last = None;
        }
        if self.holder == Some(slot) {
            self.holder = None;
            self.changed = self.now.map_or(0, |(newest, _)| newest);
        }
        true
    }

    /// Hears nothing of `participant`, who joins by it, until [`Self::unmute`]. What was learnt of
    /// the microphone stays, the floor is free after [`Settings::release`] as after any silence.
    ///
    /// # Errors
    ///
    /// If the id is out of bounds or the room full.
    pub fn mute(&mut self, participant: &str) -> Result<(), SpeakerError> {
        let slot = self.slot(participant)?;
        self.voices[slot].hush();
        self.voices[slot].muted = true;
        Ok(())
    }

    /// Hears `participant` again.
    ///
    /// # Errors
    ///
    /// If the id is out of bounds or the room full.
    pub fn unmute(&mut self, participant: &str) -> Result<(), SpeakerError> {
        let slot = self.slot(participant)?;
        self.voices[slot].muted = false;
        Ok(())
    }

    fn slot(&mut self, participant: &str) -> Result<usize, SpeakerError> {
        if let Some(&slot) = self.slots.get(participant) {
            return Ok(slot);
        }
        let found = participant.len();
        if found == 0 || found > ID_BYTES {
            return Err(SpeakerError::Id { found });
        }
        if self.slots.len() == PARTICIPANTS {
            return Err(SpeakerError::Full);
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.names.push(None);
            self.voices.push(Voice::new());
            self.turns.push(Turn::NONE);
            self.voices.len() - 1
        });
        self.names[slot] = Some(participant.to_owned());
        self.slots.insert(participant.to_owned(), slot);
        Ok(slot)
    }

    /// Microseconds of `at`, never before the newest time.
    fn time(&self, at: f64) -> Result<i64, SpeakerError> {
        if !at.is_finite() || at.abs() > LAST_TIME {
            return Err(SpeakerError::Time(at));
        }
        #[expect(clippy::cast_possible_truncation, reason = "1e18 fits")]
        let at_us = (at * 1e6).round() as i64;
        match self.now {
            Some((newest, _)) if at_us < newest => {
                if seconds(newest) - at > LATE {
                    return Err(SpeakerError::Backwards {
                        newest: seconds(newest),
                        found: at,
                    });
                }
                Ok(newest)
            }
            _ => Ok(at_us),
        }
    }

    fn advance(&mut self, at: i64) {
        let due = at.div_euclid(TICK);
        let done = self.now.map_or(due, |(_, done)| done);
        for tick in done.max(due - CATCH_UP)..due {
            self.tick((tick + 1) * TICK);
        }
        self.now = Some((at, due));
    }

    /// Decides at `now` from everything heard before.
    fn tick(&mut self, now: i64) {
        let settings = &self.settings;
        let fade = settings.leak_fade * 0.02;
        for voice in &mut self.voices {
            if now.saturating_sub(voice.heard) > voice.patience(MISSED) {
                voice.miss(self.share, settings);
            }
            voice.peak = (voice.peak - fade).max(voice.relative);
        }
        let lead = self.leaks.mark(&mut self.voices, self.holder, settings);
        let mut anybody = false;
        for (slot, (voice, turn)) in self.voices.iter_mut().zip(&mut self.turns).enumerate() {
            let talks = voice.talks();
            anybody |= talks;
            turn.step(talks, voice.relative, settings);
            if turn.spoken > VOICED && talks && !voice.leaking && lead == Some(slot) {
                voice.learn(self.memory);
            }
        }
        self.silence = if anybody { 0.0 } else { self.silence + 0.02 };
        self.decide(now);
    }

    fn decide(&mut self, now: i64) {
        let before = self.holder;
        if self.silence > self.settings.release {
            self.holder = None;
        }
        let idle = self.holder.map(|slot| self.turns[slot].quiet);
        let held = seconds(now - self.changed);
        let challengers = self.turns.iter().enumerate();
        let taker = challengers
            .filter(|(slot, turn)| {
                self.holder != Some(*slot) && turn.takes(idle, held, &self.settings)
            })
            .map(|(slot, turn)| (slot, turn.spoken + self.voices[slot].relative * LOUDER))
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((slot, _)) = taker {
            let contested = self.turns[slot].contests(idle, &self.settings);
            // Who comes back after a silence only goes on.
            if self.last == Some(slot) {
                self.holder = Some(slot);
            } else if self.dwell.allows(now, contested) {
                self.holder = Some(slot);
                self.last = Some(slot);
                self.dwell.record(now, contested);
            }
        }
        if self.holder != before {
            self.changed = now;
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "times beyond 2^53 us lose microseconds"
)]
fn seconds(us: i64) -> f64 {
    us as f64 / 1e6
}
