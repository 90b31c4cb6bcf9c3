//! How much there is to encode: scene complexity, and ITU-T P.910 spatial and temporal information.

pub mod scene;
pub mod siti;
