#![expect(clippy::disallowed_methods, reason = "any instant will do")]

use super::*;

/// A VP8 frame of several packets: `key` or not, one picture at `time`.
fn packets(number: u64, time: u32, parts: u64, key: bool, at: Instant) -> Vec<Packet> {
    (0..parts)
        .map(|part| {
            let head = if part == 0 { 0x10 } else { 0 };
            let payload = [head, u8::from(!key), number.to_le_bytes()[0]];
            Packet {
                track: TrackId(1),
                codec: Codec::Vp8,
                layer: 0,
                number: number + part,
                time,
                marker: part + 1 == parts,
                at,
                payload: payload[..].into(),
            }
        })
        .collect()
}

fn polled(assembler: &mut Assembler, now: Instant) -> Vec<(u32, bool, bool)> {
    let mut frames = Vec::new();
    assembler.poll(now, &mut frames);
    frames
        .iter()
        .map(|frame| (frame.time, frame.key, frame.gap))
        .collect()
}

#[test]
fn frames_come_whole_and_in_order_whatever_order_their_packets_have() {
    let now = Instant::now();
    let mut all = packets(10, 0, 3, true, now);
    all.extend(packets(13, 3000, 2, false, now));
    let expected = [(0, true, true), (3000, false, false)];
    for seed in 0..120 {
        let mut order = all.clone();
        let mut state = seed;
        for index in (1..order.len()).rev() {
            order.swap(index, state % (index + 1));
            state /= index + 1;
        }
        let mut assembler = Assembler::new(Codec::Vp8);
        order.into_iter().for_each(|packet| assembler.push(packet));
        assert_eq!(polled(&mut assembler, now), expected);
        assert_eq!(assembler.lost(), 0);
    }
}

#[test]
fn a_gap_is_waited_for_before_a_key_frame_is_asked_for() {
    let now = Instant::now();
    let mut assembler = Assembler::new(Codec::Vp8);
    assert!(assembler.asks_for_key(now));
    packets(0, 0, 2, true, now)
        .into_iter()
        .for_each(|packet| assembler.push(packet));
    assert_eq!(polled(&mut assembler, now), [(0, true, true)]);
    let late = packets(2, 3000, 1, false, now);
    packets(3, 6000, 1, false, now)
        .into_iter()
        .for_each(|packet| assembler.push(packet));
    assert_eq!(polled(&mut assembler, now), []);
    let soon = now + REPAIR / 2;
    assert_eq!(polled(&mut assembler, soon), []);
    assert!(!assembler.asks_for_key(now + ASK));
    // The repair comes in time.
    late.into_iter().for_each(|packet| assembler.push(packet));
    assert_eq!(
        polled(&mut assembler, soon),
        [(3000, false, false), (6000, false, false)]
    );
    assert_eq!(assembler.lost(), 0);
}

#[test]
fn what_never_comes_is_given_up_and_the_next_key_frame_goes_on() {
    let now = Instant::now();
    let mut assembler = Assembler::new(Codec::Vp8);
    let mut all = packets(0, 0, 1, true, now);
    all.extend(packets(2, 6000, 1, false, now));
    all.extend(packets(3, 9000, 2, true, now));
    all.into_iter().for_each(|packet| assembler.push(packet));
    assert_eq!(polled(&mut assembler, now), [(0, true, true)]);
    let later = now + REPAIR;
    assert_eq!(polled(&mut assembler, later), [(9000, true, true)]);
    assert_eq!(assembler.lost(), 1);
    assert!(!assembler.asks_for_key(later));
}

#[test]
fn a_frame_that_misses_its_middle_is_given_up_too() {
    let now = Instant::now();
    let mut assembler = Assembler::new(Codec::Vp8);
    let mut all = packets(0, 0, 3, true, now);
    all.remove(1);
    all.into_iter().for_each(|packet| assembler.push(packet));
    assert_eq!(polled(&mut assembler, now), []);
    assert_eq!(polled(&mut assembler, now + REPAIR), []);
    assert_eq!(assembler.lost(), 1);
    assert!(assembler.asks_for_key(now + REPAIR));
    assert!(!assembler.asks_for_key(now + REPAIR));
}

#[test]
fn another_layer_begins_with_a_key_frame() {
    let now = Instant::now();
    let mut assembler = Assembler::new(Codec::Vp8);
    packets(0, 0, 1, true, now)
        .into_iter()
        .for_each(|packet| assembler.push(packet));
    assert_eq!(polled(&mut assembler, now).len(), 1);
    for mut packet in packets(900, 5000, 1, false, now) {
        packet.layer = 1;
        assembler.push(packet);
    }
    assert_eq!(polled(&mut assembler, now), []);
    assert!(assembler.asks_for_key(now));
}

#[test]
fn nothing_that_comes_makes_it_panic_or_grow() {
    let now = Instant::now();
    let mut state = 1_u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state >> 33
    };
    for codec in [Codec::Opus, Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1] {
        let mut assembler = Assembler::new(codec);
        for step in 0..20_000_u64 {
            let length = usize::try_from(random() % 12).unwrap();
            let payload: Vec<u8> = (0..length).map(|_| random().to_le_bytes()[0]).collect();
            assembler.push(Packet {
                track: TrackId(1),
                codec,
                layer: 0,
                number: step + random() % 8,
                time: u32::try_from(step / 4).unwrap(),
                marker: random().is_multiple_of(4),
                at: now,
                payload: payload.into(),
            });
            let mut frames = Vec::new();
            assembler.poll(now + Duration::from_millis(step), &mut frames);
        }
        assert!(assembler.waiting.len() <= MOST);
    }
}
