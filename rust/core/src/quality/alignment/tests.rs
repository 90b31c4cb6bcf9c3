//! Streams of a moving picture with known faults, and what the aligner makes of them.

use super::*;

const WIDTH: usize = 64;
const HEIGHT: usize = 36;

/// A picture that slides and breathes, at `time` seconds, with up to `noise` steps of noise.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 8 bits"
)]
fn picture(time: f64, noise: u32, seed: u64) -> Vec<u8> {
    let mut s = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let wave = |at: usize, length: f64, speed: f64| (at as f64 / length + speed * time).sin();
    let columns: Vec<_> = (0..WIDTH)
        .map(|x| (wave(x, 9.0, 4.0), wave(x, 5.3, 6.8)))
        .collect();
    let mut samples = Vec::new();
    for y in 0..HEIGHT {
        let (slow, fast) = (wave(y, 7.0, -2.3), wave(y, 4.1, 1.9));
        for (a, b) in &columns {
            s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let error = u32::from(s.to_be_bytes()[0]) % (2 * noise + 1);
            let value = 118.0 + 60.0 * a * slow + 24.0 * b * fast;
            samples.push((value + f64::from(error) - f64::from(noise)).clamp(0.0, 255.0) as u8);
        }
    }
    samples
}

/// A frame: when it is shown, and the time of the picture it shows.
type Frame = (f64, f64);

fn steady(frames: u32, rate: f64) -> Vec<Frame> {
    (0..frames)
        .map(|at| f64::from(at) / rate)
        .map(|time| (time, time))
        .collect()
}

/// Runs both streams frame by frame, the reference first.
fn aligned(
    reference: &[Frame],
    distorted: &[Frame],
    noise: u32,
) -> (Vec<Verdict>, Option<Alignment>) {
    let mut aligner = Aligner::new(Settings::default());
    let mut verdicts = Vec::new();
    for at in 0..reference.len().max(distorted.len()) {
        if let Some((pts, time)) = reference.get(at) {
            let samples = picture(*time, 0, 0);
            let plane = Plane::new(&samples, WIDTH, HEIGHT, WIDTH).unwrap();
            aligner.push_reference(*pts, plane).unwrap();
        }
        if let Some((pts, time)) = distorted.get(at) {
            let samples = picture(*time, noise, at as u64 + 1);
            let plane = Plane::new(&samples, WIDTH, HEIGHT, WIDTH).unwrap();
            aligner.push_distorted(*pts, plane).unwrap();
        }
        verdicts.extend(std::iter::from_fn(|| aligner.verdict()));
    }
    aligner.finish();
    verdicts.extend(std::iter::from_fn(|| aligner.verdict()));
    (verdicts, aligner.alignment())
}

fn distorted(verdict: &Verdict) -> u64 {
    match *verdict {
        Verdict::Paired { distorted, .. }
        | Verdict::Duplicated { distorted }
        | Verdict::Unpaired { distorted } => distorted,
    }
}

/// Fails unless every distorted frame has one verdict, in order, and every pair shows one picture.
fn check(reference: &[Frame], stream: &[Frame], verdicts: &[Verdict]) {
    let order: Vec<u64> = verdicts.iter().map(distorted).collect();
    assert_eq!(order, (0..stream.len() as u64).collect::<Vec<_>>());
    for verdict in verdicts {
        if let Verdict::Paired {
            reference: a,
            distorted: b,
        } = *verdict
        {
            let (a, b) = (usize::try_from(a).unwrap(), usize::try_from(b).unwrap());
            let apart = (reference[a].1 - stream[b].1).abs();
            assert!(apart < 1e-9, "{a} and {b} are {apart} s apart");
        }
    }
}

#[test]
fn equal_streams_pair_frame_by_frame() {
    let stream = steady(60, 30.0);
    let (verdicts, alignment) = aligned(&stream, &stream, 0);
    check(&stream, &stream, &verdicts);
    let alignment = alignment.unwrap();
    assert_eq!(
        (alignment.paired, alignment.dropped, alignment.duplicated),
        (60, 0, 0)
    );
    assert!(
        alignment.offset_seconds.abs() < 1e-9 && alignment.confidence > 0.8,
        "{alignment:?}"
    );
}

#[test]
fn a_constant_offset_is_found() {
    let reference = steady(90, 30.0);
    for offset in [-25, -7, -1, 1, 2, 13, 29] {
        let seconds = f64::from(offset) / 30.0;
        let late: Vec<Frame> = reference
            .iter()
            .map(|(pts, time)| (pts - seconds, *time))
            .collect();
        for noise in [0, 4] {
            let (verdicts, alignment) = aligned(&reference, &late, noise);
            check(&reference, &late, &verdicts);
            let alignment = alignment.unwrap();
            assert!(
                (alignment.offset_frames - f64::from(offset)).abs() < 1e-6,
                "{alignment:?}"
            );
            assert_eq!(
                (alignment.paired, alignment.retimed),
                (90, 0),
                "{offset} {noise}"
            );
            assert!(alignment.confidence > 0.5, "{alignment:?}");
        }
    }
}

#[test]
fn dropped_frames_are_counted_with_and_without_their_time() {
    let reference = steady(80, 30.0);
    let lost = [20, 41, 42];
    let kept = reference
        .iter()
        .enumerate()
        .filter(|(at, _)| !lost.contains(at));
    let gaps: Vec<Frame> = kept.map(|(_, frame)| *frame).collect();
    let closed: Vec<Frame> = gaps
        .iter()
        .zip(&reference)
        .map(|(gap, at)| (at.0, gap.1))
        .collect();
    for (stream, retimed) in [(gaps, 0), (closed, 2)] {
        for noise in [0, 3] {
            let (verdicts, alignment) = aligned(&reference, &stream, noise);
            check(&reference, &stream, &verdicts);
            let alignment = alignment.unwrap();
            assert_eq!(
                (alignment.dropped, alignment.duplicated),
                (3, 0),
                "{alignment:?}"
            );
            assert_eq!(alignment.retimed, retimed, "{alignment:?}");
        }
    }
}

#[test]
fn repeated_frames_are_refused_in_place_and_where_they_push_the_rest_back() {
    let reference = steady(80, 30.0);
    let mut frozen = reference.clone();
    frozen[30].1 = frozen[29].1;
    let (verdicts, alignment) = aligned(&reference, &frozen, 0);
    check(&reference, &frozen, &verdicts);
    assert_eq!(verdicts[30], Verdict::Duplicated { distorted: 30 });
    let alignment = alignment.unwrap();
    assert_eq!(
        (alignment.duplicated, alignment.dropped, alignment.paired),
        (1, 1, 79)
    );

    let mut times: Vec<f64> = reference.iter().map(|frame| frame.1).collect();
    times.insert(30, times[29]);
    let pushed: Vec<Frame> = times
        .iter()
        .zip(&reference)
        .map(|(time, at)| (at.0, *time))
        .collect();
    let (verdicts, alignment) = aligned(&reference, &pushed, 0);
    check(&reference, &pushed, &verdicts);
    assert_eq!(verdicts[30], Verdict::Duplicated { distorted: 30 });
    let alignment = alignment.unwrap();
    assert_eq!(
        (alignment.duplicated, alignment.dropped, alignment.retimed),
        (1, 0, 1)
    );
}

#[test]
fn half_the_rate_drops_nothing() {
    let (reference, stream) = (steady(120, 60.0), steady(60, 30.0));
    let (verdicts, alignment) = aligned(&reference, &stream, 2);
    check(&reference, &stream, &verdicts);
    let alignment = alignment.unwrap();
    assert_eq!(
        (alignment.paired, alignment.dropped, alignment.unpaired),
        (60, 0, 0)
    );
}

#[test]
fn twice_the_rate_leaves_every_other_frame_unpaired() {
    let (reference, stream) = (steady(60, 30.0), steady(120, 60.0));
    let (verdicts, alignment) = aligned(&reference, &stream, 0);
    check(&reference, &stream, &verdicts);
    let alignment = alignment.unwrap();
    assert_eq!(
        (alignment.paired, alignment.dropped),
        (60, 0),
        "{alignment:?}"
    );
    assert_eq!(
        (alignment.duplicated, alignment.unpaired),
        (0, 60),
        "{alignment:?}"
    );
}

#[test]
fn stills_pair_by_time_without_confidence() {
    let times = steady(60, 30.0);
    let still: Vec<Frame> = times.iter().map(|(pts, _)| (*pts, 0.0)).collect();
    for noise in [0, 1, 8] {
        let (verdicts, alignment) = aligned(&still, &still, noise);
        check(&times, &times, &verdicts);
        let alignment = alignment.unwrap();
        assert!(alignment.confidence < 0.15, "{alignment:?}");
        assert_eq!(
            (alignment.paired, alignment.retimed),
            (60, 0),
            "{alignment:?}"
        );
    }
}

#[test]
fn a_stream_without_a_reference_is_refused() {
    let reference = steady(30, 30.0);
    let far: Vec<Frame> = reference
        .iter()
        .map(|(pts, time)| (pts + 60.0, *time))
        .collect();
    let (verdicts, alignment) = aligned(&reference, &far, 0);
    assert_eq!(alignment, None);
    assert_eq!(verdicts.len(), 30);
    assert!(
        verdicts
            .iter()
            .all(|verdict| matches!(verdict, Verdict::Unpaired { .. }))
    );
}

#[test]
fn any_edit_of_a_stream_keeps_one_verdict_a_frame_and_no_false_pair() {
    let reference = steady(70, 25.0);
    let mut s = 7_u64;
    let mut next = |below: usize| {
        s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::from(u16::from_be_bytes([s.to_be_bytes()[0], s.to_be_bytes()[1]])) % below
    };
    for _ in 0..12 {
        let mut times: Vec<f64> = reference.iter().map(|frame| frame.1).collect();
        times.remove(10 + next(10));
        let at = 30 + next(10);
        times.insert(at, times[at - 1]);
        times.remove(50 + next(10));
        let stream: Vec<Frame> = times
            .iter()
            .zip(&reference)
            .map(|(time, at)| (at.0, *time))
            .collect();
        let (verdicts, alignment) = aligned(&reference, &stream, 2);
        check(&reference, &stream, &verdicts);
        let alignment = alignment.unwrap();
        assert_eq!(
            (alignment.dropped, alignment.duplicated),
            (2, 1),
            "{alignment:?}"
        );
    }
}

#[test]
fn a_stream_that_runs_ahead_waits_at_the_bound() {
    let settings = Settings {
        capacity: 40,
        ..Settings::default()
    };
    let mut aligner = Aligner::new(settings);
    let samples = picture(0.0, 0, 0);
    let plane = Plane::new(&samples, WIDTH, HEIGHT, WIDTH).unwrap();
    for at in 0..40 {
        aligner.push_reference(f64::from(at) / 10.0, plane).unwrap();
    }
    let full = AlignmentError::Full { capacity: 40 };
    assert_eq!(aligner.push_reference(4.0, plane), Err(full));
    for at in 0..40 {
        aligner.push_distorted(f64::from(at) / 10.0, plane).unwrap();
        while aligner.verdict().is_some() {}
    }
    assert_eq!(aligner.push_reference(4.0, plane), Ok(()));
}

#[test]
fn a_frame_out_of_order_or_of_another_size_is_refused_and_forgotten() {
    let mut aligner = Aligner::new(Settings::default());
    let samples = picture(0.0, 0, 0);
    let plane = |width| Plane::new(&samples, width, HEIGHT, WIDTH).unwrap();
    aligner.push_reference(1.0, plane(WIDTH)).unwrap();
    let size = aligner.push_distorted(1.0, plane(WIDTH - 1)).unwrap_err();
    let (expected, found) = ((WIDTH, HEIGHT), (WIDTH - 1, HEIGHT));
    assert_eq!(size, AlignmentError::Size { expected, found });
    let order = AlignmentError::Order {
        last: 1.0,
        found: 1.0,
    };
    assert_eq!(aligner.push_reference(1.0, plane(WIDTH)), Err(order));
    assert!(aligner.push_reference(f64::NAN, plane(WIDTH)).is_err());
    aligner.push_distorted(1.0, plane(WIDTH)).unwrap();
    aligner.finish();
    assert_eq!(
        aligner.verdict(),
        Some(Verdict::Paired {
            reference: 0,
            distorted: 0
        })
    );
}
