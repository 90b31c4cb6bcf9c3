//! What can be turned on the active speaker, each with its unit and what it does.

use super::SpeakerError;

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $name:ident = $default:literal in $low:literal..=$high:literal;)+) => {
        /// Settings of [`super::ActiveSpeaker`]. Times are seconds, levels decibels.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $name: f64,)+
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl Settings {
            /// Every setting's name, in order.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)+];

            /// Changes one setting by its name.
            ///
            /// # Errors
            ///
            /// If there is no such setting or the value is outside its range.
            pub fn set(&mut self, name: &str, value: f64) -> Result<(), SpeakerError> {
                match name {
                    $(stringify!($name) => {
                        if !($low..=$high).contains(&value) {
                            return Err(SpeakerError::Setting {
                                name: stringify!($name), low: $low, high: $high, found: value,
                            });
                        }
                        self.$name = value;
                    })+
                    _ => return Err(SpeakerError::UnknownSetting(name.to_owned())),
                }
                Ok(())
            }

            /// A setting's value by its name.
            #[must_use]
            pub fn get(&self, name: &str) -> Option<f64> {
                match name {
                    $(stringify!($name) => Some(self.$name),)+
                    _ => None,
                }
            }
        }
    };
}

settings! {
    /// dB over a participant's own noise floor from which a level can be speech. Lower hears
    /// quieter voices and more noise.
    snr = 5.0 in 1.0..=40.0;
    /// dB below a participant's own speech level down to which a level can be speech. Lower
    /// reads the quiet parts of words as pauses.
    range = 34.0 in 6.0..=90.0;
    /// Seconds over which the quietest moment is taken for the noise floor. Longer survives long
    /// monologues, shorter follows a fan that starts.
    floor_window = 10.0 in 1.0..=60.0;
    /// Seconds of speech over which a participant's own speech level is averaged.
    level_time = 4.0 in 0.1..=60.0;
    /// Evidence of speech, on a scale of -1 to 1, gained by 20 ms of it. Lower needs longer
    /// bursts before somebody counts as talking.
    rise = 1.5 in 0.01..=4.0;
    /// Evidence lost by 20 ms of quiet, per dB that the voice stands over its noise: what a quiet
    /// moment says depends on how much of this voice drowns in its noise anyway.
    fall = 0.015 in 0.0005..=0.2;
    /// Seconds of the exponential smoothing under levels that are compared between participants.
    smoothing = 0.28 in 0.02..=2.0;
    /// dB by which a level may exceed the learnt loss between two microphones and still be the
    /// other's voice leaking in. Larger mutes leaks more surely, and true talk-over too.
    leak_margin = 10.0 in 0.0..=40.0;
    /// dB a second by which a voice's hold on its own leak fades after it falls quiet. Lower
    /// covers later echoes.
    leak_fade = 10.0 in 1.0..=200.0;
    /// Seconds of talk that take the floor right after its holder stopped.
    take = 0.38 in 0.0..=5.0;
    /// Seconds of talk that take the floor in a lull of its holder, where listeners put their
    /// "mm-hmm".
    lull = 0.46 in 0.0..=5.0;
    /// Seconds since the onset that take the floor when the onset overlapped its holder's speech.
    barge = 0.8 in 0.0..=10.0;
    /// How much sooner those take the floor whose turns mostly are turns and not interjections: 1
    /// is up to half the time, 0 none.
    habit = 1.4 in 0.0..=2.0;
    /// Seconds of talk over a holder who goes on that take the floor all the same.
    insist = 8.0 in 0.1..=60.0;
    /// Seconds of talk that take the floor when nobody has it.
    open = 0.02 in 0.0..=5.0;
    /// Seconds of quiet after which the holder counts as having stopped.
    pause = 0.05 in 0.0..=5.0;
    /// Seconds of quiet that still belong to one turn.
    bridge = 0.5 in 0.0..=5.0;
    /// Seconds without anybody's speech after which nobody holds the floor.
    release = 0.8 in 0.1..=3600.0;
}
