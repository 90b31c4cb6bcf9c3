//! Loops over rows and blocks of samples: the only ones worth vectorising.

pub mod block;
pub mod cells;
pub mod row;
