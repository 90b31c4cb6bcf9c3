//! Power spectra of windows of sound, by a radix-2 transform of fixed size and order: the same bits on every machine.

use std::f64::consts::TAU;

/// Samples of a transform: a window of half as many, padded with zeros, so that its correlation does not wrap.
pub const SIZE: usize = 1024;

/// Samples of a window: 32 ms at 16 kHz.
pub const WINDOW: usize = SIZE / 2;

/// Bins of a spectrum, from 0 Hz to half the rate.
pub const BINS: usize = SIZE / 2 + 1;

/// Tables of one transform.
#[derive(Debug, Clone)]
pub struct Spectrum {
    hann: Vec<f64>,
    /// Cosine and sine of each step of half a turn.
    twiddles: Vec<(f64, f64)>,
    re: Vec<f64>,
    im: Vec<f64>,
}

impl Default for Spectrum {
    fn default() -> Self {
        let turn = |at: usize, of: usize| TAU * float(at) / float(of);
        Self {
            hann: (0..WINDOW)
                .map(|at| 0.5 - 0.5 * turn(at, WINDOW).cos())
                .collect(),
            twiddles: (0..SIZE / 2)
                .map(|at| (turn(at, SIZE).cos(), -turn(at, SIZE).sin()))
                .collect(),
            re: vec![0.0; SIZE],
            im: vec![0.0; SIZE],
        }
    }
}

impl Spectrum {
    /// The power of a window of [`WINDOW`] samples in each of [`BINS`] bins, and its correlation with itself at lags up to
    /// `WINDOW`, both after the window of Hann.
    pub fn of(
        &mut self,
        samples: &[f64],
        power: &mut [f64; BINS],
        correlation: &mut [f64; WINDOW],
    ) {
        self.re.fill(0.0);
        self.im.fill(0.0);
        for ((into, sample), weight) in self.re.iter_mut().zip(samples).zip(&self.hann) {
            *into = sample * weight;
        }
        self.transform();
        for (into, (re, im)) in power.iter_mut().zip(self.re.iter().zip(&self.im)) {
            *into = re * re + im * im;
        }
        for (re, im) in self.re.iter_mut().zip(&mut self.im) {
            *re = *re * *re + *im * *im;
            *im = 0.0;
        }
        self.transform(); // of a real, even spectrum: the inverse, but for its scale
        for (into, re) in correlation.iter_mut().zip(&self.re) {
            *into = re / float(SIZE);
        }
    }

    /// Cooley and Tukey's transform in place, decimated in time.
    fn transform(&mut self) {
        let bits = SIZE.trailing_zeros();
        for at in 0..SIZE {
            let other = at.reverse_bits() >> (usize::BITS - bits);
            if other > at {
                self.re.swap(at, other);
                self.im.swap(at, other);
            }
        }
        let mut half = 1;
        while half < SIZE {
            let stride = SIZE / (2 * half);
            for start in (0..SIZE).step_by(2 * half) {
                for at in 0..half {
                    let (cos, sin) = self.twiddles[at * stride];
                    let (low, high) = (start + at, start + at + half);
                    let (re, im) = (
                        self.re[high] * cos - self.im[high] * sin,
                        self.re[high] * sin + self.im[high] * cos,
                    );
                    (self.re[high], self.im[high]) = (self.re[low] - re, self.im[low] - im);
                    self.re[low] += re;
                    self.im[low] += im;
                }
            }
            half *= 2;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of a transform")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hertz: f64) -> Vec<f64> {
        (0..WINDOW)
            .map(|at| (TAU * hertz * float(at) / 16_000.0).sin())
            .collect()
    }

    #[test]
    fn a_tone_is_in_its_bin() {
        let (mut power, mut correlation) = ([0.0; BINS], [0.0; WINDOW]);
        Spectrum::default().of(&sine(1000.0), &mut power, &mut correlation);
        let loudest = (0..BINS).max_by(|a, b| power[*a].total_cmp(&power[*b]));
        assert_eq!(loudest, Some(64));
    }

    #[test]
    fn the_correlation_is_that_of_the_definition() {
        let samples = sine(210.0);
        let (mut power, mut correlation) = ([0.0; BINS], [0.0; WINDOW]);
        Spectrum::default().of(&samples, &mut power, &mut correlation);
        let hann = |at: usize| 0.5 - 0.5 * (TAU * float(at) / float(WINDOW)).cos();
        for lag in [0, 1, 40, 76, 200, 511] {
            let plain: f64 = (0..WINDOW - lag)
                .map(|at| samples[at] * hann(at) * samples[at + lag] * hann(at + lag))
                .sum();
            assert!((correlation[lag] - plain).abs() < 1e-9, "{lag}");
        }
    }
}
