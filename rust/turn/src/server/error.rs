//! Why a server cannot do what it is asked for.

use std::{fmt, io};

use crate::offer::Refused;

/// Why something cannot be done.
#[derive(Debug)]
pub enum Error {
    /// The offer cannot be answered.
    Refused(Refused),
    /// There is no such room.
    NoRoom,
    /// There is no such connection.
    NoPeer,
    /// There are as many as may be: of what, and how many.
    Full(&'static str, usize),
    /// The shard does not keep up.
    Busy,
    /// The server is over.
    Over,
    /// The system refuses.
    System(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::NoRoom => f.write_str("there is no such room"),
            Self::NoPeer => f.write_str("there is no such connection"),
            Self::Full(what, most) => write!(f, "expected at most {most} {what} at once"),
            Self::Busy => f.write_str("the media server does not keep up"),
            Self::Over => f.write_str("the media server has stopped"),
            Self::System(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}
