//! Scores a distorted clip against its reference and prints features, scores and time per frame.
//!
//!     cargo run --release --example vmaf -- REFERENCE.y4m DISTORTED.y4m [MODEL...]

#![allow(
    clippy::allow_attributes,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command"
)]

use std::{
    env,
    error::Error,
    fs,
    time::{Duration, Instant},
};
use v100_core::{
    cpu::Level,
    frame::{Format, Picture},
    plane::Plane,
    quality::{
        metric_set::{Comparable, MetricSet, Metrics},
        models::Model,
        series::{Ready, Series, Settings},
        strips::Serial,
    },
};

/// A y4m file.
struct Clip {
    bytes: Vec<u8>,
    size: (usize, usize),
    format: Format,
    /// Where each frame's samples begin, and how many bytes they have.
    frames: Vec<usize>,
    frame: usize,
}

impl Clip {
    fn open(path: &str) -> Result<Self, Box<dyn Error>> {
        let bytes = fs::read(path)?;
        let end = bytes.iter().position(|&b| b == b'\n').ok_or("no header")?;
        let header = String::from_utf8(bytes[..end].to_vec())?;
        let field = |tag: char| header.split(' ').skip(1).find_map(|f| f.strip_prefix(tag));
        let width: usize = field('W').ok_or("no width")?.parse()?;
        let height: usize = field('H').ok_or("no height")?.parse()?;
        let format = match field('C').unwrap_or("420") {
            "420jpeg" | "420mpeg2" | "420paldv" => "yuv420p".to_owned(),
            "mono" => "gray".to_owned(),
            deep if deep.len() > 4 => format!("yuv{deep}le"),
            plain => format!("yuv{plain}p"),
        };
        let format = Format::named(&format).ok_or("an unknown format")?;
        let sample = if format.depth > 8 { 2 } else { 1 };
        let planes = format.planes(width, height).into_iter();
        let frame = sample * planes.map(|(width, height)| width * height).sum::<usize>();
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
            size: (width, height),
            format,
            frames,
            frame,
        })
    }

    fn eight(&self, frame: usize) -> Vec<u8> {
        self.bytes[self.frames[frame]..][..self.frame].to_vec()
    }

    fn sixteen(&self, frame: usize) -> Vec<u16> {
        let (pairs, _) = self.bytes[self.frames[frame]..][..self.frame].as_chunks();
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
        depth: reference.format.depth,
        models: if models.is_empty() {
            vec![Model::V061]
        } else {
            models
        },
        phone: env::var_os("PHONE").is_some(),
    };
    if reference.format.depth == 8 {
        score(&reference, &distorted, settings, Clip::eight)
    } else {
        score(&reference, &distorted, settings, Clip::sixteen)
    }
}

fn score<T: Comparable>(
    reference: &Clip,
    distorted: &Clip,
    settings: Settings,
    samples: impl Fn(&Clip, usize) -> Vec<T>,
) -> Result<(), Box<dyn Error>> {
    let level = Level::detect();
    let mut series = Series::new(settings.clone());
    let models = settings.models.clone();
    let mut set = MetricSet::new(
        level,
        Metrics {
            vmaf: Some(settings),
            ..Metrics::default()
        },
        1,
    );
    let mut times = Vec::new();
    let (mut before, mut last): (Vec<T>, Vec<T>) = Default::default();
    let (width, height) = reference.size;
    for frame in 0..reference.frames.len().min(distorted.frames.len()) {
        let (r, d) = (samples(reference, frame), samples(distorted, frame));
        let pair = [picture(reference, &r)?, picture(distorted, &d)?];
        let start = Instant::now();
        let luma = |samples| Plane::packed(samples, width, height);
        let before_it = [
            (frame > 0).then(|| luma(&last)),
            (frame > 1).then(|| luma(&before)),
        ];
        let measure = set.measure(&pair, before_it, &Serial)?.vmaf;
        let ready = measure.map(|measure| series.push(measure));
        times.push(start.elapsed());
        print(ready.unwrap_or_default(), &models);
        before = std::mem::replace(&mut last, r);
    }
    print(series.flush(None), &models);
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

fn picture<'a, T: Comparable>(
    clip: &Clip,
    samples: &'a [T],
) -> Result<Picture<'a, T>, Box<dyn Error>> {
    let mut planes = Vec::new();
    let mut rest = samples;
    for (width, height) in clip.format.planes(clip.size.0, clip.size.1) {
        planes.push(Plane::packed(rest, width, height));
        rest = &rest[width * height..];
    }
    Ok(Picture::new(clip.format, &planes)?)
}

fn print(ready: Ready, models: &[Model]) {
    for score in ready.into_iter().flatten() {
        println!("frame {}", score.frame);
        let mut features = Vec::new();
        if let Some(reading) = score.v1 {
            reading.named(models, &mut features);
        }
        for (name, value) in features {
            println!("  {name} {value:.9}");
        }
        for &model in models {
            if model.view().is_none() {
                let features = score.features(model).unwrap_or_default();
                println!("  {features:.9?}");
            }
            let found = score.of(model).unwrap_or_default();
            println!("  {} {found:.9}", model.name());
        }
        if let Some(spread) = score.bootstrap {
            println!("  {spread:?}");
        }
    }
}
