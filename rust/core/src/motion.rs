//! Motion between a frame and the last.

mod search;
pub mod vectors;
