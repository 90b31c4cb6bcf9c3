//! The floor stays calm, whatever the levels.

#![expect(clippy::unwrap_used, reason = "a refused level fails the test")]

use v100_core::speaker::ActiveSpeaker;

const STEP: f64 = 0.02;

/// A generator of its own (Steele et al. 2014, `SplitMix64`), so that runs repeat.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let unit = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
        unit
    }
}

/// When the floor went from one to another, seconds; nobody between them does not count.
fn changes(
    seconds: u32,
    ids: &[&str],
    mut level: impl FnMut(u32, usize) -> Option<f64>,
) -> Vec<f64> {
    let mut speaker = ActiveSpeaker::default();
    let (mut last, mut found) = (None, Vec::new());
    for frame in 0..seconds * 50 {
        let at = f64::from(frame) * STEP;
        for (slot, id) in ids.iter().enumerate() {
            if let Some(level) = level(frame, slot) {
                speaker.push(id, at, level, None).unwrap();
            }
        }
        if let Some(change) = speaker.poll(at).unwrap()
            && change.current.is_some()
            && change.current != last
        {
            found.push(change.at);
            last = change.current;
        }
    }
    found
}

fn assert_calm(found: &[f64], minute: usize, what: &str) {
    for (span, most) in [(10.0, 6), (60.0, minute)] {
        for (first, &at) in found.iter().enumerate() {
            let within = found[first..]
                .iter()
                .take_while(|&&other| other - at < span)
                .count();
            assert!(
                within <= most,
                "{within} changes in {span} s from {at} on: {what}"
            );
        }
    }
}

/// Speech of a sort: syllables, and a gap of 0.2 s each 1.8 s.
fn syllables(frame: u32, lag: u32) -> f64 {
    if (frame + lag) % 90 < 10 {
        -75.0
    } else {
        5.0f64.mul_add((f64::from(frame + lag) / 2.0).sin(), -28.0)
    }
}

#[test]
fn one_voice_in_two_microphones_is_one_talker() {
    for loss in [0.0, 0.5, 1.0, 2.0, 3.0, 4.0] {
        let found = changes(60, &["a", "b"], |frame, slot| {
            Some(syllables(frame, 0) - loss * f64::from(u8::from(slot == 1)))
        });
        assert!(
            found.len() <= 3,
            "{} changes at {loss} dB: {found:?}",
            found.len()
        );
    }
}

#[test]
fn two_who_talk_over_each_other_do_not_make_the_floor_flap() {
    for seconds in [8, 15, 30, 60, 120] {
        for lag in [11, 23, 37, 61] {
            let found = changes(seconds, &["a", "b"], |frame, slot| {
                Some(syllables(frame, if slot == 0 { 0 } else { lag }))
            });
            assert_calm(
                &found,
                12,
                &format!("overlap of {seconds} s, {lag} frames apart"),
            );
        }
    }
}

#[test]
fn stuck_levels_do_not_make_the_floor_flap() {
    for level in [-20.0, 0.0, -60.0] {
        assert_calm(
            &changes(120, &["a", "b", "c"], |_, _| Some(level)),
            12,
            "stuck",
        );
    }
}

#[test]
fn whatever_the_levels_the_floor_changes_six_times_in_ten_seconds_and_twenty_four_a_minute_at_most()
{
    for seed in 0..40 {
        let mut random = Random(seed);
        let ids = &["a", "b", "c", "d"][..2 + (seed % 3) as usize];
        let mut until = vec![0u32; ids.len()];
        let mut mode = vec![0.0; ids.len()];
        let found = changes(150, ids, |frame, slot| {
            if frame >= until[slot] {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "small and positive"
                )]
                let length = 1 + (random.next() * random.next() * 200.0) as u32;
                until[slot] = frame + length;
                mode[slot] = random.next();
            }
            (mode[slot] > 0.1).then(|| {
                if mode[slot] < 0.5 {
                    -80.0
                } else {
                    -50.0 * random.next()
                }
            })
        });
        assert_calm(&found, 24, "random levels");
    }
}

#[test]
fn levels_once_a_second_still_name_who_talks() {
    let mut speaker = ActiveSpeaker::default();
    let mut heard = false;
    for second in 0..30 {
        let at = f64::from(second);
        speaker
            .push("a", at, if second % 10 < 5 { -25.0 } else { -80.0 }, None)
            .unwrap();
        speaker.push("b", at, -80.0, None).unwrap();
        speaker.poll(at).expect("in order");
        heard |= speaker.current() == Some("a");
    }
    assert!(heard);
}
