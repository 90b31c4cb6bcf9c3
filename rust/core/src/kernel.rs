//! Loops over rows and blocks of samples: the only ones worth vectorising.

pub mod cells;
pub mod fold;
pub mod row;
