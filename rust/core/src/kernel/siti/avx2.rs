//! The sums in 256-bit registers, 32 samples a step.
#![expect(
    unsafe_code,
    reason = "unaligned loads and stores through checked slices"
)]

use std::arch::x86_64::*;

use super::{FRACTION, Totals, scalar};
use crate::plane::Plane;

/// Samples in a register.
const STEP: usize = 32;

/// From `n` on, the mask that keeps the last `n` samples of a step.
static KEEP: [[u8; STEP]; 2] = [[0; STEP], [u8::MAX; STEP]];

#[target_feature(enable = "avx2,fma")]
pub(super) fn totals(luma: Plane<'_, u8>, last: &mut [u8]) -> Totals {
    let mut totals = Totals::default();
    let rows = luma.rows().zip(last.chunks_exact_mut(luma.width()));
    for (y, (row, last)) in rows.enumerate() {
        if row.len() < STEP + 2 {
            scalar::row(luma, y, last, &mut totals);
            continue;
        }
        let mut changes = Changes::zero();
        if let Some(around) = scalar::around(luma, y) {
            edges(around, last, &mut changes, &mut totals);
        } else {
            for x in (0..=row.len() - STEP).step_by(STEP) {
                changes.add(row, last, x);
            }
        }
        // This may go back over samples that equal `last` by now, and so count nothing.
        changes.add(row, last, row.len() - STEP);
        changes.close(&mut totals);
    }
    totals
}

/// Adds the gradients of the middle row, and on the way most of its differences to `last`.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn edges([up, mid, down]: [&[u8]; 3], last: &mut [u8], changes: &mut Changes, totals: &mut Totals) {
    let mut sums = Sums::zero();
    let mut next = 0;
    while next + 2 < mid.len() {
        let x = next.min(mid.len() - 2 - STEP);
        let mut found = gradients(window(up, x), window(mid, x), window(down, x));
        if x < next {
            let keep = load(KEEP.as_flattened(), STEP - (next - x));
            found[0].mask(_mm256_unpacklo_epi8(keep, keep));
            found[1].mask(_mm256_unpackhi_epi8(keep, keep));
        }
        sums.add(found);
        changes.add(mid, last, x);
        next = x + STEP;
    }
    sums.close(totals);
}

/// Both derivatives of 16 samples, in the order that `unpack` gives.
#[derive(Clone, Copy)]
struct Gradients {
    across: __m256i,
    along: __m256i,
}

impl Gradients {
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn mask(&mut self, words: __m256i) {
        self.across = _mm256_and_si256(self.across, words);
        self.along = _mm256_and_si256(self.along, words);
    }

    /// Squared magnitudes, 8 in each half.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn squares(self) -> [__m256i; 2] {
        let low = _mm256_unpacklo_epi16(self.across, self.along);
        let high = _mm256_unpackhi_epi16(self.across, self.along);
        [_mm256_madd_epi16(low, low), _mm256_madd_epi16(high, high)]
    }
}

/// The gradients inside windows of three rows: a step and the column on either side of it.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn gradients(up: &[u8], mid: &[u8], down: &[u8]) -> [Gradients; 2] {
    let once = _mm256_set1_epi16(i16::from_le_bytes([1, 255]));
    let twice = _mm256_set1_epi16(i16::from_le_bytes([2, 254]));
    let falling = (load(down, 2), load(up, 0));
    let rising = (load(down, 0), load(up, 2));
    let across = (load(mid, 2), load(mid, 0));
    let along = (load(down, 1), load(up, 1));
    let low = |(a, b): (__m256i, __m256i)| _mm256_unpacklo_epi8(a, b);
    let high = |(a, b): (__m256i, __m256i)| _mm256_unpackhi_epi8(a, b);
    let sobel = |falling, rising, across, along| {
        let falling = _mm256_maddubs_epi16(falling, once);
        let rising = _mm256_maddubs_epi16(rising, once);
        let across = _mm256_maddubs_epi16(across, twice);
        let along = _mm256_maddubs_epi16(along, twice);
        Gradients {
            across: _mm256_add_epi16(_mm256_sub_epi16(falling, rising), across),
            along: _mm256_add_epi16(_mm256_add_epi16(falling, rising), along),
        }
    };
    [
        sobel(low(falling), low(rising), low(across), low(along)),
        sobel(high(falling), high(rising), high(across), high(along)),
    ]
}

/// Lanes of a row's sums: magnitudes in 64 bits, in which a pair of 32-bit lanes counts as one
/// number, and once more what was in its upper half; squares in 32 bits (256 · 4 · 2·1020² < 2³²).
struct Sums {
    pairs: __m256i,
    upper: __m256i,
    square: __m256i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn zero() -> Self {
        Self {
            pairs: _mm256_setzero_si256(),
            upper: _mm256_setzero_si256(),
            square: _mm256_setzero_si256(),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn add(&mut self, [low, high]: [Gradients; 2]) {
        let [a, b] = low.squares();
        let [c, d] = high.squares();
        let add = |a, b| _mm256_add_epi32(a, b);
        let four = add(add(a, b), add(c, d));
        self.square = add(self.square, four);
        let four = add(add(roots(a), roots(b)), add(roots(c), roots(d)));
        self.pairs = _mm256_add_epi64(self.pairs, four);
        self.upper = _mm256_add_epi64(self.upper, _mm256_srli_epi64::<32>(four));
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn close(self, totals: &mut Totals) {
        let lower = _mm256_sub_epi64(self.pairs, _mm256_slli_epi64::<32>(self.upper));
        totals.magnitude += wide_sum(_mm256_add_epi64(lower, self.upper));
        totals.square += wide_sum(wide(self.square));
    }
}

/// Square roots in units of 2⁻¹⁹.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn roots(squares: __m256i) -> __m256i {
    let roots = _mm256_sqrt_ps(_mm256_cvtepi32_ps(squares));
    // Adding to the exponent multiplies by a power of two; a zero becomes what still rounds to zero.
    let exponent = _mm256_set1_epi32((FRACTION << 23).cast_signed());
    let scaled = _mm256_add_epi32(_mm256_castps_si256(roots), exponent);
    _mm256_cvtps_epi32(_mm256_castsi256_ps(scaled))
}

/// Lanes of a row's differences to the last frame.
struct Changes {
    up: __m256i,
    down: __m256i,
    square: __m256i,
}

impl Changes {
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn zero() -> Self {
        Self {
            up: _mm256_setzero_si256(),
            down: _mm256_setzero_si256(),
            square: _mm256_setzero_si256(),
        }
    }

    /// Adds a step from column `x` on, and keeps it.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn add(&mut self, row: &[u8], last: &mut [u8], x: usize) {
        let zero = _mm256_setzero_si256();
        let (now, before) = (load(row, x), load(last, x));
        store(last, x, now);
        let up = _mm256_subs_epu8(now, before);
        let down = _mm256_subs_epu8(before, now);
        self.up = _mm256_add_epi64(self.up, _mm256_sad_epu8(up, zero));
        self.down = _mm256_add_epi64(self.down, _mm256_sad_epu8(down, zero));
        let size = _mm256_or_si256(up, down);
        let low = _mm256_unpacklo_epi8(size, zero);
        let high = _mm256_unpackhi_epi8(size, zero);
        let pairs = _mm256_add_epi32(_mm256_madd_epi16(low, low), _mm256_madd_epi16(high, high));
        self.square = _mm256_add_epi32(self.square, pairs);
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn close(self, totals: &mut Totals) {
        totals.difference += wide_sum(self.up).cast_signed() - wide_sum(self.down).cast_signed();
        totals.difference_square += wide_sum(wide(self.square));
    }
}

/// The window that starts at column `x`.
#[inline]
fn window(row: &[u8], x: usize) -> &[u8] {
    &row[x..][..STEP + 2]
}

/// 32-bit lanes, added in pairs to 64-bit ones.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn wide(lanes: __m256i) -> __m256i {
    let even = _mm256_and_si256(lanes, _mm256_set1_epi64x(0xFFFF_FFFF));
    _mm256_add_epi64(even, _mm256_srli_epi64::<32>(lanes))
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn wide_sum(lanes: __m256i) -> u64 {
    let half = _mm256_extracti128_si256::<1>(lanes);
    let pair = _mm_add_epi64(_mm256_castsi256_si128(lanes), half);
    (_mm_cvtsi128_si64(pair) + _mm_extract_epi64::<1>(pair)).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn load(samples: &[u8], at: usize) -> __m256i {
    let step = &samples[at..][..STEP];
    // SAFETY: `step` is 32 bytes long, and the load asks for no alignment.
    unsafe { _mm256_loadu_si256(step.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn store(samples: &mut [u8], at: usize, value: __m256i) {
    let step = &mut samples[at..][..STEP];
    // SAFETY: `step` is 32 bytes long and ours alone, and the store asks for no alignment.
    unsafe { _mm256_storeu_si256(step.as_mut_ptr().cast(), value) }
}
