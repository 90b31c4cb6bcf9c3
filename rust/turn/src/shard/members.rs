//! Who comes and goes, and who is shown to whom.

use std::{sync::Arc, time::Instant};

use str0m::Input;

use crate::{
    event::{Media, PeerId, Quality, Reason, Role, RoomId, What},
    layers::chosen,
    offer::{Admission, Refused, finished, parsed},
    peer::Peer,
    room::{Room, fit},
    shard::{Command, Shard},
};

/// A track of a room, as it is weighed for being shown.
#[derive(Debug, Clone)]
struct Source {
    place: (u32, usize),
    participant: Arc<str>,
    loud: f32,
}

impl Shard {
    /// Does as it is told. What comes of it goes out with the next [`Shard::turn`].
    pub fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Open(room, sink) => {
                self.rooms.insert(room, Room::new(sink));
            }
            Command::Close(room) => {
                let peers = self.rooms.get(&room).map(|room| room.peers.clone());
                for index in peers.unwrap_or_default() {
                    self.leave(now, index, Reason::Over);
                }
                self.rooms.remove(&room);
            }
            Command::Join {
                room,
                peer,
                participant,
                admission,
                bitrate,
            } => self.join(now, (peer, room, participant), *admission, bitrate),
            Command::Leave(peer, reason) => {
                if let Some(&index) = self.by_id.get(&peer) {
                    self.leave(now, index, reason);
                }
            }
            Command::Remove(room, participant) => {
                for index in self.named(room, &participant, None) {
                    self.leave(now, index, Reason::Removed);
                }
            }
            Command::Offer { peer, offer, reply } => {
                // Whoever waits for it may have gone.
                let _ = reply.send(self.offered(now, peer, &offer));
            }
            Command::Show(room, viewer, wishes) => {
                if let Some(held) = self.rooms.get_mut(&room) {
                    held.wish(viewer, wishes);
                    self.stale.push(room);
                }
            }
            Command::Mute(room, participant, media, muted) => {
                if let Some(held) = self.rooms.get_mut(&room) {
                    held.mute(Arc::clone(&participant), media, muted);
                    self.stale.push(room);
                }
                for index in self.named(room, &participant, Some(Role::Publish)) {
                    self.muted(index);
                }
            }
            Command::Key(room, track) => self.key_for_tap(now, room, track),
        }
    }

    fn key_for_tap(&mut self, now: Instant, room: RoomId, id: crate::event::TrackId) {
        let peers = self.rooms.get(&room).map(|room| room.peers.as_slice());
        let found = peers.unwrap_or_default().iter().find_map(|&index| {
            let peer = self.peers[index as usize].as_deref()?;
            let place = peer.tracks.iter().position(|track| track.id == id)?;
            Some((index, place, peer.tracks[place].tapped))
        });
        if let Some((index, place, layer)) = found {
            self.ask_key(now, index, place, layer);
        }
    }

    /// Peers of a room by their participant's name.
    fn named(&self, room: RoomId, participant: &str, role: Option<Role>) -> Vec<u32> {
        let peers = self.rooms.get(&room).map(|room| room.peers.as_slice());
        let named = |index: &u32| {
            self.peers[*index as usize].as_deref().is_some_and(|peer| {
                &*peer.participant == participant && role.is_none_or(|role| peer.role == role)
            })
        };
        peers
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(named)
            .collect()
    }

    fn muted(&mut self, index: u32) {
        let Some(peer) = self.peers[index as usize].as_deref_mut() else {
            return;
        };
        let Some(room) = self.rooms.get(&peer.room) else {
            return;
        };
        for track in &mut peer.tracks {
            track.muted = room.muted(&peer.participant, track.media);
        }
    }

    fn join(
        &mut self,
        now: Instant,
        who: (PeerId, RoomId, Arc<str>),
        admission: Admission,
        bitrate: u64,
    ) {
        let (id, room, participant) = (who.0, who.1, Arc::clone(&who.2));
        for index in self.named(room, &participant, Some(admission.role)) {
            self.leave(now, index, Reason::Replaced);
        }
        if !self.rooms.contains_key(&room) {
            return; // it was closed on the way
        }
        let number = match admission.role {
            Role::Publish => Self::track_number,
            Role::Subscribe => Self::number,
        };
        let mut peer = Peer::new(who, admission, bitrate, || number(self), now);
        let free = self.peers.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            self.peers.push(None);
            self.peers.len() - 1
        });
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rooms and their peers are bounded"
        )]
        let index = place as u32;
        self.by_id.insert(id, index);
        self.by_ufrag.insert(peer.ufrag.clone(), index);
        self.note(index, &mut peer);
        self.peers[place] = Some(Box::new(peer));
        self.muted(index);
        if let Some(held) = self.rooms.get_mut(&room) {
            held.peers.push(index);
        }
        self.stale.push(room);
    }

    /// Answers a peer's new offer. It keeps its handshake and its streams; addresses and lines may change.
    fn offered(
        &mut self,
        now: Instant,
        id: PeerId,
        offer: &str,
    ) -> Result<(String, String), Refused> {
        let offer = parsed(offer)?;
        let Some(&index) = self.by_id.get(&id) else {
            return Err(Refused::Malformed);
        };
        let Some(peer) = self.peers[index as usize].as_deref_mut() else {
            return Err(Refused::Malformed);
        };
        let answer = peer.rtc.sdp_api().accept_offer(offer);
        let ufrag = peer.rtc.direct_api().local_ice_credentials().ufrag;
        let before = std::mem::replace(&mut peer.ufrag, ufrag.clone());
        self.by_ufrag.remove(&before);
        self.by_ufrag.insert(ufrag.clone(), index);
        self.drive(now, index, Input::Timeout(now));
        match answer {
            Ok(answer) => Ok((finished(&answer.to_sdp_string(), None), ufrag)),
            Err(_) => Err(Refused::Malformed),
        }
    }

    /// Ends a connection: its other end is told, its slots and those it was shown in are free.
    pub(super) fn leave(&mut self, now: Instant, index: u32, reason: Reason) {
        let Some(mut peer) = self.peers.get_mut(index as usize).and_then(Option::take) else {
            return;
        };
        if peer.rtc.is_alive() && reason != Reason::Failed && peer.rtc.close().is_ok() {
            let _ = self.drain(now, index, &mut peer);
        }
        self.by_id.remove(&peer.id);
        self.by_ufrag.remove(&peer.ufrag);
        for address in &peer.addresses {
            self.by_address.remove(address);
        }
        let participant = Arc::clone(&peer.participant);
        let room = peer.room;
        if let Some(held) = self.rooms.get_mut(&room) {
            held.peers.retain(|&other| other != index);
        }
        for slot in &peer.slots {
            if let Some((publisher, track)) = slot.source
                && let Some(other) = self.peers[publisher as usize].as_deref_mut()
            {
                other.tracks[track]
                    .shown
                    .retain(|(viewer, _)| *viewer != index);
            }
        }
        for track in &peer.tracks {
            for &(viewer, slot) in &track.shown {
                self.vacate(viewer, slot);
            }
            if track.codec.is_some() {
                self.tell(&peer, What::TrackRemoved { track: track.id });
            }
        }
        self.tell(&peer, What::Gone(peer.role, reason));
        if self.named(room, &participant, None).is_empty()
            && reason != Reason::Replaced
            && let Some(held) = self.rooms.get_mut(&room)
        {
            held.forget(&participant);
        }
        self.stale.push(room);
    }

    /// A slot shows nobody from now on.
    fn vacate(&mut self, viewer: u32, slot: usize) {
        let Some(peer) = self.peers[viewer as usize].take() else {
            return;
        };
        let mut peer = peer;
        peer.slots[slot].show(None, None);
        self.tell_slot(&peer, slot, None);
        self.peers[viewer as usize] = Some(peer);
    }

    fn tell_slot(&mut self, peer: &Peer, slot: usize, shows: Option<Arc<str>>) {
        let slot = &peer.slots[slot];
        let what = What::Slot {
            mid: (&*slot.mid).into(),
            media: slot.media,
            shows,
        };
        self.tell(peer, what);
    }

    /// Gives every slot of the rooms in which something changed to whom it is due.
    pub(super) fn arrange(&mut self, now: Instant) {
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_unstable();
        stale.dedup();
        for id in stale {
            let Some(room) = self.rooms.get(&id) else {
                continue;
            };
            let viewers = room.peers.clone();
            for media in [Media::Audio, Media::Video] {
                let sources = self.sources(&viewers, media);
                for &viewer in &viewers {
                    self.arrange_for(now, id, viewer, media, &sources);
                }
            }
        }
    }

    /// The tracks of one medium that are being sent, in the order they came.
    fn sources(&self, peers: &[u32], media: Media) -> Vec<Source> {
        let mut sources = Vec::new();
        for &index in peers {
            let Some(peer) = self.peers[index as usize].as_deref() else {
                continue;
            };
            for (place, track) in peer.tracks.iter().enumerate() {
                if track.media == media && track.live && !track.muted {
                    sources.push(Source {
                        place: (index, place),
                        participant: Arc::clone(&peer.participant),
                        loud: track.loud,
                    });
                }
            }
        }
        sources
    }

    fn arrange_for(
        &mut self,
        now: Instant,
        room: RoomId,
        viewer: u32,
        media: Media,
        sources: &[Source],
    ) {
        let Some(peer) = self.peers[viewer as usize].as_deref() else {
            return;
        };
        let Some(held) = self.rooms.get(&room) else {
            return;
        };
        let slots: Vec<usize> = (0..peer.slots.len())
            .filter(|&slot| peer.slots[slot].media == media)
            .collect();
        if slots.is_empty() {
            return;
        }
        let shown: Vec<_> = slots.iter().map(|&slot| peer.slots[slot].source).collect();
        let mut wanted: Vec<&Source> = sources
            .iter()
            .filter(|source| source.participant != peer.participant)
            .filter(|source| self.can_carry(peer, slots[0], source.place))
            .collect();
        wanted.sort_by_key(|source| held.rank(&peer.participant, &source.participant));
        if media == Media::Audio && wanted.len() > slots.len() {
            // More voices than lines: the loudest, and whoever is heard already a little before others.
            let weight = |source: &Source| {
                let heard = shown.contains(&Some(source.place));
                source.loud + if heard { 6.0 } else { 0.0 }
            };
            wanted.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
        }
        let wanted: Vec<_> = wanted.iter().map(|source| source.place).collect();
        let quality = |place: (u32, usize)| {
            let name = self.peers[place.0 as usize].as_deref();
            name.map_or(Quality::Low, |other| {
                held.quality(&peer.participant, &other.participant)
            })
        };
        let fitted: Vec<_> = fit(&shown, &wanted)
            .into_iter()
            .map(|place| place.map(|place| (place, quality(place))))
            .collect();
        for ((slot, before), after) in slots.into_iter().zip(shown).zip(fitted) {
            if before != after.map(|(place, _)| place) {
                self.show(now, viewer, slot, before, after);
            }
        }
    }

    fn can_carry(&self, viewer: &Peer, slot: usize, (publisher, track): (u32, usize)) -> bool {
        self.peers[publisher as usize]
            .as_deref()
            .and_then(|peer| peer.params(track))
            .is_some_and(|params| viewer.carries(slot, params).is_some())
    }

    fn show(
        &mut self,
        now: Instant,
        viewer: u32,
        slot: usize,
        before: Option<(u32, usize)>,
        after: Option<((u32, usize), Quality)>,
    ) {
        if let Some((publisher, track)) = before
            && let Some(other) = self.peers[publisher as usize].as_deref_mut()
        {
            other.tracks[track]
                .shown
                .retain(|shown| *shown != (viewer, slot));
        }
        let Some(((publisher, track), quality)) = after else {
            self.vacate(viewer, slot);
            return;
        };
        let Some(other) = self.peers[publisher as usize].as_deref_mut() else {
            return;
        };
        other.tracks[track].shown.push((viewer, slot));
        let layer = chosen(&other.tracks[track].layers, quality, now, None);
        let name = Arc::clone(&other.participant);
        let Some(mut peer) = self.peers[viewer as usize].take() else {
            return;
        };
        peer.slots[slot].show(Some((publisher, track)), layer);
        self.tell_slot(&peer, slot, Some(name));
        let connected = peer.connected;
        if connected {
            peer.slots[slot].asked = Some(now);
        }
        self.peers[viewer as usize] = Some(peer);
        if let Some(layer) = layer.filter(|_| connected) {
            self.ask_key(now, publisher, track, layer);
        }
    }
}
