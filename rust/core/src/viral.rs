//! What makes people watch and share a moment: six factors of parts, and the score that they add up to; and what of a
//! moment can be heard.
//!
//! Nothing here knows words, faces or files: parts come in as numbers from 0 to 1, or as not known. Weights and knots
//! are the caller's table.

pub mod events;
pub mod frame;
pub mod model;
pub mod rhythm;
pub mod sound;
pub mod spectrum;
