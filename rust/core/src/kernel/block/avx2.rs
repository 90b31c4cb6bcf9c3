//! The sums over blocks in 256-bit vectors.
#![expect(
    unsafe_code,
    reason = "unaligned loads, one check a block instead of one a row"
)]

use std::arch::x86_64::*;

use super::{At, Still, Tensor};

/// Four rows of eight samples in a register, or two of sixteen; a block of 8x8 fills two.
pub(crate) type Block = [__m256i; 8];

/// The block at a place.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn block<const N: usize>(at: At<'_>) -> Block {
    at.check(N, N);
    let mut block = [_mm256_setzero_si256(); 8];
    for (k, rows) in block.iter_mut().enumerate().take(N * N / 32) {
        *rows = part::<N>(at, k);
    }
    block
}

/// Sum of absolute differences of a block and the one at `found`.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn sad<const N: usize>(block: &Block, found: At<'_>) -> u32 {
    found.check(N, N);
    let mut sum = _mm256_sad_epu8(block[0], part::<N>(found, 0));
    #[expect(
        clippy::needless_range_loop,
        reason = "a range of constants is unrolled, and the block stays in registers"
    )]
    for k in 1..N * N / 32 {
        sum = _mm256_add_epi64(sum, _mm256_sad_epu8(block[k], part::<N>(found, k)));
    }
    let half = join(sum);
    let total = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
    _mm_cvtsi128_si32(total).cast_unsigned()
}

/// What a register of a block holds.
#[target_feature(enable = "avx2")]
#[inline]
fn part<const N: usize>(at: At<'_>, k: usize) -> __m256i {
    if N == 8 {
        let [a, b, c, d] = [0, 1, 2, 3].map(|y| word(at, 4 * k + y));
        return _mm256_set_m128i(_mm_unpacklo_epi64(c, d), _mm_unpacklo_epi64(a, b));
    }
    _mm256_set_m128i(row(at, 2 * k + 1), row(at, 2 * k))
}

/// A row of blocks against their means and against those at the same place.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn still<const N: usize>(last: At<'_>, now: At<'_>, found: &mut [Still]) {
    let zero = _mm256_setzero_si256();
    let everywhere = _mm256_set_epi64x(DUP_1, DUP_0, DUP_1, DUP_0);
    for (k, found) in found.chunks_mut(32 / N).enumerate() {
        let (last, now) = (last.moved(32 * k, 0), now.moved(32 * k, 0));
        last.check(32, N);
        now.check(32, N);
        let mut rows = [zero; N];
        let (mut sum, mut sad) = (zero, zero);
        for (y, row) in rows.iter_mut().enumerate() {
            *row = wide(last, y);
            sum = _mm256_add_epi64(sum, _mm256_sad_epu8(*row, zero));
            sad = _mm256_add_epi64(sad, _mm256_sad_epu8(*row, wide(now, y)));
        }
        let half = _mm256_set1_epi64x(const { (N * N / 2).cast_signed() as i64 });
        let sum = _mm256_add_epi64(across::<N>(sum), half);
        let mean = if N == 8 {
            _mm256_srli_epi64::<6>(sum)
        } else {
            _mm256_srli_epi64::<8>(sum)
        };
        let mean = _mm256_shuffle_epi8(mean, everywhere);
        let mut deviation = zero;
        for row in rows {
            deviation = _mm256_add_epi64(deviation, _mm256_sad_epu8(row, mean));
        }
        let (deviation, sad) = (words(across::<N>(deviation)), words(across::<N>(sad)));
        for (k, found) in found.iter_mut().enumerate() {
            *found = Still {
                deviation: deviation[k * N / 8],
                sad: sad[k * N / 8],
            };
        }
    }
}

/// Shuffles that repeat the first byte of each half of a 128-bit lane.
const DUP_0: i64 = 0;
const DUP_1: i64 = 0x0808_0808_0808_0808;

/// Sums of eight columns made to be of `N`: both halves of a lane hold that of sixteen.
#[target_feature(enable = "avx2")]
#[inline]
fn across<const N: usize>(sums: __m256i) -> __m256i {
    if N == 8 {
        return sums;
    }
    _mm256_add_epi64(sums, _mm256_shuffle_epi32::<0b0100_1110>(sums))
}

/// The low halves of four numbers.
#[target_feature(enable = "avx2")]
#[inline]
fn words(v: __m256i) -> [u32; 4] {
    let (low, high) = (_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    [
        _mm_extract_epi32::<0>(low),
        _mm_extract_epi32::<2>(low),
        _mm_extract_epi32::<0>(high),
        _mm_extract_epi32::<2>(high),
    ]
    .map(i32::cast_unsigned)
}

/// The tensor of 8x8 samples, two rows at a time.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn tensor_of_8(a: At<'_>, b: At<'_>) -> Tensor {
    let (a, b) = (a.around(), b.around());
    a.check(16, 10);
    b.check(16, 10);
    let two = |of, y| _mm256_set_m128i(row(of, y + 1), row(of, y));
    let edge = |y| _mm256_broadcastsi128_si256(both(row(a, y), row(b, y)));
    let [mut xx, mut xy, mut yy, mut xd, mut yd] = [_mm256_setzero_si256(); 5];
    let mut last = edge(0);
    let mut above = last;
    let pairs = [1, 3, 5, 7].map(|y| slopes(two(a, y), two(b, y)));
    for k in 0..=4 {
        let middle = pairs.get(k).map_or(edge(9), |pair| pair.middle);
        let below = _mm256_permute2x128_si256::<0x21>(last, middle);
        if let Some(pair) = k.checked_sub(1).and_then(|k| pairs.get(k)) {
            let (dx, dy, d) = (pair.dx, _mm256_sub_epi16(below, above), pair.d);
            xx = _mm256_add_epi32(xx, _mm256_madd_epi16(dx, dx));
            xy = _mm256_add_epi32(xy, _mm256_madd_epi16(dx, dy));
            yy = _mm256_add_epi32(yy, _mm256_madd_epi16(dy, dy));
            xd = _mm256_add_epi32(xd, _mm256_madd_epi16(dx, d));
            yd = _mm256_add_epi32(yd, _mm256_madd_epi16(dy, d));
        }
        (last, above) = (middle, below);
    }
    let four = _mm256_hadd_epi32(_mm256_hadd_epi32(xx, xy), _mm256_hadd_epi32(yy, xd));
    let yd = _mm256_hadd_epi32(yd, yd);
    tensor(join(four), join(_mm256_hadd_epi32(yd, yd)))
}

/// What two rows of two planes tell.
#[derive(Clone, Copy)]
struct Slopes {
    /// Sums of both planes.
    middle: __m256i,
    /// Their differences across two samples.
    dx: __m256i,
    /// The first plane less the second.
    d: __m256i,
}

/// Eight samples of two rows that begin one sample earlier.
#[target_feature(enable = "avx2")]
#[inline]
fn slopes(a: __m256i, b: __m256i) -> Slopes {
    let (low, high) = (_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b));
    let one = _mm256_set1_epi8(1);
    let (left, rest) = (
        _mm256_maddubs_epi16(low, one),
        _mm256_maddubs_epi16(high, one),
    );
    let right = _mm256_alignr_epi8::<4>(rest, left);
    let less = _mm256_set1_epi16(LESS);
    Slopes {
        middle: _mm256_alignr_epi8::<2>(rest, left),
        dx: _mm256_sub_epi16(right, left),
        d: _mm256_maddubs_epi16(_mm256_alignr_epi8::<2>(high, low), less),
    }
}

/// The bytes 1 and -1: the first of a pair less the second.
pub(super) const LESS: i16 = i16::from_le_bytes([1, 0xFF]);

/// Sums of samples 1 to 8 of two rows.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn both(a: __m128i, b: __m128i) -> __m128i {
    let middle = |v| _mm_cvtepu8_epi16(_mm_srli_si128::<1>(v));
    _mm_add_epi16(middle(a), middle(b))
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn tensor(four: __m128i, yd: __m128i) -> Tensor {
    Tensor {
        xx: _mm_cvtsi128_si32(four),
        xy: _mm_extract_epi32::<1>(four),
        yy: _mm_extract_epi32::<2>(four),
        xd: _mm_extract_epi32::<3>(four),
        yd: _mm_cvtsi128_si32(yd),
    }
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn join(v: __m256i) -> __m128i {
    _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v))
}

/// Eight samples of row `y` of a place that was checked.
#[target_feature(enable = "avx2")]
#[inline]
fn word(of: At<'_>, y: usize) -> __m128i {
    // SAFETY: `check` found at least eight samples of this row inside.
    unsafe {
        _mm_loadl_epi64(
            of.samples
                .as_ptr()
                .wrapping_add(of.at + y * of.stride)
                .cast(),
        )
    }
}

/// Sixteen samples of row `y` of a place that was checked for as many.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn row(of: At<'_>, y: usize) -> __m128i {
    // SAFETY: `check` found at least sixteen samples of this row inside.
    unsafe {
        _mm_loadu_si128(
            of.samples
                .as_ptr()
                .wrapping_add(of.at + y * of.stride)
                .cast(),
        )
    }
}

/// 32 samples of row `y` of a place that was checked for as many.
#[target_feature(enable = "avx2")]
#[inline]
fn wide(of: At<'_>, y: usize) -> __m256i {
    // SAFETY: `check` found at least 32 samples of this row inside.
    unsafe {
        _mm256_loadu_si256(
            of.samples
                .as_ptr()
                .wrapping_add(of.at + y * of.stride)
                .cast(),
        )
    }
}
