//! What publishers send: pictures with a number in them, and sound of one level.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use str0m::{
    Rtc,
    format::Codec,
    media::{Direction, Mid, Pt},
    rtp::{ExtensionValues, RtpPacket, RtpWrite},
};
use v100_turn::event::Role;

const FRAME: Duration = Duration::from_micros(33_333);
const SOUND: Duration = Duration::from_millis(20);

pub(crate) struct Sender {
    pub(crate) video: Option<Mid>,
    pub(crate) audio: Option<Mid>,
    pub(crate) next_frame: Instant,
    pub(crate) next_sound: Instant,
    pub(crate) number: u64,
    pub(crate) sound: u64,
    pub(crate) time: u32,
    pub(crate) sound_time: u32,
    pub(crate) key: bool,
    pub(crate) level: i8,
    pub(crate) frames: u64,
    /// Packets of a frame.
    pub(crate) parts: u64,
}

impl Sender {
    pub(crate) fn send(&mut self, rtc: &mut Rtc, now: Instant) -> bool {
        let mut wrote = false;
        if let Some(mid) = self.video.filter(|_| now >= self.next_frame) {
            self.next_frame = now + FRAME;
            self.frames += 1;
            self.frame(rtc, mid, now);
            wrote = true;
        }
        if let Some(mid) = self.audio.filter(|_| now >= self.next_sound) {
            self.next_sound = now + SOUND;
            self.sound += 1;
            self.sound_time = self.sound_time.wrapping_add(960);
            let pt = payload(rtc, mid, Codec::Opus);
            let mut direct = rtc.direct_api();
            let stream = direct.stream_tx_by_mid(mid, None).unwrap();
            stream.write_rtp(
                RtpWrite::new(pt, self.sound.into(), self.sound_time, now, vec![1_u8; 80])
                    .ext_vals(ExtensionValues {
                        audio_level: Some(self.level),
                        voice_activity: Some(true),
                        ..ExtensionValues::default()
                    }),
            );
            wrote = true;
        }
        if self.video.is_none() {
            self.next_frame = now + Duration::from_secs(3600);
        }
        if self.audio.is_none() {
            self.next_sound = now + Duration::from_secs(3600);
        }
        wrote
    }

    /// A frame of VP8: its descriptor, whether it is a key frame, and its number.
    fn frame(&mut self, rtc: &mut Rtc, mid: Mid, now: Instant) {
        let pt = payload(rtc, mid, Codec::Vp8);
        let key = std::mem::take(&mut self.key);
        self.time = self.time.wrapping_add(3000);
        let mut direct = rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None).unwrap();
        for part in 0..self.parts {
            self.number += 1;
            let mut data = vec![0_u8; 500];
            data[0] = if part == 0 { 0x10 } else { 0 };
            data[1] = u8::from(!key);
            data[2..10].copy_from_slice(&self.frames.to_le_bytes());
            stream.write_rtp(
                RtpWrite::new(pt, self.number.into(), self.time, now, data)
                    .marker(part + 1 == self.parts)
                    .nackable(true),
            );
        }
    }
}

fn payload(rtc: &Rtc, mid: Mid, codec: Codec) -> Pt {
    let allowed: HashMap<_, _> = rtc
        .codec_config()
        .params()
        .iter()
        .map(|params| (params.pt(), params.spec().codec))
        .collect();
    let media = rtc.media(mid).unwrap();
    *media
        .remote_pts()
        .iter()
        .find(|pt| allowed.get(pt) == Some(&codec))
        .unwrap()
}

/// The number of the frame that a packet of a publisher's picture is of.
pub(crate) fn frame_of(packet: &RtpPacket) -> u64 {
    u64::from_le_bytes(packet.payload[2..10].try_into().unwrap())
}

/// Which way a line of that role goes.
pub(crate) fn direction(role: Role) -> Direction {
    match role {
        Role::Publish => Direction::SendOnly,
        Role::Subscribe => Direction::RecvOnly,
    }
}
