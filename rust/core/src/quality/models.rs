//! VMAF's published models, as packed by `benches/make_models.py`; their licence is in NOTICE.

use super::svm::Machines;
use std::sync::LazyLock;

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
}

impl Model {
    /// The model of a published name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::V061, Self::V061Neg, Self::FourK, Self::Bootstrap]
            .into_iter()
            .find(|model| model.name() == name)
    }

    /// The published name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V061 => "vmaf_v0.6.1",
            Self::V061Neg => "vmaf_v0.6.1neg",
            Self::FourK => "vmaf_4k_v0.6.1",
            Self::Bootstrap => "vmaf_b_v0.6.3",
        }
    }

    /// Whether its features take no gain from enhancement.
    #[must_use]
    pub fn unenhanced(self) -> bool {
        self == Self::V061Neg
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
        match self {
            Self::V061 | Self::V061Neg => &V061,
            Self::FourK => &FOUR_K,
            Self::Bootstrap => &BOOTSTRAP,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_found_by_its_name() {
        for model in [Model::V061, Model::V061Neg, Model::FourK, Model::Bootstrap] {
            assert_eq!(Model::named(model.name()), Some(model));
        }
        assert_eq!(Model::named("vmaf_v1.0.16"), None);
    }

    #[test]
    fn the_bootstrap_has_a_model_and_twenty_more() {
        assert_eq!(Model::V061.machines().count(), 1);
        assert_eq!(Model::Bootstrap.machines().count(), 21);
    }
}
