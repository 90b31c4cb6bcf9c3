//! What a shard is told, and what it tells.

use std::{fmt, sync::Arc};

/// A connection, by a number that no other of this process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub u64);

/// A room, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomId(pub u32);

/// What one publisher sends under one media line, by a number that no other of the process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackId(pub u32);

/// What a peer is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It sends.
    Publish,
    /// It receives.
    Subscribe,
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// How a track is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// RFC 7587.
    Opus,
    /// RFC 7741.
    Vp8,
    /// RFC 9628.
    Vp9,
    /// RFC 6184.
    H264,
    /// The Alliance's RTP payload format.
    Av1,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opus => "opus",
            Self::Vp8 => "vp8",
            Self::Vp9 => "vp9",
            Self::H264 => "h264",
            Self::Av1 => "av1",
        })
    }
}

/// Why a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It was closed by whoever asked for it, or by its other end.
    Closed,
    /// The same participant came again.
    Replaced,
    /// The host removed it.
    Removed,
    /// Nothing came from it any more.
    Lost,
    /// It never came to connect.
    Late,
    /// What it sent cannot be: a wrong certificate, or a fault of ours that it met.
    Failed,
    /// Its room or the server is over.
    Over,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::Lost => "lost",
            Self::Late => "late",
            Self::Failed => "failed",
            Self::Over => "over",
        })
    }
}

/// Something that happened in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where.
    pub room: RoomId,
    /// Whose connection it is about.
    pub peer: PeerId,
    /// Whose.
    pub participant: Arc<str>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It is connected.
    Connected(Role),
    /// It is gone.
    Gone(Role, Reason),
    /// Its first packet of a track came.
    TrackAdded {
        /// The track.
        track: TrackId,
        /// Sound or picture.
        media: Media,
        /// How it is encoded.
        codec: Codec,
    },
    /// A track is gone.
    TrackRemoved {
        /// The track.
        track: TrackId,
    },
    /// A slot shows somebody else, or nobody.
    Slot {
        /// The media line it is.
        mid: Arc<str>,
        /// Sound or picture.
        media: Media,
        /// Who is shown.
        shows: Option<Arc<str>>,
    },
}

/// How good a picture is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quality {
    /// The smallest layer that is sent.
    Low,
    /// The best.
    High,
}

/// Who should be shown, first to last, and how well. Whoever is not named follows, in the order they came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes(pub Vec<(Arc<str>, Quality)>);
