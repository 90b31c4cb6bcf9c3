//! Loops over rows and blocks of samples: the only ones worth vectorising.

pub mod adm;
pub(crate) mod block;
pub mod blur_difference;
pub mod cambi;
pub mod cells;
pub mod decimate;
pub mod fold;
pub mod gaussian;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod memory;
pub(crate) mod padded;
pub mod pairs;
pub mod plane_ssim;
pub mod row;
#[cfg(target_arch = "x86_64")]
pub(crate) mod rows;
pub mod siti;
pub(crate) mod span;
pub mod speed;
pub mod sse;
pub mod ssim;
pub mod vif;
pub mod widen;
