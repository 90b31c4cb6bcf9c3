//! The wavelet by vectors: four taps down, then four across, one row of bands at a time.

use super::{HIGH, LOW, LOW_SUM, Low, mirror};
use crate::{
    kernel::lanes::{Lanes, bottom, load16, sar32},
    plane::{Plane, Sample},
};
use std::array;

/// Room before a line for its reflection, and after it for whole vectors.
pub(super) const PAD: usize = 32;

/// Rows of one plane that the pass down reads, and lines that it writes.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The last four rows; of 32-bit samples the low halves, top bit flipped, then the high halves.
    ring: [[Vec<i16>; 2]; 4],
    /// The row after the last in the ring.
    next: usize,
    /// Low and high pass, the same halves.
    lines: [[Vec<i16>; 2]; 2],
    /// The row of the low band.
    pub(super) low: (Vec<i16>, Vec<i32>),
}

/// Rows of the details h, v and d of one plane: 16 bits in the first scale, 32 in the others.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub(super) short: [Vec<i16>; 3],
    pub(super) long: [Vec<i32>; 3],
}

/// Two pairs of taps as vectors.
#[inline(always)]
fn taps<S: Lanes>(s: S, taps: [i32; 4]) -> [S::I; 2] {
    [
        s.set32(taps[0] & 0xffff | taps[1] << 16),
        s.set32(taps[2] & 0xffff | taps[3] << 16),
    ]
}

#[inline(always)]
fn dot<S: Lanes>(s: S, start: i32, pairs: [S::I; 2], taps: [S::I; 2]) -> S::I {
    s.dot16(
        s.dot16(s.set32(start), pairs[0], taps[0]),
        pairs[1],
        taps[1],
    )
}

/// Four rows of the ring, of half `half`, that band row `y` is made of.
fn row_taps(ring: &[[Vec<i16>; 2]; 4], y: usize, height: usize, half: usize) -> [&[i16]; 4] {
    array::from_fn(|k| {
        let row = mirror((2 * y + k).cast_signed() - 1, height);
        &ring[row % 4][half][..]
    })
}

impl Rows {
    /// Makes ready for bands of `width`, from band row `first` on.
    pub(super) fn start(&mut self, width: usize, first: usize) {
        let padded = width.next_multiple_of(64);
        for row in self.ring.as_flattened_mut() {
            row.resize(padded, 0);
        }
        for line in self.lines.as_flattened_mut() {
            line.resize(PAD + padded + PAD, 0);
        }
        self.low.0.resize(padded / 2 + PAD, 0);
        self.low.1.resize(padded / 2 + PAD, 0);
        self.next = (2 * first).saturating_sub(1);
    }

    /// Reflects the ends of the lines of half `half`.
    #[inline(always)]
    fn mirror_ends(&mut self, width: usize, half: usize) {
        for line in &mut self.lines {
            let line = &mut line[half];
            line[PAD - 1] = line[PAD + mirror(-1, width)];
            for x in width..width + 2 {
                line[PAD + x] = line[PAD + mirror(x.cast_signed(), width)];
            }
        }
    }

    /// Bands of row `y` of the first scale: the low band into `self`, the others into `details`.
    #[inline(always)]
    pub(super) fn first<S: Lanes, T: Sample>(
        &mut self,
        s: S,
        plane: Plane<'_, T>,
        depth: u32,
        y: usize,
        details: &mut Details,
    ) {
        let (width, height) = (plane.width(), plane.height());
        let (grey, peak) = (1_u16 << (depth - 1), u16::MAX >> (16 - depth));
        while self.next < height.min(2 * y + 3) {
            let out = &mut self.ring[self.next % 4][0];
            #[expect(
                clippy::cast_possible_truncation,
                reason = "samples have 16 bits at most"
            )]
            for (out, &sample) in out.iter_mut().zip(plane.row(self.next.cast_signed())) {
                let sample: u32 = sample.into();
                // A sample above the largest code counts as it: what comes after has no room for it.
                *out = (sample as u16).min(peak).wrapping_sub(grey).cast_signed();
            }
            self.next += 1;
        }
        let (low, high) = (taps(s, LOW), taps(s, HIGH));
        let round = i32::from(grey);
        let Self { ring, lines, .. } = self;
        let rows = row_taps(ring, y, height, 0);
        for x in (0..width).step_by(2 * S::N) {
            let [r0, r1, r2, r3] = load16(s, rows, x);
            let (above, below) = (s.zip16(r0, r1), s.zip16(r2, r3));
            for (taps, line) in [low, high].into_iter().zip(&mut *lines) {
                let first = dot(s, round, [above[0], below[0]], taps);
                let second = dot(s, round, [above[1], below[1]], taps);
                let packed = s.pack32(s.sar32(first, depth), s.sar32(second, depth));
                s.store16(&mut line[0], PAD + x, packed);
            }
        }
        self.mirror_ends(width, 0);
        let [h, v, d] = &mut details.short;
        let [low_line, high_line] = &self.lines;
        let outs = [
            (&low_line[0], [&mut self.low.0, v]),
            (&high_line[0], [h, d]),
        ];
        for (line, mut outs) in outs {
            for x in (0..width.div_ceil(2)).step_by(2 * S::N) {
                let at = PAD + 2 * x - 1;
                let a = [s.load16(line, at), s.load16(line, at + 2)];
                let at = at + 2 * S::N;
                let b = [s.load16(line, at), s.load16(line, at + 2)];
                for (taps, out) in [low, high].into_iter().zip(outs.iter_mut()) {
                    let first = s.sar32(dot(s, 1 << 15, a, taps), 16);
                    let second = s.sar32(dot(s, 1 << 15, b, taps), 16);
                    s.store16(out, x, s.ordered(s.pack32(first, second)));
                }
            }
        }
    }

    /// Bands of row `y` of scale `index`, 1 to 3, made of the low band before it.
    #[inline(always)]
    pub(super) fn next<S: Lanes, T: Low>(
        &mut self,
        s: S,
        (band, width, height): (&[T], usize, usize),
        index: usize,
        y: usize,
        details: &mut Details,
    ) {
        while self.next < height.min(2 * y + 3) {
            let [low, high] = &mut self.ring[self.next % 4];
            let row = &band[self.next * width..][..width];
            #[expect(clippy::cast_possible_truncation, reason = "halves")]
            for ((low, high), &sample) in low.iter_mut().zip(high).zip(row) {
                let sample: i32 = sample.into();
                *low = (sample ^ 0x8000) as i16;
                *high = (sample >> 16) as i16;
            }
            self.next += 1;
        }
        let (low, high) = (taps(s, LOW), taps(s, HIGH));
        let flip = s.set16(i16::MIN);
        let Self { ring, lines, .. } = self;
        let rows = [0, 1].map(|half| row_taps(ring, y, height, half));
        for x in (0..width).step_by(2 * S::N) {
            let mut pairs = [[[s.set32(0); 2]; 2]; 2];
            for (rows, pairs) in rows.into_iter().zip(&mut pairs) {
                let [r0, r1, r2, r3] = load16(s, rows, x);
                let (above, below) = (s.zip16(r0, r1), s.zip16(r2, r3));
                *pairs = [[above[0], below[0]], [above[1], below[1]]];
            }
            for (pass, line) in lines.iter_mut().enumerate() {
                let (taps, sum) = [(low, LOW_SUM), (high, 0)][pass];
                let mut both = [s.set32(0); 2];
                for (i, both) in both.iter_mut().enumerate() {
                    let top = dot(s, 0, pairs[1][i], taps);
                    *both = if index == 1 {
                        let rest = dot(s, sum << 15, pairs[0][i], taps);
                        s.add32(s.shl32(top, 16), rest)
                    } else {
                        let rest = s.sar32(dot(s, 1 << 15, pairs[0][i], taps), 16);
                        s.add32(s.add32(top, rest), s.set32(sum >> 1))
                    };
                }
                let [first, second] = bottom(s, both, 0xffff);
                let packed = s.xor(s.pack32_unsigned(first, second), flip);
                s.store16(&mut line[0], PAD + x, packed);
                let [first, second] = sar32(s, both, 16);
                s.store16(&mut line[1], PAD + x, s.pack32(first, second));
            }
        }
        self.mirror_ends(width, 0);
        self.mirror_ends(width, 1);
        let [h, v, d] = &mut details.long;
        let [low_line, high_line] = &self.lines;
        let outs = [(low_line, [&mut self.low.1, v]), (high_line, [h, d])];
        for (line, outs) in outs {
            for x in (0..width.div_ceil(2)).step_by(S::N) {
                let at = PAD + 2 * x - 1;
                let low_half = [s.load16(&line[0], at), s.load16(&line[0], at + 2)];
                let high_half = [s.load16(&line[1], at), s.load16(&line[1], at + 2)];
                for (pass, out) in [0, 1].into_iter().zip([0, 1]) {
                    let (taps, sum) = [(low, LOW_SUM), (high, 0)][pass];
                    let top = dot(s, 0, high_half, taps);
                    let value = if index == 2 {
                        let rest = s.sar32(dot(s, 1 << 15, low_half, taps), 16);
                        s.add32(s.add32(top, rest), s.set32(sum >> 1))
                    } else {
                        let rest = s.sar32(dot(s, 1 << 14, low_half, taps), 15);
                        s.add32(s.add32(s.shl32(top, 1), rest), s.set32(sum))
                    };
                    s.store32(outs[out], x, value);
                }
            }
        }
    }
}
