//! What one incoming packet costs on its way to its subscribers: decrypt, route, encrypt, send.
//!
//! `cargo bench -p v100-turn` prints p50, p99 and p99.9 for 1 to 20 subscribers, hot, 1 100 bytes, with the machine.
//! The clients are str0m's, in this process; the server sends into real sockets of loopback.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark"
)]

use std::{
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{
    Candidate, Event as Told, Input, Output, Rtc, RtcConfig,
    change::SdpAnswer,
    crypto,
    format::Codec,
    media::{Direction, MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::RtpWrite,
};
use v100_turn::{
    event::{PeerId, Role, RoomId},
    limits::PACKETS,
    offer::Host,
    shard::{Command, Shard},
    tap::tap,
};

const ROOM: RoomId = RoomId(1);
const BYTES: usize = 1_100;
const PACKETS_MEASURED: usize = 10_000;
const ROUNDS: [usize; 5] = [1, 2, 5, 10, 20];

struct Client {
    rtc: Rtc,
    address: SocketAddr,
    mid: Mid,
    connected: bool,
}

struct Bench {
    host: Host,
    shard: Shard,
    server: SocketAddr,
    socket: UdpSocket,
    clients: Vec<Client>,
    /// Sockets that what is sent ends in.
    sinks: Vec<UdpSocket>,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let server = socket.local_addr().expect("its address");
        let now = Instant::now();
        let mut shard = Shard::new(vec![server], 1, 0, now);
        shard.command(now, Command::Open(ROOM, tap(4096, 4096).0));
        Self {
            host: Host::new().expect("a certificate"),
            shard,
            server,
            socket,
            clients: Vec::new(),
            sinks: Vec::new(),
            now,
        }
    }

    fn join(&mut self, role: Role) {
        let sink = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let address = sink.local_addr().expect("its address");
        sink.set_nonblocking(true)
            .expect("a socket that does not wait");
        self.sinks.push(sink);
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(Arc::new(crypto::from_feature_flags()))
            .set_rtp_mode(true)
            .build(self.now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let direction = match role {
            Role::Publish => Direction::SendOnly,
            Role::Subscribe => Direction::RecvOnly,
        };
        let mut changes = rtc.sdp_api();
        let mid = changes.add_media(MediaKind::Video, direction, None, None, None);
        let (offer, pending) = changes.apply().unwrap();
        let offer = offer.to_sdp_string();
        let (admission, answer) = self
            .host
            .answer(role, &offer, &[self.server], 1_000_000_000, self.now)
            .expect("an answer");
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        rtc.sdp_api().accept_answer(pending, answer).unwrap();
        let number = self.clients.len() as u64;
        self.shard.command(
            self.now,
            Command::Join {
                room: ROOM,
                peer: PeerId(number),
                participant: format!("p{number}").into(),
                admission: Box::new(admission),
                bitrate: 1_000_000_000,
            },
        );
        self.clients.push(Client {
            rtc,
            address,
            mid,
            connected: false,
        });
    }

    /// Carries everything between the clients and the server, without a socket, for some time.
    fn settle(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(2);
            for index in 0..self.clients.len() {
                let _ = self.clients[index]
                    .rtc
                    .handle_input(Input::Timeout(self.now));
                self.drain(index);
            }
            self.shard.turn(self.now);
            self.answer();
        }
    }

    fn drain(&mut self, index: usize) -> Vec<Vec<u8>> {
        let client = &mut self.clients[index];
        let mut out = Vec::new();
        loop {
            match client.rtc.poll_output() {
                Ok(Output::Transmit(sent)) => out.push(Vec::from(sent.contents)),
                Ok(Output::Event(Told::Connected)) => client.connected = true,
                Ok(Output::Event(_)) => {}
                Ok(Output::Timeout(_)) | Err(_) => break,
            }
        }
        let from = client.address;
        for datagram in &out {
            self.shard.receive(self.now, from, datagram);
        }
        out
    }

    fn answer(&mut self) {
        for sent in std::mem::take(self.shard.transmits()) {
            let to = self
                .clients
                .iter()
                .position(|client| client.address == sent.to);
            if let Some(index) = to
                && let Ok(received) =
                    Receive::new(Protocol::Udp, self.server, sent.to, &sent.datagram)
            {
                let _ = self.clients[index]
                    .rtc
                    .handle_input(Input::Receive(self.now, received));
                self.drain(index);
            }
        }
    }

    /// Takes what was sent out of the sockets it ended in.
    fn empty_sinks(&self) {
        let mut buffer = [0; 2048];
        for sink in &self.sinks {
            while sink.recv(&mut buffer).is_ok() {}
        }
    }

    /// A packet of the publisher, encrypted, as it comes from the network.
    fn packet(&mut self, number: u64, key: bool) -> Vec<u8> {
        let client = &mut self.clients[0];
        let vp8 = client
            .rtc
            .codec_config()
            .find(|params| params.spec().codec == Codec::Vp8)
            .expect("VP8")
            .pt();
        let mut payload = vec![7_u8; BYTES];
        payload[0] = 0x10;
        payload[1] = u8::from(!key);
        let mut direct = client.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(client.mid, None).expect("a stream");
        #[expect(clippy::cast_possible_truncation, reason = "a short run")]
        let time = number as u32 * 300;
        stream.write_rtp(
            RtpWrite::new(vp8, number.into(), time, self.now, payload)
                .marker(true)
                .nackable(true),
        );
        let _ = client.rtc.handle_input(Input::Timeout(self.now));
        let mut datagram = Vec::new();
        loop {
            match client.rtc.poll_output() {
                Ok(Output::Transmit(sent)) => {
                    let sent = Vec::from(sent.contents);
                    if sent.len() > BYTES {
                        datagram = sent;
                    }
                }
                Ok(Output::Event(_)) => {}
                Ok(Output::Timeout(_)) | Err(_) => return datagram,
            }
        }
    }
}

fn quantiles(mut times: Vec<u128>) -> [f64; 3] {
    times.sort_unstable();
    [50, 990, 999].map(|part| {
        let part = if part == 50 { 500 } else { part };
        times[(times.len() - 1) * part / 1000] as f64 / 1e3
    })
}

fn measured(subscribers: usize) -> ([f64; 3], [f64; 3]) {
    let mut bench = Bench::new();
    bench.join(Role::Publish);
    for _ in 0..subscribers {
        bench.join(Role::Subscribe);
    }
    bench.settle(Duration::from_secs(1));
    assert!(bench.clients.iter().all(|client| client.connected));
    let from = bench.clients[0].address;
    for number in 0..200 {
        let datagram = bench.packet(number, number % 50 == 0);
        bench.shard.receive(bench.now, from, &datagram);
        bench.settle(Duration::from_millis(4));
    }
    let (mut whole, mut routed) = (Vec::new(), Vec::new());
    let step = Duration::from_secs_f64(1.5 / PACKETS);
    let before = bench.shard.counts().media_out;
    for number in 200..200 + PACKETS_MEASURED as u64 {
        bench.now += step;
        let datagram = bench.packet(number, false);
        let began = Instant::now();
        bench.shard.receive(bench.now, from, &datagram);
        bench.shard.flush(bench.now);
        routed.push(began.elapsed().as_nanos());
        for sent in bench.shard.transmits().drain(..) {
            let _ = bench.socket.send_to(&sent.datagram, sent.to);
        }
        whole.push(began.elapsed().as_nanos());
        bench.empty_sinks(); // a full socket would make the next send cheaper than it is
    }
    let forwarded = bench.shard.counts().media_out - before;
    assert_eq!(forwarded, (PACKETS_MEASURED * subscribers) as u64);
    (quantiles(whole), quantiles(routed))
}

fn main() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = info
        .lines()
        .find_map(|line| line.strip_prefix("model name\t: "));
    println!(
        "{}, load {}",
        cpu.unwrap_or("?"),
        load.split(' ').next().unwrap_or("?")
    );
    println!(
        "microseconds  one packet to all           of them routing alone       per forwarded packet"
    );
    println!("subscribers   p50     p99     p99.9       p50     p99     p99.9       p50     p99");
    for subscribers in ROUNDS {
        let (whole, routed) = measured(subscribers);
        let each = subscribers as f64;
        println!(
            "{subscribers:>11} {:>7.1} {:>7.1} {:>7.1}     {:>7.1} {:>7.1} {:>7.1}     {:>7.1} {:>7.1}",
            whole[0],
            whole[1],
            whole[2],
            routed[0],
            routed[1],
            routed[2],
            whole[0] / each,
            whole[1] / each,
        );
    }
}
