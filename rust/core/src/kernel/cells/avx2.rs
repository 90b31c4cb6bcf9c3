//! Cells by AVX2: 32 samples of 8 bits or 16 of 16 bits a step.
//!
//! Both depths end in one form: lanes of 32 bits in which the lattice's samples are 16-bit halves
//! and every other half is zero, so that one multiply-add squares them and sums.

use std::arch::x86_64::{
    __m128i, __m256i, _MM_HINT_T1, _mm_cvtsi32_si128, _mm_prefetch, _mm256_add_epi16,
    _mm256_add_epi32, _mm256_and_si256, _mm256_blend_epi32, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_or_si256, _mm256_permutevar8x32_epi32, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setr_epi32, _mm256_setzero_si256,
    _mm256_slli_epi16, _mm256_slli_epi32, _mm256_srai_epi16, _mm256_srl_epi16, _mm256_srli_epi16,
    _mm256_srli_epi32, _mm256_storeu_si256, _mm256_sub_epi16,
};

use super::{Band, COLUMNS, Cells, LATTICE, Lanes, STEP, Strip, store, store_pairs};
use crate::plane::Sample;

/// Sums 8-bit samples.
#[target_feature(enable = "avx2")]
pub(super) fn sum_u8(band: Band<'_, u8>, cells: &mut Cells) {
    let width = band.plane.width();
    for x in (0..width).step_by(STEP) {
        let mut edge = None;
        let Some((strip, ones)) = Strip::or_edge(band, x, u8::MAX, &mut edge) else {
            return;
        };
        for part in (0..STEP).step_by(32) {
            let keep = mask(&ones, part);
            let lanes = match (strip.x + part == 0, x + STEP <= width) {
                (true, true) => strip_u8::<true, true>(strip, part, keep),
                (true, false) => strip_u8::<true, false>(strip, part, keep),
                (false, true) => strip_u8::<false, true>(strip, part, keep),
                (false, false) => strip_u8::<false, false>(strip, part, keep),
            };
            store(&lanes, cells, (x + part) / COLUMNS);
        }
    }
}

/// Sums 16-bit samples, shifted down by `shift`.
#[target_feature(enable = "avx2")]
pub(super) fn sum_u16(band: Band<'_, u16>, shift: u32, cells: &mut Cells) {
    let shift = _mm_cvtsi32_si128(shift.cast_signed());
    let width = band.plane.width();
    for x in (0..width).step_by(STEP) {
        let mut edge = None;
        let Some((strip, ones)) = Strip::or_edge(band, x, u16::MAX, &mut edge) else {
            return;
        };
        for part in (0..STEP).step_by(16) {
            let keep = mask(&ones, part);
            let lanes = if strip.x + part == 0 {
                strip_u16::<true>(strip, part, shift, keep)
            } else {
                strip_u16::<false>(strip, part, shift, keep)
            };
            store_pairs::<8, 4>(&lanes, cells, (x + part) / COLUMNS);
        }
    }
}

/// `FIRST`: the strip has no column to its left. `WHOLE`: the picture does not end in it.
#[inline]
#[target_feature(enable = "avx2")]
fn strip_u8<const FIRST: bool, const WHOLE: bool>(
    strip: Strip<'_, u8>,
    part: usize,
    keep: __m256i,
) -> Lanes<8> {
    let low = _mm256_set1_epi16(0xff);
    let lattice = _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(keep));
    let load = |y: usize, by: usize| load::<u8, 32>(strip, y, part, by);
    let neighbour = |y: isize| neighbour::<u8, 32>(strip, y, part);
    let inside = |row| {
        if WHOLE {
            row
        } else {
            _mm256_and_si256(row, keep)
        }
    };
    let height = strip.band.height;
    let mut sums = Sums::new();
    let mut above = _mm256_and_si256(neighbour(-1), low);
    for y in (0..height).step_by(LATTICE) {
        for y in y..y + LATTICE {
            _mm_prefetch::<_MM_HINT_T1>(strip.ahead(y, part).cast());
        }
        let row = load(y, 0);
        let next = if y + 1 < height {
            load(y + 1, 0)
        } else {
            neighbour(height.cast_signed())
        };
        let here = _mm256_and_si256(row, low);
        let below = _mm256_and_si256(next, low);
        let right = _mm256_srli_epi16::<8>(row);
        let left = if FIRST {
            after(here, right)
        } else {
            _mm256_and_si256(load(y, 1), low)
        };
        sums.lattice_u8(inside(row));
        sums.energies::<WHOLE>(here, left, right, above, below, lattice);
        above = below;
        if y + 1 < height {
            sums.rest_u8(inside(next));
        }
        for y in y + 2..y + LATTICE {
            if y < height {
                let row = load(y, 0);
                sums.rest_u8(inside(row));
                above = _mm256_and_si256(row, low);
            }
        }
    }
    sums.lanes()
}

#[inline]
#[target_feature(enable = "avx2")]
fn strip_u16<const FIRST: bool>(
    strip: Strip<'_, u16>,
    part: usize,
    shift: __m128i,
    keep: __m256i,
) -> Lanes<8> {
    let low = _mm256_set1_epi32(0xffff);
    let lattice = _mm256_and_si256(keep, low);
    let load = |y: usize, by: usize| _mm256_srl_epi16(load::<u16, 16>(strip, y, part, by), shift);
    let neighbour = |y: isize| _mm256_srl_epi16(neighbour::<u16, 16>(strip, y, part), shift);
    let height = strip.band.height;
    let mut sums = Sums::new();
    let mut above = _mm256_and_si256(neighbour(-1), low);
    for y in (0..height).step_by(LATTICE) {
        for y in y..y + LATTICE {
            _mm_prefetch::<_MM_HINT_T1>(strip.ahead(y, part).cast());
        }
        let row = load(y, 0);
        let next = if y + 1 < height {
            load(y + 1, 0)
        } else {
            neighbour(height.cast_signed())
        };
        let here = _mm256_and_si256(row, low);
        let below = _mm256_and_si256(next, low);
        let right = _mm256_srli_epi32::<16>(row);
        let left = if FIRST {
            after_pairs(here, right)
        } else {
            _mm256_and_si256(load(y, 1), low)
        };
        sums.lattice_u16(_mm256_and_si256(row, keep));
        sums.energies::<false>(here, left, right, above, below, lattice);
        above = below;
        if y + 1 < height {
            sums.rest_u16(_mm256_and_si256(next, keep));
        }
        for y in y + 2..y + LATTICE {
            if y < height {
                let row = load(y, 0);
                sums.rest_u16(_mm256_and_si256(row, keep));
                above = _mm256_and_si256(row, low);
            }
        }
    }
    sums.lanes()
}

/// Lanes of 16 bits, each the one before it in `lanes`; the first is `first`'s.
#[inline]
#[target_feature(enable = "avx2")]
fn after(first: __m256i, lanes: __m256i) -> __m256i {
    let first = _mm256_and_si256(first, _mm256_set1_epi32(0xffff));
    let odd = _mm256_slli_epi32::<16>(lanes);
    _mm256_or_si256(odd, after_pairs(first, _mm256_srli_epi32::<16>(lanes)))
}

/// Lanes of 32 bits, each the one before it in `lanes`; the first is `first`'s.
#[inline]
#[target_feature(enable = "avx2")]
fn after_pairs(first: __m256i, lanes: __m256i) -> __m256i {
    let before = _mm256_setr_epi32(0, 0, 1, 2, 3, 4, 5, 6);
    _mm256_blend_epi32::<1>(_mm256_permutevar8x32_epi32(lanes, before), first)
}

/// The sums of one strip, as they grow.
struct Sums {
    row_sum: __m256i,
    rest_sum: __m256i,
    row_square: __m256i,
    gradient: __m256i,
    laplacian: __m256i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new() -> Self {
        let zero = _mm256_setzero_si256();
        Self {
            row_sum: zero,
            rest_sum: zero,
            row_square: zero,
            gradient: zero,
            laplacian: zero,
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn lattice_u8(&mut self, row: __m256i) {
        let even = _mm256_and_si256(row, _mm256_set1_epi16(0xff));
        let odd = _mm256_srli_epi16::<8>(row);
        self.row_sum = add_fours(self.row_sum, row);
        self.row_square = add_products(self.row_square, even, even);
        self.row_square = add_products(self.row_square, odd, odd);
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn rest_u8(&mut self, row: __m256i) {
        self.rest_sum = add_fours(self.rest_sum, row);
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn lattice_u16(&mut self, row: __m256i) {
        self.row_sum = add_products(self.row_sum, row, _mm256_set1_epi16(1));
        self.row_square = add_products(self.row_square, row, row);
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn rest_u16(&mut self, row: __m256i) {
        self.rest_sum = add_products(self.rest_sum, row, _mm256_set1_epi16(1));
    }

    /// The lattice's energies; `keep` is zero where the picture has ended, if not `WHOLE`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn energies<const WHOLE: bool>(
        &mut self,
        here: __m256i,
        left: __m256i,
        right: __m256i,
        above: __m256i,
        below: __m256i,
        keep: __m256i,
    ) {
        let inside = |lanes| {
            if WHOLE {
                lanes
            } else {
                _mm256_and_si256(lanes, keep)
            }
        };
        let right = inside(_mm256_sub_epi16(right, here));
        let down = inside(_mm256_sub_epi16(below, here));
        let inward = _mm256_add_epi16(_mm256_sub_epi16(here, left), _mm256_sub_epi16(here, above));
        let curve = _mm256_sub_epi16(_mm256_sub_epi16(inside(inward), right), down);
        self.gradient = add_products(self.gradient, right, right);
        self.gradient = add_products(self.gradient, down, down);
        self.laplacian = add_products(self.laplacian, curve, curve);
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn lanes(&self) -> Lanes<8> {
        let sum = _mm256_add_epi32(self.row_sum, self.rest_sum);
        let sums = [
            sum,
            self.row_sum,
            self.row_square,
            self.gradient,
            self.laplacian,
        ];
        let mut lanes = [[0; 8]; 5];
        for (lanes, sums) in lanes.iter_mut().zip(sums) {
            // SAFETY: `lanes` is 32 bytes, and the store asks for no alignment.
            #[expect(unsafe_code, reason = "a store of a whole array")]
            unsafe {
                _mm256_storeu_si256(lanes.as_mut_ptr().cast(), sums);
            }
        }
        lanes
    }
}

/// Adds every four bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn add_fours(sum: __m256i, row: __m256i) -> __m256i {
    let pairs = _mm256_maddubs_epi16(row, _mm256_set1_epi8(1));
    add_products(sum, pairs, _mm256_set1_epi16(1))
}

/// Adds the products of every two 16-bit halves.
#[inline]
#[target_feature(enable = "avx2")]
fn add_products(sum: __m256i, a: __m256i, b: __m256i) -> __m256i {
    _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))
}

/// 32 bytes of row `y`, `part` columns into the strip, from `by` columns to the left.
#[inline]
#[target_feature(enable = "avx2")]
fn load<T: Sample, const LANES: usize>(
    strip: Strip<'_, T>,
    y: usize,
    part: usize,
    by: usize,
) -> __m256i {
    let address = strip.address::<LANES>(y, part, by);
    // SAFETY: `Strip::address` says that `LANES` samples, which are 32 bytes, may be read.
    #[expect(unsafe_code, reason = "a load of checked samples")]
    unsafe {
        _mm256_loadu_si256(address.cast())
    }
}

/// 32 bytes of the row above or below the band.
#[inline]
#[target_feature(enable = "avx2")]
fn neighbour<T: Sample, const LANES: usize>(strip: Strip<'_, T>, y: isize, part: usize) -> __m256i {
    let samples: &[T; LANES] = strip.neighbour(y, part);
    // SAFETY: `samples` is 32 bytes, and the load asks for no alignment.
    #[expect(unsafe_code, reason = "a load of a whole array")]
    unsafe {
        _mm256_loadu_si256(samples.as_ptr().cast())
    }
}

/// Samples as a mask.
#[inline]
#[target_feature(enable = "avx2")]
fn mask<T: Sample>(samples: &[T; STEP], part: usize) -> __m256i {
    let samples = &samples[part..part + size_of::<__m256i>() / size_of::<T>()];
    // SAFETY: `samples` is 32 bytes, and the load asks for no alignment.
    #[expect(unsafe_code, reason = "a load of a checked slice")]
    unsafe {
        _mm256_loadu_si256(samples.as_ptr().cast())
    }
}
