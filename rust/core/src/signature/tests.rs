#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "pictures and places are made to fit"
)]

use super::*;
use crate::{fake, frame::Format, plane::Plane};

const PARTS: Parts = Parts {
    difference: true,
    chroma: true,
};

/// A YUV frame of noise, each plane with its own padding.
struct Noise<T> {
    planes: Vec<(Vec<T>, usize, usize, usize)>,
    format: Format,
}

impl<T: Eight> Noise<T> {
    fn new(
        name: &str,
        width: usize,
        height: usize,
        pad: usize,
        sample: impl Fn(u64, usize, usize) -> T,
    ) -> Self {
        let format = Format::named(name).unwrap();
        let planes = format
            .planes(width, height)
            .into_iter()
            .zip(0..)
            .map(|((w, h), plane)| {
                let stride = w + pad;
                let data = (0..stride * h)
                    .map(|i| sample(plane, i % stride, i / stride))
                    .collect();
                (data, w, h, stride)
            });
        Self {
            planes: planes.collect(),
            format,
        }
    }

    fn picture(&self) -> Picture<'_, T> {
        let planes: Vec<_> = self
            .planes
            .iter()
            .map(|(data, width, height, stride)| {
                Plane::new(data, *width, *height, *stride).unwrap()
            })
            .collect();
        Picture::new(self.format, &planes).unwrap()
    }
}

/// Smooth shapes under noise, the same whatever lies beyond `x` in memory.
fn sample(seed: u64) -> impl Fn(u64, usize, usize) -> u8 {
    move |plane, x, y| {
        let noise = fake::hash(seed ^ plane << 60 ^ (y as u64) << 20 ^ x as u64);
        (128.0 + 60.0 * ((x + 3 * y) as f64 / 23.0).sin()) as u8 ^ (noise & 15) as u8
    }
}

fn eight(seed: u64, name: &str, width: usize, height: usize, pad: usize) -> Noise<u8> {
    Noise::new(name, width, height, pad, sample(seed))
}

fn signatures(level: Level, frames: &[Frame<'_>]) -> Vec<Signature> {
    let mut scanner = Scanner::new(level, PARTS);
    frames
        .iter()
        .map(|frame| scanner.push(frame).now.clone())
        .collect()
}

const SIZES: [(usize, usize); 8] = [
    (16, 16),
    (17, 19),
    (64, 48),
    (333, 201),
    (641, 362),
    (1283, 719),
    (1920, 1080),
    (2049, 1537),
];

#[test]
fn every_level_equals_scalar_bit_by_bit() {
    for (width, height) in SIZES {
        for name in ["yuv420p", "yuv422p", "yuv444p", "nv12", "gray"] {
            let noise = [1, 2].map(|seed| eight(seed, name, width, height, 7));
            let frames = noise.each_ref().map(|noise| Frame::Eight(noise.picture()));
            let reference = signatures(Level::SCALAR, &frames);
            for level in Level::all() {
                let same = signatures(level, &frames) == reference;
                assert!(same, "{level:?} {name} {width}x{height}");
            }
        }
    }
}

#[test]
fn every_level_equals_scalar_at_sixteen_bits() {
    for (name, top) in [
        ("yuv420p10le", 1023),
        ("gray12le", 4095),
        ("yuv444p16le", 65535),
        ("p010le", 65535),
    ] {
        let noise = [1, 2].map(|seed| {
            Noise::new(name, 333, 201, 5, |plane, x, y| {
                (fake::hash(seed + plane + 977 * (y as u64) + (x as u64)) % (top + 1)) as u16
            })
        });
        let frames = noise
            .each_ref()
            .map(|noise| Frame::Sixteen(noise.picture()));
        let reference = signatures(Level::SCALAR, &frames);
        for level in Level::all() {
            assert!(signatures(level, &frames) == reference, "{level:?} {name}");
        }
    }
}

#[test]
fn strides_and_padding_never_matter() {
    let frames = [0, 1, 64].map(|pad| eight(5, "yuv420p", 333, 201, pad));
    let [first, rest @ ..] = frames
        .each_ref()
        .map(|frame| signatures(Level::detect(), &[Frame::Eight(frame.picture())]));
    assert!(rest.iter().all(|other| *other == first));
}

#[test]
fn ten_bits_read_as_eight_when_they_hold_no_more() {
    let eight = eight(5, "yuv420p", 333, 201, 0);
    let ten = Noise::new("yuv420p10le", 333, 201, 0, |plane, x, y| {
        u16::from(sample(5)(plane, x, y)) << 2
    });
    let [eight, ten] = [Frame::Eight(eight.picture()), Frame::Sixteen(ten.picture())]
        .map(|frame| signatures(Level::detect(), &[frame]).remove(0));
    assert!(eight == ten);
}

#[test]
fn nv12_reads_as_the_same_planes_apart() {
    let apart = eight(5, "yuv420p", 334, 202, 0);
    let together = Noise::new("nv12", 334, 202, 0, |plane, x, y| match plane {
        0 => sample(5)(0, x, y),
        _ => sample(5)(1 + (x % 2) as u64, x / 2, y),
    });
    let [apart, together] = [apart, together]
        .map(|frame| signatures(Level::detect(), &[Frame::Eight(frame.picture())]).remove(0));
    assert!(apart == together);
}

/// Block means and energies by their definitions, one sample at a time.
#[test]
fn a_block_is_what_its_documentation_says() {
    for (width, height) in [(1283, 719), (333, 201)] {
        let frame = eight(9, "gray", width, height, 0);
        let signature = signatures(Level::detect(), &[Frame::Eight(frame.picture())]).remove(0);
        let edge = signature.grid.block;
        let rows = cells::LATTICE as isize;
        let at = |x: isize, y: isize| {
            f64::from(sample(9)(
                0,
                x.clamp(0, width as isize - 1) as usize,
                y.clamp(0, height as isize - 1) as usize,
            ))
        };
        for (column, row) in [
            (0, 0),
            (7, 3),
            (signature.grid.columns() - 1, signature.grid.rows() - 1),
        ] {
            let xs = (column * edge..((column + 1) * edge).min(width)).map(|x| x as isize);
            let ys = (row * edge..((row + 1) * edge).min(height)).map(|y| y as isize);
            let all: Vec<_> = ys
                .clone()
                .flat_map(|y| xs.clone().map(move |x| (x, y)))
                .collect();
            let lines: Vec<_> = all.iter().copied().filter(|(_, y)| y % rows == 0).collect();
            let lattice: Vec<_> = lines.iter().copied().filter(|(x, _)| x % 2 == 0).collect();
            let mean = |sites: &[(isize, isize)], of: &dyn Fn(isize, isize) -> f64| {
                sites.iter().map(|&(x, y)| of(x, y)).sum::<f64>() / sites.len() as f64
            };
            let brightness = mean(&lines, &at);
            let expected = [
                mean(&all, &at),
                mean(&lines, &|x, y| (at(x, y) - brightness).powi(2)),
                mean(&lattice, &|x, y| {
                    (at(x + 1, y) - at(x, y)).powi(2) + (at(x, y + 1) - at(x, y)).powi(2)
                }),
                mean(&lattice, &|x, y| {
                    (4.0 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1))
                        .powi(2)
                }),
            ];
            let block = row * signature.grid.columns() + column;
            let luma = &signature.luma;
            let found = [&luma.mean, &luma.variance, &luma.gradient, &luma.laplacian]
                .map(|values| f64::from(values[block]));
            for (expected, found) in expected.into_iter().zip(found) {
                assert!(
                    (expected - found).abs() <= 1e-6 * expected.abs() + 1e-4,
                    "block {column},{row}: expected {expected}, found {found}"
                );
            }
            assert_eq!(
                u32::from(signature.plane[block]),
                found[0].round_ties_even() as u32
            );
        }
    }
}

#[test]
fn totals_are_the_means_of_the_blocks() {
    let frames = [3, 4].map(|seed| eight(seed, "gray", 1280, 720, 0));
    let frames = frames.each_ref().map(|frame| Frame::Eight(frame.picture()));
    let signature = signatures(Level::detect(), &frames).remove(1);
    let mean =
        |values: &[f32]| values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64;
    let totals = signature.totals;
    for (total, blocks) in [
        (totals.mean, &signature.luma.mean),
        (totals.gradient, &signature.luma.gradient),
        (totals.laplacian, &signature.luma.laplacian),
        (totals.difference.unwrap(), &signature.difference),
    ] {
        assert!(
            (total - mean(blocks)).abs() < 1e-4 * total,
            "{total} {}",
            mean(blocks)
        );
    }
}

/// Differences and colour by their definitions; the blocks of the last size are an odd five samples
/// of the reduced plane wide.
#[test]
fn differences_and_colour_are_what_their_documentation_says() {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let near = |found: f32, expected: f64| (f64::from(found) - expected).abs() < 1e-4;
    for (width, height) in [(333, 201), (1283, 719), (3001, 1601)] {
        let frames = [3, 4].map(|seed| eight(seed, "yuv420p", width, height, 0));
        let pictures = frames.each_ref().map(|frame| Frame::Eight(frame.picture()));
        let [last, now] = signatures(Level::detect(), &pictures).try_into().unwrap();
        let grid = now.grid;
        let block = |plane: Plane<'_, u8>, edge: usize, column: usize, row: usize| {
            let rows = plane.rows().skip(row * edge).take(edge);
            let samples = rows.flat_map(|row| row[column * edge..].iter().take(edge));
            samples.map(|&code| f64::from(code)).collect::<Vec<_>>()
        };
        let planes: [_; 3] = std::array::from_fn(|plane| {
            let (data, width, height, _) = &frames[1].planes[plane];
            Plane::packed(data, *width, *height)
        });
        let chroma = now.chroma.as_ref().unwrap();
        let [cb, cr] = [1, 2].map(|plane| block(planes[plane], width, 0, 0));
        let (cb_mean, cr_mean) = (mean(&cb), mean(&cr));
        let both: Vec<_> = cb.iter().zip(&cr).map(|(cb, cr)| cb * cr).collect();
        let covariance = mean(&both) - cb_mean * cr_mean;
        assert!((chroma.moments.cb - cb_mean).abs() < 1e-6);
        assert!((chroma.moments.cr - cr_mean).abs() < 1e-6);
        assert!((chroma.moments.covariance - covariance).abs() < 1e-6);
        for (column, row) in [(0, 0), (7, 3), (grid.columns() - 1, grid.rows() - 1)] {
            let at = row * grid.columns() + column;
            let edge = grid.block / grid.factor;
            let of = |signature: &Signature| block(signature.reduced.plane(), edge, column, row);
            let apart: Vec<_> = of(&now)
                .iter()
                .zip(of(&last))
                .map(|(now, last)| (now - last).abs())
                .collect();
            assert!(near(now.difference[at], mean(&apart)), "{column},{row}");
            let colour = |plane| mean(&block(plane, grid.block / 2, column, row));
            assert!(near(chroma.cb[at], colour(planes[1])), "{column},{row}");
            assert!(near(chroma.cr[at], colour(planes[2])), "{column},{row}");
        }
    }
}

#[test]
fn only_a_second_frame_of_the_same_shape_has_a_difference() {
    let small = eight(1, "gray", 64, 48, 0);
    let large = eight(1, "gray", 80, 48, 0);
    let frames = [&small, &small, &large, &small].map(|frame| Frame::Eight(frame.picture()));
    let differences: Vec<_> = signatures(Level::detect(), &frames)
        .iter()
        .map(|s| s.totals.difference)
        .collect();
    assert_eq!(differences, [None, Some(0.0), None, None]);
}

#[test]
fn a_region_is_the_mean_of_what_it_covers() {
    let bright = |_: u64, x: usize, y: usize| {
        if (32..64).contains(&x) && (16..48).contains(&y) {
            200
        } else {
            50
        }
    };
    let frame = Noise::new("gray", 128, 64, 0, bright);
    let signature = signatures(Level::detect(), &[Frame::Eight(frame.picture())]).remove(0);
    let rect = |left, top, right, bottom| Rect {
        left,
        top,
        right,
        bottom,
    };
    let face = rect(32.0, 16.0, 64.0, 48.0);
    let around = rect(16.0, 0.0, 80.0, 64.0);
    assert!((signature.region(face, None).unwrap().mean - 200.0).abs() < 1e-3);
    assert!((signature.region(around, Some(face)).unwrap().mean - 50.0).abs() < 1e-3);
    assert!((signature.region(around, None).unwrap().mean - 87.5).abs() < 1e-3);
    assert_eq!(signature.region(face, Some(around)), None);
    assert_eq!(signature.region(rect(f64::NAN, 0.0, 1.0, 1.0), None), None);
}
