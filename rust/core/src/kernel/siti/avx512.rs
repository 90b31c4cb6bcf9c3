//! The sums in 512-bit registers, 64 samples a step.
#![expect(
    unsafe_code,
    reason = "unaligned loads and stores through checked slices"
)]

use std::arch::x86_64::*;

use super::{FRACTION, Totals, scalar};
use crate::plane::Plane;

/// Samples in a register.
const STEP: usize = 64;

/// From `n` on, the mask that keeps the last `n` samples of a step.
static KEEP: [[u8; STEP]; 2] = [[0; STEP], [u8::MAX; STEP]];

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
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
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn edges([up, mid, down]: [&[u8]; 3], last: &mut [u8], changes: &mut Changes, totals: &mut Totals) {
    let mut sums = Sums::zero();
    let mut next = 0;
    while next + 2 < mid.len() {
        let x = next.min(mid.len() - 2 - STEP);
        let mut found = gradients(window(up, x), window(mid, x), window(down, x));
        if x < next {
            let keep = load(KEEP.as_flattened(), STEP - (next - x));
            found[0].mask(_mm512_unpacklo_epi8(keep, keep));
            found[1].mask(_mm512_unpackhi_epi8(keep, keep));
        }
        sums.add(found);
        changes.add(mid, last, x);
        next = x + STEP;
    }
    sums.close(totals);
}

/// Both derivatives of 32 samples, in the order that `unpack` gives.
#[derive(Clone, Copy)]
struct Gradients {
    across: __m512i,
    along: __m512i,
}

impl Gradients {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn mask(&mut self, words: __m512i) {
        self.across = _mm512_and_si512(self.across, words);
        self.along = _mm512_and_si512(self.along, words);
    }

    /// Squared magnitudes, 16 in each half.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn squares(self) -> [__m512i; 2] {
        let low = _mm512_unpacklo_epi16(self.across, self.along);
        let high = _mm512_unpackhi_epi16(self.across, self.along);
        [_mm512_madd_epi16(low, low), _mm512_madd_epi16(high, high)]
    }
}

/// The gradients inside windows of three rows: a step and the column on either side of it.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn gradients(up: &[u8], mid: &[u8], down: &[u8]) -> [Gradients; 2] {
    let once = _mm512_set1_epi16(i16::from_le_bytes([1, 255]));
    let twice = _mm512_set1_epi16(i16::from_le_bytes([2, 254]));
    let falling = (load(down, 2), load(up, 0));
    let rising = (load(down, 0), load(up, 2));
    let across = (load(mid, 2), load(mid, 0));
    let along = (load(down, 1), load(up, 1));
    let low = |(a, b): (__m512i, __m512i)| _mm512_unpacklo_epi8(a, b);
    let high = |(a, b): (__m512i, __m512i)| _mm512_unpackhi_epi8(a, b);
    let sobel = |falling, rising, across, along| {
        let falling = _mm512_maddubs_epi16(falling, once);
        let rising = _mm512_maddubs_epi16(rising, once);
        let across = _mm512_maddubs_epi16(across, twice);
        let along = _mm512_maddubs_epi16(along, twice);
        Gradients {
            across: _mm512_add_epi16(_mm512_sub_epi16(falling, rising), across),
            along: _mm512_add_epi16(_mm512_add_epi16(falling, rising), along),
        }
    };
    [
        sobel(low(falling), low(rising), low(across), low(along)),
        sobel(high(falling), high(rising), high(across), high(along)),
    ]
}

/// Lanes of a row's sums: magnitudes in 64 bits, in which a pair of 32-bit lanes counts as one
/// number, and once more what was in its upper half; squares in 32 bits (128 · 4 · 2·1020² < 2³²).
struct Sums {
    pairs: __m512i,
    upper: __m512i,
    square: __m512i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn zero() -> Self {
        Self {
            pairs: _mm512_setzero_si512(),
            upper: _mm512_setzero_si512(),
            square: _mm512_setzero_si512(),
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn add(&mut self, [low, high]: [Gradients; 2]) {
        let [a, b] = low.squares();
        let [c, d] = high.squares();
        let add = |a, b| _mm512_add_epi32(a, b);
        let four = add(add(a, b), add(c, d));
        self.square = add(self.square, four);
        let four = add(add(roots(a), roots(b)), add(roots(c), roots(d)));
        self.pairs = _mm512_add_epi64(self.pairs, four);
        self.upper = _mm512_add_epi64(self.upper, _mm512_srli_epi64::<32>(four));
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn close(self, totals: &mut Totals) {
        let lower = _mm512_sub_epi64(self.pairs, _mm512_slli_epi64::<32>(self.upper));
        totals.magnitude += wide_sum(_mm512_add_epi64(lower, self.upper));
        totals.square += wide_sum(wide(self.square));
    }
}

/// Square roots in units of 2⁻¹⁹.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn roots(squares: __m512i) -> __m512i {
    let roots = _mm512_sqrt_ps(_mm512_cvtepi32_ps(squares));
    // Adding to the exponent multiplies by a power of two; a zero becomes what still rounds to zero.
    let exponent = _mm512_set1_epi32((FRACTION << 23).cast_signed());
    let scaled = _mm512_add_epi32(_mm512_castps_si512(roots), exponent);
    _mm512_cvtps_epi32(_mm512_castsi512_ps(scaled))
}

/// Lanes of a row's differences to the last frame.
struct Changes {
    up: __m512i,
    down: __m512i,
    square: __m512i,
}

impl Changes {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn zero() -> Self {
        Self {
            up: _mm512_setzero_si512(),
            down: _mm512_setzero_si512(),
            square: _mm512_setzero_si512(),
        }
    }

    /// Adds a step from column `x` on, and keeps it.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn add(&mut self, row: &[u8], last: &mut [u8], x: usize) {
        let zero = _mm512_setzero_si512();
        let (now, before) = (load(row, x), load(last, x));
        store(last, x, now);
        let up = _mm512_subs_epu8(now, before);
        let down = _mm512_subs_epu8(before, now);
        self.up = _mm512_add_epi64(self.up, _mm512_sad_epu8(up, zero));
        self.down = _mm512_add_epi64(self.down, _mm512_sad_epu8(down, zero));
        let size = _mm512_or_si512(up, down);
        let low = _mm512_unpacklo_epi8(size, zero);
        let high = _mm512_unpackhi_epi8(size, zero);
        self.square = _mm512_dpwssd_epi32(self.square, low, low);
        self.square = _mm512_dpwssd_epi32(self.square, high, high);
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
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
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn wide(lanes: __m512i) -> __m512i {
    let even = _mm512_and_si512(lanes, _mm512_set1_epi64(0xFFFF_FFFF));
    _mm512_add_epi64(even, _mm512_srli_epi64::<32>(lanes))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn wide_sum(lanes: __m512i) -> u64 {
    _mm512_reduce_add_epi64(lanes).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn load(samples: &[u8], at: usize) -> __m512i {
    let step = &samples[at..][..STEP];
    // SAFETY: `step` is 64 bytes long, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(step.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn store(samples: &mut [u8], at: usize, value: __m512i) {
    let step = &mut samples[at..][..STEP];
    // SAFETY: `step` is 64 bytes long and ours alone, and the store asks for no alignment.
    unsafe { _mm512_storeu_si512(step.as_mut_ptr().cast(), value) }
}
