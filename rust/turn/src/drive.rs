//! A shard on its thread: waits, reads a batch, lets the machine work, sends what comes of it.
#![expect(
    clippy::disallowed_methods,
    reason = "where the machine's time comes from"
)]

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TryRecvError, TrySendError},
    },
    time::{Duration, Instant},
};

use crate::{
    event::Event,
    shard::{Command, Shard},
    socket::{Socket, Wake},
    stats::Snapshot,
};

/// Packets between two flushes: a burst of a hundred sends in one tick would delay its last by milliseconds.
const FLUSH: usize = 16;
/// How often others get a copy of the counters.
const COPIED: Duration = Duration::from_secs(1);

/// What a shard's thread is made of.
pub(crate) struct Driven {
    pub(crate) shard: Shard,
    pub(crate) socket: Socket,
    pub(crate) wake: Arc<Wake>,
    pub(crate) commands: Receiver<Command>,
    pub(crate) events: SyncSender<Event>,
    /// Told when there are events.
    pub(crate) told: Arc<Wake>,
    pub(crate) copy: Arc<Mutex<Snapshot>>,
}

/// Runs until whoever commands it has gone.
pub(crate) fn run(driven: Driven) {
    let Driven {
        mut shard,
        mut socket,
        wake,
        commands,
        events,
        told,
        copy,
    } = driven;
    let mut next_copy = Instant::now();
    loop {
        let now = Instant::now();
        socket.wait(&wake, shard.deadline().saturating_duration_since(now));
        wake.clear();
        loop {
            match commands.try_recv() {
                Ok(command) => shard.command(Instant::now(), command),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    shard.flush(Instant::now());
                    socket.send(shard.transmits());
                    return;
                }
            }
        }
        let began = Instant::now();
        let before = *shard.counts();
        let mut since = 0;
        let count = socket.receive(|from, datagram| {
            shard.receive(began, from, datagram);
            since += 1;
            if since == FLUSH {
                since = 0;
                shard.flush(began);
            }
        });
        let now = if count == 0 { began } else { Instant::now() };
        shard.turn(now);
        send(&mut shard, &socket);
        let packets = shard.counts().media_out - before.media_out;
        if packets > 0 {
            shard.delays.note(began.elapsed(), packets);
        }
        tell(&mut shard, &events, &told);
        if now >= next_copy {
            next_copy = now + COPIED;
            *copy.lock().unwrap_or_else(PoisonError::into_inner) = shard.snapshot(now);
        }
    }
}

fn send(shard: &mut Shard, socket: &Socket) {
    let count = shard.transmits().len() as u64;
    let unsent = socket.send(shard.transmits());
    let counts = shard.counts();
    counts.sent += count - unsent;
    counts.unsent += unsent;
}

fn tell(shard: &mut Shard, events: &SyncSender<Event>, told: &Wake) {
    if shard.events().is_empty() {
        return;
    }
    let mut lost = 0;
    for event in shard.events().drain(..) {
        if let Err(TrySendError::Full(_)) = events.try_send(event) {
            lost += 1;
        }
    }
    shard.counts().events_dropped += lost;
    told.wake();
}
