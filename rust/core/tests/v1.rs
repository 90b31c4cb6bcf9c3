//! VMAF v1 of generated pictures: the same at every instruction level, and what must hold of any
//! picture. Its figures are held to libvmaf's by `tests/analyzers/test_quality.py`.

#![expect(clippy::unwrap_used, reason = "a test's own helpers")]

use v100_core::{
    cpu::Level,
    frame::{Format, Picture},
    plane::{Plane, ShapeError},
    quality::{
        metric_set::{Comparable, MetricSet, Metrics},
        models::{Model, Rate, View},
        series::{Score, Series, Settings},
        strips::Serial,
        v1,
    },
};

fn settings(depth: u32) -> Settings {
    Settings {
        depth,
        models: Model::ALL[4..].to_vec(),
        phone: false,
    }
}

fn metrics(depth: u32) -> Metrics {
    Metrics {
        vmaf: Some(settings(depth)),
        ..Metrics::default()
    }
}

/// A format and a size.
#[derive(Clone, Copy)]
struct Shape(&'static str, usize, usize);

impl Shape {
    fn format(self) -> Format {
        Format::named(self.0).unwrap()
    }

    /// Samples of all planes of a picture, from their plane, column and row.
    fn fill(self, value: impl Fn(usize, u32, u32) -> u32) -> Vec<u16> {
        let mut samples = Vec::new();
        for (at, (width, height)) in self.format().planes(self.1, self.2).into_iter().enumerate() {
            for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                let value = value(at, u32::try_from(x).unwrap(), u32::try_from(y).unwrap());
                samples.push(u16::try_from(value).unwrap());
            }
        }
        samples
    }

    fn picture<T: Comparable>(self, samples: &[T]) -> Picture<'_, T> {
        let mut rest = samples;
        let mut planes = Vec::new();
        for (width, height) in self.format().planes(self.1, self.2) {
            planes.push(Plane::packed(rest, width, height));
            rest = &rest[width * height..];
        }
        Picture::new(self.format(), &planes).unwrap()
    }
}

fn noise(x: u32, y: u32, seed: u32) -> u32 {
    let noise = x
        .wrapping_mul(374_761_393)
        .wrapping_add(y.wrapping_mul(668_265_263))
        .wrapping_add(seed.wrapping_mul(40503));
    let noise = (noise ^ noise >> 13).wrapping_mul(1_274_126_177);
    noise ^ noise >> 16
}

/// Soft luma with patches of noise, and patches of colour; the distorted with bands, and paler.
fn pair(shape: Shape, frame: u32) -> [Vec<u16>; 2] {
    let extra = shape.format().depth - 8;
    [false, true].map(|distorted| {
        shape.fill(|plane, x, y| {
            let grain = noise(x, y, frame);
            if plane > 0 {
                let seed = u32::try_from(plane).unwrap();
                let patches = noise((x + 3 * frame) >> 4, y >> 4, seed) & 63;
                let value = if distorted {
                    100 + patches * 3 / 4 + (grain >> 3 & 3)
                } else {
                    96 + patches + (grain & 7)
                };
                return value << extra;
            }
            let level = ((x * 11 + y * 7 + frame * 300) << extra) / 128 + (24 << extra);
            match (noise(x >> 6, y >> 6, 1).is_multiple_of(3), distorted) {
                (true, false) => level + ((grain & 31) << extra),
                (true, true) => level + ((grain & 24) << extra),
                (false, false) => level + (grain & 1),
                (false, true) => level,
            }
        })
    })
}

/// Scores of pairs of pictures, in their order.
fn scores<T: Comparable>(level: Level, shape: Shape, frames: &[[Vec<T>; 2]]) -> Vec<Score> {
    let depth = shape.format().depth;
    let mut set = MetricSet::new(level, metrics(depth), 1);
    let mut series = Series::new(settings(depth));
    let mut scores = Vec::new();
    for (at, [reference, distorted]) in frames.iter().enumerate() {
        let luma = |before: usize| {
            let [reference, _] = frames.get(at.checked_sub(before)?)?;
            Some(shape.picture(reference).luma())
        };
        let pictures = [shape.picture(reference), shape.picture(distorted)];
        let measurements = set.measure(&pictures, [luma(1), luma(2)], &Serial).unwrap();
        scores.extend(
            series
                .push(measurements.vmaf.unwrap())
                .into_iter()
                .flatten(),
        );
    }
    scores.extend(series.flush(None).into_iter().flatten());
    assert_eq!(scores.len(), frames.len());
    scores
}

/// The same of samples that are made of 16 bits, whatever their depth.
fn scored(level: Level, shape: Shape, frames: &[[Vec<u16>; 2]]) -> Vec<Score> {
    if shape.format().depth > 8 {
        return scores(level, shape, frames);
    }
    let narrow = |samples: &Vec<u16>| samples.iter().map(|&s| s.to_le_bytes()[0]).collect();
    let frames: Vec<[Vec<u8>; 2]> = frames
        .iter()
        .map(|pair| pair.each_ref().map(narrow))
        .collect();
    scores(level, shape, &frames)
}

#[test]
fn every_level_gives_the_bits_of_scalar() {
    for shape in [
        Shape("yuv444p", 331, 322),
        Shape("yuv422p", 320, 333),
        Shape("yuv420p", 337, 353),
        Shape("yuv420p10le", 342, 360),
        Shape("yuv444p12le", 322, 324),
    ] {
        let frames: Vec<_> = (0..2).map(|frame| pair(shape, frame)).collect();
        let expected = scored(Level::SCALAR, shape, &frames);
        assert!(expected[0].v1.unwrap().measure.cambi > 1.0);
        for level in Level::all() {
            let found = scored(level, shape, &frames);
            assert_eq!(found, expected, "{level:?} {} {}", shape.0, shape.1);
        }
    }
}

#[test]
fn every_level_gives_the_bits_of_scalar_at_the_extremes() {
    for shape in [Shape("yuv444p", 267, 320), Shape("yuv444p16le", 320, 267)] {
        let peak = (1_u32 << shape.format().depth) - 1;
        let random = [1, 2].map(|seed| shape.fill(|_, x, y| noise(x, y, seed) & peak));
        let checks = shape.fill(|_, x, y| if (x + y).is_multiple_of(2) { peak } else { 0 });
        let stripes = shape.fill(|_, x, _| if (x / 3).is_multiple_of(2) { peak } else { 0 });
        let (dark, flat) = (shape.fill(|_, _, _| 0), shape.fill(|_, _, _| peak / 4));
        let steps = shape.fill(|_, x, y| peak / 1023 * (70 + (x + y) / 20));
        let frames = [
            random,
            [stripes.clone(), checks.clone()],
            [checks, flat.clone()],
            [dark, stripes],
            [flat, steps],
        ];
        let expected = scored(Level::SCALAR, shape, &frames);
        for level in Level::all() {
            assert_eq!(
                scored(level, shape, &frames),
                expected,
                "{level:?} {}",
                shape.0
            );
        }
        for score in &expected {
            for model in &Model::ALL[4..] {
                assert!((0.0..=110.0).contains(&score.of(*model).unwrap()));
            }
        }
    }
}

#[test]
fn samples_above_their_depth_do_no_harm() {
    for shape in [
        Shape("yuv444p10le", 267, 320),
        Shape("yuv420p9le", 320, 330),
    ] {
        let random = [1, 2].map(|seed| shape.fill(|_, x, y| noise(x, y, seed) & 0xffff));
        let mut set = MetricSet::new(
            Level::detect(),
            Metrics {
                vmaf: Some(Settings {
                    depth: shape.format().depth,
                    models: Model::ALL[4..5].to_vec(),
                    phone: false,
                }),
                ..Metrics::default()
            },
            1,
        );
        let pictures = random.each_ref().map(|samples| shape.picture(samples));
        let found = set
            .measure(&pictures, [None; 2], &Serial)
            .unwrap()
            .vmaf
            .unwrap();
        assert!((0.0..=17.0).contains(&found.v1.unwrap().cambi));
    }
}

#[test]
fn a_picture_that_equals_its_reference_loses_nothing_and_adds_nothing() {
    let shape = Shape("yuv444p", 331, 322);
    let [reference, _] = pair(shape, 0);
    let score = scored(Level::detect(), shape, &[[reference.clone(), reference]])[0];
    for view in [View::Hd3H, View::Uhd3H, View::Hd5H, View::Uhd1H5] {
        let seen = score.v1.unwrap().seen(view).unwrap();
        assert!((seen.adm3 - 1.0).abs() < 1e-4, "{view:?}: {}", seen.adm3);
        assert!(seen.aim.abs() < 1e-12, "{view:?}: {}", seen.aim);
        assert!(seen.speed.uv < 1e-4, "{view:?}: {}", seen.speed.uv);
        assert_eq!(
            score.of(Model::V1(view, Rate::Usual)),
            score.of(Model::V1(view, Rate::High))
        );
    }
}

#[test]
fn flat_colour_tells_nothing_and_is_taken_from_luma() {
    let shape = Shape("yuv420p", 352, 336);
    let pale = pair(shape, 0).map(|samples| {
        let luma = 352 * 336;
        [&samples[..luma], &vec![128; samples.len() - luma]].concat()
    });
    let reading = scored(Level::detect(), shape, &[pale])[0].v1.unwrap();
    let seen = reading.seen(View::Hd3H).unwrap();
    assert_eq!((seen.speed.u, seen.speed.v, seen.speed.uv), (0.0, 0.0, 0.0));
    let features = reading.features(View::Hd3H, Rate::Usual).unwrap();
    assert!((features[1] - 120.0 * (1.0 - seen.adm3)).abs() < 1e-9);
    assert!(features[1] > 1.0);
}

#[test]
fn banding_is_worse_the_more_of_it_there_is() {
    let shape = Shape("yuv420p", 352, 336);
    let bands = |share: u32| {
        let samples = shape.fill(|plane, x, y| match plane {
            0 if y < 336 * share / 4 => 30 + x / 16,
            _ => 128,
        });
        let score = scored(Level::detect(), shape, &[[samples.clone(), samples]])[0];
        score.v1.unwrap().measure.cambi
    };
    let found = [0, 1, 2, 3].map(bands);
    assert!(
        found[0].abs() < 1e-12 && found[1] > 0.1 && found.is_sorted(),
        "{found:?}"
    );
}

#[test]
fn pictures_that_v1_cannot_see_are_refused() {
    let fit = |name, size| v1::fit(&Model::ALL, Format::named(name).unwrap(), size);
    assert_eq!(fit("gray", (640, 480)), Err(ShapeError::Colour));
    assert_eq!(fit("nv12", (640, 480)), Err(ShapeError::Colour));
    assert_eq!(
        fit("yuv420p", (640, 317)),
        Err(ShapeError::Least {
            expected: (318, 318),
            found: (640, 317)
        })
    );
    assert_eq!(fit("yuv420p", (318, 318)), Ok(()));
    assert_eq!(fit("yuv420p", (7680, 4320)), Ok(()));
    let found = (8192, 200);
    let usual = &Model::ALL[4..5];
    let refused = v1::fit(usual, Format::named("yuv420p").unwrap(), found);
    assert_eq!(refused, Err(ShapeError::Banding { found }));
}
