//! Faces over frames of a drawn head.

use crate::{
    analyzer::{Analyzer, Layers, Reading},
    cpu::Level,
    drawn::{Head, head},
    face::{Share, shares},
    fake::noise,
    frame::{Format, Frame, Picture},
    plane::Plane,
};

const SIZE: (usize, usize) = (320, 240);
const ON: Layers = Layers {
    motion: false,
    vectors: false,
    complexity: false,
    siti: false,
    seen_by: None,
    visual: false,
    faces: true,
    deepfake: true,
};

fn shown(analyzer: &mut Analyzer, luma: &[u8], at: u32, given: Option<&[Share]>) -> Reading {
    let colour = vec![120_u8; SIZE.0 / 2 * SIZE.1 / 2];
    let red: Vec<u8> = noise(u64::from(at), colour.len())
        .iter()
        .map(|noise| 140 + noise % 8)
        .collect();
    let planes = [
        Plane::packed(luma, SIZE.0, SIZE.1),
        Plane::packed(&colour, SIZE.0 / 2, SIZE.1 / 2),
        Plane::packed(&red, SIZE.0 / 2, SIZE.1 / 2),
    ];
    let format = Format::named("yuv420p").unwrap();
    let picture = Picture::new(format, &planes).unwrap();
    analyzer.push_with(&Frame::Eight(picture), f64::from(at) / 25.0, given)
}

fn still() -> Head {
    Head {
        x: 160.0,
        y: 115.0,
        size: 110.0,
        ..Head::default()
    }
}

fn moved(at: u32) -> Head {
    let turn = f64::from(at) / 12.0;
    Head {
        x: 160.0 + 15.0 * turn.sin(),
        y: 115.0 + 5.0 * (1.7 * turn).cos(),
        ..still()
    }
}

#[test]
fn a_head_is_found_within_a_second_and_followed_where_it_goes() {
    let mut analyzer = Analyzer::new(Level::detect(), ON);
    let mut ids = std::collections::BTreeSet::new();
    for at in 0..75 {
        let head_now = moved(at);
        let luma = head(SIZE.0, SIZE.1, head_now, at.into());
        let reading = shown(&mut analyzer, &luma, at, None);
        let faces = reading.faces.unwrap();
        if at < 25 {
            continue;
        }
        assert_eq!(faces.len(), 1, "{at}");
        let face = faces.iter().next().unwrap();
        ids.insert(face.id);
        let (x, y) = face.centre();
        let away = (x - head_now.x).abs().max((y - head_now.y).abs());
        assert!(away < 0.12 * head_now.size, "{at}: {away}");
    }
    assert_eq!(ids.len(), 1);
}

#[test]
fn every_level_finds_and_measures_the_same_bits() {
    let frames = (0..85_u32).map(|at| head(SIZE.0, SIZE.1, moved(at), at.into()));
    let frames: Vec<_> = frames.collect();
    let readings = |level| {
        let mut analyzer = Analyzer::new(level, ON);
        let all = (0..).zip(&frames);
        let all = all.map(|(at, luma)| shown(&mut analyzer, luma, at, None));
        format!("{:?}", all.collect::<Vec<_>>())
    };
    let scalar = readings(Level::SCALAR);
    assert!(
        scalar.contains("face_change: Signal { value: Some("),
        "nothing was judged"
    );
    for level in Level::all().into_iter().skip(1) {
        assert!(readings(level) == scalar, "{level:?}");
    }
}

#[test]
fn noise_has_no_face_and_a_cut_loses_the_one_that_was() {
    let mut analyzer = Analyzer::new(Level::detect(), ON);
    for at in 0..25 {
        let luma = head(SIZE.0, SIZE.1, still(), at.into());
        shown(&mut analyzer, &luma, at, None);
    }
    for at in 25..50 {
        let luma = noise(u64::from(at), SIZE.0 * SIZE.1);
        let reading = shown(&mut analyzer, &luma, at, None);
        assert!(reading.faces.unwrap().is_empty(), "{at}");
        assert_eq!(reading.deepfake.unwrap().face, None);
    }
}

#[test]
fn a_box_that_the_caller_gives_is_placed_and_one_without_a_face_is_kept_with_less_confidence() {
    let mut analyzer = Analyzer::new(Level::detect(), ON);
    let luma = head(SIZE.0, SIZE.1, still(), 1);
    let given = shares(&[[0.31, 0.24, 0.67, 0.74], [0.01, 0.05, 0.12, 0.2]]).unwrap();
    let reading = shown(&mut analyzer, &luma, 0, Some(&given));
    let faces: Vec<_> = reading.faces.unwrap().iter().copied().collect();
    assert_eq!(faces.len(), 2);
    let (x, y) = faces[0].centre();
    let off = |at: f64, size: usize| (at / size as f64 - 0.5).abs();
    assert!(off(x, SIZE.0) < 0.022 && off(y, SIZE.1) < 0.056, "{x} {y}");
    assert!(faces[0].given && faces[0].confidence > 0.9);
    assert!((faces[1].confidence - 0.7).abs() < 1e-9);
    for at in 1..20 {
        let flicker = if at % 2 == 0 { &given[..0] } else { &given[..] };
        let reading = shown(&mut analyzer, &luma, at, Some(flicker));
        assert_eq!(reading.faces.unwrap().len(), flicker.len());
    }
}

#[test]
fn a_tiny_picture_and_a_face_of_sixteen_samples_are_told_of_without_values() {
    let mut analyzer = Analyzer::new(Level::detect(), ON);
    let luma = head(SIZE.0, SIZE.1, still(), 1);
    let given = shares(&[[0.5, 0.5, 0.55, 0.5667]]).unwrap();
    for at in 0..40 {
        let reading = shown(&mut analyzer, &luma, at, Some(&given))
            .deepfake
            .unwrap();
        assert!(reading.limits.face_height < 40.0);
        assert_eq!(reading.signals.boundary_blend.value, None);
    }
    let small = [128_u8; 16 * 16];
    let frame = Picture::new(Format::GRAY, &[Plane::packed(&small, 16, 16)]).unwrap();
    let reading = analyzer.push(&Frame::Eight(frame));
    assert!(reading.faces.unwrap().is_empty());
}
