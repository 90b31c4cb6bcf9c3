//! Shards on threads, and the door to them for any other thread.

use std::{
    collections::HashMap,
    fmt,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
        mpsc::{Receiver, TrySendError, sync_channel},
    },
    time::{Duration, Instant},
};

use crate::{
    event::{Event, Media, PeerId, Reason, Role, RoomId, TrackId, Wishes},
    limits::{HANDSHAKES, ROOM_PEERS, ROOMS},
    offer::Host,
    shard::Command,
    socket::Wake,
    stats::Snapshot,
    tap::{LEVELS, PACKETS, Tap, tap},
};

mod error;
mod thread;

pub use error::Error;
use thread::Thread;

/// Events that wait for their reader.
const EVENTS: usize = 4096;
/// How long a shard may take to answer a new offer.
const ANSWERS: Duration = Duration::from_secs(2);

/// Where a server listens, and where it is reached.
#[derive(Debug, Clone)]
pub struct Place {
    /// The address to bind.
    pub bind: IpAddr,
    /// The first shard's port, 0 for any; the others follow.
    pub port: u16,
    /// The addresses others reach it at; the one it binds if there are none.
    pub public: Vec<IpAddr>,
    /// Shards.
    pub shards: usize,
}

/// A connection that may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its number.
    pub peer: PeerId,
    /// The answer, SDP.
    pub sdp: String,
    /// Our half of the name of its ICE session, which changes when that is begun anew.
    pub ufrag: String,
}

#[derive(Debug, Default)]
struct Book {
    rooms: HashMap<RoomId, (usize, usize)>,
    peers: HashMap<PeerId, (RoomId, bool)>,
}

/// A media server that runs.
pub struct Server {
    host: Host,
    threads: Mutex<Vec<Thread>>,
    events: Mutex<Receiver<Event>>,
    told: Arc<Wake>,
    book: Mutex<Book>,
    next_room: AtomicU32,
    next_peer: AtomicU64,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

impl Server {
    /// Binds the ports and starts the threads. `now` is the present, `seed` any number.
    ///
    /// # Errors
    ///
    /// If a port cannot be bound, or there is no certificate.
    pub fn start(place: &Place, now: Instant, seed: u64) -> Result<Self, Error> {
        let host = Host::new()?;
        let told = Arc::new(Wake::new()?);
        let (tell, events) = sync_channel(EVENTS);
        let mut threads = Vec::new();
        for number in 0..place.shards.max(1) {
            threads.push(Thread::start(place, number, (now, seed), &tell, &told)?);
        }
        Ok(Self {
            host,
            threads: Mutex::new(threads),
            events: Mutex::new(events),
            told,
            book: Mutex::default(),
            next_room: AtomicU32::new(1),
            next_peer: AtomicU64::new(1),
        })
    }

    /// The ports, one a shard.
    #[must_use]
    pub fn ports(&self) -> Vec<u16> {
        locked(&self.threads)
            .iter()
            .map(|thread| thread.port)
            .collect()
    }

    /// A file descriptor that can be read when there are events.
    #[must_use]
    pub fn fd(&self) -> i32 {
        self.told.fd()
    }

    /// A new room, on the shard that has the fewest peers.
    ///
    /// # Errors
    ///
    /// If there are too many, or the server has stopped.
    pub fn open(&self) -> Result<(RoomId, Tap), Error> {
        let mut book = locked(&self.book);
        if book.rooms.len() >= ROOMS {
            return Err(Error::Full("rooms", ROOMS));
        }
        let count = locked(&self.threads).len();
        let load = |shard| -> usize {
            let mine = book.rooms.values().filter(|(of, _)| *of == shard);
            mine.map(|(_, peers)| peers + 1).sum()
        };
        let shard = (0..count)
            .min_by_key(|&shard| load(shard))
            .ok_or(Error::Over)?;
        let room = RoomId(self.next_room.fetch_add(1, Ordering::Relaxed));
        let (sink, tap) = tap(LEVELS, PACKETS);
        self.tell(shard, Command::Open(room, sink))?;
        book.rooms.insert(room, (shard, 0));
        Ok((room, tap))
    }

    /// Ends a room and whatever is in it.
    pub fn close(&self, room: RoomId) {
        let found = locked(&self.book).rooms.remove(&room);
        if let Some((shard, _)) = found {
            let _ = self.tell(shard, Command::Close(room)); // one that has stopped has no rooms
        }
    }

    /// Answers somebody who wants to publish or to receive.
    ///
    /// # Errors
    ///
    /// If the offer cannot be answered, there are too many, or no such room.
    pub fn join(
        &self,
        room: RoomId,
        participant: &str,
        role: Role,
        offer: &str,
        bitrate: u64,
        now: Instant,
    ) -> Result<Answer, Error> {
        let shard = {
            let book = locked(&self.book);
            let &(shard, peers) = book.rooms.get(&room).ok_or(Error::NoRoom)?;
            if peers >= ROOM_PEERS {
                return Err(Error::Full("connections in a room", ROOM_PEERS));
            }
            let waiting = book.peers.values().filter(|(_, connected)| !connected);
            if waiting.count() >= HANDSHAKES {
                return Err(Error::Full("handshakes", HANDSHAKES));
            }
            shard
        };
        let addresses = locked(&self.threads)
            .get(shard)
            .map(|thread| thread.addresses.clone())
            .ok_or(Error::Over)?;
        let (admission, sdp) = self.host.answer(role, offer, &addresses, bitrate, now)?;
        let peer = PeerId(self.next_peer.fetch_add(1, Ordering::Relaxed));
        let ufrag = admission.ufrag.clone();
        {
            let mut book = locked(&self.book);
            book.rooms.get_mut(&room).ok_or(Error::NoRoom)?.1 += 1;
            book.peers.insert(peer, (room, false));
        }
        self.tell(
            shard,
            Command::Join {
                room,
                peer,
                participant: participant.into(),
                admission: Box::new(admission),
                bitrate,
            },
        )
        .inspect_err(|_| self.forget(peer))?;
        Ok(Answer { peer, sdp, ufrag })
    }

    /// Answers a new offer of a connection that there is: ICE begun anew, or more lines.
    ///
    /// # Errors
    ///
    /// If the offer cannot be answered, or there is no such connection.
    pub fn offer(&self, peer: PeerId, offer: &str) -> Result<Answer, Error> {
        let (reply, answer) = sync_channel(1);
        let offer = offer.to_owned();
        self.tell(self.shard_of(peer)?, Command::Offer { peer, offer, reply })?;
        let (sdp, ufrag) = answer.recv_timeout(ANSWERS).map_err(|_| Error::Busy)??;
        Ok(Answer { peer, sdp, ufrag })
    }

    /// Ends a connection; whether there was one.
    pub fn leave(&self, peer: PeerId, reason: Reason) -> bool {
        self.shard_of(peer)
            .and_then(|shard| self.tell(shard, Command::Leave(peer, reason)))
            .is_ok()
    }

    /// Ends all connections of somebody.
    ///
    /// # Errors
    ///
    /// If there is no such room.
    pub fn remove(&self, room: RoomId, participant: &str) -> Result<(), Error> {
        self.tell_room(room, Command::Remove(room, participant.into()))
    }

    /// Says who is to be shown, to one viewer or to all.
    ///
    /// # Errors
    ///
    /// If there is no such room.
    pub fn show(&self, room: RoomId, viewer: Option<&str>, wishes: Wishes) -> Result<(), Error> {
        self.tell_room(room, Command::Show(room, viewer.map(Into::into), wishes))
    }

    /// Lets somebody be heard or seen no more, or again.
    ///
    /// # Errors
    ///
    /// If there is no such room.
    pub fn mute(
        &self,
        room: RoomId,
        participant: &str,
        media: Media,
        muted: bool,
    ) -> Result<(), Error> {
        self.tell_room(room, Command::Mute(room, participant.into(), media, muted))
    }

    /// Asks for a key frame, for a reader of the tap.
    pub fn key(&self, room: RoomId, track: TrackId) {
        let _ = self.tell_room(room, Command::Key(room, track)); // it asks again
    }

    /// What happened since the last look.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.told.clear();
        let events: Vec<Event> = locked(&self.events).try_iter().collect();
        for event in &events {
            match event.what {
                crate::event::What::Connected(_) => {
                    if let Some(peer) = locked(&self.book).peers.get_mut(&event.peer) {
                        peer.1 = true;
                    }
                }
                crate::event::What::Gone(..) => self.forget(event.peer),
                _ => {}
            }
        }
        events
    }

    /// Copies of what the shards count, no older than about a second.
    #[must_use]
    pub fn snapshots(&self) -> Vec<Snapshot> {
        locked(&self.threads)
            .iter()
            .map(|thread| locked(&thread.copy).clone())
            .collect()
    }

    /// Stops the threads. Whoever is connected is told.
    pub fn stop(&self) {
        let rooms: Vec<RoomId> = locked(&self.book).rooms.keys().copied().collect();
        rooms.into_iter().for_each(|room| self.close(room));
        let threads = std::mem::take(&mut *locked(&self.threads));
        let handles: Vec<_> = threads.into_iter().map(Thread::end).collect();
        for handle in handles {
            let _ = handle.join(); // what it panics with was printed
        }
    }

    fn forget(&self, peer: PeerId) {
        let mut book = locked(&self.book);
        if let Some((room, _)) = book.peers.remove(&peer)
            && let Some((_, peers)) = book.rooms.get_mut(&room)
        {
            *peers = peers.saturating_sub(1);
        }
    }

    fn shard_of(&self, peer: PeerId) -> Result<usize, Error> {
        let book = locked(&self.book);
        let (room, _) = book.peers.get(&peer).ok_or(Error::NoPeer)?;
        book.rooms
            .get(room)
            .map(|(shard, _)| *shard)
            .ok_or(Error::NoPeer)
    }

    fn tell_room(&self, room: RoomId, command: Command) -> Result<(), Error> {
        let shard = locked(&self.book).rooms.get(&room).map(|(shard, _)| *shard);
        self.tell(shard.ok_or(Error::NoRoom)?, command)
    }

    fn tell(&self, shard: usize, command: Command) -> Result<(), Error> {
        let threads = locked(&self.threads);
        let thread = threads.get(shard).ok_or(Error::Over)?;
        let sent = thread.commands.try_send(command);
        thread.wake.wake();
        sent.map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::Over,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Threads that nobody waits for end by themselves; waiting here could be under a lock they need not know of.
        for thread in locked(&self.threads).drain(..) {
            drop(thread.end());
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
