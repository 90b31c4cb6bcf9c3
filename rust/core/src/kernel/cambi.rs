//! Row loops of CAMBI, which looks for banding: where a picture is still, and how steps of few codes
//! spread around a sample.
//!
//! Samples have 10 bits, whatever the picture's own depth.

use crate::cpu::multiversion;

/// What a sample is that does not count.
pub const NONE: u16 = u16::MAX;

/// Steps looked for on either side of a sample: 1 to 4 codes.
pub const STEPS: usize = 4;

/// Weight of each step: the eye's response to contrasts above its threshold.
const WEIGHTS: [i32; STEPS] = [1, 2, 3, 4];

/// The largest code that each step can be seen from: a step's luminance is more than 0.019 of that
/// of the code itself (BT.1886, white 300 and black 0.01 cd/m², limited range).
pub const SEEN_FROM: [u16; STEPS] = [178, 305, 432, 559];

/// The first code as bright as 0.06 cd/m²: banding is not seen where it is darker.
pub const DARK: u16 = 78;

/// Codes that take part, as a sample or as a step beside it.
pub const CODES: std::ops::Range<u16> = 67..564;

multiversion! {
    /// Takes the dither out of a row with the row `below` it: means of 2x2 samples, rounded down,
    /// fewer at the edges.
    pub fn soften(row: &mut [u16], below: Option<&[u16]>) {
        let Some(below) = below else {
            for x in 0..row.len() - 1 {
                row[x] = (row[x] + row[x + 1]) >> 1;
            }
            return;
        };
        let last = row.len() - 1;
        let below = &below[..=last];
        for x in 0..last {
            row[x] = (row[x] + row[x + 1] + below[x] + below[x + 1]) >> 2;
        }
        row[last] = (row[last] + below[last]) >> 1;
    }
}

multiversion! {
    /// Whether each sample equals that to its right and that in the row `below`.
    pub fn still(row: &[u16], below: &[u16], out: &mut [u8]) {
        let last = row.len() - 1;
        let (below, out) = (&below[..=last], &mut out[..=last]);
        for x in 0..last {
            out[x] = u8::from(row[x] == row[x + 1]) & u8::from(row[x] == below[x]);
        }
        out[last] = u8::from(row[last] == below[last]);
    }
}

multiversion! {
    /// Adds a row to `sums` and takes another away.
    pub fn slide_sums(sums: &mut [u8], enters: &[u8], leaves: &[u8]) {
        let len = sums.len();
        let (enters, leaves) = (&enters[..len], &leaves[..len]);
        for x in 0..len {
            sums[x] = sums[x].wrapping_add(enters[x]).wrapping_sub(leaves[x]);
        }
    }
}

multiversion! {
    /// Whether seven neighbouring sums, the first at the sample's own place, are above `least`.
    pub fn above(sums: &[u8], least: u8, out: &mut [u8]) {
        let len = out.len();
        let sums = &sums[..len + 6];
        for x in 0..len {
            let all = sums[x] + sums[x + 1] + sums[x + 2] + sums[x + 3]
                + sums[x + 4] + sums[x + 5] + sums[x + 6];
            out[x] = u8::from(all > least);
        }
    }
}

/// The value that two of three share, else the least.
#[inline(always)]
fn mode(a: u16, b: u16, c: u16) -> u16 {
    let rest = if b == c { b } else { a.min(b).min(c) };
    if a == b || a == c { a } else { rest }
}

multiversion! {
    /// The mode of each sample and its neighbours to the left and right; the ends as they are.
    pub fn mode_across(row: &[u16], out: &mut [u16]) {
        let last = row.len() - 1;
        let out = &mut out[..=last];
        out[0] = row[0];
        out[last] = row[last];
        for x in 1..last {
            out[x] = mode(row[x - 1], row[x], row[x + 1]);
        }
    }
}

multiversion! {
    /// The mode of three rows.
    pub fn mode_down(rows: [&[u16]; 3], out: &mut [u16]) {
        let len = out.len();
        let [a, b, c] = [&rows[0][..len], &rows[1][..len], &rows[2][..len]];
        for x in 0..len {
            out[x] = mode(a[x], b[x], c[x]);
        }
    }
}

multiversion! {
    /// Every other sample, from the first on.
    pub fn evens(row: &[u16], out: &mut [u16]) {
        for (out, pair) in out.iter_mut().zip(row.chunks(2)) {
            *out = pair[0];
        }
    }
}

multiversion! {
    /// Every other place of a mask, from the first on.
    pub fn evens_of_mask(row: &[u8], out: &mut [u8]) {
        for (out, pair) in out.iter_mut().zip(row.chunks(2)) {
            *out = pair[0];
        }
    }
}

multiversion! {
    /// Samples that are on the mask and in [`CODES`], counted from its first; else [`NONE`].
    pub fn counted(row: &[u16], mask: &[u8], out: &mut [u16]) {
        let len = out.len();
        let (row, mask) = (&row[..len], &mask[..len]);
        for x in 0..len {
            let code = row[x].wrapping_sub(CODES.start);
            let counts = (mask[x] != 0) & (code < CODES.end - CODES.start);
            out[x] = if counts { code } else { NONE };
        }
    }
}

/// Where a run of equal pairs that starts at `x` ends.
#[inline(always)]
fn run_end(a: &[u16], b: &[u16], x: usize) -> usize {
    let mut end = x + 1;
    while end < a.len() && a[end] == a[x] && b[end] == b[x] {
        end += 1;
    }
    end
}

multiversion! {
    /// Slides the window of each column down a row: in `counts`, a row of columns per code, the codes
    /// of `enters` are added and those of `leaves` taken away `reach` columns to either side.
    pub fn slide_counts(counts: &mut [u16], enters: &[u16], leaves: &[u16], reach: usize) {
        let width = enters.len();
        let leaves = &leaves[..width];
        let mut x = 0;
        while x < width {
            let end = run_end(enters, leaves, x);
            let (enter, leave) = (enters[x], leaves[x]);
            if enter != leave {
                if enter != NONE {
                    spread::<1>(counts, enter, width, x..end, reach);
                }
                if leave != NONE {
                    spread::<{ u16::MAX }>(counts, leave, width, x..end, reach);
                }
            }
            x = end;
        }
    }
}

/// Adds `SIGN` times the number of columns of `run` within `reach` of each column.
#[inline(always)]
fn spread<const SIGN: u16>(
    counts: &mut [u16],
    code: u16,
    width: usize,
    run: std::ops::Range<usize>,
    reach: usize,
) {
    let row = &mut counts[usize::from(code) * width..][..width];
    let (from, to) = (
        run.start.saturating_sub(reach),
        (run.end + reach).min(width),
    );
    if run.len() == 1 {
        for count in &mut row[from..to] {
            *count = count.wrapping_add(SIGN);
        }
        return;
    }
    #[expect(clippy::cast_possible_truncation, reason = "an edge has 13 bits")]
    let [most, first, last] = [
        run.len().min(2 * reach + 1) as u16,
        (from + reach - run.start) as u16,
        (run.end + reach - from) as u16,
    ];
    for (at, count) in (0_u16..).zip(&mut row[from..to]) {
        let within = (first + at + 1).min(last - at).min(most);
        *count = count.wrapping_add(SIGN.wrapping_mul(within));
    }
}

/// Reciprocals of whole numbers: more of them than samples in a window, so that none is looked for
/// outside.
pub type Reciprocals = [f32; 1 << 13];

/// Columns of a run that are looked at together.
const LANES: usize = 16;

multiversion! {
    /// Contrast of the banding around each sample of `row`, those above 0 into `out`; gives how many.
    pub fn contrasts(
        counts: &[u16],
        row: &[u16],
        reciprocals: &Reciprocals,
        out: &mut [f32],
    ) -> usize {
        let width = row.len();
        let mut found = 0;
        let mut x = 0;
        while x < width {
            let end = run_end(row, row, x);
            if row[x] != NONE {
                let steps = Steps::new(counts, row[x], width);
                while x + LANES <= end {
                    for contrast in steps.contrasts::<LANES>(x, reciprocals) {
                        out[found] = contrast;
                        found += usize::from(contrast > 0.0);
                    }
                    x += LANES;
                }
                while x < end {
                    let [contrast] = steps.contrasts(x, reciprocals);
                    out[found] = contrast;
                    found += usize::from(contrast > 0.0);
                    x += 1;
                }
            }
            x = end;
        }
        found
    }
}

/// Counts of a code, and of those a step from it, where the step can be seen.
struct Steps<'a> {
    here: &'a [u16],
    beside: [Option<[&'a [u16]; 2]>; STEPS],
}

impl<'a> Steps<'a> {
    #[inline(always)]
    fn new(counts: &'a [u16], code: u16, width: usize) -> Self {
        let value = code + CODES.start;
        let code = usize::from(code);
        let row = |code: usize| &counts[code * width..][..width];
        let mut beside = [None; STEPS];
        for (at, (beside, seen_from)) in beside.iter_mut().zip(SEEN_FROM).enumerate() {
            let step = at + 1;
            // The definition compares a code moved up by the number of steps.
            if value <= seen_from && usize::from(value) + STEPS + step > usize::from(DARK) {
                let above = row(code + step);
                // There is nothing below the first code.
                *beside = Some([above, code.checked_sub(step).map_or(&[][..], row)]);
            }
        }
        Self {
            here: row(code),
            beside,
        }
    }

    /// Contrasts of `N` columns from `x` on.
    #[inline(always)]
    fn contrasts<const N: usize>(&self, x: usize, reciprocals: &Reciprocals) -> [f32; N] {
        let columns = |row: &[u16]| row.get(x..).and_then(|row| row.first_chunk::<N>().copied());
        let here = columns(self.here).unwrap_or([0; N]);
        let mut most = [0.0_f32; N];
        for (weight, beside) in WEIGHTS.into_iter().zip(&self.beside) {
            let Some([above, below]) = beside else {
                continue;
            };
            let above = columns(above).unwrap_or([0; N]);
            let below = columns(below).unwrap_or([0; N]);
            let mut factors = [0.0_f32; N];
            for i in 0..N {
                let both = usize::from(above[i].max(below[i])) + usize::from(here[i]);
                factors[i] = reciprocals[both % reciprocals.len()];
            }
            for i in 0..N {
                let product = weight * i32::from(here[i]) * i32::from(above[i].max(below[i]));
                #[expect(clippy::cast_precision_loss, reason = "the definition rounds to f32")]
                let contrast = product as f32 * factors[i];
                most[i] = most[i].max(contrast);
            }
        }
        most
    }
}
