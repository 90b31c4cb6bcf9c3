//! Frame analysis: samples in, measured facts out. No Python, clock, thread, file or socket.

pub mod cpu;
pub mod kernel;
pub mod plane;
pub mod quality;
