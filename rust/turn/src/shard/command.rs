//! What a shard is told to do.

use std::sync::{Arc, mpsc::SyncSender};

use crate::{
    event::{Media, PeerId, Reason, RoomId, TrackId, Wishes},
    offer::{Admission, Refused},
    tap::Sink,
};

/// What a shard is told to do.
#[derive(Debug)]
pub enum Command {
    /// There is a room.
    Open(RoomId, Sink),
    /// There is none any more.
    Close(RoomId),
    /// Somebody comes. Whoever has the same name and role in that room makes way.
    Join {
        /// Where.
        room: RoomId,
        /// Their connection's number.
        peer: PeerId,
        /// Who.
        participant: Arc<str>,
        /// Their connection.
        admission: Box<Admission>,
        /// Bits a second they may publish.
        bitrate: u64,
    },
    /// A connection is over.
    Leave(PeerId, Reason),
    /// Everybody of that name is to go.
    Remove(RoomId, Arc<str>),
    /// A connection is offered anew: with other addresses, or with more lines.
    Offer {
        /// Which.
        peer: PeerId,
        /// The new offer.
        offer: String,
        /// Where the answer and our new half of the name go.
        reply: SyncSender<Result<(String, String), Refused>>,
    },
    /// Who is to be shown to one viewer, or to all.
    Show(RoomId, Option<Arc<str>>, Wishes),
    /// Somebody is heard or seen no more, or again.
    Mute(RoomId, Arc<str>, Media, bool),
    /// A reader of the tap needs a key frame.
    Key(RoomId, TrackId),
}
