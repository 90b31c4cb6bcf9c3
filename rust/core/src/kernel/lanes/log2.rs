//! Logarithms of sixteen bits, in fixed point, without a table to gather from.

use super::Lanes;

/// Reciprocals of the middles of the eight segments of 1..2.
const RECIPROCAL: [f32; 8] = [
    16.0 / 17.0,
    16.0 / 19.0,
    16.0 / 21.0,
    16.0 / 23.0,
    16.0 / 25.0,
    16.0 / 27.0,
    16.0 / 29.0,
    16.0 / 31.0,
];

/// Logarithms of these middles in 2⁻¹¹; each in the middle of the range, found by trying all 4096
/// arguments of its segment, in which every logarithm rounds as the table's does.
const MIDDLE: [f32; 8] = [
    179.124_91,
    507.756_53,
    803.466_74,
    1_072.255_7,
    1_318.619,
    1_546.010_6,
    1_757.146_4,
    1_954.195_3,
];

/// Coefficients of 2¹¹ · log2(1 + r), highest first.
const SERIES: [f32; 4] = [-738.659_86, 984.879_8, -1_477.319_7, 2_954.639_4];

/// What [`log2`] adds to its logarithms: they are only ever subtracted from each other.
pub(crate) const BIAS: i32 = 127 * 2048;

/// log2 of the top 16 bits of each 32-bit lane, in 2⁻¹¹, plus [`BIAS`]; lanes are 2¹⁷ to 2³¹ - 1.
#[inline(always)]
pub(crate) fn log2<S: Lanes>(s: S, value: S::I) -> S::I {
    let bits = s.bits(s.single_top(value));
    let mantissa = s.or(s.and(bits, s.set32(0x007f_ff00)), s.set32(0x3f80_0000));
    let segment = s.shr32(bits, 20);
    let reciprocal = s.look_up(&RECIPROCAL, segment);
    let middle = s.look_up(&MIDDLE, segment);
    let rest = s.fma(s.from_bits(mantissa), reciprocal, s.set_single(-1.0));
    let [highest, others @ ..] = SERIES;
    let mut sum = s.set_single(highest);
    for coefficient in others {
        sum = s.fma(rest, sum, s.set_single(coefficient));
    }
    let fraction = s.rounded(s.fma(rest, sum, middle));
    let exponent = s.and(s.shr32(bits, 12), s.set32(0xff << 11));
    s.add32(exponent, fraction)
}
