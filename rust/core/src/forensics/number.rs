//! Sums, medians and logarithms of small tables of singles, the same bits on every machine.

/// Natural logarithm of a positive normal number, to about 2⁻²³: a series in (m - 1)/(m + 1) of the
/// mantissa, without a library, so that all processors agree.
#[inline(always)]
pub(super) fn ln(value: f32) -> f32 {
    const HALF_OCTAVE: u32 = 0x3f35_04f3; // √½
    let bits = value.to_bits().wrapping_sub(HALF_OCTAVE);
    let exponent = (bits.cast_signed() >> 23) as f32;
    let mantissa = f32::from_bits((bits & 0x007f_ffff).wrapping_add(HALF_OCTAVE));
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let square = t * t;
    let series = 1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0)));
    exponent * std::f32::consts::LN_2 + 2.0 * t * series
}

/// Sum in eight fixed lanes.
pub(super) fn sum(values: &[f32]) -> f32 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut lanes = [0.0_f32; 8];
    for eight in eights {
        for (lane, value) in lanes.iter_mut().zip(eight) {
            *lane += value;
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// Mean; 0 of nothing.
pub(super) fn mean(values: &[f32]) -> f32 {
    sum(values) / values.len().max(1) as f32
}

/// The value that a share of all are below; 0 of nothing. Reorders.
pub(super) fn quantile(values: &mut [f32], share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in the table"
    )]
    let at = ((values.len() - 1) as f32 * share).round() as usize;
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

/// The upper median; 0 of nothing. Reorders.
pub(super) fn median(values: &mut [f32]) -> f32 {
    quantile(values, 0.5)
}

/// 1.4826 times the median distance to the median: the deviation, were it normal. Reorders.
pub(super) fn deviation(values: &mut [f32]) -> f32 {
    let middle = median(values);
    for value in values.iter_mut() {
        *value = (*value - middle).abs();
    }
    1.4826 * median(values)
}

/// The median of values with weights: where half of all weight is passed. Reorders.
pub(super) fn weighted_median(values: &mut [(f32, f32)]) -> Option<f32> {
    let total: f32 = values.iter().map(|(_, weight)| weight).sum();
    if total <= 0.0 {
        return None;
    }
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut passed = 0.0;
    let found = values.iter().find(|(_, weight)| {
        passed += weight;
        passed >= total / 2.0
    });
    found.or(values.last()).map(|(value, _)| *value)
}

/// Correlation of two tables; 0 where one does not vary.
pub(super) fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let mut sums = [[0.0_f32; 8]; 3];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        for (k, (a, b)) in a.iter().zip(b).enumerate() {
            let (a, b) = (a - mean_a, b - mean_b);
            sums[0][k] += a * b;
            sums[1][k] += a * a;
            sums[2][k] += b * b;
        }
    }
    let [both, a, b] = sums.map(|lanes| lanes.iter().sum::<f32>());
    let spread = (a * b).sqrt();
    if spread > 1e-6 { both / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_the_librarys_to_a_millionth() {
        let mut value = 1e-6_f32;
        while value < 1e9 {
            let (found, expected) = (f64::from(ln(value)), f64::from(value).ln());
            assert!(
                (found - expected).abs() < 2e-6 * expected.abs().max(1.0),
                "{value}"
            );
            value *= 1.013;
        }
    }

    #[test]
    fn medians_are_those_of_sorted_tables() {
        assert!((median(&mut [3.0, 1.0, 2.0]) - 2.0).abs() < 1e-6);
        assert!((deviation(&mut [1.0, 2.0, 3.0, 4.0, 100.0]) - 1.4826).abs() < 1e-5);
        assert_eq!(
            weighted_median(&mut [(5.0, 0.1), (1.0, 1.0), (9.0, 0.1)]),
            Some(1.0)
        );
        assert_eq!(weighted_median(&mut []), None);
    }
}
