//! The sums over blocks in 256-bit vectors: two rows of eight samples widened, or four as they are.

use std::arch::x86_64::{
    __m256i, _mm_cvtsi128_si32, _mm_extract_epi32, _mm_set_epi64x, _mm_shuffle_epi32,
    _mm256_add_epi16, _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepu8_epi16,
    _mm256_extracti128_si256, _mm256_hadd_epi32, _mm256_madd_epi16, _mm256_sad_epu8,
    _mm256_set_epi64x, _mm256_setzero_si256, _mm256_sub_epi16,
};
use std::arch::x86_64::{_mm_add_epi32, _mm256_add_epi64};

use super::{At, Block, Tensor};

/// Sum of absolute differences of a block and the one at `found`.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn sad<const N: usize>(block: &Block<N>, found: At<'_>) -> u32 {
    found.check(0, N);
    let own = At::of(block);
    let mut sum = _mm256_setzero_si256();
    if N == 8 {
        for y in [0, 4] {
            let rows = |of: At<'_>| {
                _mm256_set_epi64x(
                    of.word(0, y + 3),
                    of.word(0, y + 2),
                    of.word(0, y + 1),
                    of.word(0, y),
                )
            };
            sum = _mm256_add_epi64(sum, _mm256_sad_epu8(rows(own), rows(found)));
        }
    } else {
        for y in (0..N).step_by(2) {
            let rows = |of: At<'_>| {
                _mm256_set_epi64x(
                    of.word(8, y + 1),
                    of.word(0, y + 1),
                    of.word(8, y),
                    of.word(0, y),
                )
            };
            sum = _mm256_add_epi64(sum, _mm256_sad_epu8(rows(own), rows(found)));
        }
    }
    let half = _mm_add_epi32(
        _mm256_castsi256_si128(sum),
        _mm256_extracti128_si256::<1>(sum),
    );
    let total = _mm_add_epi32(half, _mm_shuffle_epi32::<0b1110>(half));
    _mm_cvtsi128_si32(total).cast_unsigned()
}

/// The tensor of 8x8 samples.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn tensor_of_8(a: At<'_>, b: At<'_>) -> Tensor {
    let (a, b) = (a.around(), b.around());
    a.check(0, 10);
    b.check(0, 10);
    let sum = |x, y| _mm256_add_epi16(rows(a, x, y), rows(b, x, y));
    let [mut xx, mut xy, mut yy, mut xd, mut yd] = [_mm256_setzero_si256(); 5];
    let mut above = sum(1, 0);
    for y in [1, 3, 5, 7] {
        let below = sum(1, y + 1);
        let dx = _mm256_sub_epi16(sum(2, y), sum(0, y));
        let dy = _mm256_sub_epi16(below, above);
        let d = _mm256_sub_epi16(rows(a, 1, y), rows(b, 1, y));
        above = below;
        xx = _mm256_add_epi32(xx, _mm256_madd_epi16(dx, dx));
        xy = _mm256_add_epi32(xy, _mm256_madd_epi16(dx, dy));
        yy = _mm256_add_epi32(yy, _mm256_madd_epi16(dy, dy));
        xd = _mm256_add_epi32(xd, _mm256_madd_epi16(dx, d));
        yd = _mm256_add_epi32(yd, _mm256_madd_epi16(dy, d));
    }
    let four = _mm256_hadd_epi32(_mm256_hadd_epi32(xx, xy), _mm256_hadd_epi32(yy, xd));
    let last = _mm256_hadd_epi32(yd, yd);
    let last = _mm256_hadd_epi32(last, last);
    let join = |v| _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    let four = join(four);
    Tensor {
        xx: _mm_cvtsi128_si32(four),
        xy: _mm_extract_epi32::<1>(four),
        yy: _mm_extract_epi32::<2>(four),
        xd: _mm_extract_epi32::<3>(four),
        yd: _mm_cvtsi128_si32(join(last)),
    }
}

/// Eight samples of rows `y` and `y + 1`, from `x`.
#[target_feature(enable = "avx2")]
#[inline]
fn rows(of: At<'_>, x: usize, y: usize) -> __m256i {
    _mm256_cvtepu8_epi16(_mm_set_epi64x(of.word(x, y + 1), of.word(x, y)))
}

impl At<'_> {
    /// This place less one sample and one row.
    #[inline(always)]
    fn around(self) -> Self {
        let at = self.at - self.stride - 1;
        Self { at, ..self }
    }

    /// Fails unless `count` rows of two words from row `y` lie in the plane.
    #[inline(always)]
    fn check(self, y: usize, count: usize) {
        let words = if self.stride == 8 { 8 } else { 16 };
        let rest = self.samples.len().saturating_sub(self.at);
        assert!((y + count - 1) * self.stride + words <= rest);
    }

    /// Eight samples from (x, y) on.
    #[inline(always)]
    fn word(self, x: usize, y: usize) -> i64 {
        let at = self.at + y * self.stride + x;
        #[expect(unsafe_code, reason = "one check a block instead of one a word")]
        // SAFETY: x is at most 8 and y a row that `check` found inside.
        let bytes = unsafe { self.samples.get_unchecked(at..at + 8) };
        bytes
            .first_chunk()
            .map_or(0, |word| i64::from_le_bytes(*word))
    }
}
