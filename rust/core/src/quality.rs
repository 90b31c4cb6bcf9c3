//! How good a distorted picture is, measured against its reference.

pub mod alignment;
pub mod ffmpeg_ssim;
pub mod float_ssim;
pub mod gaussian;
pub mod ms_ssim;
pub mod pair;
mod picture;
pub mod psnr;
pub mod ssim;
