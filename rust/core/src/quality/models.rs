//! VMAF's published models, as packed by `benches/make_models.py`; their licence is in NOTICE.

use super::svm::Machines;
use std::sync::LazyLock;

/// Screen and distance that a model of v1 scores for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// 1080 rows at three times the screen's height.
    Hd3H,
    /// 2160 rows at three times the height.
    Uhd3H,
    /// 1080 rows at five times the height.
    Hd5H,
    /// 2160 rows at one and a half times the height.
    Uhd1H5,
}

/// How often frames come that a model of v1 scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rate {
    /// Up to 30 a second.
    Usual,
    /// More than that: motion is taken over two frames and smoothed.
    High,
}

/// A published model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Model {
    /// `vmaf_v0.6.1`: a 1080-row screen at three times its height.
    V061,
    /// `vmaf_v0.6.1neg`: the same where enhancement gains nothing.
    V061Neg,
    /// `vmaf_4k_v0.6.1`: a 2160-row screen at one and a half times its height.
    FourK,
    /// `vmaf_b_v0.6.3`: a model and twenty bootstrapped ones.
    Bootstrap,
    /// `vmaf_v1.0.16`, of which there is one for each view and rate.
    V1(View, Rate),
}

impl Model {
    /// Every model, in the order of [`Model::place`].
    pub const ALL: [Self; 12] = [
        Self::V061,
        Self::V061Neg,
        Self::FourK,
        Self::Bootstrap,
        Self::V1(View::Hd3H, Rate::Usual),
        Self::V1(View::Uhd3H, Rate::Usual),
        Self::V1(View::Hd5H, Rate::Usual),
        Self::V1(View::Uhd1H5, Rate::Usual),
        Self::V1(View::Hd3H, Rate::High),
        Self::V1(View::Uhd3H, Rate::High),
        Self::V1(View::Hd5H, Rate::High),
        Self::V1(View::Uhd1H5, Rate::High),
    ];

    /// The model of a published name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }

    /// Where the model stands among all.
    #[must_use]
    pub fn place(self) -> usize {
        match self {
            Self::V061 => 0,
            Self::V061Neg => 1,
            Self::FourK => 2,
            Self::Bootstrap => 3,
            Self::V1(view, Rate::Usual) => 4 + view as usize,
            Self::V1(view, Rate::High) => 8 + view as usize,
        }
    }

    /// The published name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V061 => "vmaf_v0.6.1",
            Self::V061Neg => "vmaf_v0.6.1neg",
            Self::FourK => "vmaf_4k_v0.6.1",
            Self::Bootstrap => "vmaf_b_v0.6.3",
            Self::V1(View::Hd3H, Rate::Usual) => "vmaf_v1.0.16_3d0h",
            Self::V1(View::Uhd3H, Rate::Usual) => "vmaf_v1.0.16_3d0h_2160",
            Self::V1(View::Hd5H, Rate::Usual) => "vmaf_v1.0.16_5d0h",
            Self::V1(View::Uhd1H5, Rate::Usual) => "vmaf_v1.0.16_1d5h_2160",
            Self::V1(View::Hd3H, Rate::High) => "vmaf_v1.0.16_hfr_3d0h",
            Self::V1(View::Uhd3H, Rate::High) => "vmaf_v1.0.16_hfr_3d0h_2160",
            Self::V1(View::Hd5H, Rate::High) => "vmaf_v1.0.16_hfr_5d0h",
            Self::V1(View::Uhd1H5, Rate::High) => "vmaf_v1.0.16_hfr_1d5h_2160",
        }
    }

    /// Whether its features are those before v1, without gain from enhancement.
    #[must_use]
    pub fn unenhanced(self) -> bool {
        self == Self::V061Neg
    }

    /// The view, if it is a model of v1.
    #[must_use]
    pub fn view(self) -> Option<View> {
        match self {
            Self::V1(view, _) => Some(view),
            _ => None,
        }
    }

    /// Whether motion is taken over two frames.
    #[must_use]
    pub fn skips_frames(self) -> bool {
        matches!(self, Self::V1(_, Rate::High))
    }

    /// What a machine's score means to a viewer: transformed and limited.
    #[must_use]
    pub fn seen(self, score: f64, phone: bool) -> f64 {
        let ([p0, p1, p2], most) = match self {
            Self::V1(View::Hd3H | View::Hd5H, _) => {
                ([5.306_241_88, 0.980_791_305, -0.000_490_758_318], 100.0)
            }
            Self::V1(View::Uhd3H, _) => ([5.0, 1.0, 0.0], 110.0),
            Self::V1(View::Uhd1H5, _) => ([0.0, 1.0, 0.0], 100.0),
            _ if phone => return self.machines().on_phone(score).clamp(0.0, 100.0),
            _ => return score.clamp(0.0, 100.0),
        };
        (p0 + p1 * score + p2 * score * score).clamp(0.0, most)
    }

    /// What predicts its scores.
    #[must_use]
    pub fn machines(self) -> &'static Machines {
        static V061: LazyLock<Machines> =
            LazyLock::new(|| Machines::unpack(include_bytes!("models/vmaf_v0.6.1.f64")));
        static FOUR_K: LazyLock<Machines> =
            LazyLock::new(|| Machines::unpack(include_bytes!("models/vmaf_4k_v0.6.1.f64")));
        static BOOTSTRAP: LazyLock<Machines> =
            LazyLock::new(|| Machines::unpack(include_bytes!("models/vmaf_b_v0.6.3.f64")));
        static V1: LazyLock<Machines> =
            LazyLock::new(|| Machines::unpack(include_bytes!("models/vmaf_v1.0.16.f64")));
        match self {
            Self::V061 | Self::V061Neg => &V061,
            Self::FourK => &FOUR_K,
            Self::Bootstrap => &BOOTSTRAP,
            Self::V1(..) => &V1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_found_by_its_name_and_its_place() {
        for (place, model) in Model::ALL.into_iter().enumerate() {
            assert_eq!(Model::named(model.name()), Some(model));
            assert_eq!(model.place(), place);
        }
        assert_eq!(Model::named("vmaf_v9"), None);
    }

    #[test]
    fn the_bootstrap_has_a_model_and_twenty_more() {
        assert_eq!(Model::V061.machines().count(), 1);
        assert_eq!(Model::Bootstrap.machines().count(), 21);
        assert_eq!(Model::ALL[4].machines().count(), 1);
    }

    #[test]
    fn a_far_screen_of_2160_rows_scores_up_to_110() {
        for (model, most) in [
            (Model::V1(View::Uhd3H, Rate::High), 110.0),
            (Model::V1(View::Uhd1H5, Rate::Usual), 100.0),
            (Model::V061, 100.0),
        ] {
            assert!((model.seen(1000.0, false) - most).abs() < 1e-9, "{model:?}");
        }
    }
}
