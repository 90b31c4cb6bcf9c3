//! Which instructions this machine has, found out once.
//!
//! A kernel takes a [`Level`] and is compiled once per instruction set, either from one safe body
//! (`multiversion!`) or from a body of its own per set (`dispatch!`). The scalar body is the
//! oracle: every level returns the same bits.

use std::{env, fmt, sync::LazyLock};

/// The variable that lowers the level.
pub const VARIABLE: &str = "V100_AI_CPU";

/// An instruction set proven present. Only [`Level::detect`] makes one above `SCALAR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(Isa);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Isa {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// F, BW, DQ, VL and VNNI: Ice Lake, Zen 4 and later.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// The reference: what every other level must agree with.
    pub const SCALAR: Self = Self(Isa::Scalar);

    /// The best level of this machine, or the one that [`VARIABLE`] (`scalar`, `avx2`, `avx512`)
    /// asks for where this machine has it; [`Unmet::found`] tells where it has not.
    #[must_use]
    pub fn detect() -> Self {
        static BEST: LazyLock<Level> = LazyLock::new(|| {
            let asked = env::var(VARIABLE).unwrap_or_default();
            let levels = Level::present();
            let named = levels.iter().find(|level| level.name() == asked);
            *named.or(levels.last()).unwrap_or(&Level::SCALAR)
        });
        *BEST
    }

    /// Every level this machine can run up to the detected one, lowest first, for tests that hold
    /// them against `SCALAR`.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let best = Self::detect();
        Self::present()
            .into_iter()
            .filter(|level| *level <= best)
            .collect()
    }

    /// The level's name, as `V100_AI_CPU` spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Isa::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => "avx512",
        }
    }

    pub(crate) fn isa(self) -> Isa {
        self.0
    }

    /// Every level of this machine, lowest first, whatever [`VARIABLE`] says.
    #[must_use]
    pub fn present() -> Vec<Self> {
        #[cfg_attr(
            not(target_arch = "x86_64"),
            expect(unused_mut, reason = "scalar alone")
        )]
        let mut levels = vec![Self::SCALAR];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            levels.push(Self(Isa::Avx2));
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vnni")
            {
                levels.push(Self(Isa::Avx512));
            }
        }
        levels
    }
}

/// A level that was asked for and that this machine does not have: the best there is runs instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    asked: String,
}

impl Unmet {
    /// What [`VARIABLE`] asks for in vain, if it does.
    #[must_use]
    pub fn found() -> Option<Self> {
        Self::of(env::var(VARIABLE).unwrap_or_default())
    }

    fn of(asked: String) -> Option<Self> {
        let had = asked.is_empty() || Level::present().iter().any(|level| level.name() == asked);
        (!had).then_some(Self { asked })
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Level::present().into_iter().map(Level::name).collect();
        write!(
            f,
            "{VARIABLE}: expected a level of this machine ({}), found {:?}; {} runs instead",
            names.join(", "),
            self.asked,
            names.last().unwrap_or(&"scalar"),
        )
    }
}

/// Compiles one safe body once per instruction set and picks by `Level`.
macro_rules! multiversion {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$doc])*
        $vis fn $name(level: $crate::cpu::Level, $($arg: $ty),*) $(-> $ret)? {
            #[inline(always)]
            fn body($($arg: $ty),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($arg: $ty),*) $(-> $ret)? {
                body($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
            fn avx512($($arg: $ty),*) $(-> $ret)? {
                body($($arg),*)
            }

            $crate::cpu::dispatch!(level, body, avx2: avx2, avx512: avx512, ($($arg),*))
        }
    };
}
pub(crate) use multiversion;

/// Calls the body written for `level`, by name: `dispatch!(level, scalar, avx2: a, avx512: b, (arguments))`.
///
/// A level without a body of its own runs the next lower one's, in the end the scalar one: an instruction set is
/// added here, in [`Isa`] and in the kernels that gain by it.
macro_rules! dispatch {
    (@body $scalar:path, [], ($($arg:expr),*)) => { $scalar($($arg),*) };
    // SAFETY: a `Level` holds an instruction set only after `present` found its features, and those of all below.
    (@body $scalar:path, [$best:path, $($lower:path,)*], ($($arg:expr),*)) => { unsafe { $best($($arg),*) } };
    ($level:expr, $scalar:path $(, avx2: $avx2:path)? $(, avx512: $avx512:path)?, ($($arg:expr),* $(,)?)) => {{
        #[allow(
            unsafe_code,
            clippy::allow_attributes,
            clippy::let_and_return,
            clippy::let_unit_value,
            reason = "the only calls of target_feature functions"
        )]
        let result = match $level.isa() {
            $crate::cpu::Isa::Scalar => $scalar($($arg),*),
            #[cfg(target_arch = "x86_64")]
            $crate::cpu::Isa::Avx2 => {
                $crate::cpu::dispatch!(@body $scalar, [$($avx2,)?], ($($arg),*))
            }
            #[cfg(target_arch = "x86_64")]
            $crate::cpu::Isa::Avx512 => {
                $crate::cpu::dispatch!(@body $scalar, [$($avx512,)? $($avx2,)?], ($($arg),*))
            }
        };
        result
    }};
}
pub(crate) use dispatch;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_start_at_scalar_and_end_at_the_detected_one() {
        let levels = Level::all();
        assert_eq!(levels.first(), Some(&Level::SCALAR));
        assert_eq!(levels.last(), Some(&Level::detect()));
    }

    #[test]
    fn a_level_that_is_not_there_is_told() {
        assert_eq!(Unmet::of(String::new()), None);
        assert_eq!(Unmet::of("scalar".to_owned()), None);
        let told = Unmet::of("avx1024".to_owned()).map(|unmet| unmet.to_string());
        assert!(
            told.is_some_and(|told| told.contains("found \"avx1024\"") && told.contains("scalar"))
        );
    }
}
