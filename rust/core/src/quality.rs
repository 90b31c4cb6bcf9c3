//! Full-reference quality: how near a distorted picture is to its reference.

pub mod adm;
pub mod models;
pub mod series;
pub mod svm;
pub mod vif;
pub mod vmaf;
pub mod vmaf_motion;
