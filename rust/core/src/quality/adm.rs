//! The ADM feature of VMAF: how much of the reference's detail is left, weighed as the eye sees it.

use crate::{
    cpu::Level,
    kernel::adm::{self, AdmSums, ContrastSensitivity, Low, Region, Scratch, Shifts},
    plane::{Plane, Sample, ShapeError},
    quality::strips::Strip,
};

/// How the details of a pair are weighed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    sensitivity: ContrastSensitivity,
    /// Sensitivities to details of the four scales, for the bands h and v, and d.
    sensitivities: [[f32; 2]; 4],
    /// What the eye's noise adds to each pooled band, per sample: of the reference and of the first
    /// that is asked for, and of the second.
    noise: [f64; 2],
    /// See [`AdmSums`].
    pub ask: AdmSums,
}

impl Sight {
    /// The sight of the models before v1; `neg` says whether the score without enhancement gain is
    /// wanted as well. Sensitivities are the reciprocals of Watson's 1997 quantisation steps (a 0.495,
    /// k 0.466, f0 0.401) at 3 picture heights of 1080 rows.
    #[must_use]
    pub fn watson(neg: bool) -> Self {
        let sensitivities = [
            [0.017_381_538, 0.005_890_687],
            [0.031_984_83, 0.014_299_068],
            [0.043_372_66, 0.024_396_908],
            [0.045_673_41, 0.031_312_738],
        ];
        Self {
            sensitivity: ContrastSensitivity {
                // The definition has these two written down, and not quite the others' product.
                first: [36453, 49417],
                ..ContrastSensitivity::new(&sensitivities)
            },
            sensitivities,
            noise: [0.03125; 2],
            ask: if neg {
                AdmSums::KeptAndPlain
            } else {
                AdmSums::Kept
            },
        }
    }

    /// The sight of v1, with these sensitivities.
    #[must_use]
    pub fn blended(sensitivities: [[f32; 2]; 4]) -> Self {
        Self {
            sensitivity: ContrastSensitivity::new(&sensitivities),
            sensitivities,
            noise: [0.02, 0.0],
            ask: AdmSums::PlainAndAdded,
        }
    }
}

/// ADM of a pair of planes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adm {
    /// `adm2`, or what is asked for first: over all detail of the reference.
    pub score: f64,
    /// What is asked for second, likewise; `score` if nothing is.
    pub second: f64,
    /// `score` of each scale.
    pub scales: [f64; 4],
}

/// Sums of strips, by scale, finest first.
pub type Sums = [adm::Sums; SCALES];

/// Scales, each half the size of the one before.
const SCALES: usize = 4;

/// Holds the low bands between the scales, as far as a strip needs them; allocates once per size,
/// never per frame.
#[derive(Debug)]
pub struct Meter {
    level: Level,
    sight: Sight,
    first: [Vec<i16>; 2],
    rest: [[Vec<i32>; 2]; SCALES - 1],
    scratch: Scratch,
}

/// Parts of the score: what is asked for first, second, and the reference's.
type Parts = [f32; 3];

impl Meter {
    /// A meter with this sight that works at `level`.
    #[must_use]
    pub fn new(level: Level, sight: Sight) -> Self {
        Self {
            level,
            sight,
            first: Default::default(),
            rest: Default::default(),
            scratch: Scratch::default(),
        }
    }

    /// Adds a strip of two planes of one size, 16x16 or more, with samples of `depth` bits.
    ///
    /// # Errors
    ///
    /// If the planes differ in size.
    pub fn add<T: Sample>(
        &mut self,
        planes: [Plane<'_, T>; 2],
        strip: Strip,
        depth: u32,
        sums: &mut Sums,
    ) -> Result<(), ShapeError> {
        let (level, scratch) = (self.level, &mut self.scratch);
        let asked = (&self.sight.sensitivity, self.sight.ask);
        let full = (planes[0].width(), planes[0].height());
        planes[1].sized(full)?;
        let strips = strips(strip, full.1);
        let mut size = half(full);
        let lows = lows_from(&mut self.first, size, strips[0].kept.start);
        sums[0] += adm::first(level, depth, planes, &strips[0], asked, lows, scratch);
        for index in 1..SCALES {
            let input = size;
            size = half(size);
            let (before, after) = self.rest.split_at_mut(index - 1);
            let strip = &strips[index];
            let lows = lows_from(&mut after[0], size, strip.kept.start);
            sums[index] += if let Some([reference, distorted]) = before.last() {
                let bands = [&reference[..], distorted];
                adm::next(level, index, input, bands, strip, asked, lows, scratch)
            } else {
                let bands = self.first.each_ref().map(|band| &band[..]);
                adm::next(level, index, input, bands, strip, asked, lows, scratch)
            };
        }
        Ok(())
    }
}

/// Low bands of that width and height, from row `start` on.
fn lows_from<L: Low>(
    bands: &mut [Vec<L>; 2],
    (width, height): (usize, usize),
    start: usize,
) -> [&mut [L]; 2] {
    bands.each_mut().map(|band| {
        band.resize(width * height, L::default());
        &mut band[width * start..]
    })
}

/// Band rows of every scale that belong to a strip of planes with `height` rows: its own are summed;
/// those that the next scale's are made of are kept.
fn strips(strip: Strip, height: usize) -> [adm::Strip; SCALES] {
    let mut heights = [height.div_ceil(2); SCALES];
    for index in 1..SCALES {
        heights[index] = heights[index - 1].div_ceil(2);
    }
    let mut kept = 0..0;
    let mut strips = heights.map(|height| adm::Strip {
        summed: strip.rows(height),
        kept: 0..0,
    });
    for (strip, height) in strips.iter_mut().zip(heights).rev() {
        strip.kept = kept.start.min(height)..kept.end.min(height);
        kept = adm::taps(&strip.split(height));
    }
    strips
}

fn half((width, height): (usize, usize)) -> (usize, usize) {
    (width.div_ceil(2), height.div_ceil(2))
}

impl Sight {
    /// The scores of a whole picture's sums, whose planes have that width and height.
    #[must_use]
    pub fn score(&self, full: (usize, usize), sums: &Sums) -> Adm {
        let mut size = full;
        let mut parts = [[0.0; 3]; SCALES];
        for (index, parts) in parts.iter_mut().enumerate() {
            size = half(size);
            *parts = self.parts(index, size, &sums[index]);
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
        let score = |sum: f64| if all == 0.0 { 1.0 } else { sum / all };
        let first = score(floor(total(0)));
        Adm {
            score: first,
            second: match self.ask {
                AdmSums::Kept => first,
                AdmSums::KeptAndPlain => score(floor(total(1))),
                AdmSums::PlainAndAdded => score(total(1)),
            },
            scales: parts.map(|[first, _, all]| f64::from(first) / f64::from(all)),
        }
    }

    /// Cube roots of the sums of scale `index`, whose bands have `size`.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the definition rounds to f32 before each root"
    )]
    fn parts(&self, index: usize, (width, height): (usize, usize), sums: &adm::Sums) -> Parts {
        let shifts = Shifts::new(index, width, height);
        let area = Region::new(width, height).area() as f64;
        let power = |bits: i32| f64::from(bits).exp2();
        let pool = |roots: [f32; 3], noise: f64| {
            let noise = root((area * noise) as f32);
            let [h, v, d] = roots.map(|root| root + noise);
            h + v + d
        };
        let asked = |sums: [i64; 3], noise: f64| {
            let roots = [0, 1, 2].map(|theta| {
                let cube = shifts.cube[theta / 2];
                let bits = [[52, 57], [45, 45], [39, 39], [36, 36]][index][theta / 2];
                let unit = power(bits - (cube + shifts.row).cast_signed());
                let sum = sums[theta];
                root(if index == 0 {
                    (sum as f64 / unit) as f32
                } else {
                    sum as f32 / unit as f32
                })
            });
            pool(roots, noise)
        };
        let reference = [0, 1, 2].map(|theta| {
            let (cube, row) = shifts.reference;
            let unit = power([18, 32, 27, 23][index] - (cube + row).cast_signed());
            let step = f64::from(self.sensitivities[index][theta / 2]);
            root((sums.reference[theta] as f64 / unit * step.powi(3)) as f32)
        });
        [
            asked(sums.asked[0], self.noise[0]),
            asked(sums.asked[1], self.noise[1]),
            pool(reference, self.noise[0]),
        ]
    }
}

fn root(value: f32) -> f32 {
    value.powf(1.0 / 3.0)
}
