//! Whole rooms on a simulated clock and network, with str0m's clients.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod hostile;
mod net;
mod sender;

use std::{collections::BTreeSet, time::Duration};

use net::{Net, ROOM};
use sender::frame_of;
use str0m::media::MediaKind::{Audio, Video};
use v100_turn::{
    event::{Media, Quality, Reason, Role, What, Wishes},
    shard::Command,
    tap::Wanted,
};

const SECOND: Duration = Duration::from_secs(1);

/// One publisher and one subscriber with two slots of each kind, connected.
fn room() -> (Net, usize, usize) {
    let mut net = Net::new();
    let alice = net.join("alice", Role::Publish, &[Audio, Video]).unwrap();
    let bob = net
        .join("bob", Role::Subscribe, &[Audio, Audio, Video, Video])
        .unwrap();
    net.run(SECOND);
    assert!(net.clients[alice].connected && net.clients[bob].connected);
    (net, alice, bob)
}

fn gone(net: &Net, name: &str) -> Vec<Reason> {
    net.events
        .iter()
        .filter(|event| &*event.participant == name)
        .filter_map(|event| match event.what {
            What::Gone(_, reason) => Some(reason),
            _ => None,
        })
        .collect()
}

#[test]
fn what_one_publishes_the_other_gets_whole_and_in_order() {
    let (mut net, alice, bob) = room();
    net.run(10 * SECOND);
    let sent = net.sender(alice).frames;
    let video = net.got(bob, Media::Video);
    let (_, packets) = &video[0];
    let numbers: Vec<u64> = packets.iter().map(|packet| *packet.seq_no).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
    assert!(numbers[0] < 1 << 15);
    assert!(packets.len() as u64 > sent * 3 * 9 / 10);
    assert!(video[1].1.is_empty());
    let audio = net.got(bob, Media::Audio);
    assert!(audio[0].1.len() > 480);
    let level = audio[0].1[9].header.ext_vals.audio_level;
    assert_eq!(level, Some(-30));
    assert_eq!(net.shard.counts().errors, 0);
}

#[test]
fn who_joins_late_sees_a_publisher_past_the_first_rollover() {
    let mut net = Net::new();
    let alice = net.join("alice", Role::Publish, &[Video]).unwrap();
    net.sender(alice).number = 65_000;
    net.run(20 * SECOND);
    assert!(net.sender(alice).number > 65_600);
    let bob = net.join("bob", Role::Subscribe, &[Video]).unwrap();
    net.run(2 * SECOND);
    assert!(net.got(bob, Media::Video)[0].1.len() > 100);
}

#[test]
fn a_publishers_line_names_never_reach_a_subscriber() {
    let mut net = Net::new();
    // Lines in another order: were the publisher's mid passed on, sound would arrive as picture.
    net.join("alice", Role::Publish, &[Video, Audio]).unwrap();
    let bob = net.join("bob", Role::Subscribe, &[Audio, Video]).unwrap();
    net.run(20 * SECOND);
    assert!(net.got(bob, Media::Audio)[0].1.len() > 900);
    assert!(net.got(bob, Media::Video)[0].1.len() > 1500);
    assert_eq!(net.clients[bob].got.len(), 2);
}

#[test]
fn what_is_lost_on_the_way_is_repaired() {
    for loss in [0.02, 0.10] {
        let (mut net, alice, bob) = room();
        net.run(SECOND);
        net.loss = loss;
        net.delay = Duration::from_millis(20);
        net.run(10 * SECOND);
        net.loss = 0.0;
        net.run(SECOND);
        let packets = net.got(bob, Media::Video)[0].1;
        let numbers: BTreeSet<u64> = packets.iter().map(|packet| *packet.seq_no).collect();
        let (first, last) = (*numbers.first().unwrap(), *numbers.last().unwrap());
        let missing = last - first + 1 - numbers.len() as u64;
        assert!(net.lost > 20);
        assert_eq!(missing, 0, "of {} at {loss}", numbers.len());
        let frames: BTreeSet<u64> = packets.iter().map(frame_of).collect();
        assert!(*frames.last().unwrap() + 10 > net.sender(alice).frames);
    }
}

#[test]
fn a_vanished_publisher_leaves_its_slot_within_three_seconds_and_the_room_within_sixteen() {
    let (mut net, alice, bob) = room();
    net.run(SECOND);
    net.clients[alice].away = true;
    net.forget();
    net.run(3 * SECOND);
    let emptied = net.events.iter().any(|event| {
        &*event.participant == "bob"
            && matches!(
                &event.what,
                What::Slot {
                    media: Media::Video,
                    shows: None,
                    ..
                }
            )
    });
    assert!(emptied);
    let carol = net.join("carol", Role::Publish, &[Audio, Video]).unwrap();
    net.run(SECOND);
    assert!(!net.got(bob, Media::Video)[0].1.is_empty());
    assert!(net.clients[carol].keys_asked <= 1);
    net.run(12 * SECOND);
    assert_eq!(gone(&net, "alice"), [Reason::Lost]);
}

#[test]
fn a_new_publisher_is_seen_within_a_second_by_who_is_there() {
    let (mut net, _, bob) = room();
    net.run(SECOND);
    let carol = net.join("carol", Role::Publish, &[Audio, Video]).unwrap();
    net.run(SECOND);
    assert!(net.got(bob, Media::Video)[1].1.len() > 30);
    assert!(net.clients[carol].keys_asked <= 1);
}

#[test]
fn wishes_decide_who_is_shown_and_the_stream_goes_on_over_the_switch() {
    let mut net = Net::new();
    for name in ["alice", "carol", "dave"] {
        net.join(name, Role::Publish, &[Video]).unwrap();
    }
    let bob = net.join("bob", Role::Subscribe, &[Video]).unwrap();
    net.run(3 * SECOND);
    for name in ["carol", "dave", "alice"] {
        let wishes = Wishes(vec![(name.into(), Quality::High)]);
        net.command(Command::Show(ROOM, None, wishes));
        net.run(2 * SECOND);
    }
    let shown: Vec<String> = net
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Slot {
                shows: Some(name), ..
            } => Some(name.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(shown, ["alice", "carol", "dave", "alice"]);
    let packets = net.got(bob, Media::Video)[0].1;
    let ssrcs: BTreeSet<_> = packets.iter().map(|packet| packet.header.ssrc).collect();
    assert_eq!(ssrcs.len(), 1);
    assert!(
        packets
            .windows(2)
            .all(|pair| *pair[1].seq_no == *pair[0].seq_no + 1)
    );
    let steps = packets.windows(2).map(|pair| {
        pair[1]
            .header
            .timestamp
            .wrapping_sub(pair[0].header.timestamp)
    });
    assert!(steps.clone().all(|step| step < 90_000), "{:?}", steps.max());
    assert!(packets.len() > 700);
}

#[test]
fn subscribers_that_ask_for_key_frames_at_once_cost_the_publisher_one() {
    let mut net = Net::new();
    let alice = net.join("alice", Role::Publish, &[Video]).unwrap();
    net.run(SECOND);
    net.clients[alice].keys_asked = 0;
    for name in ["b", "cc", "ddd", "eeee", "fffff", "gggggg"] {
        net.join(name, Role::Subscribe, &[Video]).unwrap();
    }
    net.run(2 * SECOND);
    assert!(
        net.clients[alice].keys_asked <= 2,
        "{}",
        net.clients[alice].keys_asked
    );
    for index in 1..7 {
        assert!(net.got(index, Media::Video)[0].1.len() > 100);
    }
}

#[test]
fn the_same_name_again_takes_the_place_of_the_first() {
    let (mut net, _, bob) = room();
    let again = net.join("alice", Role::Publish, &[Audio, Video]).unwrap();
    net.forget();
    net.run(2 * SECOND);
    assert_eq!(gone(&net, "alice"), [Reason::Replaced]);
    assert!(net.clients[again].connected);
    assert!(net.clients[0].gone, "its other end was told");
    assert!(net.got(bob, Media::Video)[0].1.len() > 60);
}

#[test]
fn whoever_never_connects_is_let_go() {
    let mut net = Net::new();
    let alice = net.join("alice", Role::Publish, &[Audio]).unwrap();
    net.clients[alice].away = true;
    net.run(16 * SECOND);
    assert_eq!(gone(&net, "alice"), [Reason::Late]);
}

#[test]
fn who_is_muted_by_the_host_is_neither_seen_nor_tapped() {
    let (mut net, _, bob) = room();
    net.command(Command::Mute(ROOM, "alice".into(), Media::Audio, true));
    net.run(SECOND);
    net.forget();
    assert!(net.tap.levels().count() > 0);
    net.run(2 * SECOND);
    assert_eq!(net.tap.levels().count(), 0);
    assert!(
        net.got(bob, Media::Audio)
            .iter()
            .all(|(_, packets)| packets.is_empty())
    );
    assert!(net.got(bob, Media::Video)[0].1.len() > 100);
    net.command(Command::Mute(ROOM, "alice".into(), Media::Audio, false));
    net.run(2 * SECOND);
    assert!(net.got(bob, Media::Audio)[0].1.len() > 80);
}

#[test]
fn more_voices_than_lines_the_loudest_are_heard() {
    let mut net = Net::new();
    let names = ["alice", "carol", "dave"];
    let voices = names.map(|name| net.join(name, Role::Publish, &[Audio]).unwrap());
    net.join("bob", Role::Subscribe, &[Audio]).unwrap();
    for (loudest, name) in [(2, "dave"), (1, "carol")] {
        for (place, &voice) in voices.iter().enumerate() {
            net.sender(voice).level = if place == loudest { -20 } else { -70 };
        }
        net.run(5 * SECOND);
        let heard = net.events.iter().rev().find_map(|event| match &event.what {
            What::Slot {
                shows: Some(name), ..
            } => Some(name.to_string()),
            _ => None,
        });
        assert_eq!(heard.as_deref(), Some(name));
    }
}

#[test]
fn the_tap_gets_levels_and_whole_frames() {
    let (mut net, alice, _) = room();
    net.tap.want(Wanted {
        audio: true,
        video: true,
        full: false,
    });
    let mut frames = Vec::new();
    for _ in 0..100 {
        net.run(Duration::from_millis(50));
        let (more, broken) = net.tap.frames(net.now);
        frames.extend(more);
        for track in broken {
            net.command(Command::Key(ROOM, track));
        }
    }
    let levels: Vec<_> = net.tap.levels().collect();
    assert!(levels.len() > 240 && levels.iter().all(|level| level.level == -30));
    let video: Vec<_> = frames
        .iter()
        .filter(|frame| frame.data.len() > 1000)
        .collect();
    assert!(video[0].key);
    assert!(video.len() > 130);
    assert!(video.iter().skip(1).all(|frame| !frame.gap));
    assert!(frames.len() - video.len() > 230);
    assert!(net.clients[alice].keys_asked <= 3);
    assert_eq!(net.tap.dropped(), (0, 0, 0));
}

#[test]
fn a_tap_that_nobody_reads_drops_and_counts_and_the_media_goes_on() {
    let (mut net, alice, bob) = room();
    net.tap.want(Wanted {
        audio: true,
        video: true,
        full: false,
    });
    net.forget();
    net.run(60 * SECOND);
    let (_, packets, _) = net.tap.dropped();
    assert!(packets > 1000);
    let got = net.got(bob, Media::Video)[0].1;
    assert!(got.len() as u64 > 60 * 29 * 3);
    assert!(net.clients[alice].keys_asked <= 2);
}

#[test]
fn a_room_that_is_over_tells_everybody() {
    let (mut net, alice, bob) = room();
    net.command(Command::Close(ROOM));
    net.run(SECOND);
    assert!(net.clients[alice].gone && net.clients[bob].gone);
    assert_eq!(gone(&net, "alice"), [Reason::Over]);
    assert_eq!(gone(&net, "bob"), [Reason::Over]);
}
