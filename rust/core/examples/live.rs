//! What the live tier sees of every frame of two raw yuv420p files:
//! `live REFERENCE DISTORTED WIDTH HEIGHT` prints the columns that `benches/live_fit.py` fits.
#![expect(clippy::print_stdout, reason = "a tool prints")]

use std::{env, error::Error, fs};

use v100_core::{
    cpu::Level,
    frame::{Format, Frame, Picture},
    plane::Plane,
    quality::{estimate::Cues, live::LiveMeter},
    signature::{Parts, Scanner},
};

const PARTS: Parts = Parts {
    difference: true,
    chroma: false,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [reference, distorted, width, height] = &arguments[..] else {
        return Err("expected REFERENCE DISTORTED WIDTH HEIGHT".into());
    };
    let (width, height): (usize, usize) = (width.parse()?, height.parse()?);
    let size = width * height + 2 * width.div_ceil(2) * height.div_ceil(2);
    let (reference, distorted) = (fs::read(reference)?, fs::read(distorted)?);
    let level = Level::detect();
    let mut scanners = [Scanner::new(level, PARTS), Scanner::new(level, PARTS)];
    let mut meter = LiveMeter::new(level);
    for pair in reference
        .chunks_exact(size)
        .zip(distorted.chunks_exact(size))
    {
        let [a, b] = &mut scanners;
        let frame = |samples| {
            Plane::new(samples, width, height, width)
                .and_then(|luma| Picture::new(Format::GRAY, &[luma]))
                .map(Frame::Eight)
        };
        let (a, b) = (a.push(&frame(pair.0)?).now, b.push(&frame(pair.1)?).now);
        let live = meter.push(a, b)?;
        let mse = 255.0 * 255.0 / 10_f64.powf(live.psnr_db / 10.0);
        let motion = a.totals.difference.unwrap_or(0.0);
        let cues = Cues::of(b);
        println!(
            "{mse:.6} {:.8} {:.6} {motion:.4} {:.6} {:.6} {:.4} {}",
            live.ssim,
            live.detail_loss,
            cues.blockiness,
            cues.blur,
            cues.grain,
            u8::from(cues.held),
        );
    }
    Ok(())
}
