//! Loops over rows and blocks of samples: the only ones worth vectorising.

pub(crate) mod block;
pub mod cells;
pub mod fold;
pub(crate) mod padded;
pub mod pairs;
pub mod row;
pub mod siti;
