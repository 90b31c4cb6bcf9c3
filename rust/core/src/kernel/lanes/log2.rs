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
    let rest = s.fma(s.as_single(mantissa), reciprocal, s.set_single(-1.0));
    let [highest, others @ ..] = SERIES;
    let mut sum = s.set_single(highest);
    for coefficient in others {
        sum = s.fma(rest, sum, s.set_single(coefficient));
    }
    let fraction = s.rounded(s.fma(rest, sum, middle));
    let exponent = s.and(s.shr32(bits, 12), s.set32(0xff << 11));
    s.add32(exponent, fraction)
}

#[cfg(test)]
#[cfg(target_arch = "x86_64")]
mod tests {
    use super::*;
    use crate::{cpu::Level, kernel::vif::scalar};

    fn scalar(value: i32) -> i32 {
        i32::try_from(scalar::log2(u64::from(value.cast_unsigned()))).unwrap() + BIAS
    }

    fn vectors<S: Lanes>(s: S, values: &[i32]) -> Vec<i32> {
        let mut out = vec![0; values.len()];
        for x in (0..values.len()).step_by(S::N) {
            s.store32(&mut out, x, log2(s, s.load32(values, x)));
        }
        out
    }

    #[target_feature(enable = "avx2,fma")]
    fn avx2(values: &[i32]) -> Vec<i32> {
        vectors(crate::kernel::lanes::avx2::Avx2::new(), values)
    }

    #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
    fn avx512(values: &[i32]) -> Vec<i32> {
        vectors(crate::kernel::lanes::avx512::Avx512::new(), values)
    }

    fn all(values: &[i32]) -> Vec<i32> {
        values.iter().map(|&value| scalar(value)).collect()
    }

    #[test]
    fn every_logarithm_of_sixteen_bits_is_the_tables() {
        for shift in [2, 9, 15] {
            for below in [0, 1, (1 << shift) - 1] {
                let values: Vec<i32> = (1 << 15..1 << 16).map(|top| top << shift | below).collect();
                let values: Vec<i32> = values.into_iter().filter(|v| *v > 0).collect();
                for level in Level::all() {
                    let found =
                        crate::cpu::dispatch!(level, all, avx2: avx2, avx512: avx512, (&values));
                    assert_eq!(found, all(&values), "{level:?} {shift} {below}");
                }
            }
        }
    }
}
