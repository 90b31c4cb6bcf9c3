//! What positions add to a scale's sums, a vector of them at a time.

use super::{NOISE, Sums};
use crate::kernel::lanes::{
    Lanes,
    log2::{BIAS, log2},
};

/// Sums of some rows in vectors.
#[derive(Clone, Copy)]
pub(super) struct Totals<S: Lanes> {
    /// Kept, kept without enhancement, and held, in lanes of 32 bits.
    short: [S::I; 3],
    /// The same, in lanes of 64 bits.
    long: [S::I; 3],
    flat_variance: S::I,
    flat: u64,
}

impl<S: Lanes> Totals<S> {
    #[inline(always)]
    pub(super) fn new(s: S) -> Self {
        let zero = s.set32(0);
        Self {
            short: [zero; 3],
            long: [zero; 3],
            flat_variance: zero,
            flat: 0,
        }
    }

    /// Makes room in the lanes of 32 bits: to be called before they take 2¹⁶ positions each.
    #[inline(always)]
    pub(super) fn settle(&mut self, s: S) {
        for (long, short) in self.long.iter_mut().zip(&mut self.short) {
            *long = s.add_wide(*long, *short);
            *short = s.set32(0);
        }
    }

    #[inline(always)]
    pub(super) fn sums(mut self, s: S) -> Sums {
        self.settle(s);
        let [kept, kept_neg, held] = self.long.map(|long| s.sum64(long));
        Sums {
            kept,
            kept_neg,
            held,
            flat_variance: s.sum64(self.flat_variance),
            flat: self.flat.cast_signed(),
        }
    }

    /// Adds the positions in `lanes`, given the means of both planes, in 2⁻³² of their range, and
    /// their second moments: reference, distorted, mixed.
    #[inline(always)]
    pub(super) fn add<const NEG: bool>(
        &mut self,
        s: S,
        lanes: S::M,
        [mean_r, mean_d]: [S::I; 2],
        [moment_r, moment_d, moment_b]: [S::I; 3],
    ) {
        let [high_r, high_d] = [s.shr64(mean_r, 32), s.shr64(mean_d, 32)];
        let reference = s.sub32(moment_r, product(s, [mean_r, mean_r], [high_r, high_r]));
        let distorted = s.sub32(moment_d, product(s, [mean_d, mean_d], [high_d, high_d]));
        let covariance = s.sub32(moment_b, product(s, [mean_r, mean_d], [high_r, high_d]));
        let zero = s.set32(0);
        let distorted = s.max32(distorted, zero);
        let contrast = s.both(lanes, s.above32(reference, s.set32(NOISE - 1)));
        let flat = s.but(contrast, lanes);
        self.flat += u64::from(s.count(flat));
        self.flat_variance = s.add_wide(self.flat_variance, s.keep(flat, distorted));
        if !s.any(contrast) {
            return;
        }
        let noise = s.set32(NOISE);
        let held = s.sub32(
            log2(s, s.add32(reference, noise)),
            s.set32(17 * 2048 + BIAS),
        );
        self.short[2] = s.add32(self.short[2], s.keep(contrast, held));
        let related = s.both(s.above32(covariance, zero), s.above32(distorted, zero));
        let related = s.both(contrast, related);
        let (r, d, b) = (
            s.doubles(reference),
            s.doubles(distorted),
            s.doubles(covariance),
        );
        let mut residue = r;
        let mut signal = r;
        let mut signal_neg = r;
        let mut enhanced = false;
        for half in 0..2 {
            let gain = s.div_double(
                b[half],
                s.add_double(r[half], s.set_double(65536.0 * 1.0e-10)),
            );
            residue[half] = s.sub_double(d[half], s.mul_double(gain, b[half]));
            let power = |limit: f64| {
                let gain = s.min_double(gain, s.set_double(limit));
                s.mul_double(s.mul_double(gain, gain), r[half])
            };
            signal[half] = power(100.0);
            if NEG {
                signal_neg[half] = power(1.0);
                enhanced |= s.any_above_double(gain, s.set_double(1.0));
            }
        }
        let residue = s.max32(s.truncated(residue), zero);
        let noise = s.add32(noise, s.keep(related, residue));
        let quiet = log2(s, noise);
        let all = louder(s, related, noise, signal, quiet);
        self.short[0] = s.add32(self.short[0], all);
        if NEG {
            let neg = if enhanced {
                louder(s, related, noise, signal_neg, quiet)
            } else {
                all
            };
            self.short[1] = s.add32(self.short[1], neg);
        }
    }
}

/// How much louder than `quiet`, the logarithm of `noise`, it is with `signal` in `lanes`.
#[inline(always)]
fn louder<S: Lanes>(s: S, lanes: S::M, noise: S::I, signal: [S::D; 2], quiet: S::I) -> S::I {
    let signal = s.keep(lanes, s.truncated(signal));
    s.sub32(log2(s, s.add32(noise, signal)), quiet)
}

/// Products of unsigned lanes over 2³², rounded half up; `high` holds the odd lanes in even places.
#[inline(always)]
fn product<S: Lanes>(s: S, low: [S::I; 2], high: [S::I; 2]) -> S::I {
    let half = s.set64(1 << 31);
    let even = s.add64(s.mul_even_unsigned(low[0], low[1]), half);
    let odd = s.add64(s.mul_even_unsigned(high[0], high[1]), half);
    s.alternate(s.shr64(even, 32), odd)
}
