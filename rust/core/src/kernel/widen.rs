//! Samples as single-precision numbers in the range of 8 bits, and as codes of 10 bits.

use crate::{
    cpu::{Level, multiversion},
    plane::Sample,
};

/// Lanes worked on together.
const LANES: usize = 16;

/// Samples that can be widened to `f32`.
pub trait Widen: Sample {
    /// Writes `samples` times `scale` into `out`, as far as both go.
    fn widen(level: Level, samples: &[Self], scale: f32, out: &mut [f32]);

    /// Writes `samples` of `depth` bits as codes of 10, rounded, as far as both go; what is above the
    /// largest code counts as it.
    fn ten(level: Level, samples: &[Self], depth: u32, out: &mut [u16]);
}

/// Asks for the samples to be in the cache soon, where the machine can be asked. A strip goes down
/// a picture too narrow for the cache to foresee its next row.
pub(crate) fn foresee<T>(samples: &[T]) {
    #[cfg(target_arch = "x86_64")]
    super::memory::prefetch(samples);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = samples;
}

impl Widen for u8 {
    fn widen(level: Level, samples: &[Self], scale: f32, out: &mut [f32]) {
        widen_u8(level, samples, scale, out);
    }

    fn ten(level: Level, samples: &[Self], depth: u32, out: &mut [u16]) {
        ten_u8(level, samples, depth, out);
    }
}

impl Widen for u16 {
    fn widen(level: Level, samples: &[Self], scale: f32, out: &mut [f32]) {
        widen_u16(level, samples, scale, out);
    }

    fn ten(level: Level, samples: &[Self], depth: u32, out: &mut [u16]) {
        ten_u16(level, samples, depth, out);
    }
}

multiversion! {
    fn widen_u8(samples: &[u8], scale: f32, out: &mut [f32]) {
        let len = samples.len().min(out.len());
        let (samples, rest) = samples[..len].as_chunks::<LANES>();
        let (out, rest_out) = out[..len].as_chunks_mut::<LANES>();
        for (out, samples) in out.iter_mut().zip(samples) {
            *out = samples.map(|sample| f32::from(sample) * scale);
        }
        for (out, sample) in rest_out.iter_mut().zip(rest) {
            *out = f32::from(*sample) * scale;
        }
    }
}

multiversion! {
    fn widen_u16(samples: &[u16], scale: f32, out: &mut [f32]) {
        let len = samples.len().min(out.len());
        let (samples, rest) = samples[..len].as_chunks::<LANES>();
        let (out, rest_out) = out[..len].as_chunks_mut::<LANES>();
        for (out, samples) in out.iter_mut().zip(samples) {
            *out = samples.map(|sample| f32::from(sample) * scale);
        }
        for (out, sample) in rest_out.iter_mut().zip(rest) {
            *out = f32::from(*sample) * scale;
        }
    }
}

multiversion! {
    fn ten_u8(samples: &[u8], depth: u32, out: &mut [u16]) {
        let (peak, up) = (u16::MAX >> (16 - depth), 10 - depth);
        for (out, &sample) in out.iter_mut().zip(samples) {
            *out = u16::from(sample).min(peak) << up;
        }
    }
}

multiversion! {
    fn ten_u16(samples: &[u16], depth: u32, out: &mut [u16]) {
        let (peak, up) = (u16::MAX >> (16 - depth), 10_u32.saturating_sub(depth));
        let down = depth.saturating_sub(10);
        // What is rounded up: the top bit of those that are left out.
        let half = 1_u16 << down >> 1;
        for (out, &sample) in out.iter_mut().zip(samples) {
            let code = sample.min(peak) << up;
            *out = (code >> down) + u16::from(code & half != 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_any_depth_become_ten_bits() {
        for level in Level::all() {
            let mut out = [0; 3];
            u8::ten(level, &[0, 3, 255], 8, &mut out);
            assert_eq!(out, [0, 12, 1020]);
            for (depth, samples, expected) in [
                (9, [1, 511, 600], [2, 1022, 1022]),
                (10, [1, 1023, 9999], [1, 1023, 1023]),
                (12, [1, 2, 4095], [0, 1, 1024]),
                (16, [31, 32, 65535], [0, 1, 1024]),
            ] {
                u16::ten(level, &samples, depth, &mut out);
                assert_eq!(out, expected, "{depth} bits");
            }
        }
    }

    #[test]
    fn every_sample_comes_back_from_every_level() {
        let deep: Vec<u16> = (0..=u16::MAX).collect();
        let narrow: Vec<u8> = (0..=u8::MAX).collect();
        for level in Level::all() {
            let mut out = vec![0.0; deep.len()];
            u16::widen(level, &deep, 0.25, &mut out);
            assert!(
                out.iter()
                    .zip(&deep)
                    .all(|(out, sample)| (out * 4.0).to_bits() == f32::from(*sample).to_bits())
            );
            u8::widen(level, &narrow, 1.0, &mut out);
            assert!(
                out.iter()
                    .zip(&narrow)
                    .all(|(out, sample)| out.to_bits() == f32::from(*sample).to_bits())
            );
        }
    }
}
