//! What libvmaf calls the features of each model of v1.0.16: the options that are not its defaults are
//! part of a feature's name.

use crate::quality::models::{Rate, View};

const CAMBI: &str = "cambi_hrs_1080_cmxv_17_vlt_0.06";

macro_rules! speed {
    ($options:literal) => {
        [
            concat!("speed_chroma_u_mxv_45_nnf_0.1", $options, "_snn_0.19_wvm_5"),
            concat!("speed_chroma_v_mxv_45_nnf_0.1", $options, "_snn_0.19_wvm_5"),
            concat!(
                "speed_chroma_uv_mxv_45_nnf_0.1",
                $options,
                "_snn_0.19_wvm_5"
            ),
        ]
    };
}

macro_rules! adm {
    ($options:literal) => {
        adm!($options, "adm2", "aim", "adm3", "adm_scale0", "adm_scale1", "adm_scale2", "adm_scale3")
    };
    ($options:literal, $($name:literal),*) => {
        [$(concat!("integer_", $name, "_csf_2_dlmw_0.7_egl_1_min_0.5_nw_0.02", $options)),*]
    };
}

/// Names of cambi, speed u, v and uv, adm2, aim, adm3, adm of the four scales, and motion by itself, 2
/// and 3.
pub(super) fn of(view: View, rate: Rate) -> [&'static str; 14] {
    let [u, v, uv] = match view {
        View::Hd3H | View::Uhd1H5 => speed!(""),
        View::Uhd3H => speed!("_ps_0.5_psm_bilinear"),
        View::Hd5H => speed!("_ps_0.6_psm_bilinear"),
    };
    let [adm2, aim, adm3, s0, s1, s2, s3] = match view {
        View::Hd3H => adm!(""),
        View::Uhd3H => adm!("_rdh_2160"),
        View::Hd5H => adm!("_nvd_5"),
        View::Uhd1H5 => adm!("_nvd_1.5_rdh_2160"),
    };
    let [sad, motion2, motion3] = match rate {
        Rate::Usual => [
            "VMAF_integer_feature_motion_sad_score_mmxv_18",
            "integer_motion2_mmxv_18",
            "integer_motion3_mmxv_18",
        ],
        Rate::High => [
            "VMAF_integer_feature_motion_sad_score_mffw_mmxv_18_mma",
            "integer_motion2_mffw_mmxv_18_mma",
            "integer_motion3_mffw_mmxv_18_mma",
        ],
    };
    [
        CAMBI, u, v, uv, adm2, aim, adm3, s0, s1, s2, s3, sad, motion2, motion3,
    ]
}
