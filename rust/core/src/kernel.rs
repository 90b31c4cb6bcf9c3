//! Loops over rows and blocks of samples: the only ones worth vectorising.

pub(crate) mod block;
pub mod cells;
pub mod decimate;
pub mod fold;
pub mod gaussian;
#[cfg(target_arch = "x86_64")]
mod memory;
pub(crate) mod padded;
pub mod row;
pub mod siti;
pub mod sse;
pub mod ssim;
pub mod widen;
