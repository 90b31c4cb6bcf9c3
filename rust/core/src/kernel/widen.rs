//! Samples as single-precision numbers in the range of 8 bits.

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
}

impl Widen for u8 {
    fn widen(level: Level, samples: &[Self], scale: f32, out: &mut [f32]) {
        widen_u8(level, samples, scale, out);
    }
}

impl Widen for u16 {
    fn widen(level: Level, samples: &[Self], scale: f32, out: &mut [f32]) {
        widen_u16(level, samples, scale, out);
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

#[cfg(test)]
mod tests {
    use super::*;

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
