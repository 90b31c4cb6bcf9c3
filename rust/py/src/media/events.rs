//! What a room tells, as Python sees it.

use std::time::Instant;

use pyo3::{prelude::*, types::PyBytes};
use v100_turn::{
    assembly::Frame,
    event::{Event, Media, Role, What},
    tap::Level,
};

/// Something that happened in a room.
///
/// `kind` is `connected`, `gone`, `track_added`, `track_removed` or `slot`; what does not belong to it is
/// `None`.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct MediaEvent {
    kind: &'static str,
    room: u32,
    peer: u64,
    participant: String,
    role: Option<&'static str>,
    reason: Option<String>,
    track: Option<u32>,
    media: Option<&'static str>,
    codec: Option<String>,
    mid: Option<String>,
    shows: Option<String>,
}

impl From<Event> for MediaEvent {
    fn from(event: Event) -> Self {
        let mut told = Self {
            kind: "",
            room: event.room.0,
            peer: event.peer.0,
            participant: event.participant.to_string(),
            role: None,
            reason: None,
            track: None,
            media: None,
            codec: None,
            mid: None,
            shows: None,
        };
        match event.what {
            What::Connected(role) => {
                told.kind = "connected";
                told.role = Some(role_named(role));
            }
            What::Gone(role, reason) => {
                told.kind = "gone";
                told.role = Some(role_named(role));
                told.reason = Some(reason.to_string());
            }
            What::TrackAdded {
                track,
                media,
                codec,
            } => {
                told.kind = "track_added";
                told.track = Some(track.0);
                told.media = Some(media_named(media));
                told.codec = Some(codec.to_string());
            }
            What::TrackRemoved { track } => {
                told.kind = "track_removed";
                told.track = Some(track.0);
            }
            What::Slot { mid, media, shows } => {
                told.kind = "slot";
                told.media = Some(media_named(media));
                told.mid = Some(mid.to_string());
                told.shows = shows.map(|name| name.to_string());
            }
        }
        told
    }
}

pub(super) fn media_named(media: Media) -> &'static str {
    match media {
        Media::Audio => "audio",
        Media::Video => "video",
    }
}

fn role_named(role: Role) -> &'static str {
    match role {
        Role::Publish => "publish",
        Role::Subscribe => "subscribe",
    }
}

/// How loud a track is, in dBov, and how many seconds ago that was.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct MediaLevel {
    track: u32,
    level: i8,
    age: f64,
}

impl MediaLevel {
    pub(super) fn new(level: Level, now: Instant) -> Self {
        Self {
            track: level.track.0,
            level: level.level,
            age: now.saturating_duration_since(level.at).as_secs_f64(),
        }
    }
}

/// An encoded frame: its time in ticks of its codec's clock, and how many seconds ago it came.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct MediaFrame {
    frame: Frame,
    #[pyo3(get)]
    age: f64,
}

impl MediaFrame {
    pub(super) fn new(frame: Frame, now: Instant) -> Self {
        let age = now.saturating_duration_since(frame.at).as_secs_f64();
        Self { frame, age }
    }
}

#[pymethods]
impl MediaFrame {
    /// Whose.
    #[getter]
    fn track(&self) -> u32 {
        self.frame.track.0
    }

    /// `vp8`, `vp9`, `h264`, `av1` or `opus`.
    #[getter]
    fn codec(&self) -> String {
        self.frame.codec.to_string()
    }

    /// 90 000 ticks a second for pictures, 48 000 for sound; they wrap around at 2^32.
    #[getter]
    fn time(&self) -> u32 {
        self.frame.time
    }

    /// Whether it can be decoded without others.
    #[getter]
    fn key(&self) -> bool {
        self.frame.key
    }

    /// Whether the one before it is missing.
    #[getter]
    fn gap(&self) -> bool {
        self.frame.gap
    }

    /// As a decoder takes it: H.264 as Annex B, AV1 as a temporal unit.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.frame.data)
    }
}
