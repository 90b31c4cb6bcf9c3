//! How good a distorted picture is, measured against its reference.

pub mod ffmpeg_ssim;
pub mod pair;
pub mod psnr;
pub mod ssim;
