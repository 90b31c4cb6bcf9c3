//! Parts to factors, factors to score: weighted means over what is known, then a calibration of 17 knots.

use std::fmt;

/// How many factors there are.
pub const FACTORS: usize = 6;

/// Parts that a factor has at most.
pub const PARTS: usize = 8;

/// Knots of the calibration: shown scores 0, 6.25, ... 100.
pub const KNOTS: usize = 17;

/// A factor at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Factor {
    /// 0 to 1; means nothing where `availability` is 0.
    pub value: f64,
    /// Share of its parts' weight that is known, 0 to 1.
    pub availability: f64,
}

/// What the factors add up to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Weighted mean of the factors, 0 to 1; `None` where none is known.
    pub raw: Option<f64>,
    /// The calibrated raw score, 0 to 100.
    pub viral: Option<f64>,
    /// 100 times the weighted mean of those factors that rank moments of one stream.
    pub rank: Option<f64>,
    /// What each factor adds: they sum to 100 times `raw`.
    pub points: [f64; FACTORS],
    /// Share of all factors' weight that is known, 0 to 1.
    pub coverage: f64,
}

/// A table of weights that no model can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelError {
    /// Weights must be finite, not negative, and not all zero.
    Weights,
    /// Knots must be finite and never fall.
    Knots,
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Weights => "expected finite weights, none negative and not all of them zero",
            Self::Knots => "expected finite knots that never fall",
        })
    }
}

impl std::error::Error for ModelError {}

/// Weights of factors, and the knots of the calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    weights: [f64; FACTORS],
    ranking: [f64; FACTORS],
    total: f64,
    knots: [f64; KNOTS],
}

impl Model {
    /// A model; `ranking` says by how much each factor's weight counts for the rank, 0 to 1.
    ///
    /// # Errors
    ///
    /// If a weight is negative or no number, all are zero, or the knots fall.
    pub fn new(
        weights: [f64; FACTORS],
        ranking: [f64; FACTORS],
        knots: [f64; KNOTS],
    ) -> Result<Self, ModelError> {
        let total: f64 = weights.iter().sum();
        let usable = |weight: &f64| weight.is_finite() && *weight >= 0.0;
        if !weights.iter().chain(&ranking).all(usable) || total <= 0.0 {
            return Err(ModelError::Weights);
        }
        if !knots.iter().all(|knot| knot.is_finite()) || !knots.is_sorted() {
            return Err(ModelError::Knots);
        }
        let ranking = std::array::from_fn(|at| weights[at] * ranking[at]);
        Ok(Self {
            weights,
            ranking,
            total,
            knots,
        })
    }

    /// The score of six factors. It never falls when a factor rises.
    #[must_use]
    pub fn score(&self, factors: &[Factor; FACTORS]) -> Score {
        let mut points = [0.0; FACTORS];
        let (mut known, mut sum, mut ranked, mut rank) = (0.0, 0.0, 0.0, 0.0);
        for at in 0..FACTORS {
            let Factor {
                value,
                availability,
            } = factors[at];
            let weight = self.weights[at] * availability;
            points[at] = weight * value;
            known += weight;
            sum += points[at];
            let weight = self.ranking[at] * availability;
            ranked += weight;
            rank += weight * value;
        }
        let raw = (known > 0.0).then(|| sum / known);
        let scale = if known > 0.0 { 100.0 / known } else { 0.0 };
        Score {
            raw,
            viral: raw.map(|raw| self.calibrated(raw)),
            rank: (ranked > 0.0).then(|| 100.0 * rank / ranked),
            points: points.map(|point| point * scale),
            coverage: known / self.total,
        }
    }

    /// The shown score of a raw one: linear between knots, 0 below the first and 100 above the last.
    fn calibrated(&self, raw: f64) -> f64 {
        let step = 100.0 / as_float(KNOTS - 1);
        let at = self.knots.partition_point(|knot| *knot <= raw);
        if at == 0 {
            return 0.0;
        }
        if at == KNOTS {
            return 100.0;
        }
        let (low, high) = (self.knots[at - 1], self.knots[at]);
        step * (as_float(at - 1) + (raw - low) / (high - low))
    }
}

/// The factor of some parts: the mean of those that are known, by their weights. Values are clamped to 0..1; one that is
/// no number is not known. Also what each part adds to the value: together they are the value.
#[must_use]
pub fn factor(weights: &[f64], parts: &[Option<f64>]) -> (Factor, [f64; PARTS]) {
    let mut shares = [0.0; PARTS];
    let (mut all, mut known) = (0.0, 0.0);
    for ((share, weight), part) in shares.iter_mut().zip(weights).zip(parts) {
        all += weight;
        if let Some(part) = part.filter(|part| part.is_finite()) {
            known += weight;
            *share = weight * part.clamp(0.0, 1.0);
        }
    }
    if known <= 0.0 {
        return (Factor::default(), [0.0; PARTS]);
    }
    let shares = shares.map(|share| share / known);
    let factor = Factor {
        value: shares.iter().sum::<f64>().clamp(0.0, 1.0),
        availability: known / all,
    };
    (factor, shares)
}

#[expect(clippy::cast_precision_loss, reason = "a handful")]
fn as_float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: [f64; FACTORS] = [0.25, 0.10, 0.25, 0.10, 0.20, 0.10];
    const RANKING: [f64; FACTORS] = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0];

    fn even() -> [f64; KNOTS] {
        std::array::from_fn(|at| as_float(at) / as_float(KNOTS - 1))
    }

    fn model() -> Model {
        Model::new(WEIGHTS, RANKING, even()).unwrap()
    }

    fn full(value: f64) -> Factor {
        Factor {
            value,
            availability: 1.0,
        }
    }

    #[test]
    fn the_points_are_the_raw_score() {
        let factors = [0.9, 0.1, 0.5, 0.3, 0.7, 0.2].map(full);
        let score = model().score(&factors);
        assert!((score.points.iter().sum::<f64>() - 100.0 * score.raw.unwrap()).abs() < 1e-9);
        assert!((score.coverage - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_missing_is_left_out_and_lowers_the_coverage() {
        let mut factors = [0.5; FACTORS].map(full);
        factors[4] = Factor::default();
        let score = model().score(&factors);
        assert!((score.raw.unwrap() - 0.5).abs() < 1e-12);
        assert!((score.coverage - 0.8).abs() < 1e-12);
        let nothing = model().score(&[Factor::default(); FACTORS]);
        assert_eq!(
            (nothing.raw, nothing.viral, nothing.rank),
            (None, None, None)
        );
        assert!(nothing.coverage.abs() < 1e-12);
    }

    #[test]
    fn a_factor_that_rises_never_lowers_the_score() {
        for which in 0..FACTORS {
            let scores = (0..=20).map(|step| {
                let mut factors = [0.4; FACTORS].map(full);
                factors[which].value = f64::from(step) / 20.0;
                model().score(&factors)
            });
            let (viral, rank): (Vec<_>, Vec<_>) =
                scores.map(|score| (score.viral, score.rank)).unzip();
            assert!(viral.is_sorted() && rank.is_sorted());
        }
    }

    #[test]
    fn audience_and_timing_do_not_rank() {
        let mut factors = [0.4; FACTORS].map(full);
        let before = model().score(&factors).rank;
        factors[4].value = 1.0;
        factors[5].value = 0.0;
        assert_eq!(model().score(&factors).rank, before);
    }

    #[test]
    fn the_calibration_is_linear_between_its_knots() {
        let mut knots = even();
        knots[8] = 0.4;
        knots[9] = 0.6;
        let model = Model::new(WEIGHTS, RANKING, knots);
        assert_eq!(model, Err(ModelError::Knots));
        knots = std::array::from_fn(|at| 0.2 + 0.03 * as_float(at));
        let model = Model::new(WEIGHTS, RANKING, knots).unwrap();
        let shown = |raw| model.score(&[full(raw); FACTORS]).viral.unwrap();
        assert!((shown(0.44) - 50.0).abs() < 1e-9);
        assert!((shown(0.455) - 53.125).abs() < 1e-9);
        assert!(shown(0.1).abs() < 1e-12 && (shown(0.9) - 100.0).abs() < 1e-12);
    }

    #[test]
    fn a_factor_is_the_mean_of_the_parts_that_are_known() {
        let (found, shares) = factor(&[0.5, 0.3, 0.2], &[Some(1.0), None, Some(0.25)]);
        assert!((found.availability - 0.7).abs() < 1e-12);
        assert!((found.value - (0.5 + 0.05) / 0.7).abs() < 1e-12);
        assert!((shares.iter().sum::<f64>() - found.value).abs() < 1e-12);
        let (nothing, _) = factor(&[0.5, 0.5], &[None, Some(f64::NAN)]);
        assert_eq!(nothing, Factor::default());
    }

    #[test]
    fn weights_that_mean_nothing_are_refused() {
        let wrong = |weights| Model::new(weights, RANKING, even());
        assert_eq!(wrong([0.0; FACTORS]), Err(ModelError::Weights));
        assert_eq!(wrong([-0.1; FACTORS]), Err(ModelError::Weights));
        assert_eq!(wrong([f64::NAN; FACTORS]), Err(ModelError::Weights));
    }
}
