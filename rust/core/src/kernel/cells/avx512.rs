//! Cells by AVX-512 with VNNI: 64 samples of 8 bits or 32 of 16 bits a step.
//!
//! Both depths end in one form: lanes of 32 bits in which the lattice's samples are 16-bit halves
//! and every other half is zero, so that one multiply-add squares them and sums.

use std::arch::x86_64::{
    __m128i, __m512i, _MM_HINT_T0, _mm_cvtsi32_si128, _mm_prefetch, _mm512_add_epi16,
    _mm512_add_epi32, _mm512_and_si512, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32,
    _mm512_loadu_si512, _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32,
    _mm512_setzero_si512, _mm512_slli_epi16, _mm512_slli_epi32, _mm512_srai_epi16,
    _mm512_srl_epi16, _mm512_srli_epi16, _mm512_srli_epi32, _mm512_storeu_si512, _mm512_sub_epi16,
    _mm512_xor_si512,
};

use super::{Band, COLUMNS, Cells, Edge, Lanes, STEP, store, store_pairs};
use crate::plane::Sample;

/// Sums 8-bit samples.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn sum_u8(band: &Band<'_, u8>, cells: &mut Cells) {
    let width = band.width();
    let (all, end) = (band.height + 2, band.height);
    for x in (0..width).step_by(STEP) {
        let lanes = if x > 0 && x + STEP <= width {
            let ahead = &band.ahead[..all];
            strip_u8::<true>(&band.rows[..all], ahead, end, x, _mm512_set1_epi8(-1))
        } else {
            let edge = Edge::new(band, x);
            let keep = load(&Edge::keep(width, x, u8::MAX), 0);
            strip_u8::<false>(&edge.rows()[..all], &[], end, 1, keep)
        };
        store(&lanes, cells, x / COLUMNS);
    }
}

/// Sums 16-bit samples, shifted down by `shift`.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn sum_u16(band: &Band<'_, u16>, shift: u32, cells: &mut Cells) {
    let width = band.width();
    let (all, end) = (band.height + 2, band.height);
    let shift = _mm_cvtsi32_si128(shift.cast_signed());
    for x in (0..width).step_by(STEP) {
        let inside = x > 0 && x + STEP <= width;
        let edge = (!inside).then(|| (Edge::new(band, x), Edge::keep(width, x, u16::MAX)));
        for half in [0, STEP / 2] {
            let lanes = match &edge {
                None => {
                    let rows = (&band.rows[..all], &band.ahead[..all]);
                    strip_u16(rows, end, x + half, shift, _mm512_set1_epi8(-1))
                }
                Some((edge, keep)) => {
                    let rows = edge.rows();
                    strip_u16((&rows[..all], &[]), end, 1 + half, shift, load(keep, half))
                }
            };
            store_pairs::<16, 8>(&lanes, cells, (x + half) / COLUMNS);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn strip_u8<const FETCH: bool>(
    rows: &[&[u8]],
    ahead: &[&[u8]],
    end: usize,
    x: usize,
    keep: __m512i,
) -> Lanes<16> {
    let low = _mm512_set1_epi16(0xff);
    let lattice = _mm512_srai_epi16::<8>(_mm512_slli_epi16::<8>(keep));
    let mut sums = Sums::new();
    let mut above = _mm512_and_si512(load(rows[0], x), low);
    for y in (1..=end).step_by(2) {
        if FETCH {
            fetch(ahead[y], x);
            fetch(ahead[y + 1], x);
        }
        let (row, next) = (load(rows[y], x), load(rows[y + 1], x));
        let below = _mm512_and_si512(next, low);
        let here = _mm512_and_si512(row, low);
        let left = _mm512_and_si512(load(rows[y], x - 1), low);
        let right = _mm512_srli_epi16::<8>(row);
        sums.even_u8(_mm512_and_si512(row, keep));
        if y < end {
            sums.odd_u8(_mm512_and_si512(next, keep));
        }
        sums.energies(here, left, right, above, below, lattice);
        above = below;
    }
    // Σx² = Σx(x - 128) + 128 Σx
    sums.even_square = _mm512_add_epi32(sums.even_square, _mm512_slli_epi32::<7>(sums.even_sum));
    sums.lanes()
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn strip_u16(
    (rows, ahead): (&[&[u16]], &[&[u16]]),
    end: usize,
    x: usize,
    shift: __m128i,
    keep: __m512i,
) -> Lanes<16> {
    let low = _mm512_set1_epi32(0xffff);
    let lattice = _mm512_and_si512(keep, low);
    let mut sums = Sums::new();
    let mut above = _mm512_and_si512(_mm512_srl_epi16(load(rows[0], x), shift), low);
    for y in (1..=end).step_by(2) {
        if let [_, ..] = ahead {
            fetch(ahead[y], x);
            fetch(ahead[y + 1], x);
        }
        let row = _mm512_srl_epi16(load(rows[y], x), shift);
        let next = _mm512_srl_epi16(load(rows[y + 1], x), shift);
        let below = _mm512_and_si512(next, low);
        let here = _mm512_and_si512(row, low);
        let left = _mm512_and_si512(_mm512_srl_epi16(load(rows[y], x - 1), shift), low);
        let right = _mm512_srli_epi32::<16>(row);
        sums.even_u16(_mm512_and_si512(row, keep));
        if y < end {
            sums.odd_u16(_mm512_and_si512(next, keep));
        }
        sums.energies(here, left, right, above, below, lattice);
        above = below;
    }
    sums.lanes()
}

/// The sums of one strip, as they grow.
struct Sums {
    even_sum: __m512i,
    odd_sum: __m512i,
    even_square: __m512i,
    gradient: __m512i,
    laplacian: __m512i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new() -> Self {
        let zero = _mm512_setzero_si512();
        Self {
            even_sum: zero,
            odd_sum: zero,
            even_square: zero,
            gradient: zero,
            laplacian: zero,
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn even_u8(&mut self, row: __m512i) {
        let signed = _mm512_xor_si512(row, _mm512_set1_epi8(-128));
        self.even_sum = _mm512_dpbusd_epi32(self.even_sum, row, _mm512_set1_epi8(1));
        self.even_square = _mm512_dpbusd_epi32(self.even_square, row, signed);
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn odd_u8(&mut self, row: __m512i) {
        self.odd_sum = _mm512_dpbusd_epi32(self.odd_sum, row, _mm512_set1_epi8(1));
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn even_u16(&mut self, row: __m512i) {
        self.even_sum = _mm512_dpwssd_epi32(self.even_sum, row, _mm512_set1_epi16(1));
        self.even_square = _mm512_dpwssd_epi32(self.even_square, row, row);
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn odd_u16(&mut self, row: __m512i) {
        self.odd_sum = _mm512_dpwssd_epi32(self.odd_sum, row, _mm512_set1_epi16(1));
    }

    /// The lattice's energies; `keep` is zero where the picture has ended.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn energies(
        &mut self,
        here: __m512i,
        left: __m512i,
        right: __m512i,
        above: __m512i,
        below: __m512i,
        keep: __m512i,
    ) {
        let right = _mm512_and_si512(_mm512_sub_epi16(right, here), keep);
        let down = _mm512_and_si512(_mm512_sub_epi16(below, here), keep);
        let inward = _mm512_add_epi16(_mm512_sub_epi16(here, left), _mm512_sub_epi16(here, above));
        let inward = _mm512_and_si512(inward, keep);
        let curve = _mm512_sub_epi16(_mm512_sub_epi16(inward, right), down);
        self.gradient = _mm512_dpwssd_epi32(self.gradient, right, right);
        self.gradient = _mm512_dpwssd_epi32(self.gradient, down, down);
        self.laplacian = _mm512_dpwssd_epi32(self.laplacian, curve, curve);
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn lanes(&self) -> Lanes<16> {
        let sum = _mm512_add_epi32(self.even_sum, self.odd_sum);
        let sums = [
            sum,
            self.even_sum,
            self.even_square,
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

/// The 64 bytes of samples from `x`.
#[inline]
#[target_feature(enable = "avx512f")]
fn load<T: Sample>(row: &[T], x: usize) -> __m512i {
    let samples = &row[x..x + size_of::<__m512i>() / size_of::<T>()];
    // SAFETY: `samples` is 64 bytes, and the load asks for no alignment.
    #[expect(unsafe_code, reason = "a load of a checked slice")]
    unsafe {
        _mm512_loadu_si512(samples.as_ptr().cast())
    }
}

/// Asks the cache for `row` at `x`.
#[inline]
#[target_feature(enable = "avx512f")]
fn fetch<T: Sample>(row: &[T], x: usize) {
    _mm_prefetch::<_MM_HINT_T0>(row[x..].as_ptr().cast());
}
