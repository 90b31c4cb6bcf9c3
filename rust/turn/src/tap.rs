//! The tap: what leaves a room for whoever looks on, without the media waiting for them.
//!
//! A push into a ring wakes nobody and never blocks; a full ring drops, and counts. What belongs
//! together is put together by the reader, on its own thread.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use rtrb::{Consumer, Producer, RingBuffer};

use crate::{
    assembly::{Assembler, Frame},
    event::{Codec, TrackId},
};

/// Levels that wait for their reader: of ten participants for eight seconds.
pub const LEVELS: usize = 4096;
/// Packets that wait for their reader: of ten participants for about four seconds.
pub const PACKETS: usize = 4096;

/// How loud one packet of sound is, as its sender says (RFC 6464).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Whose.
    pub track: TrackId,
    /// When it came.
    pub at: Instant,
    /// -127 to 0, in dBov.
    pub level: i8,
}

/// One packet of a track.
#[derive(Debug, Clone)]
pub struct Packet {
    /// Whose.
    pub track: TrackId,
    /// How it is encoded.
    pub codec: Codec,
    /// Which of the track's layers it is from.
    pub layer: usize,
    /// Its sequence number, extended.
    pub number: u64,
    /// Its time, in ticks of the codec's clock.
    pub time: u32,
    /// Whether a frame ends with it.
    pub marker: bool,
    /// When it came.
    pub at: Instant,
    /// What it carries.
    pub payload: Arc<[u8]>,
}

#[derive(Debug, Default)]
struct Shared {
    wanted: AtomicU64,
    levels_dropped: AtomicU64,
    packets_dropped: AtomicU64,
}

/// What a reader wants beside levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Encoded sound.
    pub audio: bool,
    /// Encoded picture.
    pub video: bool,
    /// The best layer of the picture instead of the smallest.
    pub full: bool,
}

impl Wanted {
    const AUDIO: u64 = 1;
    const VIDEO: u64 = 2;
    const FULL: u64 = 4;

    fn bits(self) -> u64 {
        u64::from(self.audio) * Self::AUDIO
            + u64::from(self.video) * Self::VIDEO
            + u64::from(self.full) * Self::FULL
    }

    fn from_bits(bits: u64) -> Self {
        Self {
            audio: bits & Self::AUDIO != 0,
            video: bits & Self::VIDEO != 0,
            full: bits & Self::FULL != 0,
        }
    }
}

/// The shard's end.
#[derive(Debug)]
pub struct Sink {
    levels: Producer<Level>,
    packets: Producer<Packet>,
    shared: Arc<Shared>,
}

/// The reader's end.
#[derive(Debug)]
pub struct Tap {
    levels: Consumer<Level>,
    packets: Consumer<Packet>,
    shared: Arc<Shared>,
    tracks: HashMap<TrackId, Assembler>,
}

/// Both ends of one room's tap.
#[must_use]
pub fn tap(levels: usize, packets: usize) -> (Sink, Tap) {
    let (level_in, level_out) = RingBuffer::new(levels);
    let (packet_in, packet_out) = RingBuffer::new(packets);
    let shared = Arc::new(Shared::default());
    let sink = Sink {
        levels: level_in,
        packets: packet_in,
        shared: Arc::clone(&shared),
    };
    let tap = Tap {
        levels: level_out,
        packets: packet_out,
        shared,
        tracks: HashMap::new(),
    };
    (sink, tap)
}

impl Sink {
    /// What the reader wants now.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted::from_bits(self.shared.wanted.load(Ordering::Relaxed))
    }

    /// Tells a level.
    pub fn level(&mut self, level: Level) {
        if self.levels.push(level).is_err() {
            self.shared.levels_dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Tells a packet.
    pub fn packet(&mut self, packet: Packet) {
        if self.packets.push(packet).is_err() {
            self.shared.packets_dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Tap {
    /// Says what is wanted from now on.
    pub fn want(&mut self, wanted: Wanted) {
        self.shared.wanted.store(wanted.bits(), Ordering::Relaxed);
        if wanted == Wanted::default() {
            self.tracks.clear();
        }
    }

    /// The levels that came since the last look.
    pub fn levels(&mut self) -> impl Iterator<Item = Level> + '_ {
        std::iter::from_fn(|| self.levels.pop().ok())
    }

    /// The frames that are whole by now, each track's in order; and the tracks that need a key frame.
    pub fn frames(&mut self, now: Instant) -> (Vec<Frame>, Vec<TrackId>) {
        while let Ok(packet) = self.packets.pop() {
            let track = self
                .tracks
                .entry(packet.track)
                .or_insert_with(|| Assembler::new(packet.codec));
            track.push(packet);
        }
        let (mut frames, mut broken) = (Vec::new(), Vec::new());
        for (&id, track) in &mut self.tracks {
            track.poll(now, &mut frames);
            if track.asks_for_key(now) {
                broken.push(id);
            }
        }
        (frames, broken)
    }

    /// A track is over.
    pub fn forget(&mut self, track: TrackId) {
        self.tracks.remove(&track);
    }

    /// Levels and packets that found their ring full, and frames that never became whole.
    #[must_use]
    pub fn dropped(&self) -> (u64, u64, u64) {
        (
            self.shared.levels_dropped.load(Ordering::Relaxed),
            self.shared.packets_dropped.load(Ordering::Relaxed),
            self.tracks.values().map(Assembler::lost).sum(),
        )
    }
}
