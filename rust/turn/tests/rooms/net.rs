//! A network and clients with a clock of their own: whole rooms in one thread, the same every time.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{
    Candidate, Event as Told, Input, Output, Rtc, RtcConfig,
    change::{SdpAnswer, SdpPendingOffer},
    crypto,
    media::{MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::RtpPacket,
};
use v100_turn::{
    event::{Event, Media, PeerId, Role, RoomId},
    limits::BITRATE,
    offer::{Host, Refused},
    shard::{Command, Shard},
    tap::{Tap, tap},
};

use crate::sender::{Sender, direction};

pub(crate) const SERVER: &str = "10.0.0.1:3478";
pub(crate) const ROOM: RoomId = RoomId(1);

pub(crate) struct Client {
    pub(crate) rtc: Rtc,
    pub(crate) address: SocketAddr,
    deadline: Instant,
    pub(crate) connected: bool,
    pub(crate) gone: bool,
    /// What came, by media line.
    pub(crate) got: BTreeMap<String, Vec<RtpPacket>>,
    pub(crate) keys_asked: usize,
    sends: Option<Sender>,
    /// Whether it says and hears nothing, as if it had lost its network.
    pub(crate) away: bool,
    pub(crate) lines: Vec<(Mid, MediaKind)>,
}

pub(crate) struct Net {
    pub(crate) now: Instant,
    pub(crate) host: Host,
    pub(crate) shard: Shard,
    pub(crate) tap: Tap,
    pub(crate) clients: Vec<Client>,
    flying: BTreeMap<(Instant, u64), (SocketAddr, SocketAddr, Vec<u8>)>,
    order: u64,
    /// The part of packets that is lost each way, and how late the rest comes.
    pub(crate) loss: f64,
    pub(crate) delay: Duration,
    random: u64,
    pub(crate) events: Vec<Event>,
    pub(crate) lost: u64,
    /// Whether what the server gets is kept, and what was.
    pub(crate) keep: bool,
    pub(crate) seen: Vec<Vec<u8>>,
    /// How much the server sent to addresses of no client.
    pub(crate) to_strangers: u64,
    /// Whether offers name another certificate than the client has.
    pub(crate) forge: bool,
}

impl Net {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the simulated clock begins"
    )]
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let server = SERVER.parse().unwrap();
        let mut shard = Shard::new(vec![server], 7, 0, now);
        let (sink, tap) = tap(4096, 4096);
        shard.command(now, Command::Open(ROOM, sink));
        Self {
            now,
            host: Host::new().unwrap(),
            shard,
            tap,
            clients: Vec::new(),
            flying: BTreeMap::new(),
            order: 0,
            loss: 0.0,
            delay: Duration::from_millis(1),
            random: 99,
            events: Vec::new(),
            lost: 0,
            keep: false,
            seen: Vec::new(),
            to_strangers: 0,
            forge: false,
        }
    }

    fn chance(&mut self) -> f64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.random >> 40) as f64 / (1_u64 << 24) as f64
    }

    fn client(&mut self, name: &'static str) -> (Rtc, SocketAddr) {
        let place = self.clients.len() + 2;
        let address: SocketAddr = format!("10.0.0.{place}:{}", 5000 + name.len())
            .parse()
            .unwrap();
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(Arc::new(crypto::from_feature_flags()))
            .set_rtp_mode(true)
            .build(self.now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        (rtc, address)
    }

    /// A client with these lines; whether it was let in.
    pub(crate) fn join(
        &mut self,
        name: &'static str,
        role: Role,
        lines: &[MediaKind],
    ) -> Result<usize, Refused> {
        let (mut rtc, address) = self.client(name);
        let direction = direction(role);
        let mut changes = rtc.sdp_api();
        let lines: Vec<_> = lines
            .iter()
            .map(|&kind| (changes.add_media(kind, direction, None, None, None), kind))
            .collect();
        let (offer, pending) = changes.apply().unwrap();
        let mut offer = offer.to_sdp_string();
        if self.forge {
            let at = offer.find("sha-256 ").unwrap() + 8;
            let other = if offer.as_bytes()[at] == b'0' {
                "1"
            } else {
                "0"
            };
            offer.replace_range(at..=at, other);
        }
        self.admitted(name, role, (rtc, address), &offer, pending, lines)
    }

    /// An offer that nobody answers.
    pub(crate) fn offer(&mut self, role: Role, lines: &[MediaKind]) -> String {
        let (mut rtc, _) = self.client("nobody");
        let direction = direction(role);
        let mut changes = rtc.sdp_api();
        for &kind in lines {
            changes.add_media(kind, direction, None, None, None);
        }
        changes.apply().unwrap().0.to_sdp_string()
    }

    /// Sends the server something from anywhere.
    pub(crate) fn inject(&mut self, from: SocketAddr, datagram: &[u8]) {
        self.shard.receive(self.now, from, datagram);
        self.shard.flush(self.now);
    }

    pub(crate) fn admitted(
        &mut self,
        name: &'static str,
        role: Role,
        (mut rtc, address): (Rtc, SocketAddr),
        offer: &str,
        pending: SdpPendingOffer,
        lines: Vec<(Mid, MediaKind)>,
    ) -> Result<usize, Refused> {
        let server = SERVER.parse().unwrap();
        let (admission, answer) = self
            .host
            .answer(role, offer, &[server], BITRATE, self.now)?;
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        rtc.sdp_api().accept_answer(pending, answer).unwrap();
        let peer = PeerId(self.clients.len() as u64 + 1);
        self.shard.command(
            self.now,
            Command::Join {
                room: ROOM,
                peer,
                participant: name.into(),
                admission: Box::new(admission),
                bitrate: BITRATE,
            },
        );
        let of = |kind| lines.iter().find(|line| line.1 == kind).map(|line| line.0);
        let sends = (role == Role::Publish).then(|| Sender {
            video: of(MediaKind::Video),
            audio: of(MediaKind::Audio),
            next_frame: self.now,
            next_sound: self.now,
            number: 1000,
            sound: 1000,
            time: 0,
            sound_time: 0,
            key: true,
            level: -30,
            frames: 0,
            parts: 3,
        });
        self.clients.push(Client {
            rtc,
            address,
            deadline: self.now,
            connected: false,
            gone: false,
            got: BTreeMap::new(),
            keys_asked: 0,
            sends,
            away: false,
            lines,
        });
        Ok(self.clients.len() - 1)
    }

    pub(crate) fn sender(&mut self, client: usize) -> &mut Sender {
        self.clients[client].sends.as_mut().unwrap()
    }

    /// Lets the time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.step();
            let mut next = self.shard.deadline().min(end);
            if let Some((&(at, _), _)) = self.flying.first_key_value() {
                next = next.min(at);
            }
            for client in self.clients.iter().filter(|client| !client.gone) {
                next = next.min(client.deadline);
                if let Some(sends) = client.sends.as_ref().filter(|_| client.connected) {
                    next = next.min(sends.next_frame).min(sends.next_sound);
                }
            }
            self.now = next.max(self.now + Duration::from_micros(200));
        }
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.shard.command(self.now, command);
    }

    fn step(&mut self) {
        let server: SocketAddr = SERVER.parse().unwrap();
        while let Some((&key, _)) = self
            .flying
            .first_key_value()
            .filter(|((at, _), _)| *at <= self.now)
        {
            let Some((from, to, datagram)) = self.flying.remove(&key) else {
                continue;
            };
            if to == server {
                if self.keep {
                    self.seen.push(datagram.clone());
                }
                self.shard.receive(self.now, from, &datagram);
            } else {
                self.arrive(from, to, &datagram);
            }
        }
        self.shard.turn(self.now);
        for sent in std::mem::take(self.shard.transmits()) {
            self.send(server, sent.to, sent.datagram);
        }
        self.events.append(self.shard.events());
        for index in 0..self.clients.len() {
            self.act(index);
        }
    }

    fn send(&mut self, from: SocketAddr, to: SocketAddr, datagram: Vec<u8>) {
        if self.loss > 0.0
            && datagram.first().is_some_and(|&first| first >= 128)
            && self.chance() < self.loss
        {
            self.lost += 1;
            return;
        }
        self.order += 1;
        self.flying
            .insert((self.now + self.delay, self.order), (from, to, datagram));
    }

    fn arrive(&mut self, from: SocketAddr, to: SocketAddr, datagram: &[u8]) {
        let Some(index) = self
            .clients
            .iter()
            .position(|client| client.address == to && !client.away && !client.gone)
        else {
            self.to_strangers += u64::from(self.clients.iter().all(|client| client.address != to));
            return;
        };
        if let Ok(received) = Receive::new(Protocol::Udp, from, to, datagram) {
            let now = self.now;
            let _ = self.clients[index]
                .rtc
                .handle_input(Input::Receive(now, received));
            self.drain(index);
        }
    }

    fn act(&mut self, index: usize) {
        let now = self.now;
        let client = &mut self.clients[index];
        if client.gone {
            return;
        }
        let mut touched = false;
        if client.connected
            && let Some(sends) = client.sends.as_mut()
        {
            touched = sends.send(&mut client.rtc, now);
        }
        if touched || now >= client.deadline {
            let _ = client.rtc.handle_input(Input::Timeout(now));
            self.drain(index);
        }
    }

    fn drain(&mut self, index: usize) {
        let mut out = Vec::new();
        let client = &mut self.clients[index];
        loop {
            match client.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    client.deadline = at;
                    break;
                }
                Ok(Output::Transmit(sent)) => {
                    out.push((sent.destination, Vec::from(sent.contents)));
                }
                Ok(Output::Event(Told::Connected)) => client.connected = true,
                Ok(Output::Event(Told::Closed)) => client.gone = true,
                Ok(Output::Event(Told::KeyframeRequest(_))) => {
                    client.keys_asked += 1;
                    if let Some(sends) = client.sends.as_mut() {
                        sends.key = true;
                    }
                }
                Ok(Output::Event(Told::RtpPacket(packet))) => {
                    let ssrc = packet.header.ssrc;
                    let mid = client
                        .rtc
                        .direct_api()
                        .stream_rx(&ssrc)
                        .map(|stream| stream.mid().to_string());
                    client
                        .got
                        .entry(mid.unwrap_or_default())
                        .or_default()
                        .push(packet);
                }
                Ok(Output::Event(_)) => {}
                Err(_) => {
                    client.gone = true;
                    break;
                }
            }
        }
        let (from, away) = (client.address, client.away);
        for (to, datagram) in out.into_iter().filter(|_| !away) {
            self.send(from, to, datagram);
        }
    }

    /// What a client got of one medium, line by line.
    pub(crate) fn got(&self, client: usize, media: Media) -> Vec<(String, &[RtpPacket])> {
        let client = &self.clients[client];
        let kind = match media {
            Media::Audio => MediaKind::Audio,
            Media::Video => MediaKind::Video,
        };
        client
            .lines
            .iter()
            .filter(|line| line.1 == kind)
            .map(|(mid, _)| {
                let mid = mid.to_string();
                let packets = client.got.get(&mid).map_or(&[][..], Vec::as_slice);
                (mid, packets)
            })
            .collect()
    }

    pub(crate) fn forget(&mut self) {
        self.clients
            .iter_mut()
            .for_each(|client| client.got.clear());
        self.events.clear();
    }
}
