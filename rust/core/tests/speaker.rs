//! The active speaker, driven packet by packet.

#![expect(clippy::unwrap_used, reason = "a refused level fails the test")]

use std::collections::HashSet;

use v100_core::speaker::{ActiveSpeaker, ID_BYTES, PARTICIPANTS, Settings, SpeakerError};

/// A room of levels: each participant's noise and, while talking, a voice with syllables in it.
struct Room {
    speaker: ActiveSpeaker,
    frame: u32,
    changes: Vec<(f64, Option<String>)>,
}

/// dBov of a talker's frame: four syllables a second, 18 dB deep.
fn voice(gain: f64, frame: u32) -> f64 {
    gain + 3.0 - 9.0 * (1.0 - (f64::from(frame) * std::f64::consts::TAU / 12.5).cos())
}

/// dBov of a quiet frame: a noise floor with a decibel or two of scatter.
fn noise(floor: f64, frame: u32) -> f64 {
    floor + f64::from(frame.wrapping_mul(2_654_435_761) >> 30)
}

impl Room {
    fn new(settings: Settings) -> Self {
        Self {
            speaker: ActiveSpeaker::new(settings),
            frame: 0,
            changes: Vec::new(),
        }
    }

    fn now(&self) -> f64 {
        f64::from(self.frame) * 0.02
    }

    /// Lets `seconds` pass with each participant's level as `level` says.
    fn run(&mut self, seconds: f64, people: &[&str], level: impl Fn(&str, u32) -> Option<f64>) {
        let end = self.now() + seconds;
        while self.now() + 1e-9 < end {
            for who in people {
                if let Some(level) = level(who, self.frame) {
                    self.speaker.push(who, self.now(), level, None).unwrap();
                }
            }
            self.frame += 1;
            if let Some(change) = self.speaker.poll(self.now()).unwrap() {
                self.changes.push((change.at, change.current));
            }
        }
    }

    /// `talkers` talk at -26 dBov, everybody else is at -70.
    fn talk(&mut self, seconds: f64, talkers: &[&str]) {
        self.run(seconds, &["ana", "bo", "cy"], |who, frame| {
            Some(if talkers.contains(&who) {
                voice(-26.0, frame)
            } else {
                noise(-70.0, frame)
            })
        });
    }

    fn current(&self) -> Option<&str> {
        self.speaker.current()
    }
}

fn room() -> Room {
    let mut room = Room::new(Settings::default());
    room.talk(2.0, &[]);
    room
}

#[test]
fn silence_is_nobody() {
    let room = room();
    assert_eq!(room.current(), None);
    assert!(room.speaker.talking().is_empty());
    assert!(room.changes.is_empty());
}

#[test]
fn who_talks_is_talking_within_200_ms_and_takes_the_floor() {
    let mut room = room();
    room.talk(0.2, &["ana"]);
    assert_eq!(room.speaker.talking(), HashSet::from(["ana"]));
    room.talk(0.4, &["ana"]);
    assert_eq!(room.current(), Some("ana"));
}

#[test]
fn talking_ends_within_300_ms_of_the_last_word() {
    let mut room = room();
    room.talk(3.0, &["ana"]);
    room.talk(0.3, &[]);
    assert!(room.speaker.talking().is_empty());
}

#[test]
fn the_floor_follows_an_exchange_within_half_a_second() {
    let mut room = room();
    for who in ["ana", "bo", "ana", "cy"] {
        room.talk(4.0, &[who]);
        assert_eq!(room.current(), Some(who));
        room.talk(0.1, &[]);
    }
    let told: Vec<f64> = room.changes.iter().map(|(at, _)| *at).collect();
    for (start, at) in [2.0, 6.1, 10.2, 14.3].into_iter().zip(told) {
        assert!(at - start < 0.5, "{start} {at}");
    }
}

#[test]
fn an_interjection_over_the_holder_changes_nothing() {
    let mut room = room();
    room.talk(4.0, &["ana"]);
    room.talk(0.5, &["ana", "bo"]);
    room.talk(4.0, &["ana"]);
    assert_eq!(room.changes.len(), 1);
}

#[test]
fn one_who_keeps_talking_when_the_holder_stops_has_the_floor_soon() {
    let mut room = room();
    room.talk(4.0, &["ana"]);
    room.talk(1.5, &["ana", "bo"]);
    assert_eq!(room.current(), Some("ana"));
    room.talk(0.4, &["bo"]);
    assert_eq!(room.current(), Some("bo"));
}

#[test]
fn nobody_holds_the_floor_after_the_release() {
    let mut room = room();
    room.talk(4.0, &["ana"]);
    room.talk(Settings::default().release - 0.2, &[]);
    assert_eq!(room.current(), Some("ana"));
    room.talk(1.0, &[]);
    assert_eq!(room.current(), None);
    assert_eq!(room.changes.last().unwrap().1, None);
}

#[test]
fn clicks_and_keys_are_nobody() {
    let mut room = room();
    room.run(20.0, &["ana", "bo"], |who, frame| {
        let click = who == "ana" && frame % 6 == 0;
        Some(if click { -25.0 } else { noise(-70.0, frame) })
    });
    assert!(room.changes.is_empty(), "{:?}", room.changes);
}

#[test]
fn a_quiet_microphone_counts_as_much_as_a_loud_one() {
    let mut room = Room::new(Settings::default());
    let talk = |talker: &'static str| {
        move |who: &str, frame: u32| {
            let gain = if who == "loud" { -14.0 } else { -44.0 };
            Some(if who == talker {
                voice(gain, frame)
            } else {
                noise(gain - 35.0, frame)
            })
        }
    };
    for who in ["loud", "quiet", "loud", "quiet"] {
        room.run(5.0, &["loud", "quiet"], talk(who));
        assert_eq!(room.current(), Some(who));
    }
}

#[test]
fn a_neighbour_who_only_hears_the_talker_neither_talks_nor_takes_the_floor() {
    let mut room = Room::new(Settings::default());
    let both = |talker: &'static str| {
        move |who: &str, frame: u32| {
            let gain = if who == talker { -26.0 } else { -38.0 };
            Some(voice(gain, frame).max(noise(-70.0, frame)))
        }
    };
    room.run(6.0, &["ana", "bo"], both("ana"));
    room.run(6.0, &["ana", "bo"], both("bo"));
    room.changes.clear();
    for who in ["ana", "bo", "ana", "bo"] {
        room.run(3.0, &["ana", "bo"], both(who));
        assert_eq!(room.current(), Some(who));
        assert_eq!(room.speaker.talking(), HashSet::from([who]));
    }
    assert_eq!(room.changes.len(), 4, "{:?}", room.changes);
}

#[test]
fn discontinuous_transmission_and_loss_are_silence_and_no_more() {
    let mut room = room();
    room.talk(3.0, &["ana"]);
    room.run(3.0, &["ana", "bo"], |who, frame| match who {
        "bo" if frame % 30 != 0 => Some(voice(-26.0, frame)),
        "ana" if frame % 20 == 0 => Some(-70.0),
        _ => None,
    });
    assert_eq!(room.current(), Some("bo"));
    assert_eq!(room.speaker.talking(), HashSet::from(["bo"]));
}

#[test]
fn the_packets_own_clock_drops_the_late_and_stretches_the_long() {
    let settings = Settings::default();
    let mut long = ActiveSpeaker::new(settings);
    let mut short = ActiveSpeaker::new(settings);
    for step in 0..100_u32 {
        let at = f64::from(step) * 0.06;
        let level = if step < 50 { -70.0 } else { -26.0 };
        long.push("ana", at, level, Some(at)).unwrap();
        for third in 0..3_u32 {
            short
                .push("ana", at, level, Some(at + f64::from(third) * 0.02))
                .unwrap();
        }
        assert_eq!(long.poll(at).unwrap(), short.poll(at).unwrap());
    }
    assert_eq!(long.current(), Some("ana"));
    for late in 0..200_u32 {
        long.push("ana", 6.0, -127.0, Some(5.9 - f64::from(late) * 0.001))
            .unwrap();
    }
    assert_eq!(long.talking(), HashSet::from(["ana"]));
}

#[test]
fn who_leaves_gives_up_the_floor_and_comes_back_a_stranger() {
    let mut room = room();
    room.talk(3.0, &["ana"]);
    assert!(room.speaker.leave("ana"));
    assert!(!room.speaker.leave("ana"));
    assert_eq!(room.current(), None);
    let change = room.speaker.poll(room.now()).unwrap().unwrap();
    assert_eq!(
        (change.previous.as_deref(), change.current),
        (Some("ana"), None)
    );
    room.talk(1.0, &["ana"]);
    assert_eq!(room.current(), Some("ana"));
}

#[test]
fn who_is_muted_is_not_heard_until_unmuted() {
    let mut room = room();
    room.talk(3.0, &["ana"]);
    room.speaker.mute("ana").unwrap();
    assert!(room.speaker.talking().is_empty());
    room.talk(3.0, &["ana"]);
    assert_eq!(room.current(), None);
    room.speaker.unmute("ana").unwrap();
    room.talk(1.0, &["ana"]);
    assert_eq!(room.current(), Some("ana"));
}

#[test]
fn a_reconnect_under_the_same_id_goes_on() {
    let mut room = room();
    room.talk(3.0, &["ana"]);
    room.run(5.0, &["bo"], |_, frame| Some(noise(-70.0, frame)));
    assert_eq!(room.current(), None);
    room.talk(1.0, &["ana"]);
    assert_eq!(room.current(), Some("ana"));
}

#[test]
fn a_long_silence_of_the_caller_costs_no_more_than_seconds() {
    let mut room = room();
    room.talk(3.0, &["ana"]);
    let change = room.speaker.poll(1e9).unwrap().unwrap();
    assert_eq!(change.current, None);
}

#[test]
fn what_is_no_level_time_or_id_is_refused_and_changes_nothing() {
    let mut speaker = ActiveSpeaker::default();
    speaker.push("ana", 10.0, -30.0, None).unwrap();
    assert_eq!(
        speaker.push("ana", 10.0, f64::NAN, None),
        Err(SpeakerError::Level)
    );
    assert!(matches!(
        speaker.push("ana", f64::INFINITY, -30.0, None),
        Err(SpeakerError::Time(_))
    ));
    assert!(matches!(
        speaker.push("ana", 10.0, -30.0, Some(f64::NAN)),
        Err(SpeakerError::Time(_))
    ));
    assert_eq!(
        speaker.poll(8.0),
        Err(SpeakerError::Backwards {
            newest: 10.0,
            found: 8.0
        })
    );
    assert_eq!(
        speaker.push("", 10.0, -30.0, None),
        Err(SpeakerError::Id { found: 0 })
    );
    let long = "x".repeat(ID_BYTES + 1);
    assert_eq!(
        speaker.push(&long, 10.0, -30.0, None),
        Err(SpeakerError::Id {
            found: ID_BYTES + 1
        })
    );
    assert!(speaker.push("ana", 9.5, 40.0, None).is_ok());
    assert!(speaker.poll(10.0).is_ok());
}

#[test]
fn a_full_room_refuses_one_more_until_somebody_leaves() {
    let mut speaker = ActiveSpeaker::default();
    for i in 0..PARTICIPANTS {
        speaker.push(&i.to_string(), 0.0, -70.0, None).unwrap();
    }
    assert_eq!(
        speaker.push("more", 0.0, -70.0, None),
        Err(SpeakerError::Full)
    );
    speaker.leave("0");
    assert!(speaker.push("more", 0.0, -70.0, None).is_ok());
}

#[test]
fn every_setting_can_be_set_by_its_name_within_its_range() {
    let mut settings = Settings::default();
    for name in Settings::NAMES {
        let value = settings.get(name).unwrap();
        assert_eq!(settings.set(name, value), Ok(()));
        assert!(settings.set(name, f64::NAN).is_err());
        assert!(settings.set(name, -1.0).is_err());
    }
    assert_eq!(settings, Settings::default());
    assert!(matches!(
        settings.set("volume", 1.0),
        Err(SpeakerError::UnknownSetting(_))
    ));
}

#[test]
fn the_same_levels_make_the_same_changes_however_often_it_is_polled() {
    let run = |every: u32| {
        let mut speaker = ActiveSpeaker::default();
        let mut changes = Vec::new();
        for frame in 0..3000_u32 {
            let at = f64::from(frame) * 0.02;
            for (i, who) in ["ana", "bo", "cy"].into_iter().enumerate() {
                let talks = (frame / 170) as usize % 3 == i;
                let level = if talks {
                    voice(-26.0, frame)
                } else {
                    noise(-70.0, frame)
                };
                speaker.push(who, at, level, None).unwrap();
            }
            if frame % every == 0 {
                changes.extend(speaker.poll(at).unwrap());
            }
        }
        changes
    };
    let fine = run(1);
    assert!(fine.len() > 10);
    assert_eq!(fine, run(5));
}
