//! Packets of one track to whole frames, in order: the reader's side of the tap.
//!
//! A gap is waited for, since the peer's repair may still come; only then is the frame given up, and a
//! key frame asked for.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::{
    event::{Codec, TrackId},
    tap::Packet,
};

pub mod av1;
pub mod h264;
pub mod vp8;
pub mod vp9;

/// How long a missing packet is waited for.
pub const REPAIR: Duration = Duration::from_millis(100);
/// A reader asks for a key frame no more often than this.
pub const ASK: Duration = Duration::from_secs(2);
/// Packets that are kept for frames that are not whole: a key frame of 4 MB.
const MOST: usize = 4096;

/// A frame of a track, as a decoder takes it: VP8 and VP9 frames, H.264 as Annex B, AV1 as a temporal
/// unit, Opus packets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Whose.
    pub track: TrackId,
    /// How it is encoded.
    pub codec: Codec,
    /// Its time, in ticks of the codec's clock: 90 000 a second for pictures, 48 000 for sound.
    pub time: u32,
    /// When its first packet came.
    pub at: Instant,
    /// Whether it can be decoded without others.
    pub key: bool,
    /// Whether the one before it is missing.
    pub gap: bool,
    /// What it is made of.
    pub data: Vec<u8>,
}

/// Puts the frames of one track together.
#[derive(Debug)]
pub struct Assembler {
    codec: Codec,
    layer: usize,
    waiting: BTreeMap<u64, Packet>,
    /// The number that comes next; none at the beginning and after a loss.
    next: Option<u64>,
    /// Since when something is missing.
    missing: Option<Instant>,
    /// Whether nothing can be decoded before a key frame.
    broken: bool,
    asked: Option<Instant>,
    lost: u64,
}

/// Codecs whose frames depend on those before.
fn depends(codec: Codec) -> bool {
    codec != Codec::Opus
}

impl Assembler {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            layer: 0,
            waiting: BTreeMap::new(),
            next: None,
            missing: None,
            broken: depends(codec),
            asked: None,
            lost: 0,
        }
    }

    /// Takes a packet, in any order.
    pub fn push(&mut self, packet: Packet) {
        if (packet.layer, packet.codec) != (self.layer, self.codec) {
            (self.layer, self.codec) = (packet.layer, packet.codec);
            self.begin_again();
        }
        if self.next.is_some_and(|next| packet.number < next) {
            return; // too late
        }
        if self.waiting.len() >= MOST {
            self.begin_again();
        }
        self.waiting.insert(packet.number, packet);
    }

    /// Takes out the frames that are whole, or will never be.
    pub fn poll(&mut self, now: Instant, frames: &mut Vec<Frame>) {
        while let Some((&first, packet)) = self.waiting.first_key_value() {
            if let Some(next) = self.next.filter(|&next| next != first) {
                debug_assert!(first > next, "what is too late was not taken");
                let since = *self.missing.get_or_insert(now);
                if now.saturating_duration_since(since) < REPAIR {
                    return;
                }
                self.give_up(first);
                continue;
            }
            if self.broken && !self.opens(packet) {
                // Before a key frame there is nothing to wait for, whatever is missing between.
                self.waiting.pop_first();
                self.next = None;
                self.missing = None;
                continue;
            }
            let Some(last) = self.end_of_frame() else {
                if self.stuck(now) {
                    self.give_up(first + 1);
                    continue;
                }
                return;
            };
            self.take(first, last, frames);
        }
    }

    /// Whether it is time to ask for a key frame.
    pub fn asks_for_key(&mut self, now: Instant) -> bool {
        let asks = self.broken
            && self
                .asked
                .is_none_or(|asked| now.saturating_duration_since(asked) >= ASK);
        if asks {
            self.asked = Some(now);
        }
        asks
    }

    /// Frames that could not be made whole, at least.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    fn begin_again(&mut self) {
        self.waiting.clear();
        self.next = None;
        self.missing = None;
        self.broken = depends(self.codec);
    }

    /// Goes on from `number`, without what is missing before.
    fn give_up(&mut self, number: u64) {
        self.lost += 1;
        self.waiting = self.waiting.split_off(&number);
        self.next = None;
        self.missing = None;
        self.broken = depends(self.codec);
    }

    /// Whether the head of the line waits for a packet in its own frame for too long.
    fn stuck(&mut self, now: Instant) -> bool {
        let mut numbers = self.waiting.keys();
        let Some(&first) = numbers.next() else {
            return false;
        };
        let whole = numbers
            .zip(first + 1..)
            .all(|(&number, expected)| number == expected);
        if whole {
            return false; // nothing is missing: the rest is yet to be sent
        }
        let since = *self.missing.get_or_insert(now);
        now.saturating_duration_since(since) >= REPAIR
    }

    /// Whether a key frame begins here.
    fn opens(&self, packet: &Packet) -> bool {
        starts_key(self.codec, &packet.payload)
    }

    /// The number of the last packet of the first frame, if all of it is there.
    fn end_of_frame(&self) -> Option<u64> {
        let mut packets = self.waiting.iter();
        let (&first, packet) = packets.next()?;
        if self.codec == Codec::Opus || packet.marker {
            return Some(first);
        }
        let (time, mut last) = (packet.time, first);
        for (&number, packet) in packets {
            if number != last + 1 {
                return None;
            }
            if packet.time != time {
                return Some(last); // a sender that sets no marker
            }
            last = number;
            if packet.marker {
                return Some(last);
            }
        }
        None
    }

    fn take(&mut self, first: u64, last: u64, frames: &mut Vec<Frame>) {
        let rest = self.waiting.split_off(&(last + 1));
        let packets = std::mem::replace(&mut self.waiting, rest);
        let gap = self.next.is_none();
        self.next = Some(last + 1);
        self.missing = None;
        let Some(head) = packets.get(&first) else {
            return;
        };
        let key = !depends(self.codec) || starts_key(self.codec, &head.payload);
        let (track, time, at) = (head.track, head.time, head.at);
        let payloads = packets.values().map(|packet| &*packet.payload);
        match joined(self.codec, payloads) {
            Some(data) if data.is_empty() => {} // padding
            Some(data) => {
                self.broken = false;
                frames.push(Frame {
                    track,
                    codec: self.codec,
                    time,
                    at,
                    key,
                    gap,
                    data,
                });
            }
            None => {
                self.lost += 1;
                self.broken = depends(self.codec);
            }
        }
    }
}

/// Whether a key frame begins with this payload.
#[must_use]
pub fn starts_key(codec: Codec, payload: &[u8]) -> bool {
    match codec {
        Codec::Opus => true,
        Codec::Vp8 => vp8::starts_key(payload),
        Codec::Vp9 => vp9::starts_key(payload),
        Codec::H264 => h264::starts_key(payload),
        Codec::Av1 => av1::starts_key(payload),
    }
}

/// The payloads of one frame as a decoder takes it; none if they are not what they say.
fn joined<'a>(codec: Codec, payloads: impl Iterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut frame = Vec::new();
    match codec {
        Codec::Opus => payloads.for_each(|payload| frame.extend_from_slice(payload)),
        Codec::Vp8 => {
            for payload in payloads.filter(|payload| !payload.is_empty()) {
                frame.extend_from_slice(vp8::content(payload)?);
            }
        }
        Codec::Vp9 => {
            for payload in payloads.filter(|payload| !payload.is_empty()) {
                frame.extend_from_slice(vp9::content(payload)?);
            }
        }
        Codec::H264 => {
            for payload in payloads.filter(|payload| !payload.is_empty()) {
                h264::append(payload, &mut frame)?;
            }
        }
        Codec::Av1 => return av1::joined(payloads),
    }
    Some(frame)
}

#[cfg(test)]
mod tests;
