//! Moments of gradients and differences of samples mapped to `f64`, in eight fixed lanes.

use crate::cpu::multiversion;

/// Lanes: column `x` of a row always adds to lane `x % 8`.
const LANES: usize = 8;

/// Sums of values and of squares, both less a pivot: near-equal values cancel nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    pivot: Option<f64>,
    sum: [f64; LANES],
    square: [f64; LANES],
    count: usize,
}

impl Moments {
    /// The population's standard deviation; 0 of nothing.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a frame has less than 2⁵³ samples"
    )]
    pub fn deviation(&self) -> f64 {
        let count = self.count.max(1) as f64;
        let mean = self.sum.iter().sum::<f64>() / count;
        let square = self.square.iter().sum::<f64>() / count;
        (square - mean * mean).max(0.0).sqrt()
    }
}

multiversion! {
    /// Adds the Sobel magnitudes of row `mid`, without its first and last column.
    pub fn edges(up: &[f64], mid: &[f64], down: &[f64], moments: &mut Moments) {
        let inside = mid.len().saturating_sub(2);
        let (ul, uc, ur) = thirds(up, inside);
        let (cl, _, cr) = thirds(mid, inside);
        let (dl, dc, dr) = thirds(down, inside);
        let magnitude = |x: usize| {
            let across = (ur[x] + dr[x] - ul[x] - dl[x]) + 2.0 * (cr[x] - cl[x]);
            let along = (dl[x] + dr[x] - ul[x] - ur[x]) + 2.0 * (dc[x] - uc[x]);
            (across * across + along * along).sqrt()
        };
        add(inside, magnitude, moments);
    }
}

multiversion! {
    /// Adds the differences of two rows.
    pub fn changes(now: &[f64], last: &[f64], moments: &mut Moments) {
        let width = now.len().min(last.len());
        let (now, last) = (&now[..width], &last[..width]);
        add(width, |x| now[x] - last[x], moments);
    }
}

/// A row from its first, second and third sample on.
#[inline(always)]
fn thirds(row: &[f64], inside: usize) -> (&[f64], &[f64], &[f64]) {
    (&row[..inside], &row[1..=inside], &row[2..inside + 2])
}

/// Adds `value(0)` to `value(width - 1)`, each in its lane.
#[inline(always)]
fn add(width: usize, value: impl Fn(usize) -> f64, moments: &mut Moments) {
    if width == 0 {
        return;
    }
    let pivot = *moments.pivot.get_or_insert_with(|| value(0));
    let (mut sum, mut square) = (moments.sum, moments.square);
    let whole = width - width % LANES;
    for x in (0..whole).step_by(LANES) {
        for lane in 0..LANES {
            let from_pivot = value(x + lane) - pivot;
            sum[lane] += from_pivot;
            square[lane] += from_pivot * from_pivot;
        }
    }
    for lane in 0..width % LANES {
        let from_pivot = value(whole + lane) - pivot;
        sum[lane] += from_pivot;
        square[lane] += from_pivot * from_pivot;
    }
    moments.sum = sum;
    moments.square = square;
    moments.count += width;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::Level;

    fn noise(seed: u64, len: usize) -> Vec<f64> {
        let mut s = seed;
        (0..len)
            .map(|_| {
                s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                f64::from(u32::try_from(s >> 32).unwrap()) / 1e7
            })
            .collect()
    }

    #[test]
    fn every_level_adds_to_the_same_bits() {
        for width in [3, 9, 16, 17, 64, 641] {
            let rows: Vec<_> = (1..=3).map(|seed| noise(seed, width)).collect();
            let run = |level| {
                let (mut spatial, mut temporal) = (Moments::default(), Moments::default());
                for _ in 0..3 {
                    edges(level, &rows[0], &rows[1], &rows[2], &mut spatial);
                    changes(level, &rows[0], &rows[1], &mut temporal);
                }
                [spatial, temporal].map(|moments| moments.deviation().to_bits())
            };
            for level in Level::all() {
                assert_eq!(run(level), run(Level::SCALAR), "{level:?} {width}");
            }
        }
    }

    #[test]
    fn a_constant_slope_deviates_by_nothing() {
        let row = |y: f64| {
            (0..100)
                .map(|x| f64::from(x) * 0.7 + y * 0.3)
                .collect::<Vec<_>>()
        };
        let mut moments = Moments::default();
        edges(
            Level::detect(),
            &row(0.0),
            &row(1.0),
            &row(2.0),
            &mut moments,
        );
        assert!(moments.deviation() < 1e-12);
    }
}
