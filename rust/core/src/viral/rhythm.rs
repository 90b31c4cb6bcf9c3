//! The rhythm of energy: whether it rises and falls as laughter does.

use super::frame::Frame;

/// Lags of a burst, in frames of 20 ms: 7.1 to 3.1 a second. Most laughter has four to five.
const LAGS: std::ops::RangeInclusive<usize> = 7..=16;

/// How energy goes up and down over some frames.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rhythm {
    /// Correlation of the level with itself one burst later, 0 to 1.
    pub strength: f64,
    /// Standard deviation of the level, dB.
    pub depth: f64,
}

/// The rhythm of the level, in dB, its slow rise and fall removed.
#[must_use]
pub fn rhythm(frames: &[Frame]) -> Rhythm {
    let levels: Vec<f64> = frames
        .iter()
        .map(|frame| 10.0 * frame.power.max(1e-8).log10())
        .collect();
    let count = levels.len();
    if count < 2 * LAGS.end() {
        return Rhythm::default();
    }
    let depth = deviation(&levels);
    let fast = detrended(&levels);
    let energy: f64 = fast.iter().map(|level| level * level).sum();
    if energy <= 0.0 {
        return Rhythm {
            strength: 0.0,
            depth,
        };
    }
    let strength = LAGS
        .map(|lag| {
            let sum: f64 = fast.iter().zip(&fast[lag..]).map(|(a, b)| a * b).sum();
            sum / energy * float(count) / float(count - lag)
        })
        .fold(0.0, f64::max);
    Rhythm {
        strength: strength.min(1.0),
        depth,
    }
}

/// The levels less their mean over 0.62 s around each.
fn detrended(levels: &[f64]) -> Vec<f64> {
    const REACH: usize = 15;
    (0..levels.len())
        .map(|at| {
            let around = &levels[at.saturating_sub(REACH)..(at + REACH + 1).min(levels.len())];
            levels[at] - around.iter().sum::<f64>() / float(around.len())
        })
        .collect()
}

/// The standard deviation.
#[must_use]
pub fn deviation(values: &[f64]) -> f64 {
    let count = float(values.len().max(1));
    let mean = values.iter().sum::<f64>() / count;
    (values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / count)
        .sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "counts of frames")]
fn float(count: usize) -> f64 {
    count as f64
}
