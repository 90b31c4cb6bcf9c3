//! Measures of frames in their order: motion between them, and the models' scores.

use std::collections::VecDeque;

use super::{
    models::Model,
    svm::Features,
    v1::{self, Motions},
    vmaf::Measure,
};

/// What is to be scored, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Bits of a sample: 8 for `u8` planes, 9 to 16 for `u16` planes.
    pub depth: u32,
    /// Models to score with.
    pub models: Vec<Model>,
    /// Whether to score as seen on a phone's screen; neither the 4K model nor those of v1 have such a
    /// score.
    pub phone: bool,
}

impl Settings {
    /// Whether a model before v1 is asked for.
    #[must_use]
    pub fn early(&self) -> bool {
        self.models.iter().any(|model| model.view().is_none())
    }

    /// Whether a model without enhancement gain is, of those before v1.
    #[must_use]
    pub fn unenhanced(&self) -> bool {
        self.models.iter().any(|model| model.unenhanced())
    }
}

/// Features of one frame that the models before v1 take, by libvmaf's names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// `integer_adm2`.
    pub adm2: f64,
    /// `integer_motion2`: the smaller of the motions from the frame before and to the frame after.
    pub motion2: f64,
    /// `integer_vif_scale0` to `integer_vif_scale3`.
    pub vif_scales: [f64; 4],
    /// `integer_adm2_egl_1`; `adm2` unless a model without enhancement gain is asked for.
    pub adm2_neg: f64,
    /// `integer_vif_scale0_egl_1` to `integer_vif_scale3_egl_1`.
    pub vif_scales_neg: [f64; 4],
}

impl Reading {
    fn new(measure: &Measure, next: Option<f64>) -> Option<Self> {
        let (vif, adm) = measure.early?;
        Some(Self {
            adm2: adm.score,
            motion2: match (measure.motion, next) {
                (Some(before), Some(after)) => before.min(after),
                (Some(before), None) => before,
                (None, _) => 0.0,
            },
            vif_scales: vif.scales,
            adm2_neg: adm.second,
            vif_scales_neg: vif.scales_neg,
        })
    }

    /// The features as `model` takes them.
    #[must_use]
    pub fn features(&self, model: Model) -> Features {
        let (adm2, [v0, v1, v2, v3]) = if model.unenhanced() {
            (self.adm2_neg, self.vif_scales_neg)
        } else {
            (self.adm2, self.vif_scales)
        };
        [adm2, self.motion2, v0, v1, v2, v3]
    }
}

/// Spread of the scores of a bootstrap's models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    /// Mean of the bootstrapped models: libvmaf's `bagging`.
    pub bagging: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// Ends of the interval that holds 95 % of them.
    pub ci95: (f64, f64),
}

/// Features and scores of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Frames measured before this one.
    pub frame: u64,
    /// The features of the models before v1.
    pub early: Option<Reading>,
    /// The features of those of v1.
    pub v1: Option<v1::Reading>,
    /// By the model's place: see [`Score::of`].
    scores: [Option<f64>; Model::ALL.len()],
    /// Spread of the scores, where the bootstrap is asked for.
    pub bootstrap: Option<Bootstrap>,
}

impl Score {
    /// The score of `model`, 0 to 100, or to 110 where it is for 2160 rows seen from far; `None` if
    /// the settings do not ask for it.
    #[must_use]
    pub fn of(&self, model: Model) -> Option<f64> {
        self.scores[model.place()]
    }

    /// The features as `model` takes them.
    #[must_use]
    pub fn features(&self, model: Model) -> Option<Features> {
        match model {
            Model::V1(view, rate) => self.v1?.features(view, rate),
            _ => Some(self.early?.features(model)),
        }
    }
}

/// Scores of the frames that are ready: one late, two more at the end of a stream or near its start
/// where motion is taken over two frames.
pub type Ready = [Option<Score>; 2];

/// Turns measures into scores, each when the measure after it is known.
#[derive(Debug)]
pub struct Series {
    settings: Settings,
    waiting: VecDeque<Measure>,
    motions: Motions,
    frame: u64,
    /// Whether the next frame is the first of its stream.
    first: bool,
    kernels: Vec<f64>,
    scores: Vec<f64>,
}

impl Series {
    /// A series that has seen nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            waiting: VecDeque::with_capacity(3),
            motions: Motions::default(),
            frame: 0,
            first: true,
            kernels: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// Whether scores can be had in pieces: not where motion is taken over two frames.
    #[must_use]
    pub fn parts(settings: &Settings) -> bool {
        !settings.models.iter().any(|model| model.skips_frames())
    }

    /// Takes the measure of the next frame; gives the scores that it completes.
    pub fn push(&mut self, measure: Measure) -> Ready {
        self.waiting.push_back(measure);
        let mut ready = [None; 2];
        for ready in &mut ready {
            // The first frame's motion over two frames is that of the third.
            let late = if self.first && !Self::parts(&self.settings) {
                3
            } else {
                2
            };
            if self.waiting.len() >= late {
                *ready = self.next(None);
            }
        }
        ready
    }

    /// The scores of all frames that wait; `next` is the motion from the last of them to the frame
    /// after it, if there is one. What comes then is a stream of its own.
    pub fn flush(&mut self, next: Option<f64>) -> Ready {
        let mut ready = [None; 2];
        for ready in &mut ready {
            *ready = self.next(next);
        }
        self.motions = Motions::default();
        self.first = true;
        ready
    }

    /// Forgets the frames that wait for their score, and counts from 0 again.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.motions = Motions::default();
        self.first = true;
        self.frame = 0;
    }

    /// The score of the frame that has waited longest; `end` is the motion after the last.
    fn next(&mut self, end: Option<f64>) -> Option<Score> {
        let measure = self.waiting.pop_front()?;
        let [next, second] = [0, 1].map(|at| self.waiting.get(at));
        let motion = match next {
            Some(next) => next.motion,
            None => end,
        };
        let over_two = next.and_then(|next| next.motion_of_two);
        let after = over_two.or_else(|| second.and_then(|second| second.motion_of_two));
        let v1 = measure.v1.map(|seen| v1::Reading {
            measure: seen,
            motion: [
                Motions::usual(measure.motion, motion),
                self.motions.high(measure.motion_of_two, over_two, after),
            ],
        });
        let early = Reading::new(&measure, motion);
        let frame = self.frame;
        self.frame += 1;
        self.first = false;
        Some(self.score(frame, early, v1))
    }

    /// Scores of a frame's features.
    pub fn score(&mut self, frame: u64, early: Option<Reading>, v1: Option<v1::Reading>) -> Score {
        let mut score = Score {
            frame,
            early,
            v1,
            scores: [None; Model::ALL.len()],
            bootstrap: None,
        };
        for &model in &self.settings.models {
            let Some(features) = score.features(model) else {
                continue;
            };
            model
                .machines()
                .predict(&features, &mut self.kernels, &mut self.scores);
            let phone = self.settings.phone;
            let seen = |score: f64| model.seen(score, phone);
            if let [first, rest @ ..] = &mut self.scores[..] {
                score.scores[model.place()] = Some(seen(*first));
                if !rest.is_empty() {
                    score.bootstrap = Some(spread(rest, seen));
                }
            }
        }
        score
    }
}

/// Spread of scores that are neither transformed nor clipped; `seen` does both.
fn spread(scores: &mut [f64], seen: impl Fn(f64) -> f64) -> Bootstrap {
    const STEP: f64 = 0.01;
    let count = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / count;
    let variance = scores.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / count;
    scores.sort_unstable_by(f64::total_cmp);
    let slope = (seen(mean + STEP) - seen(mean - STEP)) / (2.0 * STEP);
    Bootstrap {
        bagging: seen(mean),
        deviation: variance.sqrt() * slope,
        ci95: (
            seen(percentile(scores, 2.5)),
            seen(percentile(scores, 97.5)),
        ),
    }
}

/// Percentile of ordered values, between the nearest two.
fn percentile(ordered: &[f64], percent: f64) -> f64 {
    let at = percent * (ordered.len() - 1) as f64 / 100.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let low = at as usize;
    let part = at - low as f64;
    let high = ordered.get(low + 1).copied().unwrap_or(ordered[low]);
    ordered[low] * (1.0 - part) + high * part
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frame 1 of libvmaf's vector src01 (576x324, 8 bit), from
    /// `vmaf --model version=vmaf_b_v0.6.3 --model version=vmaf_v0.6.1` of libvmaf 3.2.0.
    const READING: Reading = Reading {
        adm2: 0.949_766,
        motion2: 4.214_327,
        vif_scales: [0.411_649, 0.813_54, 0.894_563, 0.936_879],
        adm2_neg: 0.943_111,
        vif_scales_neg: [0.411_634, 0.810_669, 0.889_941, 0.930_86],
    };

    fn score(model: Model, phone: bool) -> Score {
        let settings = Settings {
            depth: 8,
            models: vec![model],
            phone,
        };
        Series::new(settings).score(0, Some(READING), None)
    }

    #[test]
    fn the_scores_are_libvmafs() {
        // Features rounded to six digits move a score by less than a ten-thousandth.
        for (model, expected) in [
            (Model::V061, 82.639_805),
            (Model::V061Neg, 80.616_716),
            (Model::FourK, 88.841_413),
            (Model::Bootstrap, 81.319_807),
        ] {
            let found = score(model, false).of(model).unwrap();
            assert!((found - expected).abs() < 1e-4, "{model:?}: {found}");
        }
    }

    #[test]
    fn the_bootstraps_spread_is_libvmafs() {
        let spread = score(Model::Bootstrap, false).bootstrap.unwrap();
        let found = [
            spread.bagging,
            spread.deviation,
            spread.ci95.0,
            spread.ci95.1,
        ];
        for (found, expected) in found
            .iter()
            .zip([80.813_865, 1.316_361, 78.883_851, 83.262_824])
        {
            assert!((found - expected).abs() < 2e-4, "{found} for {expected}");
        }
    }

    #[test]
    fn a_phone_never_scores_lower() {
        let on_phone = score(Model::V061, true).of(Model::V061).unwrap();
        let expected = 1.706_746_92 + 82.639_805 * (1.726_438_44 - 0.007_053_05 * 82.639_805);
        assert!((on_phone - expected).abs() < 1e-4, "{on_phone}");
        assert!(on_phone > score(Model::V061, false).of(Model::V061).unwrap());
    }
}
