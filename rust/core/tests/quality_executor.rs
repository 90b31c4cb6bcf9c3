//! However a pair's work is shared out, every figure has the same bits.

#![expect(clippy::unwrap_used, reason = "a test's own helpers")]

use v100_core::{
    cpu::Level,
    frame::{Format, Picture},
    plane::Plane,
    quality::{
        metric_set::{Measurements, MetricSet, Metrics},
        models::Model,
        series::Settings,
        strips::{Executor, Serial},
    },
};

/// An executor whose workers take tasks from both ends, the next worker each time.
struct Dealt;

impl Executor for Dealt {
    fn share<S: Send, K: Send>(
        &self,
        states: &mut [S],
        tasks: impl Iterator<Item = K> + Send,
        work: impl Fn(&mut S, K) + Sync,
    ) {
        let mut tasks: std::collections::VecDeque<K> = tasks.collect();
        let workers = states.len();
        for turn in 0.. {
            let task = if turn % 3 == 0 {
                tasks.pop_front()
            } else {
                tasks.pop_back()
            };
            let Some(task) = task else { break };
            work(&mut states[turn % workers], task);
        }
    }
}

fn samples(seed: usize, size: (usize, usize)) -> Vec<u8> {
    let format = Format::named("yuv444p").unwrap();
    let planes = format.planes(size.0, size.1).into_iter();
    let count: usize = planes.map(|(width, height)| width * height).sum();
    (0..count)
        .map(|at| {
            let noise = (at ^ at >> 7).wrapping_mul(2_654_435_761 + 2 * seed) >> 11 & 31;
            u8::try_from((at / 3 + at / size.0 * 2) % 190 + noise).unwrap()
        })
        .collect()
}

fn picture(samples: &[u8], size: (usize, usize)) -> Picture<'_, u8> {
    let format = Format::named("yuv444p").unwrap();
    let mut rest = samples;
    let mut planes = Vec::new();
    for (width, height) in format.planes(size.0, size.1) {
        planes.push(Plane::packed(rest, width, height));
        rest = &rest[width * height..];
    }
    Picture::new(format, &planes).unwrap()
}

fn metrics(models: &[Model]) -> Metrics {
    Metrics {
        psnr: true,
        ssim: true,
        ffmpeg_ssim: true,
        float_ssim: true,
        ms_ssim: true,
        vmaf: Some(Settings {
            depth: 8,
            models: models.to_vec(),
            phone: false,
        }),
    }
}

/// Measurements of two pairs, so that a meter's scratch is used again.
fn measurements(
    level: Level,
    models: &[Model],
    size: (usize, usize),
    workers: usize,
) -> [Measurements; 2] {
    let all = [1, 2, 3].map(|seed| samples(seed, size));
    let [a, b, c] = all.each_ref().map(|each| picture(each, size));
    let mut set = MetricSet::new(level, metrics(models), workers);
    let before = [Some(c.luma()), Some(b.luma())];
    [[a, b], [b, c]].map(|pair| {
        match workers {
            1 => set.measure(&pair, before, &Serial),
            _ => set.measure(&pair, before, &Dealt),
        }
        .unwrap()
    })
}

#[test]
fn any_number_of_hands_finds_the_same() {
    let sizes = [(16, 16), (18, 22), (23, 37), (41, 250), (180, 183)];
    for size in sizes {
        let models = &Model::ALL[..2];
        let alone = measurements(Level::SCALAR, models, size, 1);
        assert!(alone[0].vmaf.unwrap().motion.unwrap() > 0.0);
        for level in Level::all() {
            for workers in 1..=6 {
                let shared = measurements(level, models, size, workers);
                assert_eq!(shared, alone, "{size:?} {workers} {}", level.name());
            }
        }
    }
}

#[test]
fn any_number_of_hands_finds_the_same_of_v1() {
    let size = (219, 330);
    let models = [Model::ALL[0], Model::ALL[4], Model::ALL[10]];
    let alone = measurements(Level::detect(), &models, size, 1);
    let measure = alone[0].vmaf.unwrap();
    assert!(measure.v1.is_some() && measure.motion_of_two.is_some());
    for workers in [2, 3, 5] {
        assert_eq!(
            measurements(Level::detect(), &models, size, workers),
            alone,
            "{workers}"
        );
    }
}

#[test]
fn hands_are_asked_for_where_there_is_work_for_them() {
    let asked = |models: &[Model], height| metrics(models).workers(height);
    let early = &Model::ALL[..1];
    assert_eq!(
        [16, 479, 720, 1080, 2160].map(|height| asked(early, height)),
        [1, 1, 3, 4, 9]
    );
    assert_eq!(asked(&Model::ALL[4..5], 2160), 1);
    assert_eq!(
        Metrics {
            psnr: true,
            ..Metrics::default()
        }
        .workers(2160),
        1
    );
}
