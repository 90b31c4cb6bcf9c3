//! What one server, room, peer or stranger may take.

use std::time::Duration;

/// Rooms of a process.
pub const ROOMS: usize = 200;
/// Peers of a room, publishing and receiving ones counted alike.
pub const ROOM_PEERS: usize = 100;
/// Slots of either kind that one receiving peer may offer.
pub const SLOTS: usize = 16;
/// Streams that one publisher may send.
pub const STREAMS: usize = 16;
/// Addresses that one peer is known by at once.
pub const ADDRESSES: usize = 16;
/// Peers of a process that are not connected yet.
pub const HANDSHAKES: usize = 64;

/// Bytes of an offer.
pub const OFFER_BYTES: usize = 64 * 1024;
/// Media lines of an offer.
pub const OFFER_LINES: usize = 40;

/// How long a peer may take to connect.
pub const CONNECT: Duration = Duration::from_secs(15);
/// A source that sends nothing for so long gives up its slots. ICE would say so only after 15 s.
pub const IDLE: Duration = Duration::from_millis(2500);
/// A simulcast layer that was not seen for so long is not there to be chosen.
pub const LAYER_IDLE: Duration = Duration::from_millis(500);
/// One key frame is asked for in this time for each layer, whoever asks: Janus #3422 has the storms.
pub const KEY_EVERY: Duration = Duration::from_millis(500);
/// A slot that waits for a key frame asks again after this.
pub const KEY_AGAIN: Duration = Duration::from_secs(1);

/// Datagrams a second that strangers may have looked at: each costs an HMAC.
pub const KNOCKS: f64 = 200.0;
/// Packets a second from one publisher.
pub const PACKETS: f64 = 1500.0;
/// Bits a second from one publisher, unless its offer was given another bound.
pub const BITRATE: u64 = 8_000_000;
/// What a publisher may send beyond its bitrate before packets are dropped.
pub const EXCESS: f64 = 2.0;
/// Share of what is sent again in all that is sent to a subscriber.
pub const RESENT: f32 = 0.5;

/// Datagrams of handshakes that wait their turn, one a loop.
pub const HANDSHAKE_QUEUE: usize = 256;
