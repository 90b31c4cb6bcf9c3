//! A copy of a plane whose edges go on outside of it, so that blocks across the edge need no care.

#[cfg(target_arch = "x86_64")]
mod avx2;

use crate::{
    cpu::{Level, dispatch},
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

    pub(crate) fn samples(&self) -> &[u8] {
        &self.samples
    }

    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Where sample (0, 0) lies in `samples`.
    pub(crate) fn origin(&self) -> usize {
        MARGIN * self.stride + MARGIN
    }

    /// Takes over the samples of a plane of the same size, each less `brightness`.
    pub(crate) fn copy(&mut self, plane: Plane<'_>, brightness: i16) {
        let by = u8::try_from(brightness.unsigned_abs()).unwrap_or(u8::MAX);
        let rows = self.samples.chunks_exact_mut(self.stride).skip(MARGIN);
        for (to, from) in rows.zip(plane.rows()) {
            let to = &mut to[MARGIN..][..from.len()];
            match brightness {
                0 => to.copy_from_slice(from),
                1.. => each(to, from, |v| v.saturating_sub(by)),
                _ => each(to, from, |v| v.saturating_add(by)),
            }
        }
        self.repeat_edges();
    }

    /// Takes over the means of 4x4 samples of a plane four times this size.
    pub(crate) fn quarter(&mut self, level: Level, of: &Self) {
        let (width, stride) = (self.width, of.stride);
        let rows = self.samples.chunks_exact_mut(self.stride);
        let four_rows = of.samples[of.origin()..].chunks(4 * stride);
        for (to, from) in rows.skip(MARGIN).zip(four_rows).take(self.height) {
            let to = &mut to[MARGIN..][..width];
            dispatch!(
                level,
                plain,
                avx2::means_of_4x4,
                avx2::means_of_4x4,
                (to, from, stride)
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

fn each(to: &mut [u8], from: &[u8], of: impl Fn(u8) -> u8) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = of(from);
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
