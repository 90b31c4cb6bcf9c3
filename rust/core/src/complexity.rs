//! How much there is to encode: ITU-T P.910 spatial and temporal information.

pub mod siti;
