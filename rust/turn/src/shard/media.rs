//! The way of a packet: from its publisher to whoever is shown its track, and past the tap.

use std::time::Instant;

use str0m::{
    media::{MediaKind, Mid},
    rtp::RtpPacket,
};

use crate::{
    assembly::starts_key,
    event::{Media, Role, What},
    limits::SLOTS,
    offer::Line,
    peer::{Peer, Track},
    shard::Shard,
    tap::{Level, Packet, Sink},
};

impl Shard {
    /// A line that a later offer brought; those of the first are known.
    pub(super) fn line_added(&mut self, peer: &mut Peer, mid: Mid, kind: MediaKind) {
        let media = match kind {
            MediaKind::Audio => Media::Audio,
            MediaKind::Video => Media::Video,
        };
        let many = peer.slots.len() + peer.tracks.len() >= 2 * SLOTS;
        let carries = peer
            .rtc
            .media(mid)
            .is_some_and(|line| !line.remote_pts().is_empty());
        if !many && carries && !peer.has(mid) {
            let number = match peer.role {
                Role::Publish => self.track_number(),
                Role::Subscribe => self.number(),
            };
            peer.add(Line { mid, media }, number);
            self.stale.push(peer.room);
        }
    }

    /// Forwards a packet of a publisher, which is out of its place meanwhile.
    pub(super) fn packet(&mut self, index: u32, peer: &mut Peer, packet: &RtpPacket) {
        self.counts.media_in += 1;
        let Some((place, layer)) = peer.stream(packet) else {
            self.counts.streams_refused += 1;
            return;
        };
        let told = peer.tracks[place].codec;
        let Some(params) = peer.format(place, packet.header.payload_type) else {
            self.counts.streams_refused += 1;
            return;
        };
        let track = &mut peer.tracks[place];
        let rate = track.rate();
        track.layers[layer].arrived(packet, self.epoch, rate);
        let Some(codec) = track.codec else { return };
        if !track.live {
            track.live = true;
            self.stale.push(peer.room);
        }
        if told != Some(codec) {
            let what = What::TrackAdded {
                track: track.id,
                media: track.media,
                codec,
            };
            self.tell(peer, what);
        }
        let track = &mut peer.tracks[place];
        if track.muted {
            return;
        }
        if let Some(room) = self.rooms.get_mut(&peer.room) {
            tapped(&mut room.sink, track, layer, packet);
        }
        let key = track.media == Media::Video && starts_key(codec, &packet.payload);
        for &(viewer, slot) in &track.shown {
            let Some(other) = self.peers[viewer as usize].as_deref_mut() else {
                continue;
            };
            debug_assert_ne!(viewer, index, "nobody is shown themselves");
            if other.forward(slot, layer, key, packet, params) {
                self.counts.media_out += 1;
                if !std::mem::replace(&mut other.dirty, true) {
                    self.dirty.push(viewer);
                }
            }
        }
    }

    /// A subscriber needs a key frame of what one of its lines shows.
    pub(super) fn asked_for_key(&mut self, now: Instant, peer: &Peer, mid: Mid) {
        let slot = peer.slots.iter().find(|slot| slot.mid == mid);
        if let Some(slot) = slot
            && let Some((publisher, track)) = slot.source
            && let Some(layer) = slot.layer.or(slot.want)
        {
            self.ask_key(now, publisher, track, layer);
        }
    }

    /// Asks a publisher for a key frame, unless that was done just now.
    pub(super) fn ask_key(&mut self, now: Instant, publisher: u32, track: usize, layer: usize) {
        let Some(peer) = self.peers[publisher as usize].as_deref_mut() else {
            return;
        };
        if peer.tracks[track].media == Media::Audio {
            return;
        }
        if peer.ask_key(track, layer, now) {
            self.counts.keys_asked += 1;
            self.touch(publisher);
        } else {
            self.counts.keys_merged += 1;
        }
    }
}

/// Lets a packet pass the tap.
fn tapped(sink: &mut Sink, track: &mut Track, layer: usize, packet: &RtpPacket) {
    if let Some(level) = packet.header.ext_vals.audio_level {
        track.heard(level);
        sink.level(Level {
            track: track.id,
            at: packet.timestamp,
            level,
        });
    }
    let wanted = sink.wanted();
    let wants = match track.media {
        Media::Audio => wanted.audio,
        Media::Video => wanted.video && layer == track.tapped,
    };
    if let Some(codec) = track.codec.filter(|_| wants) {
        sink.packet(Packet {
            track: track.id,
            codec,
            layer,
            number: *packet.seq_no,
            time: packet.header.timestamp,
            marker: packet.header.marker,
            at: packet.timestamp,
            payload: packet.payload.clone(),
        });
    }
}
