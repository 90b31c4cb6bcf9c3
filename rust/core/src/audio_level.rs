//! The audio level of RFC 6464: root mean square over full scale, in dBov, per 20 ms.
//!
//! RFC 6464 section 4 and RFC 6465: the level is -dBov, 0 to 127, where the overload point is a
//! full-scale square wave; its appendix computes 20 log10(rms / overload) and clamps to -127..0.

/// The quietest level there is: silence.
pub const SILENCE: f32 = -127.0;

/// A sample as it lies in memory.
pub trait AudioSample: Copy {
    /// The sample with the overload point at 1.
    fn amplitude(self) -> f64;
}

impl AudioSample for i16 {
    /// The overload point is 32767, as in RFC 6465's reference code: -32768 is clamped with it.
    fn amplitude(self) -> f64 {
        f64::from(self) / 32767.0
    }
}

impl AudioSample for f32 {
    /// The overload point is 1. What is not a number is silence.
    fn amplitude(self) -> f64 {
        if self.is_finite() {
            f64::from(self)
        } else {
            0.0
        }
    }
}

/// Samples in 20 ms at `rate` Hz; `None` when the rate is not a multiple of 50 between 8 and 384 kHz.
#[must_use]
pub fn frame(rate: u32) -> Option<usize> {
    let ok = (8_000..=384_000).contains(&rate) && rate.is_multiple_of(50);
    ok.then(|| usize::try_from(rate / 50).ok()).flatten()
}

/// The level of one frame, dBov. An empty frame is silent.
#[must_use]
pub fn level<T: AudioSample>(samples: &[T]) -> f32 {
    // Four fixed lanes: one order of addition, and no chain of additions to wait for.
    let mut lanes = [0.0_f64; 4];
    let (chunks, rest) = samples.as_chunks::<4>();
    for chunk in chunks {
        for (lane, sample) in lanes.iter_mut().zip(chunk) {
            let amplitude = sample.amplitude();
            *lane += amplitude * amplitude;
        }
    }
    let tail: f64 = rest.iter().map(|sample| sample.amplitude().powi(2)).sum();
    let power = lanes.iter().sum::<f64>() + tail;
    if power <= 0.0 {
        return SILENCE;
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "a frame has far fewer than 2^53 samples"
    )]
    let mean = power / samples.len() as f64;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to -127..0")]
    let level = (10.0 * mean.log10()).clamp(f64::from(SILENCE), 0.0) as f32;
    level
}

/// The level of every whole frame of `frame` samples; a rest shorter than a frame has none yet.
#[must_use]
pub fn levels<T: AudioSample>(samples: &[T], frame: usize) -> Vec<f32> {
    samples.chunks_exact(frame.max(1)).map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(peak: f32) -> Vec<f32> {
        let step = std::f32::consts::TAU / 48.0;
        let mut phase = 0.0_f32;
        (0..960)
            .map(|_| {
                phase += step;
                peak * phase.sin()
            })
            .collect()
    }

    #[test]
    fn a_full_scale_square_is_the_overload_point() {
        let square: Vec<i16> = (0..960)
            .map(|i| if i % 2 == 0 { 32767 } else { -32767 })
            .collect();
        assert!(level(&square).abs() < 1e-6);
        assert!(level(&[i16::MIN; 960]).abs() < 1e-6);
    }

    #[test]
    fn a_full_scale_sine_is_three_decibels_below() {
        assert!((level(&sine(1.0)) + 3.0103).abs() < 1e-3);
        assert!((level(&sine(0.1)) + 23.0103).abs() < 1e-3);
    }

    #[test]
    fn silence_nothing_and_what_is_no_number_are_the_lowest_level() {
        assert!((level(&[0_i16; 960]) - SILENCE).abs() < f32::EPSILON);
        assert!((level::<f32>(&[]) - SILENCE).abs() < f32::EPSILON);
        assert!((level(&[f32::NAN; 4]) - SILENCE).abs() < f32::EPSILON);
    }

    #[test]
    fn the_smallest_step_of_sixteen_bits_is_above_silence() {
        assert!((level(&[1_i16; 960]) + 90.309).abs() < 1e-2);
    }

    #[test]
    fn only_rates_with_whole_frames_have_one() {
        assert_eq!(frame(48_000), Some(960));
        assert_eq!(frame(44_100), Some(882));
        assert_eq!(frame(22_050), Some(441));
        assert_eq!(frame(11_025), None);
        assert_eq!(frame(0), None);
    }

    #[test]
    fn a_rest_shorter_than_a_frame_has_no_level() {
        assert_eq!(levels(&sine(0.5), 320).len(), 3);
        assert_eq!(levels(&sine(0.5)[..959], 320).len(), 2);
    }
}
