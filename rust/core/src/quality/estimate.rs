//! How good one picture looks by itself: what its signature shows of codecs, blur and standing still.

use crate::{
    kernel::fold::float,
    signature::{Signature, Steps},
};

/// Laplacian over gradient energy at which a picture is as blurred as it is sharp.
const FOCUS: f64 = 0.35;

/// Gradient energy below which there is nothing to be sharp or blurred, in squared codes.
const FEATURELESS: f64 = 0.5;

/// Difference to the frame before up to which a frame is that frame again, in codes.
const HELD: f64 = 0.02;

/// One in so many blocks is as quiet as those that grain is looked for in.
const QUIETEST: u32 = 20;

/// Added to Laplacian energies before their logarithm, in squared codes.
const FAINT: f64 = 0.3;

/// Fitted to VMAF v0.6.1 by `benches/live_fit.py`.
const WEIGHTS: Weights = Weights {
    constant: 1.827,
    blockiness: -5.426,
    blur: -0.4915,
    held: -2.235,
    grain: 0.1988,
};

struct Weights {
    constant: f64,
    blockiness: f64,
    blur: f64,
    held: f64,
    grain: f64,
}

/// What the estimate stands on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cues {
    /// 0 to 1: how much larger steps are over the edges of 8x8 blocks than inside them.
    pub blockiness: f64,
    /// 0 sharp to 1 blurred; 0 where there is nothing to focus on.
    pub blur: f64,
    /// Natural logarithm of the Laplacian energy that the quietest twentieth of the blocks stays
    /// below: noise and fine texture, which strong compression takes away first.
    pub grain: f64,
    /// Whether the frame repeats the one before, if its scanner takes differences.
    pub held: bool,
}

impl Cues {
    /// What a frame's signature shows.
    #[must_use]
    pub fn of(signature: &Signature) -> Self {
        let totals = signature.totals;
        let blur = if totals.gradient < FEATURELESS {
            0.0
        } else {
            1.0 / (1.0 + totals.laplacian / (totals.gradient * FOCUS))
        };
        Self {
            blockiness: blockiness(&signature.steps),
            blur,
            grain: (quietest(&signature.luma.laplacian) + FAINT).ln(),
            held: totals
                .difference
                .is_some_and(|difference| difference < HELD),
        }
    }

    /// A picture's quality without its reference, 0 to 100, on VMAF's scale but far from VMAF: it
    /// cannot know what the source looked like.
    ///
    /// Against VMAF v0.6.1 of the same frames, by `benches/live_fit.py`: Spearman 0.46 and Pearson
    /// 0.56 when each of 8 clips is predicted by the others, 0.57 and 0.64 on 15 that played no part, mean
    /// absolute error 16 to 19. Blocks and repeated frames show; blur of a kind that a lens makes
    /// as well hardly does.
    #[must_use]
    pub fn quality_estimate(&self) -> f64 {
        let sum = WEIGHTS.constant
            + WEIGHTS.blockiness * self.blockiness
            + WEIGHTS.blur * self.blur * self.blur
            + WEIGHTS.held * f64::from(u8::from(self.held))
            + WEIGHTS.grain * self.grain;
        100.0 / (1.0 + (-sum).exp())
    }
}

/// 1 - inner/edge of the mean steps, and not below zero.
fn blockiness(steps: &Steps) -> f64 {
    let mean = |sum: u64, count: u64| float(sum) / float(count.max(1));
    let edge = mean(steps.edge, steps.edges);
    let inner = mean(steps.inner, steps.inners);
    if edge > inner {
        1.0 - inner / edge
    } else {
        0.0
    }
}

/// The energy that a twentieth of the blocks stays below, rounded down to a quarter of its octave.
fn quietest(energies: &[f32]) -> f64 {
    const FRACTION: u32 = 21; // bits of a quarter octave that are left out
    let mut counts = [0_u32; 1 << (32 - FRACTION)];
    for energy in energies {
        counts[(energy.to_bits() >> FRACTION) as usize] += 1;
    }
    let all: u32 = counts.iter().sum();
    let mut below = all / QUIETEST;
    for (bits, &count) in (0_u32..).zip(&counts) {
        if below < count {
            return f64::from(f32::from_bits(bits << FRACTION));
        }
        below -= count;
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Cues = Cues {
        blockiness: 0.05,
        blur: 0.2,
        grain: 2.0,
        held: false,
    };

    #[test]
    fn every_fault_alone_takes_some_quality() {
        let worse = [
            Cues {
                blockiness: 0.4,
                ..GOOD
            },
            Cues { blur: 0.9, ..GOOD },
            Cues {
                grain: -1.0,
                ..GOOD
            },
            Cues { held: true, ..GOOD },
        ];
        for cues in worse {
            assert!(
                cues.quality_estimate() < GOOD.quality_estimate() - 1.0,
                "{cues:?}"
            );
        }
    }

    #[test]
    fn the_estimate_stays_on_its_scale() {
        for blockiness in [0.0, 0.5, 1.0] {
            for grain in [-1.2, 0.0, 12.0] {
                let cues = Cues {
                    blockiness,
                    grain,
                    blur: 1.0 - blockiness,
                    held: blockiness > 0.7,
                };
                assert!((0.0..=100.0).contains(&cues.quality_estimate()));
            }
        }
    }

    #[test]
    fn the_quietest_blocks_are_a_twentieth() {
        let mut energies = vec![64.0; 95];
        energies.extend([0.0; 5]);
        assert!((quietest(&energies) - 64.0).abs() < 1e-9);
        energies.push(0.0);
        energies[0] = 0.0;
        assert!(quietest(&energies).abs() < 1e-9);
        assert!((quietest(&[5.9, 1000.0]) - 5.0).abs() < 1e-9);
    }
}
