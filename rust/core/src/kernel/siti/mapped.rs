//! Moments of gradients and differences of samples mapped to `f64`, in eight fixed lanes.

use crate::cpu::multiversion;

/// Lanes: column `x` of a row always adds to lane `x % 8`.
const LANES: usize = 8;

/// Count, mean and squared distance to the mean of the values so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    count: f64,
    mean: f64,
    spread: f64,
}

impl Moments {
    /// The population's standard deviation; 0 of nothing.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        (self.spread.max(0.0) / self.count.max(1.0)).sqrt()
    }

    /// Takes in others: Chan et al. 1979, eq. 2.1.
    fn merge(&mut self, other: Self) {
        let count = self.count + other.count;
        let apart = other.mean - self.mean;
        self.spread += other.spread + apart * apart * self.count * other.count / count;
        self.mean += apart * other.count / count;
        self.count = count;
    }
}

multiversion! {
    /// Takes in the Sobel magnitudes of row `mid`, without its first and last column.
    ///
    /// `room` is a row of any content and at least as long.
    pub fn edges(up: &[f64], mid: &[f64], down: &[f64], room: &mut [f64], moments: &mut Moments) {
        let inside = mid.len().saturating_sub(2);
        let (ul, uc, ur) = thirds(up, inside);
        let (cl, _, cr) = thirds(mid, inside);
        let (dl, dc, dr) = thirds(down, inside);
        let magnitudes = &mut room[..inside];
        for x in 0..inside {
            let across = (ur[x] + dr[x] - ul[x] - dl[x]) + 2.0 * (cr[x] - cl[x]);
            let along = (dl[x] + dr[x] - ul[x] - ur[x]) + 2.0 * (dc[x] - uc[x]);
            magnitudes[x] = (across * across + along * along).sqrt();
        }
        moments.merge(of(magnitudes));
    }
}

multiversion! {
    /// Takes in the differences of two rows; `room` is at least as long.
    pub fn changes(now: &[f64], last: &[f64], room: &mut [f64], moments: &mut Moments) {
        let differences = &mut room[..now.len()];
        for ((difference, now), last) in differences.iter_mut().zip(now).zip(last) {
            *difference = now - last;
        }
        moments.merge(of(differences));
    }
}

/// A row from its first, second and third sample on.
#[inline(always)]
fn thirds(row: &[f64], inside: usize) -> (&[f64], &[f64], &[f64]) {
    (&row[..inside], &row[1..=inside], &row[2..inside + 2])
}

/// Moments of a row, each value less the first so that near-equal ones cancel nothing.
#[inline(always)]
#[expect(
    clippy::cast_precision_loss,
    reason = "a row has less than 2⁵³ samples"
)]
fn of(values: &[f64]) -> Moments {
    let first = values.first().copied().unwrap_or_default();
    let (mut sum, mut square) = ([0.0; LANES], [0.0; LANES]);
    let (whole, rest) = values.as_chunks::<LANES>();
    for values in whole {
        for lane in 0..LANES {
            let apart = values[lane] - first;
            sum[lane] += apart;
            square[lane] += apart * apart;
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        let apart = value - first;
        sum[lane] += apart;
        square[lane] += apart * apart;
    }
    let (count, sum) = (values.len().max(1) as f64, sum.iter().sum::<f64>());
    Moments {
        count,
        mean: first + sum / count,
        spread: square.iter().sum::<f64>() - sum * sum / count,
    }
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
                let mut room = vec![f64::NAN; width];
                let (mut spatial, mut temporal) = (Moments::default(), Moments::default());
                for _ in 0..3 {
                    edges(level, &rows[0], &rows[1], &rows[2], &mut room, &mut spatial);
                    changes(level, &rows[0], &rows[1], &mut room, &mut temporal);
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
            &mut [0.0; 100],
            &mut moments,
        );
        assert!(moments.deviation() < 1e-12);
    }
}
