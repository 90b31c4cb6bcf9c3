//! A copy of a plane whose edges go on outside of it, so that blocks across the edge need no care.

#[cfg(target_arch = "x86_64")]
mod avx2;

use crate::{
    cpu::{Level, dispatch, multiversion},
    kernel::block::At,
    plane::Plane,
};

/// Samples the plane goes on for at each side: a block, the ring around it, and what a load of
/// whole words reads behind it.
const MARGIN: usize = 32;

/// A plane with a margin of repeated edge samples.
#[derive(Debug)]
pub(crate) struct Padded {
    samples: Vec<u8>,
    width: usize,
    height: usize,
    stride: usize,
}

impl Padded {
    /// A plane of this size, all zero.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        // An odd number of cache lines keeps the rows of a block in different cache sets.
        let stride = ((width + 2 * MARGIN).div_ceil(64) | 1) * 64;
        let samples = vec![0; stride * (height + 2 * MARGIN)];
        Self {
            samples,
            width,
            height,
            stride,
        }
    }

    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Where sample (0, 0) lies.
    pub(crate) fn first(&self) -> At<'_> {
        At {
            samples: &self.samples,
            at: self.origin(),
            stride: self.stride,
        }
    }

    fn origin(&self) -> usize {
        MARGIN * self.stride + MARGIN
    }

    /// The samples row by row.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let rows = self.samples.chunks_exact(self.stride).skip(MARGIN);
        rows.map(|row| &row[MARGIN..][..self.width])
            .take(self.height)
    }

    /// Takes over the samples of a plane of the same size.
    pub(crate) fn copy(&mut self, plane: Plane<'_>) {
        let rows = self.samples.chunks_exact_mut(self.stride).skip(MARGIN);
        for (to, from) in rows.zip(plane.rows()) {
            to[MARGIN..][..from.len()].copy_from_slice(from);
        }
        self.repeat_edges();
    }

    /// Takes `brightness` from every sample, as far as that is possible.
    pub(crate) fn darken(&mut self, level: Level, brightness: i16) {
        let by = u8::try_from(brightness.unsigned_abs()).unwrap_or(u8::MAX);
        match brightness {
            0 => {}
            1.. => darken(level, &mut self.samples, by),
            _ => lighten(level, &mut self.samples, by),
        }
    }

    /// Takes over the means of 4x4 samples of a plane four times this size.
    pub(crate) fn quarter(&mut self, level: Level, of: &Self) {
        let (width, stride) = (self.width, of.stride);
        let rows = self.samples.chunks_exact_mut(self.stride);
        let four_rows = of.samples[of.origin()..].chunks(4 * stride);
        for (to, from) in rows.skip(MARGIN).zip(four_rows).take(self.height) {
            let to = &mut to[MARGIN..][..width];
            dispatch!(level, plain, avx2: avx2::means_of_4x4, (to, from, stride)
            );
        }
        self.repeat_edges();
    }

    fn repeat_edges(&mut self) {
        let (stride, end) = (self.stride, MARGIN + self.width);
        let rows = self.samples.chunks_exact_mut(stride);
        for row in rows.skip(MARGIN).take(self.height) {
            let (first, last) = (row[MARGIN], row[end - 1]);
            row[..MARGIN].fill(first);
            row[end..].fill(last);
        }
        let (top, bottom) = (MARGIN * stride, (MARGIN + self.height - 1) * stride);
        for y in 0..MARGIN {
            self.samples.copy_within(top..top + stride, y * stride);
            self.samples
                .copy_within(bottom..bottom + stride, bottom + (y + 1) * stride);
        }
    }
}

multiversion! {
    fn darken(samples: &mut [u8], by: u8) {
        for sample in samples {
            *sample = sample.saturating_sub(by);
        }
    }
}

multiversion! {
    fn lighten(samples: &mut [u8], by: u8) {
        for sample in samples {
            *sample = sample.saturating_add(by);
        }
    }
}

/// Rounded means of 4x4 samples of four rows that lie `stride` apart.
fn plain(to: &mut [u8], from: &[u8], stride: usize) {
    let width = 4 * to.len();
    if width == 0 {
        return;
    }
    let [a, b, c, d] = [0, 1, 2, 3].map(|y| from[y * stride..][..width].as_chunks::<4>().0);
    for (to, (((a, b), c), d)) in to.iter_mut().zip(a.iter().zip(b).zip(c).zip(d)) {
        let sum = |row: &[u8; 4]| row.iter().map(|&v| u16::from(v)).sum::<u16>();
        // 16 · 255 + 8 < 2¹² and the mean is at most 255.
        *to = ((sum(a) + sum(b) + sum(c) + sum(d) + 8) >> 4).to_le_bytes()[0];
    }
}
