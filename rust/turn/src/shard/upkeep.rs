//! What is looked at ten times a second: who is silent, late, or waits for a key frame; which layer fits.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    event::{Media, Quality, Reason},
    layers::{Layer, chosen},
    limits::{CONNECT, IDLE, KEY_AGAIN},
    shard::Shard,
    stats::{LayerStats, PeerStats, Snapshot, TrackStats},
};

/// How often.
pub(super) const EVERY: Duration = Duration::from_millis(100);
/// How often bitrates are measured.
pub(super) const MEASURED: Duration = Duration::from_millis(500);

impl Shard {
    pub(super) fn keep_up(&mut self, now: Instant) {
        if now >= self.next_upkeep {
            self.next_upkeep = now + EVERY;
            let measured = now >= self.next_measure;
            if measured {
                self.next_measure = now + MEASURED;
            }
            for place in 0..self.peers.len() {
                #[expect(clippy::cast_possible_truncation, reason = "places are bounded")]
                self.look_after(now, place as u32, measured);
            }
        }
        if !self.stale.is_empty() {
            self.arrange(now);
        }
    }

    fn look_after(&mut self, now: Instant, index: u32, measured: bool) {
        let Some(peer) = self.peers[index as usize].as_deref_mut() else {
            return;
        };
        if !peer.connected && now.saturating_duration_since(peer.joined) >= CONNECT {
            self.leave(now, index, Reason::Late);
            return;
        }
        let full = self
            .rooms
            .get(&peer.room)
            .is_some_and(|room| room.sink.wanted().full);
        let tapped = if full { Quality::High } else { Quality::Low };
        let mut owed = Vec::new();
        for (place, track) in peer.tracks.iter_mut().enumerate() {
            let silent = track.layers.iter().map(|layer| layer.silent(now)).min();
            if track.live && silent.is_none_or(|silent| silent >= IDLE) {
                track.live = false;
                self.stale.push(peer.room);
            }
            for (layer, stream) in track.layers.iter_mut().enumerate() {
                if measured {
                    stream.measured(MEASURED);
                }
                if stream.owed {
                    owed.push((place, layer));
                }
            }
            if let Some(layer) = chosen(&track.layers, tapped, now, Some(track.tapped)) {
                track.tapped = layer;
            }
            if track.media == Media::Audio && track.live && measured && !track.shown.is_empty() {
                self.stale.push(peer.room); // who is loudest may have changed
            }
        }
        for (place, layer) in owed {
            self.ask_key(now, index, place, layer);
        }
        self.look_after_slots(now, index);
    }

    /// Which layer each slot shows, and whether it still waits for its key frame.
    fn look_after_slots(&mut self, now: Instant, index: u32) {
        let Some(mut peer) = self.peers[index as usize].take() else {
            return;
        };
        for slot in peer.slots.iter_mut().filter(|_| peer.connected) {
            let Some((publisher, track)) = slot.source else {
                continue;
            };
            let (Some(room), Some(other)) = (
                self.rooms.get(&peer.room),
                self.peers[publisher as usize].as_deref(),
            ) else {
                continue;
            };
            let quality = room.quality(&peer.participant, &other.participant);
            let layers = &other.tracks[track].layers;
            let want = chosen(layers, quality, now, slot.layer.or(slot.want));
            let waits = slot.media == Media::Video && want.is_some() && slot.layer != want;
            let again = slot
                .asked
                .is_none_or(|asked| now.saturating_duration_since(asked) >= KEY_AGAIN);
            let changed = slot.want != want;
            slot.want = want;
            if let Some(layer) = want.filter(|_| waits && (again || changed)) {
                slot.asked = Some(now);
                self.ask_key(now, publisher, track, layer);
            }
        }
        self.peers[index as usize] = Some(peer);
    }
}

pub(super) fn snapshot(shard: &Shard, now: Instant) -> Snapshot {
    let mut copy = Snapshot {
        counts: shard.counts,
        delays: shard.delays,
        ..Snapshot::default()
    };
    for peer in shard.peers.iter().flatten() {
        copy.peers.push(PeerStats {
            peer: peer.id,
            room: peer.room,
            participant: Arc::clone(&peer.participant),
            role: peer.role,
            connected: peer.connected,
        });
        for track in &peer.tracks {
            let rate = f64::from(track.rate());
            copy.tracks.push(TrackStats {
                room: peer.room,
                participant: Arc::clone(&peer.participant),
                track: track.id,
                media: track.media,
                codec: track.codec,
                shown: track.shown.len(),
                layers: track
                    .layers
                    .iter()
                    .map(|layer| told(layer, rate, now))
                    .collect(),
            });
        }
    }
    copy
}

fn told(layer: &Layer, rate: f64, now: Instant) -> LayerStats {
    LayerStats {
        rid: layer.rid.map(|rid| rid.to_string()),
        active: layer.active(now),
        bitrate: layer.bitrate,
        received: layer.received,
        lost: layer.lost(),
        jitter: layer.jitter / rate,
    }
}
