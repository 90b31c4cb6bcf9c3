//! Cells by AVX-512 with VNNI: 64 samples of 8 bits or 32 of 16 bits a step.
//!
//! Both depths end in one form: lanes of 32 bits in which the lattice's samples are 16-bit halves
//! and every other half is zero, so that one multiply-add squares them and sums.

use std::arch::x86_64::{
    __m128i, __m512i, _MM_HINT_T1, _mm_cvtsi32_si128, _mm_prefetch, _mm512_add_epi16,
    _mm512_add_epi32, _mm512_and_si512, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32,
    _mm512_loadu_si512, _mm512_mask_alignr_epi32, _mm512_or_si512, _mm512_set1_epi8,
    _mm512_set1_epi16, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_slli_epi16,
    _mm512_slli_epi32, _mm512_srai_epi16, _mm512_srl_epi16, _mm512_srli_epi16, _mm512_srli_epi32,
    _mm512_storeu_si512, _mm512_sub_epi16, _mm512_xor_si512,
};

use super::{Band, COLUMNS, Cells, LATTICE, Lanes, STEP, Strip, store, store_pairs};
use crate::plane::Sample;

/// Sums 8-bit samples.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn sum_u8(band: Band<'_, u8>, cells: &mut Cells) {
    let width = band.plane.width();
    for x in (0..width).step_by(STEP) {
        let mut edge = None;
        let Some((strip, ones)) = Strip::or_edge(band, x, u8::MAX, &mut edge) else {
            return;
        };
        for part in (0..STEP).step_by(64) {
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
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn sum_u16(band: Band<'_, u16>, shift: u32, cells: &mut Cells) {
    let shift = _mm_cvtsi32_si128(shift.cast_signed());
    let width = band.plane.width();
    for x in (0..width).step_by(STEP) {
        let mut edge = None;
        let Some((strip, ones)) = Strip::or_edge(band, x, u16::MAX, &mut edge) else {
            return;
        };
        for part in (0..STEP).step_by(32) {
            let keep = mask(&ones, part);
            let lanes = if strip.x + part == 0 {
                strip_u16::<true>(strip, part, shift, keep)
            } else {
                strip_u16::<false>(strip, part, shift, keep)
            };
            store_pairs::<16, 8>(&lanes, cells, (x + part) / COLUMNS);
        }
    }
}

/// `FIRST`: the strip has no column to its left. `WHOLE`: the picture does not end in it.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn strip_u8<const FIRST: bool, const WHOLE: bool>(
    strip: Strip<'_, u8>,
    part: usize,
    keep: __m512i,
) -> Lanes<16> {
    let low = _mm512_set1_epi16(0xff);
    let lattice = _mm512_srai_epi16::<8>(_mm512_slli_epi16::<8>(keep));
    let load = |y: usize, by: usize| load::<u8, 64>(strip, y, part, by);
    let neighbour = |y: isize| neighbour::<u8, 64>(strip, y, part);
    let inside = |row| {
        if WHOLE {
            row
        } else {
            _mm512_and_si512(row, keep)
        }
    };
    let height = strip.band.height;
    let mut sums = Sums::new();
    let mut above = _mm512_and_si512(neighbour(-1), low);
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
        let here = _mm512_and_si512(row, low);
        let below = _mm512_and_si512(next, low);
        let right = _mm512_srli_epi16::<8>(row);
        let left = if FIRST {
            after(here, right)
        } else {
            _mm512_and_si512(load(y, 1), low)
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
                above = _mm512_and_si512(row, low);
            }
        }
    }
    // Σx² = Σx(x - 128) + 128 Σx
    sums.row_square = _mm512_add_epi32(sums.row_square, _mm512_slli_epi32::<7>(sums.row_sum));
    sums.lanes()
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn strip_u16<const FIRST: bool>(
    strip: Strip<'_, u16>,
    part: usize,
    shift: __m128i,
    keep: __m512i,
) -> Lanes<16> {
    let low = _mm512_set1_epi32(0xffff);
    let lattice = _mm512_and_si512(keep, low);
    let load = |y: usize, by: usize| _mm512_srl_epi16(load::<u16, 32>(strip, y, part, by), shift);
    let neighbour = |y: isize| _mm512_srl_epi16(neighbour::<u16, 32>(strip, y, part), shift);
    let height = strip.band.height;
    let mut sums = Sums::new();
    let mut above = _mm512_and_si512(neighbour(-1), low);
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
        let here = _mm512_and_si512(row, low);
        let below = _mm512_and_si512(next, low);
        let right = _mm512_srli_epi32::<16>(row);
        let left = if FIRST {
            after_pairs(here, right)
        } else {
            _mm512_and_si512(load(y, 1), low)
        };
        sums.lattice_u16(_mm512_and_si512(row, keep));
        sums.energies::<false>(here, left, right, above, below, lattice);
        above = below;
        if y + 1 < height {
            sums.rest_u16(_mm512_and_si512(next, keep));
        }
        for y in y + 2..y + LATTICE {
            if y < height {
                let row = load(y, 0);
                sums.rest_u16(_mm512_and_si512(row, keep));
                above = _mm512_and_si512(row, low);
            }
        }
    }
    sums.lanes()
}

/// Lanes of 16 bits, each the one before it in `lanes`; the first is `first`'s.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn after(first: __m512i, lanes: __m512i) -> __m512i {
    let first = _mm512_and_si512(first, _mm512_set1_epi32(0xffff));
    let odd = _mm512_slli_epi32::<16>(lanes);
    _mm512_or_si512(odd, after_pairs(first, _mm512_srli_epi32::<16>(lanes)))
}

/// Lanes of 32 bits, each the one before it in `lanes`; the first is `first`'s.
#[inline]
#[target_feature(enable = "avx512f")]
fn after_pairs(first: __m512i, lanes: __m512i) -> __m512i {
    _mm512_mask_alignr_epi32::<15>(first, 0xfffe, lanes, lanes)
}

/// The sums of one strip, as they grow.
struct Sums {
    row_sum: __m512i,
    rest_sum: __m512i,
    row_square: __m512i,
    gradient: __m512i,
    laplacian: __m512i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new() -> Self {
        let zero = _mm512_setzero_si512();
        Self {
            row_sum: zero,
            rest_sum: zero,
            row_square: zero,
            gradient: zero,
            laplacian: zero,
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn lattice_u8(&mut self, row: __m512i) {
        let signed = _mm512_xor_si512(row, _mm512_set1_epi8(-128));
        self.row_sum = _mm512_dpbusd_epi32(self.row_sum, row, _mm512_set1_epi8(1));
        self.row_square = _mm512_dpbusd_epi32(self.row_square, row, signed);
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn rest_u8(&mut self, row: __m512i) {
        self.rest_sum = _mm512_dpbusd_epi32(self.rest_sum, row, _mm512_set1_epi8(1));
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn lattice_u16(&mut self, row: __m512i) {
        self.row_sum = _mm512_dpwssd_epi32(self.row_sum, row, _mm512_set1_epi16(1));
        self.row_square = _mm512_dpwssd_epi32(self.row_square, row, row);
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn rest_u16(&mut self, row: __m512i) {
        self.rest_sum = _mm512_dpwssd_epi32(self.rest_sum, row, _mm512_set1_epi16(1));
    }

    /// The lattice's energies; `keep` is zero where the picture has ended, if not `WHOLE`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn energies<const WHOLE: bool>(
        &mut self,
        here: __m512i,
        left: __m512i,
        right: __m512i,
        above: __m512i,
        below: __m512i,
        keep: __m512i,
    ) {
        let inside = |lanes| {
            if WHOLE {
                lanes
            } else {
                _mm512_and_si512(lanes, keep)
            }
        };
        let right = inside(_mm512_sub_epi16(right, here));
        let down = inside(_mm512_sub_epi16(below, here));
        let inward = _mm512_add_epi16(_mm512_sub_epi16(here, left), _mm512_sub_epi16(here, above));
        let curve = _mm512_sub_epi16(_mm512_sub_epi16(inside(inward), right), down);
        self.gradient = _mm512_dpwssd_epi32(self.gradient, right, right);
        self.gradient = _mm512_dpwssd_epi32(self.gradient, down, down);
        self.laplacian = _mm512_dpwssd_epi32(self.laplacian, curve, curve);
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn lanes(&self) -> Lanes<16> {
        let sum = _mm512_add_epi32(self.row_sum, self.rest_sum);
        let sums = [
            sum,
            self.row_sum,
            self.row_square,
            self.gradient,
            self.laplacian,
        ];
        let mut lanes = [[0; 16]; 5];
        for (lanes, sums) in lanes.iter_mut().zip(sums) {
            // SAFETY: `lanes` is 64 bytes, and the store asks for no alignment.
            #[expect(unsafe_code, reason = "a store of a whole array")]
            unsafe {
                _mm512_storeu_si512(lanes.as_mut_ptr().cast(), sums);
            }
        }
        lanes
    }
}

/// 64 bytes of row `y`, `part` columns into the strip, from `by` columns to the left.
#[inline]
#[target_feature(enable = "avx512f")]
fn load<T: Sample, const LANES: usize>(
    strip: Strip<'_, T>,
    y: usize,
    part: usize,
    by: usize,
) -> __m512i {
    let address = strip.address::<LANES>(y, part, by);
    // SAFETY: `Strip::address` says that `LANES` samples, which are 64 bytes, may be read.
    #[expect(unsafe_code, reason = "a load of checked samples")]
    unsafe {
        _mm512_loadu_si512(address.cast())
    }
}

/// 64 bytes of the row above or below the band.
#[inline]
#[target_feature(enable = "avx512f")]
fn neighbour<T: Sample, const LANES: usize>(strip: Strip<'_, T>, y: isize, part: usize) -> __m512i {
    let samples: &[T; LANES] = strip.neighbour(y, part);
    // SAFETY: `samples` is 64 bytes, and the load asks for no alignment.
    #[expect(unsafe_code, reason = "a load of a whole array")]
    unsafe {
        _mm512_loadu_si512(samples.as_ptr().cast())
    }
}

/// Samples as a mask.
#[inline]
#[target_feature(enable = "avx512f")]
fn mask<T: Sample>(samples: &[T; STEP], part: usize) -> __m512i {
    let samples = &samples[part..part + size_of::<__m512i>() / size_of::<T>()];
    // SAFETY: `samples` is 64 bytes, and the load asks for no alignment.
    #[expect(unsafe_code, reason = "a load of a checked slice")]
    unsafe {
        _mm512_loadu_si512(samples.as_ptr().cast())
    }
}
