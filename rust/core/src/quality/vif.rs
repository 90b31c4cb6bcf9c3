//! The four VIF features of VMAF: how much of the reference's information is left, by scale.

use std::ops::Range;

use crate::{
    cpu::Level,
    kernel::{
        span::{around, hull},
        vif::{self, Scale, Scratch},
    },
    plane::{Plane, Sample, ShapeError},
    quality::strips::Strip,
};

/// Sums of strips, by scale, finest first.
pub type Sums = [vif::Sums; SCALES];

/// Scales, each half the size of the one before.
const SCALES: usize = 4;

/// VIF of a pair of planes on the four scales, finest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vif {
    /// `vif_scale0` to `vif_scale3`.
    pub scales: [f64; SCALES],
    /// The same with the enhancement gain limited to 1.
    pub scales_neg: [f64; SCALES],
}

impl Vif {
    /// The scores of a whole picture's sums; `neg` says whether they have those for `scales_neg`, which
    /// is `scales` otherwise.
    #[must_use]
    pub fn of(sums: &Sums, neg: bool) -> Self {
        let scores = sums.map(|sums| sums.scores());
        Self {
            scales: scores.map(|(score, _)| score),
            scales_neg: scores.map(|(score, score_neg)| if neg { score_neg } else { score }),
        }
    }
}

/// Holds the planes of the coarser scales, as far as a strip needs them; allocates once per size,
/// never per frame.
#[derive(Debug)]
pub struct Meter {
    level: Level,
    /// Scales 1 to 3 of reference and distorted.
    coarse: [[Vec<u16>; 2]; SCALES - 1],
    scratch: Scratch,
}

impl Meter {
    /// A meter that works at `level`.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            coarse: Default::default(),
            scratch: Scratch::default(),
        }
    }

    /// Adds a strip of two planes of one size, 16x16 or more, with samples of `depth` bits; `neg` says
    /// whether the sums for `scales_neg` are wanted.
    ///
    /// # Errors
    ///
    /// If the planes differ in size.
    pub fn add<T: Sample>(
        &mut self,
        planes: [Plane<'_, T>; 2],
        strip: Strip,
        depth: u32,
        neg: bool,
        sums: &mut Sums,
    ) -> Result<(), ShapeError> {
        let full = (planes[0].width(), planes[0].height());
        planes[1].sized(full)?;
        let made = made(strip, full.1);
        let (level, scratch) = (self.level, &mut self.scratch);
        let scale = Scale::new(0, depth);
        sums[0] += vif::sums(level, &scale, planes, strip.rows(full.1), neg, scratch);
        for index in 1..SCALES {
            let (size, rows) = (size(full, index), made[index - 1].clone());
            let filter = Scale::next(index - 1, depth);
            let (before, after) = self.coarse.split_at_mut(index - 1);
            for (side, out) in after[0].iter_mut().enumerate() {
                out.resize(size.0 * size.1, 0);
                let (out, rows) = (&mut out[rows.start * size.0..], rows.clone());
                if let Some(fine) = before.last() {
                    let fine = plane(&fine[side], full, index - 1)?;
                    vif::halve(level, &filter, fine, rows, out, size.0, scratch);
                } else {
                    vif::halve(level, &filter, planes[side], rows, out, size.0, scratch);
                }
            }
            let [reference, distorted] = &after[0];
            let planes = [
                plane(reference, full, index)?,
                plane(distorted, full, index)?,
            ];
            let scale = Scale::new(index, depth);
            sums[index] += vif::sums(level, &scale, planes, strip.rows(size.1), neg, scratch);
        }
        Ok(())
    }
}

/// Width and height of a scale.
fn size((width, height): (usize, usize), index: usize) -> (usize, usize) {
    (width >> index, height >> index)
}

fn plane(
    samples: &[u16],
    full: (usize, usize),
    index: usize,
) -> Result<Plane<'_, u16>, ShapeError> {
    let (width, height) = size(full, index);
    Plane::new(samples, width, height, width)
}

/// Rows of scales 1 to 3 that a strip's sums are made of: those around its own, and those around
/// what the next scale is made of.
fn made(strip: Strip, height: usize) -> [Range<usize>; SCALES - 1] {
    let mut made = [const { 0..0 }; SCALES - 1];
    let mut next = 0..0;
    for index in (1..SCALES).rev() {
        let height = height >> index;
        let reach = |index: usize| Scale::new(index, 8).taps.len() / 2;
        let summed = around(&strip.rows(height), reach(index), height);
        let below = if index + 1 < SCALES {
            around(&twice(&next), reach(index + 1), height)
        } else {
            0..0
        };
        next = hull(&summed, &below);
        made[index - 1] = next.clone();
    }
    made
}

/// The rows that become these, each being in the middle of what it is made of.
fn twice(rows: &Range<usize>) -> Range<usize> {
    2 * rows.start..(2 * rows.end).saturating_sub(1)
}
