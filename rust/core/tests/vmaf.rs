//! VMAF of generated clips, held to what libvmaf says of them, and to what must hold of any clip.
//!
//! `vmaf_goldens.txt` is written by `benches/make_vmaf_goldens.py`, which has the same formula.

#![expect(clippy::unwrap_used, reason = "a test's own helpers")]

use v100_core::{
    cpu::Level,
    kernel::widen::Widen,
    plane::{Plane, Sample, ShapeError},
    quality::{
        models::Model,
        series::{Score, Series, Settings},
        vmaf::{Input, Meter, Vmaf},
    },
};

const MODELS: [Model; 3] = [Model::V061, Model::V061Neg, Model::FourK];

fn settings(depth: u32) -> Settings {
    Settings {
        depth,
        models: MODELS.to_vec(),
        phone: false,
    }
}

/// Luma of reference and distorted: gradients, checks and noise; quantised, right half enhanced.
fn clip(width: u32, height: u32, depth: u32, frame: u32) -> [Vec<u16>; 2] {
    let mut planes = [Vec::new(), Vec::new()];
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let noise = x
            .wrapping_mul(374_761_393)
            .wrapping_add(y.wrapping_mul(668_265_263))
            .wrapping_add(frame * 40503);
        let noise = (noise ^ noise >> 13).wrapping_mul(1_274_126_177);
        let noise = noise ^ noise >> 16;
        let slope = (x * 3 + y * 2 + frame * 7) & 255;
        let checks = (((x >> 3) ^ (y >> 3)).wrapping_add(frame) & 3) * 24;
        let reference = 32 + slope.min(255 - slope) + checks + (noise & 15);
        let distorted = if x < width / 2 {
            (reference + 6) / 12 * 12
        } else {
            ((reference * 5).saturating_sub(128) / 4).min(255)
        };
        let extra = depth - 8;
        let low = (noise >> 8) & ((1 << extra) - 1);
        for (plane, value) in planes
            .iter_mut()
            .zip([reference << extra | low, distorted << extra | low >> 1])
        {
            plane.push(u16::try_from(value).unwrap());
        }
    }
    planes
}

fn bytes(samples: &[u16]) -> Vec<u8> {
    samples.iter().map(|&s| u8::try_from(s).unwrap()).collect()
}

fn plane<T: Sample>(samples: &[T], width: usize) -> Plane<'_, T> {
    Plane::new(samples, width, samples.len() / width, width).unwrap()
}

/// Scores of whole clips of pairs of planes.
fn scores<T: Widen>(level: Level, depth: u32, width: usize, frames: &[[Vec<T>; 2]]) -> Vec<Score> {
    let mut vmaf = Vmaf::new(level, settings(depth));
    let mut scores = Vec::new();
    for [reference, distorted] in frames {
        scores.extend(
            vmaf.push(plane(reference, width), plane(distorted, width))
                .unwrap(),
        );
    }
    scores.extend(vmaf.flush(None).unwrap());
    scores
}

fn clips(width: u32, height: u32, depth: u32, frames: u32) -> Vec<[Vec<u16>; 2]> {
    (0..frames)
        .map(|frame| clip(width, height, depth, frame))
        .collect()
}

fn score_clip(level: Level, width: u32, height: u32, depth: u32, frames: u32) -> Vec<Score> {
    let clips = clips(width, height, depth, frames);
    if depth == 8 {
        let clips: Vec<_> = clips
            .iter()
            .map(|pair| pair.each_ref().map(|p| bytes(p)))
            .collect();
        scores(level, depth, width as usize, &clips)
    } else {
        scores(level, depth, width as usize, &clips)
    }
}

#[test]
fn every_printed_digit_is_libvmafs() {
    let mut seen = 0;
    let mut known: Option<([u32; 3], Vec<Score>)> = None;
    let goldens = include_str!("vmaf_goldens.txt");
    for line in goldens.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').collect();
        let [width, height, depth, frame] = [0, 1, 2, 3].map(|i| fields[i].parse().unwrap());
        let shape = [width, height, depth];
        if known.as_ref().is_none_or(|(before, _)| *before != shape) {
            let frames = goldens
                .lines()
                .filter(|line| line.starts_with(&format!("{width} {height} {depth} ")))
                .count();
            let frames = u32::try_from(frames).unwrap();
            known = Some((
                shape,
                score_clip(Level::detect(), width, height, depth, frames),
            ));
        }
        let score = known.as_ref().unwrap().1[frame as usize];
        let [_, neg @ ..] = score.features(Model::V061Neg).unwrap();
        let found = score
            .features(Model::V061)
            .unwrap()
            .into_iter()
            .chain([score.early.unwrap().adm2_neg])
            .chain(neg[1..].iter().copied())
            .chain(MODELS.map(|model| score.of(model).unwrap()));
        for (column, (found, expected)) in found.zip(&fields[4..]).enumerate() {
            assert_eq!(
                &format!("{found:.6}"),
                expected,
                "column {column} of {line}"
            );
            seen += 1;
        }
    }
    assert!(seen > 200, "only {seen} values");
}

#[test]
fn every_level_gives_the_bits_of_scalar() {
    for (width, height, depth) in [
        (16, 16, 8),
        (18, 22, 8),
        (161, 47, 8),
        (66, 37, 9),
        (53, 90, 16),
    ] {
        let expected = score_clip(Level::SCALAR, width, height, depth, 2);
        for level in Level::all() {
            let found = score_clip(level, width, height, depth, 2);
            assert_eq!(found, expected, "{level:?} {width}x{height} {depth} bits");
        }
    }
}

/// Noise with all values, and stripes and checks of the largest contrast.
fn extremes(width: usize, height: usize, peak: u16) -> Vec<[Vec<u16>; 2]> {
    let mut state = 1_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let [a, b, ..] = state.to_be_bytes();
        u16::from_be_bytes([a, b]) & peak
    };
    let random = [0, 1].map(|_| (0..width * height).map(|_| noise()).collect());
    let pattern = |on: &dyn Fn(usize, usize) -> bool| -> Vec<u16> {
        (0..width * height)
            .map(|i| if on(i % width, i / width) { peak } else { 0 })
            .collect()
    };
    let checks = pattern(&|x, y| (x + y) % 2 == 0);
    let shifted = pattern(&|x, y| (x + y) % 2 == 1);
    let stripes = pattern(&|x, _| x / 3 % 2 == 0);
    let flat = vec![peak / 2; width * height];
    let dark = vec![0; width * height];
    vec![
        random,
        [checks.clone(), shifted],
        [stripes.clone(), checks.clone()],
        [flat.clone(), checks],
        [stripes, flat.clone()],
        [dark, flat],
    ]
}

#[test]
fn every_level_gives_the_bits_of_scalar_at_the_extremes() {
    let (width, height) = (70, 41);
    for (depth, peak) in [(8, 255), (10, 1023), (16, 65535)] {
        let frames = extremes(width, height, peak);
        let all = |level| {
            if depth == 8 {
                let frames: Vec<_> = frames
                    .iter()
                    .map(|pair| pair.each_ref().map(|p| bytes(p)))
                    .collect();
                scores(level, depth, width, &frames)
            } else {
                scores(level, depth, width, &frames)
            }
        };
        let expected = all(Level::SCALAR);
        for level in Level::all() {
            assert_eq!(all(level), expected, "{level:?} {depth} bits");
        }
    }
}

#[test]
fn a_frame_that_equals_its_reference_has_features_of_one() {
    let [reference, _] = clip(96, 64, 8, 0);
    let reference = bytes(&reference);
    let score = scores(Level::detect(), 8, 96, &[[reference.clone(), reference]])[0];
    assert!(
        (score.early.unwrap().adm2 - 1.0).abs() < 1e-5,
        "{}",
        score.early.unwrap().adm2
    );
    for scale in score.early.unwrap().vif_scales {
        assert!((scale - 1.0).abs() < 1e-3, "{scale}");
    }
}

#[test]
fn rows_may_lie_apart() {
    let pair = clip(50, 40, 10, 0);
    let expected = scores(Level::detect(), 10, 50, std::slice::from_ref(&pair));
    let apart = pair.map(|plane| {
        plane
            .chunks(50)
            .flat_map(|row| row.iter().copied().chain([7; 13]))
            .collect::<Vec<_>>()
    });
    let [reference, distorted] = apart
        .each_ref()
        .map(|plane| Plane::new(plane, 50, 40, 63).unwrap());
    let mut vmaf = Vmaf::new(Level::detect(), settings(10));
    assert_eq!(vmaf.push(reference, distorted).unwrap(), None);
    assert_eq!(vmaf.flush(None).unwrap().as_ref(), expected.first());
}

#[test]
fn pieces_with_one_frame_of_overlap_score_as_the_whole() {
    let frames = clips(64, 48, 8, 6);
    let frames: Vec<_> = frames
        .iter()
        .map(|pair| pair.each_ref().map(|p| bytes(p)))
        .collect();
    let whole = scores(Level::detect(), 8, 64, &frames);
    let mut vmaf = Vmaf::new(Level::detect(), settings(8));
    let mut pieces = Vec::new();
    for piece in [0..3, 3..6] {
        if piece.start > 0 {
            vmaf.resume(plane(&frames[piece.start - 1][0], 64));
        }
        for [reference, distorted] in &frames[piece.clone()] {
            pieces.extend(
                vmaf.push(plane(reference, 64), plane(distorted, 64))
                    .unwrap(),
            );
        }
        let next = frames.get(piece.end).map(|[next, _]| plane(next, 64));
        pieces.extend(vmaf.flush(next).unwrap());
    }
    assert_eq!(pieces.len(), whole.len());
    for (piece, whole) in pieces.iter().zip(&whole) {
        assert_eq!(piece.early, whole.early);
    }
}

#[test]
fn meters_apart_and_one_series_score_as_one() {
    let frames = clips(64, 48, 10, 4);
    let whole = scores(Level::detect(), 10, 64, &frames);
    let mut meters = [0, 1].map(|_| Meter::new(Level::detect(), &settings(10), 1));
    let mut series = Series::new(settings(10));
    let mut apart = Vec::new();
    for (i, [reference, distorted]) in frames.iter().enumerate() {
        let before = i.checked_sub(1).map(|before| plane(&frames[before][0], 64));
        let input = Input {
            planes: [plane(reference, 64), plane(distorted, 64)],
            colour: None,
            before: [before, None],
        };
        let measure = meters[i % 2].measure(input).unwrap();
        apart.extend(series.push(measure).into_iter().flatten());
    }
    apart.extend(series.flush(None).into_iter().flatten());
    assert_eq!(apart, whole);
}

#[test]
fn planes_that_do_not_fit_are_refused() {
    let samples = [0_u8; 64 * 64];
    let small = Plane::new(&samples, 64, 32, 64).unwrap();
    let large = Plane::new(&samples, 64, 64, 64).unwrap();
    let tiny = Plane::new(&samples, 8, 8, 8).unwrap();
    let mut vmaf = Vmaf::new(Level::detect(), settings(8));
    assert_eq!(
        vmaf.push(small, large).unwrap_err(),
        ShapeError::Size {
            expected: (64, 32),
            found: (64, 64)
        },
    );
    assert_eq!(
        vmaf.push(tiny, tiny).unwrap_err(),
        ShapeError::Edge { found: (8, 8) }
    );
    let mut deep = Vmaf::new(Level::detect(), settings(10));
    assert_eq!(
        deep.push(small, small).unwrap_err(),
        ShapeError::Depth {
            expected: (8, 8),
            found: 10
        },
    );
}
