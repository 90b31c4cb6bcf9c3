//! CAMBI: how much banding a picture shows, by itself.
//!
//! Definition: libvmaf 3.2.0's `cambi` as VMAF v1 asks for it. Where a picture is still it is looked
//! at in five scales; each still sample is compared with those one to four codes brighter or darker
//! in a window around it, and the worst six tenths of a scale are averaged.

use std::sync::LazyLock;

use crate::{
    cpu::Level,
    kernel::{
        cambi::{
            CODES, NONE, Reciprocals, above, contrasts, counted, evens, evens_of_mask, mode_across,
            mode_down, slide_counts, slide_sums, soften, still,
        },
        widen::Widen,
    },
    plane::{Plane, ShapeError},
};

/// Share of the samples of a scale that are averaged.
const WORST: f64 = 0.6;

/// Weights of the scales, the finest first.
const SCALES: [f64; 5] = [16.0, 8.0, 4.0, 2.0, 1.0];

/// Pictures of so many samples are looked at in half their size.
const LARGE: usize = 1920 * 1080;

/// The largest score.
const MOST: f64 = 17.0;

/// At least one edge must have so many samples.
const LEAST_EDGE: usize = 216;

/// Edge of the neighbourhood in which stillness is counted, and how far it reaches.
const NEAR: usize = 7;
const REACH: usize = NEAR / 2;

/// Edge of the largest window.
const WIDEST: usize = 65;

/// Reciprocals of whole numbers as libvmaf has them: singles written down with nine digits.
static RECIPROCALS: LazyLock<Box<Reciprocals>> = LazyLock::new(|| {
    let mut table = Box::new([0.0; 1 << 13]);
    for (i, reciprocal) in (1_u32..).zip(&mut table[1..]) {
        let written = format!("{:.8e}", f64::from(i).recip());
        *reciprocal = written.parse().unwrap_or_default();
    }
    table
});

/// Measures pictures, each by itself; allocates once per size, never per picture.
#[derive(Debug)]
pub struct Cambi {
    level: Level,
    width: usize,
    height: usize,
    /// The picture of the scale, and where it is still.
    image: Vec<u16>,
    mask: Vec<u8>,
    /// Codes that count, and how often each stands in the window of each column.
    codes: Vec<u16>,
    counts: Vec<u16>,
    contrasts: Vec<f32>,
    rows: [Vec<u16>; 3],
    still: Vec<u8>,
    sums: Vec<u8>,
}

impl Cambi {
    /// A meter that works at `level`.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            width: 0,
            height: 0,
            image: Vec::new(),
            mask: Vec::new(),
            codes: Vec::new(),
            counts: Vec::new(),
            contrasts: Vec::new(),
            rows: Default::default(),
            still: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// Banding of a luma plane with samples of `depth` bits, 0 to 17.
    ///
    /// # Errors
    ///
    /// If neither edge has 216 samples, or both together have more than a window is defined for.
    pub fn measure<T: Widen>(&mut self, luma: Plane<'_, T>, depth: u32) -> Result<f64, ShapeError> {
        let size = (luma.width(), luma.height());
        let large = size.0 * size.1 >= LARGE;
        let window = edge(size)?;
        self.look(luma, depth, large);
        let mut score = 0.0;
        for (scale, weight) in SCALES.into_iter().enumerate() {
            if scale > 0 {
                self.halve();
            }
            self.filter();
            let found = self.compare(window / 2);
            score += weight * worst(&mut self.contrasts[..found], self.width * self.height);
        }
        Ok((score / (window * window) as f64).min(MOST))
    }

    /// Takes the picture, softened if it has fewer than 10 bits, and finds where it is still; of both
    /// every other sample of every other row if it is `large`.
    fn look<T: Widen>(&mut self, luma: Plane<'_, T>, depth: u32, large: bool) {
        let (level, width, height) = (self.level, luma.width(), luma.height());
        let step = if large { 2 } else { 1 };
        (self.width, self.height) = (width.div_ceil(step), height.div_ceil(step));
        self.image.resize(self.width * self.height, 0);
        self.mask.resize(self.width * self.height, 0);
        for row in &mut self.rows {
            row.resize(width, 0);
        }
        let mut mask = Mask {
            level,
            least: least_still(width, height),
            step,
            height,
            rows: &mut self.still,
            sums: &mut self.sums,
            out: &mut self.mask,
        };
        mask.start(width);
        let [before, now, next] = &mut self.rows;
        T::ten(level, luma.row(0), depth, now);
        for y in 0..height {
            let below = y + 1 < height;
            if below {
                T::ten(level, luma.row((y + 1).cast_signed()), depth, next);
            }
            if depth < 10 {
                soften(level, now, below.then_some(&next[..]));
            }
            if y % step == 0 {
                let image = &mut self.image[y / step * self.width..][..self.width];
                if large {
                    evens(level, now, image);
                } else {
                    image.copy_from_slice(now);
                }
            }
            if let Some(y) = y.checked_sub(1) {
                mask.push(y, before, now);
            }
            std::mem::swap(before, now);
            std::mem::swap(now, next);
        }
        mask.push(height - 1, before, before);
        mask.end();
    }

    /// Every other sample of every other row.
    fn halve(&mut self) {
        let (width, height) = (self.width, self.height);
        (self.width, self.height) = (width.div_ceil(2), height.div_ceil(2));
        for x in 0..self.width {
            self.image[x] = self.image[2 * x];
            self.mask[x] = self.mask[2 * x];
        }
        for y in 1..self.height {
            let (from, to) = (2 * y * width, y * self.width..(y + 1) * self.width);
            let (out, row) = self.image.split_at_mut(from);
            evens(self.level, &row[..width], &mut out[to.clone()]);
            let (out, row) = self.mask.split_at_mut(from);
            evens_of_mask(self.level, &row[..width], &mut out[to]);
        }
    }

    /// Each sample becomes the mode of the 3x3 around it; the first and last rows stay.
    fn filter(&mut self) {
        let (level, width) = (self.level, self.width);
        for y in 0..self.height {
            let row = &self.image[y * width..][..width];
            mode_across(level, row, &mut self.rows[y % 3]);
            if y > 1 {
                let rows = self.rows.each_ref().map(|row| &row[..]);
                let out = &mut self.image[(y - 1) * width..][..width];
                mode_down(level, rows, out);
            }
        }
    }

    /// Contrasts above 0 of the samples that count, in windows that reach so far; gives how many.
    fn compare(&mut self, reach: usize) -> usize {
        let (level, width, height) = (self.level, self.width, self.height);
        let area = width * height;
        // A row that does not count stands for those outside of the picture.
        self.codes.resize(area + width, 0);
        self.codes[area..].fill(NONE);
        for ((row, mask), out) in self
            .image
            .chunks_exact(width)
            .zip(self.mask.chunks_exact(width))
            .zip(self.codes[..area].chunks_exact_mut(width))
        {
            counted(level, row, mask, out);
        }
        self.counts.clear();
        self.counts
            .resize(usize::from(CODES.end - CODES.start) * width, 0);
        self.contrasts.resize(area, 0.0);
        let codes = &self.codes;
        let row = |y: usize| &codes[y.min(height) * width..][..width];
        let outside = row(height);
        for y in 0..reach {
            slide_counts(level, &mut self.counts, row(y), outside, reach);
        }
        let mut found = 0;
        for y in 0..height {
            let leaves = y.checked_sub(reach + 1).map_or(outside, row);
            slide_counts(level, &mut self.counts, row(y + reach), leaves, reach);
            found += contrasts(
                level,
                &self.counts,
                row(y),
                &RECIPROCALS,
                &mut self.contrasts[found..],
            );
        }
        found
    }
}

/// Finds where a picture is still, as its rows come.
struct Mask<'a> {
    level: Level,
    /// Still samples around one that counts, less one.
    least: u8,
    /// Rows and columns that are kept: all, or every other.
    step: usize,
    height: usize,
    /// A ring of rows of stillness: those of the neighbourhood and one that leaves it; then a row of
    /// the mask.
    rows: &'a mut Vec<u8>,
    /// Still samples down the neighbourhood, with room at the ends.
    sums: &'a mut Vec<u8>,
    out: &'a mut [u8],
}

impl Mask<'_> {
    fn start(&mut self, width: usize) {
        self.rows.clear();
        self.rows.resize((NEAR + 2) * width, 0);
        self.sums.clear();
        self.sums.resize(width + 2 * REACH, 0);
    }

    /// Takes row `y` and the row below it.
    fn push(&mut self, y: usize, row: &[u16], below: &[u16]) {
        let width = self.width();
        let out = &mut self.rows[y % (NEAR + 1) * width..][..width];
        still(self.level, row, below, out);
        self.slide(y);
    }

    /// Rows below the picture count for nothing.
    fn end(&mut self) {
        let width = self.width();
        for y in self.height..self.height + REACH {
            self.rows[y % (NEAR + 1) * width..][..width].fill(0);
            self.slide(y);
        }
    }

    fn width(&self) -> usize {
        self.sums.len() - 2 * REACH
    }

    fn slide(&mut self, y: usize) {
        let width = self.width();
        let (ring, mask) = self.rows.split_at_mut((NEAR + 1) * width);
        let row = |y: usize| &ring[y % (NEAR + 1) * width..][..width];
        let sums = &mut self.sums[REACH..][..width];
        slide_sums(self.level, sums, row(y), row(y + 1));
        let Some(y) = y.checked_sub(REACH).filter(|y| y % self.step == 0) else {
            return;
        };
        above(self.level, self.sums, self.least, mask);
        let kept = width.div_ceil(self.step);
        let out = &mut self.out[y / self.step * kept..][..kept];
        if self.step == 1 {
            out.copy_from_slice(mask);
        } else {
            evens_of_mask(self.level, mask, out);
        }
    }
}

/// Fails unless banding is defined for a picture of this size.
///
/// # Errors
///
/// See [`Cambi::measure`].
pub fn fit(size: (usize, usize)) -> Result<(), ShapeError> {
    edge(size).map(|_| ())
}

/// Edge of the window, or why there is none.
fn edge(size: (usize, usize)) -> Result<usize, ShapeError> {
    window(size, size.0 * size.1 >= LARGE).ok_or(ShapeError::Banding { found: size })
}

/// Edge of the window for a picture of this size: about a degree of what one sees.
fn window((width, height): (usize, usize), large: bool) -> Option<usize> {
    let window = 65 * (width + height) / 375 / 16;
    let window = if large { window.div_ceil(2) } else { window } | 1;
    let enough = width >= LEAST_EDGE || height >= LEAST_EDGE;
    (enough && window <= WIDEST).then_some(window)
}

/// How many samples of a neighbourhood are still at most where the picture does not count.
fn least_still(width: usize, height: usize) -> u8 {
    let blocks = (width >> 6) * (height >> 6);
    let bits = match blocks {
        0 => 0,
        _ => blocks.next_power_of_two().trailing_zeros(),
    };
    let least = (49 + 3 * (bits.cast_signed() - 11) - 1) >> 1;
    u8::try_from(least).unwrap_or_default()
}

/// Mean of the largest six tenths of `area` values, of which those above 0 are given.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the definition truncates"
)]
fn worst(values: &mut [f32], area: usize) -> f64 {
    let count = ((WORST * area as f64) as usize).clamp(1, area);
    let values = if values.len() > count {
        values.select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a));
        &values[..count]
    } else {
        values
    };
    let (eights, rest) = values.as_chunks::<8>();
    let mut sums = [0.0_f64; 8];
    for eight in eights {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum += f64::from(*value);
        }
    }
    let rest: f64 = rest.iter().map(|value| f64::from(*value)).sum();
    (sums.iter().sum::<f64>() + rest) / count as f64
}
