//! What makes people watch and share a moment: six factors of parts, and the score that they add up to.
//!
//! Nothing here knows words, faces or files: parts come in as numbers from 0 to 1, or as not known. Weights and knots
//! are the caller's table.

pub mod model;
