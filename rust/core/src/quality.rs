//! Full-reference quality: how near a distorted picture is to its reference.

pub mod adm;
pub mod alignment;
pub mod cambi;
pub mod estimate;
pub mod ffmpeg_ssim;
pub mod float_ssim;
pub mod gaussian;
pub mod live;
pub mod metric_set;
pub mod models;
pub mod ms_ssim;
pub mod pair;
mod picture;
pub mod psnr;
pub mod series;
pub mod speed;
pub mod ssim;
pub mod strips;
pub mod svm;
pub mod v1;
pub mod vif;
pub mod vmaf;
pub mod vmaf_motion;
