//! Frame analysis: samples in, measured facts out. No Python, clock, thread, file or socket.

pub mod analyzer;
pub mod audio_level;
pub mod complexity;
pub mod cpu;
#[cfg(test)]
mod drawn;
pub mod face;
#[cfg(test)]
mod fake;
pub mod forensics;
pub mod frame;
pub mod kernel;
pub mod motion;
pub mod plane;
pub mod quality;
pub mod signature;
pub mod speaker;
pub mod viral;
pub mod visual;
