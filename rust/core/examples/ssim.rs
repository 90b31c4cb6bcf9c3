//! Scores one y4m file against another, prints every figure and the milliseconds it took:
//! `cargo run --release --example ssim reference.y4m distorted.y4m [repeats]`
#![expect(clippy::print_stdout, reason = "a tool prints")]

use std::{env, error::Error, fs, time::Instant};

use v100_core::{
    cpu::Level,
    kernel::{sse::Sse, ssim::Blocks, widen::Widen},
    plane::{Plane, Sample},
    quality::{
        ffmpeg_ssim::FfmpegSsimMeter,
        float_ssim::FloatSsim,
        ms_ssim::MsSsimMeter,
        pair::Pair,
        psnr::{Psnr, SquaredError},
        ssim::Ssim,
    },
};

/// What a y4m header says, and the samples after it.
struct Clip {
    width: usize,
    height: usize,
    /// Width and height of a chroma plane.
    chroma: (usize, usize),
    depth: u32,
    /// One entry per frame.
    frames: Vec<Vec<u8>>,
}

fn read(path: &str) -> Result<Clip, Box<dyn Error>> {
    let bytes = fs::read(path)?;
    let end = bytes.iter().position(|b| *b == b'\n').ok_or("no header")?;
    let header = std::str::from_utf8(&bytes[..end])?;
    let (mut width, mut height, mut format) = (0, 0, "420");
    for field in header.split(' ').skip(1) {
        match field.split_at_checked(1) {
            Some(("W", value)) => width = value.parse()?,
            Some(("H", value)) => height = value.parse()?,
            Some(("C", value)) => format = value,
            _ => {}
        }
    }
    let halves = |edge: usize| edge.div_ceil(2);
    let chroma = match format.get(..3) {
        Some("444") => (width, height),
        Some("422") => (halves(width), height),
        Some("420") => (halves(width), halves(height)),
        _ => return Err(format!("expected 420, 422 or 444, found {format}").into()),
    };
    let depth = format
        .split_once('p')
        .and_then(|(_, bits)| bits.parse().ok())
        .unwrap_or(8);
    let bytes_per_sample = if depth > 8 { 2 } else { 1 };
    let size = (width * height + 2 * chroma.0 * chroma.1) * bytes_per_sample;
    let mut frames = Vec::new();
    let mut rest = &bytes[end + 1..];
    while let Some(line) = rest.iter().position(|b| *b == b'\n') {
        frames.push(
            rest.get(line + 1..line + 1 + size)
                .ok_or("cut short")?
                .to_vec(),
        );
        rest = &rest[line + 1 + size..];
    }
    Ok(Clip {
        width,
        height,
        chroma,
        depth,
        frames,
    })
}

fn planes<'a, T: Sample>(clip: &Clip, frame: &'a [T]) -> Result<[Plane<'a, T>; 3], Box<dyn Error>> {
    let (luma, chroma) = (clip.width * clip.height, clip.chroma.0 * clip.chroma.1);
    let plane = |from: usize, (width, height)| Plane::new(&frame[from..], width, height, width);
    Ok([
        plane(0, (clip.width, clip.height))?,
        plane(luma, clip.chroma)?,
        plane(luma + chroma, clip.chroma)?,
    ])
}

/// The best of `repeats` runs, in milliseconds, and what they returned.
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn timed<R>(repeats: usize, mut run: impl FnMut() -> R) -> (f64, R) {
    let mut best = f64::MAX;
    let mut once = || {
        let start = Instant::now();
        let result = run();
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
        result
    };
    for _ in 1..repeats {
        once();
    }
    let result = once();
    (best, result)
}

fn score<T: Sse + Blocks + Widen>(
    reference: &Clip,
    distorted: &Clip,
    samples: impl Fn(&[u8]) -> Vec<T>,
    repeats: usize,
) -> Result<(), Box<dyn Error>> {
    let level = Level::detect();
    let mut ssim = Ssim::new(level);
    let mut all = FfmpegSsimMeter::new(level);
    let (mut float, mut scales) = (FloatSsim::new(level), MsSsimMeter::new(level));
    for (at, (a, b)) in reference.frames.iter().zip(&distorted.frames).enumerate() {
        let (a, b) = (samples(a), samples(b));
        let (a, b) = (planes(reference, &a)?, planes(distorted, &b)?);
        let mut pairs = Vec::new();
        for (a, b) in a.into_iter().zip(b) {
            pairs.push(Pair::new(a, b, reference.depth)?);
        }
        let pairs: [Pair<'_, T>; 3] = pairs.try_into().map_err(|_| "three planes")?;
        let luma = &pairs[0];
        let errors = || pairs.each_ref().map(|pair| SquaredError::of(level, pair));
        let (ms, psnr_y) = timed(repeats, || SquaredError::of(level, luma).psnr_db());
        println!("{at} psnr_y {psnr_y:.6} in {ms:.3} ms");
        let (ms, psnr) = timed(repeats, || Psnr::of(errors()));
        println!("{at} {psnr:.6?} in {ms:.3} ms");
        println!(
            "{at} libvmaf {:.6?}",
            errors().map(|error| error.libvmaf_psnr_db())
        );
        let (ms, similarity) = timed(repeats, || ssim.push(luma));
        println!("{at} ssim {similarity:.6?} in {ms:.3} ms");
        let (ms, similarity) = timed(repeats, || all.push(&pairs));
        println!("{at} {similarity:.6?} in {ms:.3} ms");
        let (ms, similarity) = timed(repeats, || float.push(luma));
        println!("{at} float_ssim {similarity:.6?} in {ms:.3} ms");
        let (ms, score) = timed(repeats, || {
            scales.push(luma).and_then(|scales| scales.score())
        });
        println!("{at} float_ms_ssim {score:.6?} in {ms:.3} ms");
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [reference, distorted, rest @ ..] = arguments.as_slice() else {
        return Err("expected two y4m files".into());
    };
    let repeats = rest.first().map_or(Ok(1), |text| text.parse())?;
    let (reference, distorted) = (read(reference)?, read(distorted)?);
    println!(
        "{} {}x{}",
        Level::detect().name(),
        reference.width,
        reference.height
    );
    if reference.depth == 8 {
        score(&reference, &distorted, <[u8]>::to_vec, repeats)
    } else {
        let words = |bytes: &[u8]| {
            let (words, _) = bytes.as_chunks::<2>();
            words.iter().map(|word| u16::from_le_bytes(*word)).collect()
        };
        score(&reference, &distorted, words, repeats)
    }
}
