//! The ADM feature of VMAF: how much of the reference's detail is left, weighed as the eye sees it.

use crate::{
    cpu::Level,
    kernel::adm::{self, Region, Scratch, Shifts, Sums},
    plane::{Plane, Sample, ShapeError},
};

/// Reciprocal quantisation steps of the four scales for the bands h and v, and d: see
/// [`adm::SENSITIVITY`].
const RECIPROCAL_STEPS: [[f32; 2]; 4] = [
    [0.017_381_538, 0.005_890_687],
    [0.031_984_83, 0.014_299_068],
    [0.043_372_66, 0.024_396_908],
    [0.045_673_41, 0.031_312_738],
];

/// What the eye's noise adds to each pooled band, per sample.
const NOISE: f64 = 0.03125;

/// ADM of a pair of planes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adm {
    /// `adm2`: kept over all detail.
    pub score: f64,
    /// The same with the enhancement gain limited to 1.
    pub score_neg: f64,
}

/// Holds the low bands between the scales; allocates once per size, never per frame.
#[derive(Debug)]
pub struct Meter {
    level: Level,
    first: [Vec<i16>; 2],
    rest: [[Vec<i32>; 2]; 3],
    scratch: Scratch,
}

/// Parts of the score: kept, kept without enhancement, and the reference's.
type Parts = [f32; 3];

impl Meter {
    /// A meter that works at `level`.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            first: Default::default(),
            rest: Default::default(),
            scratch: Scratch::default(),
        }
    }

    /// ADM of two planes of one size, 16x16 or more, with samples of `depth` bits; `neg` says whether
    /// `score_neg` is wanted, which is `score` otherwise.
    ///
    /// # Errors
    ///
    /// If the planes differ in size.
    pub fn measure<T: Sample>(
        &mut self,
        planes: [Plane<'_, T>; 2],
        depth: u32,
        neg: bool,
    ) -> Result<Adm, ShapeError> {
        let full = (planes[0].width(), planes[0].height());
        planes[1].sized(full)?;
        let mut size = half(full);
        let [reference, distorted] = &mut self.first;
        reference.resize(size.0 * size.1, 0);
        distorted.resize(size.0 * size.1, 0);
        let lows = [&mut reference[..], &mut distorted[..]];
        let sums = adm::first(
            self.level,
            depth,
            planes,
            0..size.1,
            neg,
            lows,
            &mut self.scratch,
        );
        let mut parts = [parts(0, size, &sums), [0.0; 3], [0.0; 3], [0.0; 3]];
        for (index, parts) in parts.iter_mut().enumerate().skip(1) {
            let input = size;
            size = half(size);
            let (before, after) = self.rest.split_at_mut(index - 1);
            let [reference, distorted] = &mut after[0];
            reference.resize(size.0 * size.1, 0);
            distorted.resize(size.0 * size.1, 0);
            let lows = [&mut reference[..], &mut distorted[..]];
            let (rows, scratch) = (0..size.1, &mut self.scratch);
            let sums = if let Some([reference, distorted]) = before.last() {
                adm::next(
                    self.level,
                    index,
                    input,
                    [reference, distorted],
                    rows,
                    neg,
                    lows,
                    scratch,
                )
            } else {
                let [reference, distorted] = &self.first;
                adm::next(
                    self.level,
                    index,
                    input,
                    [reference, distorted],
                    rows,
                    neg,
                    lows,
                    scratch,
                )
            };
            *parts = self::parts(index, size, &sums);
        }
        let total = |part: usize| {
            parts
                .iter()
                .map(|parts| f64::from(parts[part]))
                .sum::<f64>()
        };
        let least = 1e-10 * (full.0 * full.1) as f64 / (1920.0 * 1080.0);
        let floor = |sum: f64| if sum < least { 0.0 } else { sum };
        let all = floor(total(2));
        let score = |kept| if all == 0.0 { 1.0 } else { floor(kept) / all };
        Ok(Adm {
            score: score(total(0)),
            score_neg: score(total(usize::from(neg))),
        })
    }
}

fn half((width, height): (usize, usize)) -> (usize, usize) {
    (width.div_ceil(2), height.div_ceil(2))
}

/// Cube roots of the sums of scale `index`, whose bands have `size`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the definition rounds to f32 before each root"
)]
fn parts(index: usize, (width, height): (usize, usize), sums: &Sums) -> Parts {
    let shifts = Shifts::new(index, width, height);
    let noise = root((Region::new(width, height).area() as f64 * NOISE) as f32);
    let power = |bits: i32| f64::from(bits).exp2();
    let pool = |roots: [f32; 3]| {
        let [h, v, d] = roots.map(|root| root + noise);
        h + v + d
    };
    let kept = |sums: [i64; 3]| {
        pool([0, 1, 2].map(|theta| {
            let cube = shifts.cube[theta / 2];
            let bits = [[52, 57], [45, 45], [39, 39], [36, 36]][index][theta / 2];
            let unit = power(bits - (cube + shifts.row).cast_signed());
            let sum = sums[theta];
            root(if index == 0 {
                (sum as f64 / unit) as f32
            } else {
                sum as f32 / unit as f32
            })
        }))
    };
    let reference = pool([0, 1, 2].map(|theta| {
        let (cube, row) = shifts.reference;
        let unit = power([18, 32, 27, 23][index] - (cube + row).cast_signed());
        let step = f64::from(RECIPROCAL_STEPS[index][theta / 2]);
        root((sums.reference[theta] as f64 / unit * step.powi(3)) as f32)
    }));
    [kept(sums.kept), kept(sums.kept_neg), reference]
}

fn root(value: f32) -> f32 {
    value.powf(1.0 / 3.0)
}
