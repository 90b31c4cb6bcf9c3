//! One shard's thread, and what others reach it by.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        mpsc::{SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use crate::{
    drive::{Driven, run},
    event::Event,
    server::{Error, Place},
    shard::{Command, Shard},
    socket::{Socket, Wake},
    stats::Snapshot,
};

/// Commands that wait for a shard.
const COMMANDS: usize = 256;

pub(super) struct Thread {
    pub(super) commands: SyncSender<Command>,
    pub(super) wake: Arc<Wake>,
    handle: JoinHandle<()>,
    pub(super) port: u16,
    /// Where it is reached.
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) copy: Arc<Mutex<Snapshot>>,
}

impl Thread {
    /// Binds the port of that shard and starts its thread. Events go to `tell`, and `told` is woken.
    pub(super) fn start(
        place: &Place,
        number: usize,
        (now, seed): (Instant, u64),
        tell: &SyncSender<Event>,
        told: &Arc<Wake>,
    ) -> Result<Self, Error> {
        let offset = u16::try_from(number).unwrap_or(u16::MAX);
        let port = match place.port {
            0 => 0,
            first => first.saturating_add(offset),
        };
        let socket = Socket::bind(SocketAddr::new(place.bind, port))?;
        let port = socket.local()?.port();
        let public = if place.public.is_empty() {
            std::slice::from_ref(&place.bind)
        } else {
            &place.public
        };
        let addresses: Vec<_> = public.iter().map(|&ip| SocketAddr::new(ip, port)).collect();
        let (commands, queue) = sync_channel(COMMANDS);
        let wake = Arc::new(Wake::new()?);
        let copy = Arc::new(Mutex::default());
        let first_track = u32::from(offset) << 24;
        let seed = seed.wrapping_add(number as u64);
        let driven = Driven {
            shard: Shard::new(addresses.clone(), seed, first_track, now),
            socket,
            wake: Arc::clone(&wake),
            commands: queue,
            events: tell.clone(),
            told: Arc::clone(told),
            copy: Arc::clone(&copy),
        };
        let handle = thread::Builder::new()
            .name(format!("v100-turn-{number}"))
            .spawn(move || run(driven))?;
        Ok(Self {
            commands,
            wake,
            handle,
            port,
            addresses,
            copy,
        })
    }

    /// Lets the thread end: nobody commands it any more.
    pub(super) fn end(self) -> JoinHandle<()> {
        drop(self.commands);
        self.wake.wake();
        self.handle
    }
}
