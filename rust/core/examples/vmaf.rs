//! Scores a distorted clip against its reference and prints features, scores and time per frame.
//!
//!     cargo run --release --example vmaf -- REFERENCE.y4m DISTORTED.y4m [MODEL...]

#![allow(clippy::allow_attributes, clippy::print_stdout, reason = "a command")]

use std::{
    env,
    error::Error,
    fs,
    time::{Duration, Instant},
};
use v100_core::{
    cpu::Level,
    plane::{Plane, Sample},
    quality::{
        models::Model,
        series::{Score, Settings},
        vmaf::Vmaf,
    },
};

/// Luma planes of a y4m file.
struct Clip {
    bytes: Vec<u8>,
    width: usize,
    height: usize,
    depth: u32,
    /// Where each frame's luma begins.
    frames: Vec<usize>,
}

impl Clip {
    fn open(path: &str) -> Result<Self, Box<dyn Error>> {
        let bytes = fs::read(path)?;
        let end = bytes.iter().position(|&b| b == b'\n').ok_or("no header")?;
        let header = String::from_utf8(bytes[..end].to_vec())?;
        let field = |tag: char| header.split(' ').skip(1).find_map(|f| f.strip_prefix(tag));
        let width: usize = field('W').ok_or("no width")?.parse()?;
        let height: usize = field('H').ok_or("no height")?.parse()?;
        let format = field('C').unwrap_or("420");
        let depth = match format.rsplit_once('p') {
            Some((_, bits)) if bits.parse::<u32>().is_ok() => bits.parse()?,
            _ => 8,
        };
        let chroma = match &format[..3.min(format.len())] {
            "420" => 2 * width.div_ceil(2) * height.div_ceil(2),
            "422" => 2 * width.div_ceil(2) * height,
            "444" => 2 * width * height,
            _ => 0,
        };
        let sample = if depth > 8 { 2 } else { 1 };
        let frame = (width * height + chroma) * sample;
        let mut frames = Vec::new();
        let mut at = end + 1;
        while bytes.len() > at {
            let head = bytes[at..]
                .iter()
                .position(|&b| b == b'\n')
                .ok_or("cut off")?
                + 1;
            frames.push(at + head);
            at += head + frame;
        }
        Ok(Self {
            bytes,
            width,
            height,
            depth,
            frames,
        })
    }

    fn luma8(&self, frame: usize) -> Vec<u8> {
        self.bytes[self.frames[frame]..][..self.width * self.height].to_vec()
    }

    fn luma16(&self, frame: usize) -> Vec<u16> {
        let bytes = &self.bytes[self.frames[frame]..][..2 * self.width * self.height];
        let (pairs, _) = bytes.as_chunks();
        pairs.iter().map(|&pair| u16::from_le_bytes(pair)).collect()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [reference, distorted, models @ ..] = &arguments[..] else {
        return Err("expected REFERENCE.y4m DISTORTED.y4m [MODEL...]".into());
    };
    let (reference, distorted) = (Clip::open(reference)?, Clip::open(distorted)?);
    let models: Vec<Model> = models
        .iter()
        .filter_map(|name| Model::named(name))
        .collect();
    let settings = Settings {
        depth: reference.depth,
        models: if models.is_empty() {
            vec![Model::V061]
        } else {
            models
        },
        phone: env::var_os("PHONE").is_some(),
    };
    if reference.depth == 8 {
        score(&reference, &distorted, settings, Clip::luma8)
    } else {
        score(&reference, &distorted, settings, Clip::luma16)
    }
}

fn score<T: Sample>(
    reference: &Clip,
    distorted: &Clip,
    settings: Settings,
    luma: impl Fn(&Clip, usize) -> Vec<T>,
) -> Result<(), Box<dyn Error>> {
    let models = settings.models.clone();
    let level = Level::detect();
    let mut vmaf = Vmaf::new(level, settings);
    let (width, height) = (reference.width, reference.height);
    let mut times = Vec::new();
    println!("frame adm2 motion2 vif_scale0 vif_scale1 vif_scale2 vif_scale3 scores");
    for frame in 0..reference.frames.len().min(distorted.frames.len()) {
        let (r, d) = (luma(reference, frame), luma(distorted, frame));
        let (r, d) = (
            Plane::new(&r, width, height, width)?,
            Plane::new(&d, width, height, width)?,
        );
        let start = Instant::now();
        let score = vmaf.push(r, d)?;
        times.push(start.elapsed());
        print(score, &models);
    }
    print(vmaf.flush(None)?, &models);
    times.sort_unstable();
    let median = times
        .get(times.len() / 2)
        .map_or(0.0, Duration::as_secs_f64);
    let least = times.first().map_or(0.0, Duration::as_secs_f64);
    println!(
        "{}: {:.3} ms a frame (median), {:.3} ms (least)",
        level.name(),
        median * 1e3,
        least * 1e3
    );
    Ok(())
}

fn print(score: Option<Score>, models: &[Model]) {
    let Some(score) = score else { return };
    print!("{}", score.frame);
    for &model in models {
        for feature in score.reading.features(model) {
            print!(" {feature:.6}");
        }
        print!(" {:.6}", score.of(model).unwrap_or_default());
    }
    if let Some(spread) = score.bootstrap {
        let (low, high) = spread.ci95;
        print!(
            " {:.6} {:.6} {low:.6} {high:.6}",
            spread.bagging, spread.deviation
        );
    }
    println!();
}
