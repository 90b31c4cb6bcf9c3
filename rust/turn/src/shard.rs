//! The machine: peers, rooms and routes of one UDP port. Time and datagrams come in as arguments.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashMap, VecDeque},
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};

use str0m::{
    Event as Told, IceConnectionState, Input, Output, RtcError,
    net::{Protocol, Receive},
};

use crate::{
    demux::{Bucket, Kind, asked_for, is_success},
    event::{Event, PeerId, Reason, RoomId, What},
    limits::{ADDRESSES, HANDSHAKE_QUEUE, KNOCKS},
    peer::Peer,
    room::Room,
    stats::{Counts, Delays, Snapshot},
};

mod command;
mod media;
mod members;
mod upkeep;

pub use command::Command;

/// A datagram that is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Where to.
    pub to: SocketAddr,
    /// What.
    pub datagram: Vec<u8>,
}

/// Peers and rooms of one port.
#[derive(Debug)]
pub struct Shard {
    /// Where it is reached, as its answers say: of each family of addresses one.
    addresses: Vec<SocketAddr>,
    epoch: Instant,
    peers: Vec<Option<Box<Peer>>>,
    by_id: HashMap<PeerId, u32>,
    by_address: HashMap<SocketAddr, u32>,
    by_ufrag: HashMap<String, u32>,
    rooms: BTreeMap<RoomId, Room>,
    timers: BinaryHeap<Reverse<(Instant, u32)>>,
    /// Peers that something was written to.
    dirty: Vec<u32>,
    /// Rooms whose slots are to be looked at.
    stale: Vec<RoomId>,
    /// Datagrams of handshakes: one a turn, since a signature takes longer than many packets.
    handshakes: VecDeque<(SocketAddr, Vec<u8>)>,
    knocks: Bucket,
    next_upkeep: Instant,
    next_measure: Instant,
    random: u64,
    next_track: u32,
    out: Vec<Transmit>,
    events: Vec<Event>,
    counts: Counts,
    /// How long packets stayed; whoever owns the socket notes it.
    pub delays: Delays,
}

impl Shard {
    /// A shard that is reached at these addresses. `seed` makes numbers that nobody need guess, and
    /// `tracks` is the number its first track gets.
    #[must_use]
    pub fn new(addresses: Vec<SocketAddr>, seed: u64, tracks: u32, now: Instant) -> Self {
        Self {
            addresses,
            epoch: now,
            peers: Vec::new(),
            by_id: HashMap::new(),
            by_address: HashMap::new(),
            by_ufrag: HashMap::new(),
            rooms: BTreeMap::new(),
            timers: BinaryHeap::new(),
            dirty: Vec::new(),
            stale: Vec::new(),
            handshakes: VecDeque::new(),
            knocks: Bucket::new(KNOCKS, now),
            next_upkeep: now + upkeep::EVERY,
            next_measure: now + upkeep::MEASURED,
            random: seed | 1,
            next_track: tracks,
            out: Vec::new(),
            events: Vec::new(),
            counts: Counts::default(),
            delays: Delays::default(),
        }
    }

    /// Takes a datagram. What it leads to is told by [`Shard::transmits`] and [`Shard::events`] after
    /// the next [`Shard::flush`].
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        self.counts.received += 1;
        let Some(kind) = Kind::of(datagram) else {
            self.counts.garbage += 1;
            return;
        };
        let known = self.by_address.get(&from).copied();
        match (kind, known) {
            (Kind::Stun, known) => {
                let asked = asked_for(datagram).and_then(|ufrag| self.by_ufrag.get(ufrag));
                match asked.copied() {
                    Some(index) if known == Some(index) => self.feed(now, index, from, datagram),
                    Some(index) => self.knock(now, index, from, datagram),
                    None => self.counts.strangers += 1,
                }
            }
            (_, None) => self.counts.strangers += 1,
            (Kind::Dtls, Some(_)) => {
                if self.handshakes.len() < HANDSHAKE_QUEUE {
                    self.handshakes.push_back((from, datagram.to_vec()));
                } else {
                    self.counts.handshakes_dropped += 1;
                }
            }
            (Kind::Rtp, Some(index)) => {
                let peer = self.peers[index as usize].as_deref_mut();
                if peer.is_some_and(|peer| peer.affords(datagram.len(), now)) {
                    self.feed(now, index, from, datagram);
                } else {
                    self.counts.flooded += 1;
                }
            }
        }
    }

    /// A check of ICE from an address that its peer was not known by: believed when it is answered.
    fn knock(&mut self, now: Instant, index: u32, from: SocketAddr, datagram: &[u8]) {
        if !self.knocks.take(1.0, now) {
            self.counts.knocks_refused += 1;
            return;
        }
        let before = self.out.len();
        self.feed(now, index, from, datagram);
        let answered = self
            .out
            .get(before..)
            .unwrap_or_default()
            .iter()
            .any(|sent| sent.to == from && is_success(&sent.datagram));
        let Some(peer) = self.peers[index as usize]
            .as_deref_mut()
            .filter(|_| answered)
        else {
            return;
        };
        if peer.addresses.len() >= ADDRESSES {
            let oldest = peer.addresses.remove(0);
            self.by_address.remove(&oldest);
        }
        peer.addresses.push(from);
        if let Some(other) = self
            .by_address
            .insert(from, index)
            .filter(|&other| other != index)
            && let Some(other) = self.peers[other as usize].as_deref_mut()
        {
            other.addresses.retain(|address| *address != from);
        }
    }

    /// Gives a datagram to its peer.
    fn feed(&mut self, now: Instant, index: u32, from: SocketAddr, datagram: &[u8]) {
        let family = |each: &&SocketAddr| each.is_ipv4() == from.is_ipv4();
        let Some(&to) = self.addresses.iter().find(family) else {
            self.counts.strangers += 1;
            return;
        };
        let Ok(received) = Receive::new(Protocol::Udp, from, to, datagram) else {
            self.counts.garbage += 1;
            return;
        };
        self.drive(now, index, Input::Receive(now, received));
    }

    /// Gives a peer an input and takes all that comes of it.
    fn drive(&mut self, now: Instant, index: u32, input: Input<'_>) {
        let Some(mut peer) = self.peers.get_mut(index as usize).and_then(Option::take) else {
            return;
        };
        // A fault that one peer meets must not end the others' calls.
        let done = catch_unwind(AssertUnwindSafe(|| {
            let accepted = peer.rtc.handle_input(input);
            let ended = self.drain(now, index, &mut peer)?;
            accepted.map(|()| ended)
        }));
        let over = match done {
            Ok(Ok(ended)) => ended,
            Ok(Err(_)) => {
                self.counts.errors += 1;
                peer.deadline = peer.deadline.max(now + upkeep::EVERY); // so that it is not tried at once
                (!peer.rtc.is_alive()).then_some(Reason::Failed)
            }
            Err(_) => {
                self.counts.panics += 1;
                Some(Reason::Failed)
            }
        };
        self.note(index, &mut peer);
        self.peers[index as usize] = Some(peer);
        if let Some(reason) = over {
            self.leave(now, index, reason);
        }
    }

    /// Takes all that a peer has to say, until it only waits; and why it is over, if it is.
    fn drain(
        &mut self,
        now: Instant,
        index: u32,
        peer: &mut Peer,
    ) -> Result<Option<Reason>, RtcError> {
        let mut over = None;
        loop {
            match peer.rtc.poll_output()? {
                Output::Timeout(deadline) => {
                    peer.deadline = deadline;
                    return Ok(over);
                }
                Output::Transmit(sent) => {
                    self.out.push(Transmit {
                        to: sent.destination,
                        datagram: sent.contents.into(),
                    });
                }
                Output::Event(Told::RtpPacket(packet)) => self.packet(index, peer, &packet),
                Output::Event(Told::KeyframeRequest(asked)) => {
                    self.asked_for_key(now, peer, asked.mid);
                }
                Output::Event(Told::MediaAdded(added)) => {
                    self.line_added(peer, added.mid, added.kind);
                }
                Output::Event(Told::Connected) => self.connected(peer),
                Output::Event(Told::IceConnectionStateChange(IceConnectionState::Disconnected)) => {
                    over = Some(if peer.connected {
                        Reason::Lost
                    } else {
                        Reason::Late
                    });
                }
                Output::Event(Told::Closed) => over = Some(Reason::Closed),
                Output::Event(_) => {}
            }
        }
    }

    fn connected(&mut self, peer: &mut Peer) {
        peer.connected = true;
        self.tell(peer, What::Connected(peer.role));
        // Slots were given before it could see anything: now their key frames are worth asking for.
        for slot in &mut peer.slots {
            slot.asked = None;
        }
        self.stale.push(peer.room);
    }

    fn track_number(&mut self) -> u32 {
        self.next_track += 1;
        self.next_track
    }

    /// Remembers when a peer wants to be looked at.
    fn note(&mut self, index: u32, peer: &mut Peer) {
        if peer.noted.is_none_or(|noted| peer.deadline < noted) {
            peer.noted = Some(peer.deadline);
            self.timers.push(Reverse((peer.deadline, index)));
        }
    }

    /// What is due: a handshake's step, timers, upkeep. Ends with a [`Shard::flush`].
    pub fn turn(&mut self, now: Instant) {
        if let Some((from, datagram)) = self.handshakes.pop_front()
            && let Some(&index) = self.by_address.get(&from)
        {
            self.feed(now, index, from, &datagram);
        }
        while let Some(&Reverse((due, index))) = self.timers.peek() {
            if due > now {
                break;
            }
            self.timers.pop();
            let Some(peer) = self.peers[index as usize].as_deref_mut() else {
                continue;
            };
            if peer.noted != Some(due) {
                continue; // noted for another time since, or a new peer in an old place
            }
            peer.noted = None;
            if peer.deadline <= now {
                self.drive(now, index, Input::Timeout(now));
            } else {
                let mut peer = self.peers[index as usize].take();
                if let Some(peer) = peer.as_deref_mut() {
                    self.note(index, peer);
                }
                self.peers[index as usize] = peer;
            }
        }
        self.keep_up(now);
        self.flush(now);
    }

    /// Sends what was written: one look at the time for each peer, however many packets it gets.
    pub fn flush(&mut self, now: Instant) {
        while let Some(index) = self.dirty.pop() {
            if let Some(peer) = self.peers[index as usize].as_deref_mut() {
                peer.dirty = false;
                self.drive(now, index, Input::Timeout(now));
            }
        }
    }

    /// When the next turn is due.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        if !self.handshakes.is_empty() {
            return self.epoch;
        }
        let timer = self.timers.peek().map(|Reverse((due, _))| *due);
        timer.map_or(self.next_upkeep, |due| due.min(self.next_upkeep))
    }

    /// What is to be sent, in order; taken by whoever sends it.
    pub fn transmits(&mut self) -> &mut Vec<Transmit> {
        &mut self.out
    }

    /// What happened, in order; taken by whoever tells it.
    pub fn events(&mut self) -> &mut Vec<Event> {
        &mut self.events
    }

    /// The counters.
    pub fn counts(&mut self) -> &mut Counts {
        &mut self.counts
    }

    /// A copy of all that is counted.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Snapshot {
        upkeep::snapshot(self, now)
    }

    fn tell(&mut self, peer: &Peer, what: What) {
        self.events.push(Event {
            room: peer.room,
            peer: peer.id,
            participant: Arc::clone(&peer.participant),
            what,
        });
    }

    fn touch(&mut self, index: u32) {
        if let Some(peer) = self.peers[index as usize].as_deref_mut()
            && !std::mem::replace(&mut peer.dirty, true)
        {
            self.dirty.push(index);
        }
    }

    /// The next of a row of numbers that look like chance (xorshift, Marsaglia 2003).
    fn number(&mut self) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 33) as u32
    }
}
