//! Writes the pictures that the quality tests are held to, for other tools to score:
//! `cargo run --example pattern WIDTH HEIGHT 420|422|444 DEPTH reference.y4m distorted.y4m`

use std::{env, error::Error, fs, io::Write};

#[path = "../tests/pattern/mod.rs"]
mod pattern;

fn write(path: &str, shape: pattern::Shape, planes: &[Vec<u16>; 3]) -> Result<(), Box<dyn Error>> {
    let pattern::Shape {
        width,
        height,
        chroma,
        depth,
    } = shape;
    let deep = depth > 8;
    let format = if deep {
        format!("{chroma}p{depth}")
    } else {
        chroma.to_string()
    };
    let mut file = fs::File::create(path)?;
    writeln!(
        file,
        "YUV4MPEG2 W{width} H{height} F25:1 Ip A1:1 C{format}\nFRAME"
    )?;
    for sample in planes.iter().flatten() {
        let bytes = sample.to_le_bytes();
        file.write_all(&bytes[..if deep { 2 } else { 1 }])?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [width, height, chroma, depth, reference, distorted] = arguments.as_slice() else {
        return Err("expected WIDTH HEIGHT CHROMA DEPTH REFERENCE DISTORTED".into());
    };
    let shape = pattern::Shape {
        width: width.parse()?,
        height: height.parse()?,
        chroma: chroma.parse()?,
        depth: depth.parse()?,
    };
    write(reference, shape, &shape.reference())?;
    write(distorted, shape, &shape.distorted())
}
