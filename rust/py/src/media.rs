//! `MediaServer`: rooms of WebRTC on threads that never see the interpreter.
#![expect(
    clippy::disallowed_methods,
    reason = "the threads' own clock, which is the system's monotonic one"
)]

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use pyo3::{
    exceptions::{PyOSError, PyRuntimeError, PyValueError},
    prelude::*,
};
use v100_turn::{
    event::{Media, PeerId, Quality, Reason, Role, RoomId, TrackId, Wishes},
    offer::Refused,
    server::{Answer, Error, Place, Server},
    tap::{Tap, Wanted},
};

mod events;
mod stats;

pub(crate) use events::{MediaEvent, MediaFrame, MediaLevel};
pub(crate) use stats::{MediaLayer, MediaStats, MediaTrack};

/// A media server. Nothing that it is asked for waits under the interpreter's lock.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct MediaServer {
    server: Arc<Server>,
}

/// A room, and the tap of it.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct MediaRoom {
    server: Arc<Server>,
    id: RoomId,
    tap: Mutex<Tap>,
}

/// How an offer was answered.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct MediaAnswer {
    peer: u64,
    sdp: String,
    ufrag: String,
}

impl From<Answer> for MediaAnswer {
    fn from(answer: Answer) -> Self {
        Self {
            peer: answer.peer.0,
            sdp: answer.sdp,
            ufrag: answer.ufrag,
        }
    }
}

#[pymethods]
impl MediaServer {
    /// Binds `shards` ports from `port` on, any for 0, and starts their threads.
    #[new]
    #[pyo3(signature = (bind, port=0, *, public=Vec::new(), shards=1))]
    fn new(
        py: Python<'_>,
        bind: IpAddr,
        port: u16,
        public: Vec<IpAddr>,
        shards: usize,
    ) -> PyResult<Self> {
        let place = Place {
            bind,
            port,
            public,
            shards,
        };
        let seed = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(1, |time| {
                u64::from(time.subsec_nanos()) << 20 ^ time.as_secs()
            });
        let server = py
            .detach(|| Server::start(&place, Instant::now(), seed))
            .map_err(raised)?;
        Ok(Self {
            server: Arc::new(server),
        })
    }

    /// The ports, one a shard.
    #[getter]
    fn ports(&self) -> Vec<u16> {
        self.server.ports()
    }

    /// A descriptor that can be read when there are events.
    fn fileno(&self) -> i32 {
        self.server.fd()
    }

    /// A new room.
    fn open(&self, py: Python<'_>) -> PyResult<MediaRoom> {
        let (id, tap) = py.detach(|| self.server.open()).map_err(raised)?;
        Ok(MediaRoom {
            server: Arc::clone(&self.server),
            id,
            tap: Mutex::new(tap),
        })
    }

    /// Answers a connection's new offer: ICE begun anew, or more lines.
    fn offer(&self, py: Python<'_>, peer: u64, offer: &str) -> PyResult<MediaAnswer> {
        let answer = py.detach(|| self.server.offer(PeerId(peer), offer));
        answer.map(Into::into).map_err(raised)
    }

    /// Ends a connection; whether there was one.
    fn leave(&self, py: Python<'_>, peer: u64) -> bool {
        py.detach(|| self.server.leave(PeerId(peer), Reason::Closed))
    }

    /// What happened since the last look.
    fn events(&self, py: Python<'_>) -> Vec<MediaEvent> {
        let events = py.detach(|| self.server.events());
        events.into_iter().map(Into::into).collect()
    }

    /// What is counted, by shard.
    fn stats(&self, py: Python<'_>) -> Vec<MediaStats> {
        let copies = py.detach(|| self.server.snapshots());
        copies.into_iter().map(Into::into).collect()
    }

    /// Tells everybody, ends the threads, and waits for them.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.server.stop());
    }
}

#[pymethods]
impl MediaRoom {
    /// Its number.
    #[getter]
    fn id(&self) -> u32 {
        self.id.0
    }

    /// Answers somebody who wants to `publish` or to `subscribe`.
    #[pyo3(signature = (participant, role, offer, *, bitrate=v100_turn::limits::BITRATE))]
    fn join(
        &self,
        py: Python<'_>,
        participant: &str,
        role: &str,
        offer: &str,
        bitrate: u64,
    ) -> PyResult<MediaAnswer> {
        let role = match role {
            "publish" => Role::Publish,
            "subscribe" => Role::Subscribe,
            found => return Err(expected("publish or subscribe", found)),
        };
        let answer = py.detach(|| {
            let now = Instant::now();
            self.server
                .join(self.id, participant, role, offer, bitrate, now)
        });
        answer.map(Into::into).map_err(raised)
    }

    /// Ends all connections of somebody.
    fn remove(&self, py: Python<'_>, participant: &str) -> PyResult<()> {
        py.detach(|| self.server.remove(self.id, participant))
            .map_err(raised)
    }

    /// Who is to be shown first, and whether in full, to one viewer or to all.
    #[pyo3(signature = (wishes, viewer=None))]
    fn show(
        &self,
        py: Python<'_>,
        wishes: Vec<(String, bool)>,
        viewer: Option<&str>,
    ) -> PyResult<()> {
        let wishes = wishes.into_iter().map(|(name, full)| {
            let quality = if full { Quality::High } else { Quality::Low };
            (name.into(), quality)
        });
        let wishes = Wishes(wishes.collect());
        py.detach(|| self.server.show(self.id, viewer, wishes))
            .map_err(raised)
    }

    /// Lets somebody be heard (`audio`) or seen (`video`) no more, or again.
    #[pyo3(signature = (participant, media, *, muted))]
    fn mute(&self, py: Python<'_>, participant: &str, media: &str, muted: bool) -> PyResult<()> {
        let media = match media {
            "audio" => Media::Audio,
            "video" => Media::Video,
            found => return Err(expected("audio or video", found)),
        };
        py.detach(|| self.server.mute(self.id, participant, media, muted))
            .map_err(raised)
    }

    /// Which encoded frames are wanted from now on, beside the levels.
    #[pyo3(signature = (*, audio=false, video=false, full=false))]
    fn want(&self, py: Python<'_>, audio: bool, video: bool, full: bool) {
        let wanted = Wanted { audio, video, full };
        py.detach(|| self.tap().want(wanted));
    }

    /// Asks the publisher of a track for a key frame.
    fn key(&self, py: Python<'_>, track: u32) {
        py.detach(|| self.server.key(self.id, TrackId(track)));
    }

    /// The audio levels since the last look.
    fn levels(&self, py: Python<'_>) -> Vec<MediaLevel> {
        py.detach(|| {
            let now = Instant::now();
            let mut tap = self.tap();
            tap.levels()
                .map(|level| MediaLevel::new(level, now))
                .collect()
        })
    }

    /// The frames that became whole since the last look; for a track with a gap a key frame is asked for.
    fn frames(&self, py: Python<'_>) -> Vec<MediaFrame> {
        py.detach(|| {
            let now = Instant::now();
            let (frames, broken) = self.tap().frames(now);
            for track in broken {
                self.server.key(self.id, track);
            }
            frames
                .into_iter()
                .map(|frame| MediaFrame::new(frame, now))
                .collect()
        })
    }

    /// A track is over: nothing of it is kept any more.
    fn forget(&self, py: Python<'_>, track: u32) {
        py.detach(|| self.tap().forget(TrackId(track)));
    }

    /// Levels, packets and frames that the tap dropped.
    fn dropped(&self, py: Python<'_>) -> (u64, u64, u64) {
        py.detach(|| self.tap().dropped())
    }

    /// Ends the room and whatever is in it.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.server.close(self.id));
    }
}

impl MediaRoom {
    fn tap(&self) -> std::sync::MutexGuard<'_, Tap> {
        self.tap.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn expected(what: &str, found: &str) -> PyErr {
    PyValueError::new_err(format!("expected {what}, found {found:?}"))
}

/// An error of the server's as Python has it: what was asked for, what there is no room for, and the rest.
#[expect(clippy::needless_pass_by_value, reason = "errors arrive owned")]
fn raised(error: Error) -> PyErr {
    let told = error.to_string();
    match error {
        Error::Refused(Refused::Certificate) | Error::Busy | Error::Over | Error::Full(..) => {
            PyRuntimeError::new_err(told)
        }
        Error::Refused(_) => PyValueError::new_err(told),
        Error::NoRoom | Error::NoPeer => pyo3::exceptions::PyLookupError::new_err(told),
        Error::System(_) => PyOSError::new_err(told),
    }
}
