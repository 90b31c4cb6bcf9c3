//! What a media server counts, as Python sees it.

use std::collections::HashMap;

use pyo3::prelude::*;
use v100_turn::stats::{LayerStats, Snapshot, TrackStats};

use super::events::media_named;

/// How one layer of a track arrives.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
#[derive(Clone)]
pub(crate) struct MediaLayer {
    rid: Option<String>,
    active: bool,
    bitrate: u64,
    received: u64,
    lost: u64,
    jitter: f64,
}

impl From<LayerStats> for MediaLayer {
    fn from(layer: LayerStats) -> Self {
        Self {
            rid: layer.rid,
            active: layer.active,
            bitrate: layer.bitrate,
            received: layer.received,
            lost: layer.lost,
            jitter: layer.jitter,
        }
    }
}

/// How one track arrives, and how many see it.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
#[derive(Clone)]
pub(crate) struct MediaTrack {
    room: u32,
    participant: String,
    track: u32,
    media: &'static str,
    codec: Option<String>,
    shown: usize,
    layers: Vec<MediaLayer>,
}

impl From<TrackStats> for MediaTrack {
    fn from(track: TrackStats) -> Self {
        Self {
            room: track.room.0,
            participant: track.participant.to_string(),
            track: track.track.0,
            media: media_named(track.media),
            codec: track.codec.map(|codec| codec.to_string()),
            shown: track.shown,
            layers: track.layers.into_iter().map(Into::into).collect(),
        }
    }
}

/// What one shard counts, no older than about a second.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct MediaStats {
    /// By name.
    counts: HashMap<&'static str, u64>,
    /// Bounds in seconds, and how many packets stayed less than each and not less than the one before.
    delays: Vec<(f64, u64)>,
    /// Connections.
    peers: usize,
    tracks: Vec<MediaTrack>,
}

impl From<Snapshot> for MediaStats {
    fn from(copy: Snapshot) -> Self {
        let counts = copy.counts;
        Self {
            counts: HashMap::from([
                ("received", counts.received),
                ("sent", counts.sent),
                ("unsent", counts.unsent),
                ("media_in", counts.media_in),
                ("media_out", counts.media_out),
                ("garbage", counts.garbage),
                ("strangers", counts.strangers),
                ("knocks_refused", counts.knocks_refused),
                ("flooded", counts.flooded),
                ("handshakes_dropped", counts.handshakes_dropped),
                ("streams_refused", counts.streams_refused),
                ("keys_asked", counts.keys_asked),
                ("keys_merged", counts.keys_merged),
                ("errors", counts.errors),
                ("panics", counts.panics),
                ("events_dropped", counts.events_dropped),
            ]),
            delays: copy
                .delays
                .below()
                .map(|(bound, count)| (bound.as_secs_f64(), count))
                .collect(),
            peers: copy.peers.len(),
            tracks: copy.tracks.into_iter().map(Into::into).collect(),
        }
    }
}
