//! Why a level, a time, a participant or a setting was refused.

use std::{error, fmt};

use super::{ID_BYTES, LAST_TIME, LATE, PARTICIPANTS, Settings};

/// Why a call was refused. The state is as before.
#[derive(Debug, Clone, PartialEq)]
pub enum SpeakerError {
    /// The level is not a number.
    Level,
    /// The time is not a number, or too large to be one.
    Time(f64),
    /// The time lies more than [`LATE`] before the newest one.
    Backwards {
        /// Newest time, seconds.
        newest: f64,
        /// Time given, seconds.
        found: f64,
    },
    /// The participant's id is empty or longer than [`ID_BYTES`].
    Id {
        /// Bytes of the id.
        found: usize,
    },
    /// There are [`PARTICIPANTS`] already.
    Full,
    /// A setting lies outside its range.
    Setting {
        /// Its name.
        name: &'static str,
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
        /// Value given.
        found: f64,
    },
    /// There is no setting of this name.
    UnknownSetting(String),
}

impl fmt::Display for SpeakerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level => write!(f, "expected a level in dBov, found NaN"),
            Self::Time(found) => write!(
                f,
                "expected a time within {LAST_TIME:e} seconds, found {found}"
            ),
            Self::Backwards { newest, found } => write!(
                f,
                "expected a time not more than {LATE} s before {newest}, found {found}"
            ),
            Self::Id { found } => write!(
                f,
                "expected a participant id of 1 to {ID_BYTES} bytes, found {found}"
            ),
            Self::Full => write!(
                f,
                "expected at most {PARTICIPANTS} participants; those who left need leave()"
            ),
            Self::Setting {
                name,
                low,
                high,
                found,
            } => write!(f, "expected {name} from {low} to {high}, found {found}"),
            Self::UnknownSetting(name) => write!(
                f,
                "expected a setting of {}, found {name}",
                Settings::NAMES.join(", ")
            ),
        }
    }
}

impl error::Error for SpeakerError {}
