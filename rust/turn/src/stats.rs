//! What a shard counts: plainly, on its own thread; others get a copy of it once a second.

use std::{sync::Arc, time::Duration};

use crate::event::{Codec, Media, PeerId, Role, RoomId, TrackId};

/// Counters of one shard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Datagrams that came.
    pub received: u64,
    /// Datagrams that went out.
    pub sent: u64,
    /// Those the system did not take.
    pub unsent: u64,
    /// Packets of media that came.
    pub media_in: u64,
    /// Packets of media that went out.
    pub media_out: u64,
    /// Datagrams of no kind that is answered.
    pub garbage: u64,
    /// Datagrams from addresses that nobody has, and checks of ICE for names that nobody has.
    pub strangers: u64,
    /// Checks of ICE from strangers beyond what is looked at.
    pub knocks_refused: u64,
    /// Packets of publishers that send more than they may.
    pub flooded: u64,
    /// Handshakes' datagrams beyond what may wait.
    pub handshakes_dropped: u64,
    /// Streams beyond what a publisher may have, or of lines it has not.
    pub streams_refused: u64,
    /// Key frames that were asked for.
    pub keys_asked: u64,
    /// Requests for key frames that were made one with another.
    pub keys_merged: u64,
    /// Inputs that were refused.
    pub errors: u64,
    /// Panics that cost a peer its connection.
    pub panics: u64,
    /// Events that were lost since nobody took them.
    pub events_dropped: u64,
}

/// How long packets stayed, from the socket and back to it: powers of two of a microsecond.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delays {
    counts: [u64; 24],
}

impl Delays {
    /// Notes that so many packets stayed so long.
    pub fn note(&mut self, stayed: Duration, packets: u64) {
        let micros = stayed.as_micros().max(1);
        let place = (micros.ilog2() as usize).min(self.counts.len() - 1);
        self.counts[place] += packets;
    }

    /// How many stayed less than each power of two of a microsecond, from 2 on.
    pub fn below(&self) -> impl Iterator<Item = (Duration, u64)> + '_ {
        self.counts.iter().enumerate().map(|(place, &count)| {
            let bound = Duration::from_micros(2 << place);
            (bound, count)
        })
    }

    /// The bound below which such a part of them stayed; none where there are none.
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let all: u64 = self.counts.iter().sum();
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let wanted = all as f64 * part;
        let mut sum = 0;
        self.below().find_map(|(bound, count)| {
            sum += count;
            #[expect(clippy::cast_precision_loss, reason = "a count")]
            let reached = count > 0 && sum as f64 >= wanted;
            reached.then_some(bound)
        })
    }
}

/// How one layer of a track arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerStats {
    /// Its name, where there are several.
    pub rid: Option<String>,
    /// Whether it is being sent.
    pub active: bool,
    /// Bits a second.
    pub bitrate: u64,
    /// Packets that came.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// RFC 3550's jitter, in seconds.
    pub jitter: f64,
}

/// How one track arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackStats {
    /// Its room.
    pub room: RoomId,
    /// Whose it is.
    pub participant: Arc<str>,
    /// Its number.
    pub track: TrackId,
    /// Sound or picture.
    pub media: Media,
    /// How it is encoded, once it is known.
    pub codec: Option<Codec>,
    /// How many see it.
    pub shown: usize,
    /// Its layers, in the order they came.
    pub layers: Vec<LayerStats>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStats {
    /// Its number.
    pub peer: PeerId,
    /// Its room.
    pub room: RoomId,
    /// Whose it is.
    pub participant: Arc<str>,
    /// What it is there for.
    pub role: Role,
    /// Whether it is connected.
    pub connected: bool,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Counters.
    pub counts: Counts,
    /// How long packets stayed.
    pub delays: Delays,
    /// Connections.
    pub peers: Vec<PeerStats>,
    /// Tracks.
    pub tracks: Vec<TrackStats>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_bound_of_the_step_it_lies_in() {
        let mut delays = Delays::default();
        assert_eq!(delays.quantile(0.5), None);
        delays.note(Duration::from_micros(5), 99);
        delays.note(Duration::from_millis(3), 1);
        assert_eq!(delays.quantile(0.5), Some(Duration::from_micros(8)));
        assert_eq!(delays.quantile(0.99), Some(Duration::from_micros(8)));
        assert_eq!(delays.quantile(1.0), Some(Duration::from_micros(4096)));
        delays.note(Duration::ZERO, 1);
        delays.note(Duration::from_secs(9999), 1);
        assert_eq!(delays.below().map(|(_, count)| count).sum::<u64>(), 102);
    }
}
