//! One participant's levels: own noise floor, own speech level, evidence of speech.

use super::settings::Settings;

/// Parts of the noise window, each remembered by its minimum (after Martin 2001, minimum statistics).
const PARTS: usize = 10;
/// Share of the new level in the smoothing under the noise floor: a single low frame is not a floor.
const FLOOR_SHARE: f64 = 0.3;
/// Share of a new quiet frame in the noise's mean: two thirds of a second.
const NOISE_SHARE: f64 = 0.03;
/// dB by which the noise's mean can lie above its minimum: a wandering fan, not soft speech.
const NOISE_SPREAD: f64 = 6.0;
/// A floor above this is not believed at a participant's first packet: somebody may join talking.
const FIRST_FLOOR: f64 = -50.0;
/// Speech level assumed until there was speech, dBov: a usual microphone after gain control.
const FIRST_SPEECH: f64 = -28.0;
/// Frames' worth of trust in `FIRST_SPEECH`.
const FIRST_TRUST: f64 = 10.0;
/// Frames further below the speech level than this are mostly the pauses inside words.
const DEPTH: f64 = 12.0;
/// dB such a frame stands for all the same, so that a quiet microphone is found out.
const DRAG: f64 = 3.0;
/// dB over which "not speech" turns into "speech", so that no single dB decides.
const SOFT: f64 = 3.0;
/// Bounds of evidence lost by a quiet frame.
const FALL: std::ops::RangeInclusive<f64> = 0.035..=0.525;
/// Part of the quiet moments between words that lies this many dB above the threshold anyway.
const FALL_OFFSET: f64 = 5.0;
/// dB over the noise from which a packet is surely speech: who falls silent for so long after one sends seldom, while
/// discontinuous transmission leaves gaps only between packets of noise.
const SURE: f64 = 12.0;
/// Gaps after such packets that are remembered: the shortest says how often somebody sends.
const GAPS: usize = 3;
/// Who sends less often than this, microseconds, is silent in between.
const LONGEST_GAP: i64 = 1_700_000;
/// Relative level of someone who is silent, dB.
pub(super) const SILENT: f64 = -40.0;

/// What one participant's packets say.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    /// Server time of the newest packet, microseconds.
    pub(super) heard: i64,
    /// The last gaps after packets of speech, microseconds; none yet is no time at all.
    gaps: [i64; GAPS],
    gap: usize,
    /// Whether the packet before the newest, and the newest, are surely speech.
    sure: [bool; 2],
    /// Media time of the newest packet, seconds, when the sender's clock is known.
    media: Option<f64>,
    last: f64,
    minima: [f64; PARTS],
    part: usize,
    counted: u32,
    slow: f64,
    lowest: f64,
    oldest: f64,
    /// Mean level while surely nobody talks here, dBov.
    noise: f64,
    speech: f64,
    learnt: f64,
    /// Evidence of speech, -1 to 1.
    evidence: f64,
    /// How much the newest frame looked like speech, 0 to 1.
    active: f64,
    /// Smoothed level relative to the own speech level, dB.
    pub(super) relative: f64,
    /// The own noise relative to the own speech level, dB.
    pub(super) hiss: f64,
    /// Decaying peak of `relative`: what a late echo of this voice is measured against.
    pub(super) peak: f64,
    /// What is heard here is somebody else's voice.
    pub(super) leaking: bool,
    pub(super) muted: bool,
}

impl Voice {
    pub(super) fn new() -> Self {
        Self {
            heard: i64::MIN,
            gaps: [0; GAPS],
            gap: 0,
            sure: [false; 2],
            media: None,
            last: -127.0,
            minima: [0.0; PARTS],
            part: 0,
            counted: 0,
            slow: 0.0,
            lowest: 0.0,
            oldest: 0.0,
            noise: 0.0,
            speech: FIRST_SPEECH,
            learnt: 0.0,
            evidence: -1.0,
            active: 0.0,
            relative: SILENT,
            hiss: SILENT,
            peak: SILENT,
            leaking: false,
            muted: false,
        }
    }

    /// Whether this participant talks, and is not merely heard through another's voice.
    pub(super) fn talks(&self) -> bool {
        self.evidence > 0.0
    }

    /// A packet came at `at`, microseconds.
    pub(super) fn arrived(&mut self, at: i64) {
        if self.heard != i64::MIN && at > self.heard && self.sure[0] {
            self.gaps[self.gap] = at - self.heard;
            self.gap = (self.gap + 1) % GAPS;
        }
        self.heard = at;
    }

    /// Microseconds without a packet that are no silence yet: `usual`, or half as long again as the
    /// shortest of the last gaps, of those who send seldom and always as seldom.
    pub(super) fn patience(&self, usual: i64) -> i64 {
        let pace = self.gaps.iter().copied().min().unwrap_or(0);
        usual.max((pace + pace / 2).min(LONGEST_GAP))
    }

    /// Frames of 20 ms that a packet with media time `media` stands for; none when it came late.
    pub(super) fn frames(&mut self, media: Option<f64>) -> u32 {
        let Some(now) = media else { return 1 };
        let frames = match self.media {
            Some(before) if now <= before && now > before - 1.0 => return 0,
            Some(before) if (0.03..0.13).contains(&(now - before)) => {
                (1..=6).rfind(|&n| f64::from(n) * 0.02 < now - before + 0.01)
            }
            _ => None,
        };
        self.media = Some(now);
        frames.unwrap_or(1)
    }

    /// Takes in 20 ms at `level` dBov.
    pub(super) fn hear(&mut self, level: f64, part_frames: u32, share: f64, settings: &Settings) {
        let lowest = self.floor(level, part_frames);
        self.noise = self.noise.clamp(lowest, lowest + NOISE_SPREAD);
        let floor = self.noise;
        // The louder of two neighbours alone is a click or a key, not speech.
        let level_of_two = level.min(self.last);
        self.last = level;
        let threshold = (floor + settings.snr).max(self.speech - settings.range);
        self.sure = [self.sure[1], level > threshold.max(floor + SURE)];
        self.active = ((level_of_two - threshold) / SOFT + 0.5).clamp(0.0, 1.0);
        let own = if self.leaking { 0.0 } else { self.active };
        let fall = ((self.speech - threshold + FALL_OFFSET) * settings.fall)
            .clamp(*FALL.start(), *FALL.end());
        self.evidence = (self.evidence + own * settings.rise - (1.0 - own) * fall).clamp(-1.0, 1.0);
        if self.evidence <= -1.0 && own <= 0.0 && !self.leaking {
            self.noise += NOISE_SHARE * (level - self.noise);
        }
        let relative = (level.max(floor) - self.speech).max(SILENT);
        self.relative += share * (relative - self.relative);
        self.hiss = floor - self.speech;
    }

    /// 20 ms from which nothing came: discontinuous transmission, loss or the network.
    pub(super) fn miss(&mut self, share: f64, settings: &Settings) {
        self.evidence = (self.evidence - settings.fall * 24.0).max(-1.0);
        self.active = 0.0;
        self.relative += share * (SILENT - self.relative);
    }

    /// Forgets the moment, not the microphone: the evidence of now is gone, the levels are kept.
    pub(super) fn hush(&mut self) {
        self.evidence = -1.0;
        self.active = 0.0;
        self.relative = SILENT;
        self.peak = SILENT;
        self.leaking = false;
    }

    /// Learns the own speech level from a frame that is surely this participant's.
    pub(super) fn learn(&mut self, frames_of_memory: f64) {
        if self.active > 0.5 {
            let above = self.last - self.speech;
            let above = if above < -DEPTH { -DRAG } else { above };
            self.learnt += 1.0;
            self.speech += above / (self.learnt + FIRST_TRUST).min(frames_of_memory);
        }
    }

    /// The lowest smoothed level of the window, dBov.
    fn floor(&mut self, level: f64, part_frames: u32) -> f64 {
        if self.heard == i64::MIN {
            self.slow = level;
            self.last = level;
            self.minima = [level.min(FIRST_FLOOR); PARTS];
            self.oldest = level.min(FIRST_FLOOR);
            self.noise = self.oldest;
        }
        self.slow += FLOOR_SHARE * (level - self.slow);
        self.lowest = self.lowest.min(self.slow);
        self.counted += 1;
        if self.counted >= part_frames {
            self.minima[self.part] = self.lowest;
            self.part = (self.part + 1) % PARTS;
            self.oldest = self.minima.iter().copied().fold(0.0, f64::min);
            self.lowest = 0.0;
            self.counted = 0;
        }
        self.oldest.min(self.lowest)
    }
}

/// Frames of one part of the noise window.
pub(super) fn part_frames(settings: &Settings) -> u32 {
    let frames = settings.floor_window * 50.0 / 10.0;
    (1..=300).rfind(|&n| f64::from(n) <= frames).unwrap_or(1)
}
