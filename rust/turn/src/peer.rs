//! One connection: the tracks it publishes, or the slots it receives by.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{
    Rtc,
    format::{Codec as Format, PayloadParams},
    media::{KeyframeRequestKind, Mid, Pt},
    rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc},
};

use crate::{
    demux::Bucket,
    event::{Codec, Media, PeerId, Role, RoomId, TrackId},
    layers::Layer,
    limits::{EXCESS, PACKETS, RESENT, STREAMS},
    offer::{Admission, Line},
    rewrite::Rewriter,
};

/// Packets of a slot that can be sent again, and for how long.
const RESENDABLE: usize = 1024;
const RESENDABLE_FOR: Duration = Duration::from_secs(3);

/// A connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) id: PeerId,
    pub(crate) room: RoomId,
    pub(crate) participant: Arc<str>,
    pub(crate) role: Role,
    pub(crate) rtc: Rtc,
    /// When it asks to be looked at, and when that was noted for last.
    pub(crate) deadline: Instant,
    pub(crate) noted: Option<Instant>,
    pub(crate) joined: Instant,
    pub(crate) connected: bool,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) ufrag: String,
    pub(crate) tracks: Vec<Track>,
    streams: Vec<(Ssrc, usize, usize)>,
    pub(crate) slots: Vec<Slot>,
    bytes: Bucket,
    packets: Bucket,
    /// Whether something was written that has not gone out yet.
    pub(crate) dirty: bool,
}

/// What is published under one media line.
#[derive(Debug)]
pub(crate) struct Track {
    pub(crate) id: TrackId,
    mid: Mid,
    pub(crate) media: Media,
    /// Known from the first packet on.
    pub(crate) codec: Option<Codec>,
    params: Option<PayloadParams>,
    pub(crate) layers: Vec<Layer>,
    /// Who is shown it: places of peers and of their slots. All that a packet walks.
    pub(crate) shown: Vec<(u32, usize)>,
    /// Whether it is being sent, and not muted.
    pub(crate) live: bool,
    pub(crate) muted: bool,
    /// How loud it is, in dBov, evened out over about a second.
    pub(crate) loud: f32,
    /// The layer that leaves by the tap.
    pub(crate) tapped: usize,
}

/// One media line by which a subscriber receives.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) mid: Mid,
    pub(crate) media: Media,
    ssrc: Ssrc,
    rewriter: Rewriter,
    /// Whose track it shows: a peer's place, and the track's there.
    pub(crate) source: Option<(u32, usize)>,
    /// The layer that is shown, and the one to be shown from its next key frame on.
    pub(crate) layer: Option<usize>,
    pub(crate) want: Option<usize>,
    /// When a key frame was asked for last.
    pub(crate) asked: Option<Instant>,
    payload: Option<(Pt, Pt)>,
}

impl Track {
    fn new(id: TrackId, mid: Mid, media: Media) -> Self {
        Self {
            id,
            mid,
            media,
            codec: None,
            params: None,
            layers: Vec::new(),
            shown: Vec::new(),
            live: false,
            muted: false,
            loud: -127.0,
            tapped: 0,
        }
    }

    /// Ticks a second of its times.
    pub(crate) fn rate(&self) -> u32 {
        rate(self.media)
    }

    /// Takes note of how loud a packet is.
    pub(crate) fn heard(&mut self, level: i8) {
        self.loud += (f32::from(level) - self.loud) / 32.0;
    }
}

fn rate(media: Media) -> u32 {
    match media {
        Media::Audio => 48_000,
        Media::Video => 90_000,
    }
}

impl Peer {
    /// The peer of an admission; `number` numbers its lines, as [`Peer::add`] has it.
    pub(crate) fn new(
        (id, room, participant): (PeerId, RoomId, Arc<str>),
        admission: Admission,
        bitrate: u64,
        mut number: impl FnMut() -> u32,
        now: Instant,
    ) -> Self {
        let Admission {
            rtc,
            role,
            lines,
            ufrag,
            deadline,
        } = admission;
        #[expect(clippy::cast_precision_loss, reason = "a bitrate")]
        let bytes = bitrate as f64 / 8.0 * EXCESS;
        let mut peer = Self {
            id,
            room,
            participant,
            role,
            rtc,
            deadline,
            noted: None,
            joined: now,
            connected: false,
            addresses: Vec::new(),
            ufrag,
            tracks: Vec::new(),
            streams: Vec::new(),
            slots: Vec::new(),
            bytes: Bucket::new(bytes, now),
            packets: Bucket::new(PACKETS, now),
            dirty: false,
        };
        for line in lines {
            peer.add(line, number());
        }
        peer
    }

    /// Takes in a media line. `number` is that of its track, or what its stream begins at.
    pub(crate) fn add(&mut self, line: Line, number: u32) {
        let Line { mid, media } = line;
        match self.role {
            Role::Publish => self.tracks.push(Track::new(TrackId(number), mid, media)),
            Role::Subscribe => {
                let mut direct = self.rtc.direct_api();
                if let Some(stream) = direct.stream_tx_by_mid(mid, None) {
                    stream.set_rtx_cache(RESENDABLE, RESENDABLE_FOR, Some(RESENT));
                    let ssrc = stream.ssrc();
                    self.slots.push(Slot::new(mid, media, ssrc, number));
                }
            }
        }
    }

    /// Whether it has that line already.
    pub(crate) fn has(&self, mid: Mid) -> bool {
        self.tracks.iter().any(|track| track.mid == mid)
            || self.slots.iter().any(|slot| slot.mid == mid)
    }

    /// Whether it may send so many bytes more.
    pub(crate) fn affords(&mut self, bytes: usize, now: Instant) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a datagram's length")]
        let bytes = bytes as f64;
        self.packets.take(1.0, now) && self.bytes.take(bytes, now)
    }

    /// Which track and layer a packet is of; a stream that is seen first is taken in, up to a bound.
    pub(crate) fn stream(&mut self, packet: &RtpPacket) -> Option<(usize, usize)> {
        let ssrc = packet.header.ssrc;
        let known = self.streams.iter().find(|(known, ..)| *known == ssrc);
        if let Some(&(_, track, layer)) = known {
            return Some((track, layer));
        }
        if self.streams.len() >= STREAMS {
            return None;
        }
        let (mid, rid) = {
            let mut direct = self.rtc.direct_api();
            let stream = direct.stream_rx(&ssrc)?;
            (stream.mid(), stream.rid())
        };
        let place = self.tracks.iter().position(|track| track.mid == mid)?;
        let track = &mut self.tracks[place];
        // A sender that begins anew under another number takes the place of its former self.
        let layer = match track.layers.iter().position(|layer| layer.rid == rid) {
            Some(layer) => {
                track.layers[layer] = Layer::new(rid, ssrc);
                self.streams
                    .retain(|&(_, track, old)| (track, old) != (place, layer));
                layer
            }
            None => {
                track.layers.push(Layer::new(rid, ssrc));
                track.layers.len() - 1
            }
        };
        self.streams.push((ssrc, place, layer));
        Some((place, layer))
    }

    /// How a packet of a track is encoded, as far as it is known here.
    pub(crate) fn format(&mut self, track: usize, payload: Pt) -> Option<PayloadParams> {
        let track = &mut self.tracks[track];
        if let Some(params) = track.params.filter(|params| params.pt() == payload) {
            return Some(params);
        }
        let params = *self.rtc.codec_config().find(|each| each.pt() == payload)?;
        track.codec = Some(match params.spec().codec {
            Format::Opus => Codec::Opus,
            Format::Vp8 => Codec::Vp8,
            Format::Vp9 => Codec::Vp9,
            Format::H264 => Codec::H264,
            Format::Av1 => Codec::Av1,
            _ => return None,
        });
        track.params = Some(params);
        Some(params)
    }

    /// Whether a slot can carry what is encoded so.
    pub(crate) fn carries(&self, slot: usize, params: PayloadParams) -> Option<Pt> {
        let out = self.rtc.codec_config().match_params(params)?.pt();
        let media = self.rtc.media(self.slots[slot].mid)?;
        media.remote_pts().contains(&out).then_some(out)
    }

    pub(crate) fn params(&self, track: usize) -> Option<PayloadParams> {
        self.tracks.get(track)?.params
    }

    /// Asks for a key frame; false where it is too early to.
    pub(crate) fn ask_key(&mut self, track: usize, layer: usize, now: Instant) -> bool {
        let Some(layer) = self.tracks[track].layers.get_mut(layer) else {
            return false;
        };
        if !layer.may_ask(now) {
            return false;
        }
        let ssrc = layer.ssrc;
        let mut direct = self.rtc.direct_api();
        if let Some(stream) = direct.stream_rx(&ssrc) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
        true
    }

    /// Writes a packet of a source's layer into a slot; whether it was.
    pub(crate) fn forward(
        &mut self,
        slot: usize,
        layer: usize,
        key: bool,
        packet: &RtpPacket,
        params: PayloadParams,
    ) -> bool {
        let (number, time, at) = (*packet.seq_no, packet.header.timestamp, packet.timestamp);
        let payload_type = match self.slots[slot].payload {
            Some((theirs, ours)) if theirs == packet.header.payload_type => ours,
            _ => {
                let Some(ours) = self.carries(slot, params) else {
                    return false;
                };
                self.slots[slot].payload = Some((packet.header.payload_type, ours));
                ours
            }
        };
        let slot = &mut self.slots[slot];
        if slot.layer != Some(layer) {
            if slot.want != Some(layer) || !(key || slot.media == Media::Audio) {
                return false;
            }
            slot.layer = Some(layer);
            slot.rewriter.switch(number, time, at);
        }
        let Some((number, time)) = slot.rewriter.map(number, time, at) else {
            return false;
        };
        let (ssrc, media) = (slot.ssrc, slot.media);
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx(&ssrc) else {
            return false;
        };
        stream.write_rtp(
            RtpWrite::new(
                payload_type,
                number.into(),
                time,
                at,
                Arc::clone(&packet.payload),
            )
            .marker(packet.header.marker)
            .ext_vals(fresh(&packet.header.ext_vals))
            .nackable(media == Media::Video),
        );
        true
    }
}

impl Slot {
    fn new(mid: Mid, media: Media, ssrc: Ssrc, first: u32) -> Self {
        Self {
            mid,
            media,
            ssrc,
            rewriter: Rewriter::new(rate(media), first.into()),
            source: None,
            layer: None,
            want: None,
            asked: None,
            payload: None,
        }
    }

    /// Shows a track from its next key frame on, or nobody.
    pub(crate) fn show(&mut self, source: Option<(u32, usize)>, want: Option<usize>) {
        self.source = source;
        self.want = want;
        self.layer = None;
        self.asked = None;
        self.payload = None;
        self.rewriter.stop();
    }
}

/// Extensions that mean the same behind the server as before it. A publisher's `mid` would bind the
/// stream to another line of the subscriber's.
fn fresh(theirs: &ExtensionValues) -> ExtensionValues {
    ExtensionValues {
        audio_level: theirs.audio_level,
        voice_activity: theirs.voice_activity,
        video_orientation: theirs.video_orientation,
        abs_capture_time: theirs.abs_capture_time,
        ..ExtensionValues::default()
    }
}
