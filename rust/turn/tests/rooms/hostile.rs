//! What comes from outside and means no good. Other rooms must not notice, and nothing may grow.

use std::{net::SocketAddr, time::Duration};

use str0m::media::MediaKind::{Audio, Video};
use v100_turn::{
    event::{Media, Role},
    limits::KNOCKS,
};

use crate::net::{Net, SERVER};

const SECOND: Duration = Duration::from_secs(1);

fn random(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

fn mutated(datagram: &[u8], state: &mut u64) -> Vec<u8> {
    let mut changed = datagram.to_vec();
    for _ in 0..=random(state) % 4 {
        if changed.is_empty() {
            break;
        }
        let place = usize::try_from(random(state)).unwrap() % changed.len();
        match random(state) % 4 {
            0 => changed[place] = random(state).to_le_bytes()[0],
            1 => changed.truncate(place),
            2 => changed[place] ^= 1 << (random(state) % 8),
            _ => changed.insert(place, random(state).to_le_bytes()[0]),
        }
    }
    changed
}

#[test]
fn mutated_packets_of_known_and_unknown_senders_do_nothing() {
    let mut net = Net::new();
    let alice = net.join("alice", Role::Publish, &[Audio, Video]).unwrap();
    let bob = net.join("bob", Role::Subscribe, &[Audio, Video]).unwrap();
    net.keep = true;
    net.run(2 * SECOND);
    let seen = std::mem::take(&mut net.seen);
    net.keep = false;
    assert!(seen.len() > 200);
    let mut state = 5;
    let stranger: SocketAddr = "192.0.2.1:9".parse().unwrap();
    let known = net.clients[alice].address;
    for round in 0..10_000_usize {
        let datagram = mutated(&seen[round % seen.len()], &mut state);
        let from = if round % 3 == 0 { stranger } else { known };
        net.inject(from, &datagram);
        if round % 100 == 0 {
            net.run(Duration::from_millis(20));
        }
    }
    assert_eq!(net.shard.counts().panics, 0);
    net.forget();
    net.run(5 * SECOND);
    assert!(net.got(bob, Media::Video)[0].1.len() > 400);
    assert!(net.clients.iter().all(|client| !client.gone));
}

#[test]
fn mutated_offers_are_answered_or_refused() {
    let mut net = Net::new();
    let offers = [
        net.offer(Role::Publish, &[Audio, Video]),
        net.offer(Role::Subscribe, &[Audio, Audio, Video]),
    ];
    let mut state = 11;
    let mut answered = 0;
    for round in 0..2_000_usize {
        let offer = mutated(offers[round % 2].as_bytes(), &mut state);
        let role = if round % 4 < 2 {
            Role::Publish
        } else {
            Role::Subscribe
        };
        let text = String::from_utf8_lossy(&offer).into_owned();
        let server = SERVER.parse().unwrap();
        let found = net.host.answer(role, &text, &[server], 1_000_000, net.now);
        answered += usize::from(found.is_ok());
        if let Err(refused) = found {
            assert!(refused.to_string().starts_with("expected"));
        }
    }
    assert!(answered > 100 && answered < 1_900, "{answered}");
}

#[test]
fn garbage_is_counted_and_answered_by_nothing() {
    let mut net = Net::new();
    net.join("alice", Role::Publish, &[Video]).unwrap();
    let bob = net.join("bob", Role::Subscribe, &[Video]).unwrap();
    net.run(2 * SECOND);
    net.forget();
    let before = net.to_strangers;
    let mut state = 3;
    for round in 0..5_000_u32 {
        let length = usize::try_from(random(&mut state) % 200).unwrap();
        let datagram: Vec<u8> = (0..length)
            .map(|_| random(&mut state).to_le_bytes()[0])
            .collect();
        let from = SocketAddr::from(([192, 0, 2, 1], u16::try_from(round % 60_000).unwrap()));
        net.inject(from, &datagram);
        if round % 5 == 0 {
            net.run(Duration::from_millis(5));
        }
    }
    let counts = *net.shard.counts();
    assert!(counts.garbage + counts.strangers >= 4_900);
    assert_eq!(counts.panics, 0);
    assert_eq!(net.to_strangers, before);
    assert!(net.got(bob, Media::Video)[0].1.len() > 400);
}

#[test]
fn checks_of_ice_with_a_known_name_and_a_wrong_password_are_limited_and_unanswered() {
    let mut net = Net::new();
    net.keep = true;
    net.join("alice", Role::Publish, &[Video]).unwrap();
    net.run(SECOND);
    let check = net
        .seen
        .iter()
        .find(|datagram| datagram.starts_with(&[0, 1]))
        .unwrap()
        .clone();
    let before = net.to_strangers;
    for port in 0..2_000_u16 {
        let mut forged = check.clone();
        let last = forged.len() - 12; // within the integrity's digest
        forged[last] ^= 1;
        net.inject(SocketAddr::from(([192, 0, 2, 7], port + 1)), &forged);
    }
    net.run(SECOND);
    let refused = net.shard.counts().knocks_refused as f64;
    assert!(refused >= 2_000.0 - 2.0 * KNOCKS);
    assert_eq!(net.to_strangers, before);
}

#[test]
fn a_publisher_that_floods_is_cut_and_the_others_go_on() {
    let mut net = Net::new();
    let alice = net.join("alice", Role::Publish, &[Video]).unwrap();
    net.join("carol", Role::Publish, &[Video]).unwrap();
    let bob = net.join("bob", Role::Subscribe, &[Video, Video]).unwrap();
    net.run(2 * SECOND);
    net.forget();
    net.sender(alice).parts = 600; // 18 000 packets a second
    net.run(3 * SECOND);
    assert!(net.shard.counts().flooded > 20_000);
    let got = net.got(bob, Media::Video);
    let carols = got[1].1.len();
    assert!(carols > 3 * 28 * 3, "{carols}");
}

#[test]
fn a_wrong_certificate_never_connects() {
    let mut net = Net::new();
    net.forge = true;
    let alice = net.join("alice", Role::Publish, &[Video]).unwrap();
    net.run(3 * SECOND);
    assert!(net.events.iter().any(|event| {
        matches!(event.what, v100_turn::event::What::Gone(..)) && &*event.participant == "alice"
    }));
    assert!(
        !net.events
            .iter()
            .any(|event| { matches!(event.what, v100_turn::event::What::Connected(_)) })
    );
    assert!(net.sender(alice).frames == 0 || net.shard.counts().media_in == 0);
}
