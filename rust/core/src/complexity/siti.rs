//! Spatial and temporal information (SI, TI) of ITU-T P.910, as it was and as it is.

mod mapped;
mod scale;

use std::ops::RangeInclusive;

use crate::{
    cpu::Level,
    kernel::siti::{self, FRACTION, Totals},
    plane::{EDGES, Plane, Sample, ShapeError},
};
use mapped::{Deviations, Mapped};
pub use scale::{Display, Range, Transfer};

/// Below this share of the mean squared gradient, the variance of rounded roots is taken again
/// from exact ones: a picture that is one slope has none.
const NEARLY_CONSTANT: f64 = 0.05;

/// Rounding evens out over many samples; a frame of fewer is measured by exact roots.
const MANY: usize = 1 << 17;

/// Which edition of P.910.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Before 07/2022: luma as it is coded.
    Legacy,
    /// 07/2022 and 10/2023: luma as it is seen on a display.
    P910_2022 {
        /// How codes become light.
        transfer: Transfer,
        /// Where.
        display: Display,
    },
}

/// What is measured, and what the samples mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The edition.
    pub mode: Mode,
    /// The codes of black and white. Both modes stretch them to 0 and 255.
    pub range: Range,
}

impl Settings {
    /// 8-bit luma untouched; deeper luma brought to 0 to 255.
    pub const LEGACY: Self = Self {
        mode: Mode::Legacy,
        range: Range::Full,
    };
    /// Limited range as P.910 (07/2022) sees it, on the display that it takes for such video.
    #[must_use]
    pub fn p910_2022(transfer: Transfer) -> Self {
        Self {
            mode: Mode::P910_2022 {
                transfer,
                display: transfer.display(),
            },
            range: Range::Limited,
        }
    }

    /// What sample `code` of `depth` bits counts as, black to white being 0 to 255.
    fn value(&self, code: f64, depth: u32) -> f64 {
        let (black, span) = scale::interval(self.range, depth);
        match self.mode {
            Mode::Legacy => (code - black) / span * WHITE,
            Mode::P910_2022 { transfer, display } => {
                scale::seen((code - black) / span, transfer, display) * WHITE
            }
        }
    }
}

/// White in both scales, whatever the depth.
const WHITE: f64 = 255.0;

/// Depths that take more than a byte a sample.
const DEEP: RangeInclusive<u32> = 9..=16;

/// SI and TI of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Standard deviation of the Sobel gradient's magnitude inside a border of one sample.
    pub si: f64,
    /// Standard deviation of the difference to the last frame. `None` for the first of a shape.
    pub ti: Option<f64>,
}

/// Remembers one frame; allocates once per shape and depth, never per frame.
#[derive(Debug)]
pub struct SiTi {
    level: Level,
    settings: Settings,
    bytes: Memory<u8>,
    words: Memory<u16>,
    mapped: Mapped,
}

impl Reading {
    fn new(found: Deviations, known: bool) -> Self {
        Self {
            si: found.gradient,
            ti: known.then_some(found.difference),
        }
    }
}

/// The last frame's samples, row after row.
#[derive(Debug, Default)]
struct Memory<T> {
    samples: Vec<T>,
    shape: (usize, usize),
}

impl<T: Sample> Memory<T> {
    fn forget(&mut self) {
        self.shape = (0, 0);
    }

    /// Whether the last frame had `shape`; makes room for this one if not.
    fn seen_in(&mut self, shape: (usize, usize)) -> bool {
        let known = self.shape == shape;
        if !known {
            self.shape = shape;
            self.samples.clear();
            self.samples.resize(shape.0 * shape.1, T::default());
        }
        known
    }
}

impl SiTi {
    /// A measure that has seen nothing.
    #[must_use]
    pub fn new(level: Level, settings: Settings) -> Self {
        Self {
            level,
            settings,
            bytes: Memory::default(),
            words: Memory::default(),
            mapped: Mapped::new(level),
        }
    }

    /// SI and TI of 8-bit luma.
    ///
    /// # Errors
    ///
    /// If an edge is outside [`EDGES`].
    pub fn push(&mut self, luma: Plane<'_, u8>) -> Result<Reading, ShapeError> {
        let shape = checked(luma)?;
        self.words.forget();
        self.mapped.fit(8, |code| self.settings.value(code, 8));
        let known = self.bytes.seen_in(shape);
        if self.settings.mode != Mode::Legacy || shape.0 * shape.1 < MANY {
            let found = self.mapped.both(luma, &mut self.bytes.samples);
            return Ok(Reading::new(found, known));
        }
        let totals = siti::totals(self.level, luma, &mut self.bytes.samples);
        let (_, span) = scale::interval(self.settings.range, 8);
        let stretch = WHITE / span;
        let gradient = spatial(totals, shape).map(|si| si * stretch);
        let found = Deviations {
            gradient: gradient.unwrap_or_else(|| self.mapped.gradient(luma)),
            difference: temporal(totals, shape) * stretch,
        };
        Ok(Reading::new(found, known))
    }

    /// SI and TI of luma with `depth` bits, 9 to 16, on the scale of 8-bit luma.
    ///
    /// # Errors
    ///
    /// If an edge is outside [`EDGES`], or the depth outside 9 to 16.
    pub fn push_deep(&mut self, luma: Plane<'_, u16>, depth: u32) -> Result<Reading, ShapeError> {
        let shape = checked(luma)?;
        if !DEEP.contains(&depth) {
            return Err(ShapeError::Depth {
                expected: (*DEEP.start(), *DEEP.end()),
                found: depth,
            });
        }
        self.bytes.forget();
        if self
            .mapped
            .fit(depth, |code| self.settings.value(code, depth))
        {
            self.words.forget();
        }
        let known = self.words.seen_in(shape);
        let found = self.mapped.both(luma, &mut self.words.samples);
        Ok(Reading::new(found, known))
    }
}

fn checked<T: Sample>(luma: Plane<'_, T>) -> Result<(usize, usize), ShapeError> {
    let found = (luma.width(), luma.height());
    if EDGES.contains(&found.0) && EDGES.contains(&found.1) {
        Ok(found)
    } else {
        Err(ShapeError::Edge { found })
    }
}

/// SI of exact sums, or `None` where the roots' rounding could show.
fn spatial(totals: Totals, shape: (usize, usize)) -> Option<f64> {
    let count = (shape.0 - 2) * (shape.1 - 2);
    let square = u128::from(totals.square) << (2 * FRACTION);
    let variance = variance(count, square, u128::from(totals.magnitude));
    let units = f64::from(FRACTION).exp2();
    let mean_square = ratio(u128::from(totals.square), count);
    let variance = variance / (units * units);
    let certain = totals.square == 0 || variance >= NEARLY_CONSTANT * mean_square;
    certain.then(|| variance.sqrt())
}

fn temporal(totals: Totals, shape: (usize, usize)) -> f64 {
    let sum = u128::from(totals.difference.unsigned_abs());
    variance(shape.0 * shape.1, u128::from(totals.difference_square), sum).sqrt()
}

/// Variance of `count` numbers from their sum of squares and their sum.
fn variance(count: usize, square: u128, sum: u128) -> f64 {
    let count_wide = u128::try_from(count).unwrap_or(u128::MAX);
    ratio((count_wide * square).saturating_sub(sum * sum), count) / ratio(count_wide, 1)
}

#[expect(clippy::cast_precision_loss, reason = "53 bits of a sum are enough")]
fn ratio(sum: u128, count: usize) -> f64 {
    sum as f64 / count as f64
}
