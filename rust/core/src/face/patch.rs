//! A small copy of the picture, and pieces of it at the scale and tilt that a search asks for.

use super::{cascade::EDGE, windows::LANES};
use crate::{cpu::Level, kernel::row, plane::Plane};

/// Samples that the picture searched for faces has at most: 480x320.
const SEARCHED: usize = 480 * 320;

/// The picture at halves of its size, the largest as it is searched.
#[derive(Debug, Default)]
pub(super) struct Pyramid {
    planes: Vec<Small>,
    /// Samples of the frame along the edge of one of the largest plane.
    pub(super) step: f64,
}

#[derive(Debug, Default)]
struct Small {
    samples: Vec<u8>,
    width: usize,
    height: usize,
}

impl Pyramid {
    /// Copies a reduced plane of `factor` samples of the frame.
    pub(super) fn fill(&mut self, level: Level, reduced: Plane<'_>, factor: usize) {
        self.step = factor as f64;
        self.planes.resize_with(5, Small::default);
        let (mut halvings, mut size) = (0, reduced.width() * reduced.height());
        while size > SEARCHED {
            (halvings, size) = (halvings + 1, size / 4);
        }
        let mut made = 0;
        if halvings == 0 {
            self.planes[0].copy(reduced);
            made = 1;
        } else {
            self.planes[0].halve(level, reduced);
            self.step *= 2.0;
            for _ in 1..halvings {
                let half = std::mem::take(&mut self.planes[0]);
                self.planes[0].halve(level, half.plane());
                self.step *= 2.0;
            }
            made += 1;
        }
        while made < self.planes.len() {
            let (above, below) = self.planes.split_at_mut(made);
            below[0].halve(level, above[made - 1].plane());
            made += 1;
        }
    }

    /// Width and height of the largest.
    pub(super) fn size(&self) -> (usize, usize) {
        self.planes
            .first()
            .map_or((0, 0), |plane| (plane.width, plane.height))
    }
}

impl Small {
    fn plane(&self) -> Plane<'_> {
        Plane::packed(&self.samples, self.width, self.height)
    }

    fn shape(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width, height);
        self.samples.resize(width * height, 0);
    }

    fn copy(&mut self, plane: Plane<'_>) {
        self.shape(plane.width(), plane.height());
        for (to, from) in self
            .samples
            .chunks_exact_mut(plane.width())
            .zip(plane.rows())
        {
            to.copy_from_slice(from);
        }
    }

    fn halve(&mut self, level: Level, plane: Plane<'_>) {
        self.shape(plane.width().div_ceil(2), plane.height().div_ceil(2));
        for (y, to) in self.samples.chunks_exact_mut(self.width).enumerate() {
            let y = (2 * y).cast_signed();
            row::halve(level, plane.row(y), plane.row(y + 1), to);
        }
    }
}

/// A piece of the picture: its middle in samples of the largest plane, how many of those one of its
/// samples stands for, how it is tilted, and its size in its own samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) centre: (f64, f64),
    pub(super) scale: f64,
    /// Degrees clockwise.
    pub(super) tilt: f64,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Piece {
    /// Where a point of the piece is in the largest plane.
    pub(super) fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let (sin, cos) = sine_cosine(self.tilt);
        let (x, y) = (
            (x - self.width as f64 / 2.0) * self.scale,
            (y - self.height as f64 / 2.0) * self.scale,
        );
        (
            self.centre.0 + cos * x - sin * y,
            self.centre.1 + sin * x + cos * y,
        )
    }
}

/// Sine and cosine of small angles in degrees: a series, so that all machines have the same bits.
fn sine_cosine(degrees: f64) -> (f64, f64) {
    let x = degrees * (std::f64::consts::PI / 180.0);
    let square = x * x;
    (
        x * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0))),
        1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0))),
    )
}

/// Bits of a place's fraction.
const FRACTION: u32 = 16;

/// Sums over a piece: at (x, y) those of all samples above and to the left. They wrap around.
#[derive(Debug, Default)]
pub(super) struct Sums {
    stride: usize,
    samples: Vec<u8>,
    sums: Vec<u32>,
    squares: Vec<u32>,
}

impl Sums {
    /// Room for pieces of `width` by `height`.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let stride = width + 1;
        let room = stride * (height + 1) + LANES;
        Self {
            stride,
            samples: vec![0; width],
            sums: vec![0; room],
            squares: vec![0; room],
        }
    }

    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    pub(super) fn sums(&self) -> &[u32] {
        &self.sums
    }

    /// Samples of the part of a window whose deviation counts: all but its edge.
    #[inline(always)]
    pub(super) fn area(&self) -> f32 {
        INNER as f32
    }

    /// Samples times deviation of windows side by side.
    #[inline(always)]
    pub(super) fn deviations(&self, at: usize) -> [f32; LANES] {
        let corner = |x: usize, y: usize| at + y * self.stride + x;
        let corners = [
            corner(EDGE - 1, EDGE - 1),
            corner(1, 1),
            corner(EDGE - 1, 1),
            corner(1, EDGE - 1),
        ];
        let [a, b, c, d] = corners.map(|corner| &self.sums[corner..][..LANES]);
        let [e, f, g, h] = corners.map(|corner| &self.squares[corner..][..LANES]);
        let mut out = [0.0; LANES];
        for k in 0..LANES {
            let sum = a[k]
                .wrapping_add(b[k])
                .wrapping_sub(c[k])
                .wrapping_sub(d[k]);
            let square = e[k]
                .wrapping_add(f[k])
                .wrapping_sub(g[k])
                .wrapping_sub(h[k]);
            let (sum, square) = (f64::from(sum), f64::from(square));
            let spread = (INNER as f64 * square - sum * sum).max(0.0).sqrt();
            #[expect(clippy::cast_possible_truncation, reason = "at most 324 · 128")]
            let single = spread as f32;
            out[k] = single;
        }
        out
    }

    /// Adds up a piece of the picture, from row `from` of it to before row `to`; its row 0 is then row
    /// `from`.
    pub(super) fn fill(&mut self, pyramid: &Pyramid, piece: Piece, from: usize, to: usize) {
        let mut level = 0;
        let mut scale = piece.scale;
        while scale >= 2.0 && level + 1 < pyramid.planes.len() {
            (level, scale) = (level + 1, scale / 2.0);
        }
        let plane = &pyramid.planes[level];
        let shrunk = piece.scale / scale;
        let stride = self.stride;
        self.sums[..stride].fill(0);
        self.squares[..stride].fill(0);
        let (right, _) = (piece.place(1.5, 0.5), ());
        let origin = piece.place(0.5, 0.5);
        let across = (
            fixed((right.0 - origin.0) / shrunk),
            fixed((right.1 - origin.1) / shrunk),
        );
        let width = piece.width.min(stride - 1);
        for (k, y) in (from..to).enumerate() {
            let (x, y) = piece.place(0.5, y as f64 + 0.5);
            let start = (fixed(x / shrunk - 0.5), fixed(y / shrunk - 0.5));
            plane.sample(start, across, &mut self.samples[..width]);
            let at = (k + 1) * stride;
            let rows = (
                &mut self.sums[at - stride..][..2 * stride],
                &mut self.squares[at - stride..][..2 * stride],
            );
            add_row(&self.samples[..width], rows.0, rows.1, stride);
        }
    }
}

/// Samples in the part of a window whose deviation counts.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a window has a few hundred samples"
)]
const INNER: u32 = ((EDGE - 2) * (EDGE - 2)) as u32;

/// Adds a row of samples to the sums of the row above.
fn add_row(samples: &[u8], sums: &mut [u32], squares: &mut [u32], stride: usize) {
    let (above, sums) = sums.split_at_mut(stride);
    let (above_squares, squares) = squares.split_at_mut(stride);
    let (mut sum, mut square) = (0_u32, 0_u32);
    (sums[0], squares[0]) = (0, 0);
    let above = above[1..].iter().zip(&above_squares[1..]);
    let here = sums[1..].iter_mut().zip(&mut squares[1..]);
    for ((&sample, (above, above_square)), (to, to_square)) in samples.iter().zip(above).zip(here) {
        let sample = u32::from(sample);
        sum = sum.wrapping_add(sample);
        square = square.wrapping_add(sample * sample);
        *to = above.wrapping_add(sum);
        *to_square = above_square.wrapping_add(square);
    }
}

impl Small {
    /// Samples along a line, between four neighbours each; outside, the edge goes on.
    fn sample(&self, start: (i64, i64), across: (i64, i64), out: &mut [u8]) {
        let (right, bottom) = (self.width - 1, self.height - 1);
        let (mut x, mut y) = start;
        for out in out {
            let (left, fx) = split(x, right);
            let (top, fy) = split(y, bottom);
            let (next, below) = ((left + 1).min(right), (top + 1).min(bottom));
            let upper = &self.samples[top * self.width..][..self.width];
            let lower = &self.samples[below * self.width..][..self.width];
            let mix = |row: &[u8]| u32::from(row[left]) * (256 - fx) + u32::from(row[next]) * fx;
            let value = mix(upper) * (256 - fy) + mix(lower) * fy;
            *out = ((value + (1 << 15)) >> 16).to_le_bytes()[0];
            (x, y) = (x + across.0, y + across.1);
        }
    }
}

/// The sample at or before a place, and 256ths of the way to the next.
fn split(place: i64, last: usize) -> (usize, u32) {
    let whole = place >> FRACTION;
    let Ok(at) = usize::try_from(whole) else {
        return (0, 0);
    };
    if at >= last {
        return (last, 0);
    }
    let fraction = u32::try_from((place - (whole << FRACTION)) >> (FRACTION - 8)).unwrap_or(0);
    (at, fraction)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "places are inside frames of at most 8192 samples"
)]
fn fixed(place: f64) -> i64 {
    (place * f64::from(1_u32 << FRACTION)).round() as i64
}
