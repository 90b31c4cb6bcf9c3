//! How far the motion vectors of two pictures are from their true flow, and how long they take.
//!
//! `flow LAST NOW [FLOW.flo] [FACTOR]`: the pictures are binary PGM or PPM, the flow is
//! Middlebury's format. Prints endpoint errors in frame samples over blocks of textured, uniform
//! motion (deviation above 5 levels, true vectors within 1 sample of each other) that stay in the
//! picture, and over all.

use std::{env, error::Error, fs, hint::black_box, time::Instant};

use v100_core::{
    cpu::Level,
    motion::vectors::{Field, Vectors},
    plane::Plane,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Picture {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

impl Picture {
    fn plane(&self) -> Result<Plane<'_>> {
        Ok(Plane::new(&self.luma, self.width, self.height, self.width)?)
    }

    /// Means of `factor` x `factor` samples.
    fn reduced(&self, factor: usize) -> Self {
        let (width, height) = (self.width / factor, self.height / factor);
        let mean = |x: usize, y: usize| {
            let rows =
                (0..factor).map(|r| &self.luma[(y * factor + r) * self.width + x * factor..]);
            let sum: usize = rows
                .flat_map(|row| &row[..factor])
                .map(|&v| usize::from(v))
                .sum();
            u8::try_from((sum + factor * factor / 2) / (factor * factor)).unwrap_or(u8::MAX)
        };
        let luma = (0..width * height)
            .map(|k| mean(k % width, k / width))
            .collect();
        Self {
            luma,
            width,
            height,
        }
    }
}

fn picture(path: &str) -> Result<Picture> {
    let bytes = fs::read(path)?;
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at
            + bytes[at..]
                .iter()
                .take_while(|b| !b.is_ascii_whitespace())
                .count();
        if end > at {
            fields.push(std::str::from_utf8(&bytes[at..end])?);
        }
        at = end + 1;
    }
    let (width, height): (usize, usize) = (fields[1].parse()?, fields[2].parse()?);
    let luma = match fields[0] {
        "P5" => bytes[at..].to_vec(),
        "P6" => bytes[at..]
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&rgb| luma_from_rgb(rgb))
            .collect(),
        other => return Err(format!("expected a P5 or P6 picture, found {other}").into()),
    };
    Ok(Picture {
        luma,
        width,
        height,
    })
}

/// ITU-R BT.601 luma of full range.
fn luma_from_rgb([r, g, b]: [u8; 3]) -> u8 {
    let sum = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
    u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
}

fn flow(path: &str) -> Result<Vec<[f32; 2]>> {
    let bytes = fs::read(path)?;
    let floats = bytes
        .get(12..)
        .ok_or("the flow has no header")?
        .as_chunks::<4>()
        .0;
    let floats: Vec<f32> = floats.iter().map(|b| f32::from_le_bytes(*b)).collect();
    Ok(floats.as_chunks::<2>().0.to_vec())
}

/// Endpoint error of each block, and whether it is textured and of uniform motion.
fn errors(field: &Field, picture: &Picture, truth: &[[f32; 2]]) -> Vec<(f32, bool)> {
    let side = field.block;
    let blocks = (0..field.dx.len()).map(|k| {
        let (top, left) = (k / field.columns * side, k % field.columns * side);
        let inside: Vec<usize> = (top..(top + side).min(picture.height))
            .flat_map(|y| {
                (left..(left + side).min(picture.width)).map(move |x| y * picture.width + x)
            })
            .collect();
        let count = inside.len() as f32;
        let mean = |of: &dyn Fn(usize) -> f32| inside.iter().map(|&p| of(p)).sum::<f32>() / count;
        let spread = |axis: usize| {
            let values = inside.iter().map(|&p| truth[p][axis]);
            values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
        };
        let level = mean(&|p| f32::from(picture.luma[p]));
        let variance = mean(&|p| (f32::from(picture.luma[p]) - level).powi(2));
        let (x, y) = (mean(&|p| truth[p][0]), mean(&|p| truth[p][1]));
        let stays = |start: usize, by: f32, edge: usize| {
            let (start, end) = (start as f32 + by, (start + side) as f32 + by);
            start >= 0.0 && end <= edge as f32
        };
        let inside = stays(left, x, picture.width) && stays(top, y, picture.height);
        let good = inside && variance > 25.0 && spread(0) < 1.0 && spread(1) < 1.0;
        ((field.dx[k] - x).hypot(field.dy[k] - y), good)
    });
    blocks.collect()
}

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn print(name: &str, mut errors: Vec<f32>) {
    errors.sort_by(f32::total_cmp);
    let count = errors.len() as f32;
    let near = errors.iter().filter(|&&e| e < 1.0).count() as f32;
    println!(
        "{name}: {count} blocks, mean error {:.3}, median {:.3}, {:.1} % below 1",
        errors.iter().sum::<f32>() / count,
        errors.get(errors.len() / 2).copied().unwrap_or_default(),
        100.0 * near / count
    );
}

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
#[expect(clippy::disallowed_methods, reason = "it measures time")]
fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [last_path, now_path, rest @ ..] = &arguments[..] else {
        return Err("expected LAST NOW [FLOW.flo] [FACTOR]".into());
    };
    let (full, now) = (picture(last_path)?, picture(now_path)?);
    let factor = match rest.get(1) {
        Some(factor) => factor.parse()?,
        None => 1,
    };
    let (last, now) = (full.reduced(factor), now.reduced(factor));
    for level in Level::all() {
        let mut vectors = Vectors::new(level);
        let mut times = Vec::new();
        for _ in 0..101 {
            let start = Instant::now();
            black_box(vectors.search(black_box(now.plane()?), last.plane()?, factor)?);
            times.push(start.elapsed());
        }
        times.sort();
        println!("{}: {:.3?}", level.name(), times[50]);
    }
    let mut vectors = Vectors::new(Level::detect());
    let field = vectors.search(now.plane()?, last.plane()?, factor)?;
    println!(
        "saturation {:.3}, confidence {:.3}, magnitude {:.2}, mean ({:.2}, {:.2}), residual {:.2}",
        field.saturation,
        field.mean_confidence,
        field.magnitude,
        field.mean_dx,
        field.mean_dy,
        field.residual
    );
    if let Some(path) = rest.first() {
        let errors = errors(field, &full, &flow(path)?);
        let good = errors.iter().filter(|(_, good)| *good);
        print("textured, uniform", good.map(|(e, _)| *e).collect());
        print("all", errors.iter().map(|(e, _)| *e).collect());
        let trusted = errors
            .iter()
            .zip(&field.confidence)
            .filter(|(_, c)| **c >= 0.5);
        print(
            "confidence 0.5 or more",
            trusted.map(|((e, _), _)| *e).collect(),
        );
    }
    Ok(())
}
