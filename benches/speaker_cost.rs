//! What one audio level costs inside Rust: id looked up, level taken in, its share of the decision.
//!
//!     cargo bench -p v100-core --bench speaker_cost
//!
//! A second of 50 levels per participant in arrival order, polled every 20 ms, one in four talking
//! in turns; the median and the best of many seconds, on one core. No Python is involved.

#![expect(clippy::print_stdout, reason = "what a bench is for")]

use std::{hint::black_box, time::Instant};

use v100_core::speaker::ActiveSpeaker;

const SECONDS: u32 = 60;

fn main() {
    println!("participants  median ns per level  best ns per level");
    for participants in [4_u32, 16, 100] {
        let mut costs = measure(participants);
        costs.sort_by(f64::total_cmp);
        let median = costs[costs.len() / 2];
        println!("{participants:12}  {median:19.1}  {:17.1}", costs[0]);
    }
}

/// Nanoseconds per level, of each second.
fn measure(participants: u32) -> Vec<f64> {
    let names: Vec<String> = (0..participants)
        .map(|i| format!("participant-{i}"))
        .collect();
    let mut speaker = ActiveSpeaker::default();
    (0..SECONDS)
        .map(|second| {
            let levels = levels(second, participants);
            let start = now();
            for (frame, frame_levels) in (0..50_u32).zip(levels.chunks_exact(names.len())) {
                let at = f64::from(second) + f64::from(frame) * 0.02;
                for (name, level) in names.iter().zip(frame_levels) {
                    speaker.push(name, at, *level, None).unwrap_or_default();
                }
                black_box(speaker.poll(at).unwrap_or_default());
            }
            start.elapsed().as_secs_f64() * 1e9 / f64::from(50 * participants)
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}

/// One second of levels, frame by frame: every fourth participant talks, another four each second.
fn levels(second: u32, participants: u32) -> Vec<f64> {
    (0..50 * participants)
        .map(|i| {
            let (frame, participant) = (i / participants, i % participants);
            let talks = (participant + second).is_multiple_of(4);
            let syllable = f64::from(frame % 12);
            if talks {
                -40.0 + 2.0 * syllable
            } else {
                -70.0 + f64::from(frame % 3)
            }
        })
        .collect()
}
