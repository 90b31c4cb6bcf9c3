//! What the metrics of a 1080p pair hold in memory, counted by an allocator: under 60 MB, and nothing
//! new after the first pairs.

#![expect(
    unsafe_code,
    reason = "an allocator that counts what it hands on to the system's"
)]
#![expect(clippy::unwrap_used, reason = "a test's own helpers")]
#![expect(clippy::print_stdout, reason = "the figures, for who asks for them")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use v100_core::{
    cpu::Level,
    frame::{Format, Picture},
    plane::Plane,
    quality::{
        metric_set::{MetricSet, Metrics},
        models::Model,
        series::{Series, Settings},
        strips::Serial,
    },
};

const SIZE: (usize, usize) = (1920, 1080);
const MOST: usize = 60_000_000;

struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);
static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed on as it is to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Relaxed);
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(held, Relaxed);
        // SAFETY: the caller's own promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's own promise.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn picture(samples: &[u8]) -> Picture<'_, u8> {
    let mut rest = samples;
    let mut planes = Vec::new();
    for (width, height) in Format::YUV420P.planes(SIZE.0, SIZE.1) {
        planes.push(Plane::packed(rest, width, height));
        rest = &rest[width * height..];
    }
    Picture::new(Format::YUV420P, &planes).unwrap()
}

/// Bytes held at most by the metrics, and allocations after the first three pairs.
fn measured(metrics: &Metrics, samples: &[[Vec<u8>; 2]; 2]) -> (usize, usize) {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let mut set = MetricSet::new(Level::detect(), metrics.clone(), 1);
    let mut series = metrics.vmaf.clone().map(Series::new);
    let pairs = samples
        .each_ref()
        .map(|pair| pair.each_ref().map(|each| picture(each)));
    let (mut calls, mut scored) = (0, 0);
    for frame in 0..5 {
        if frame == 3 {
            calls = CALLS.load(Relaxed);
        }
        let luma = |back: usize| Some(pairs[(frame + back) % 2][0].luma());
        let lumas = [luma(1).filter(|_| frame > 0), luma(0).filter(|_| frame > 1)];
        let measurements = set.measure(&pairs[frame % 2], lumas, &Serial).unwrap();
        if let (Some(series), Some(measure)) = (&mut series, measurements.vmaf) {
            scored += series.push(measure).iter().flatten().count();
        }
    }
    assert_eq!(scored, if metrics.vmaf.is_some() { 4 } else { 0 });
    (PEAK.load(Relaxed) - before, CALLS.load(Relaxed) - calls)
}

#[test]
fn a_meter_of_1080p_stays_small_and_stops_to_grow() {
    let samples = [1_u32, 2].map(|seed| {
        [5, 40].map(|step| {
            (0..SIZE.0 * SIZE.1 * 3 / 2)
                .map(|at| {
                    let at = u32::try_from(at).unwrap();
                    let grain = (at ^ at >> 7).wrapping_mul(2_654_435_761).rotate_left(seed) >> 27;
                    ((at / step % 160) as u8).saturating_add(grain as u8)
                })
                .collect()
        })
    });
    let vmaf = |models: &[Model]| Metrics {
        vmaf: Some(Settings {
            depth: 8,
            models: models.to_vec(),
            phone: false,
        }),
        ..Metrics::default()
    };
    let all = Metrics {
        psnr: true,
        ssim: true,
        ffmpeg_ssim: true,
        float_ssim: true,
        ms_ssim: true,
        ..vmaf(&Model::ALL[..1])
    };
    for (what, metrics) in [
        ("v0.6.1", vmaf(&Model::ALL[..1])),
        ("v0.6.1 and neg", vmaf(&Model::ALL[..2])),
        ("v1.0.16", vmaf(&Model::ALL[4..5])),
        (
            "v0.6.1 and v1.0.16 of high rates",
            vmaf(&[Model::ALL[0], Model::ALL[8]]),
        ),
        ("every metric with v0.6.1", all),
    ] {
        let (bytes, calls) = measured(&metrics, &samples);
        println!("{what}: {:.1} MB", bytes as f64 / 1e6);
        assert!(bytes < MOST, "{what}: {bytes} bytes");
        assert!(
            bytes > 100_000,
            "{what}: {bytes} bytes are too few to be true"
        );
        assert_eq!(calls, 0, "{what}: allocations after the first pairs");
    }
}
