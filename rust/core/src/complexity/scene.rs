//! How many bits an encoder will want for a frame, from what its signature totals.

/// A frame's totals per luma sample, in steps of 8-bit luma.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    /// Squared Laplacian (4x − left − right − up − down)², edges replicated, at full resolution.
    pub laplacian: f64,
    /// Absolute difference to the last frame, over luma reduced to at most 960x600 or so. `None`
    /// when there is no last frame.
    pub difference: Option<f64>,
}

// Fitted by benches/complexity_fit.py: x264, veryfast, CRF 23, groups of 48 frames, 360 to 2160 lines.
/// Logarithm of the bits per luma sample that a flat, still picture costs.
const FLOOR: f64 = -4.026;
/// Weight of fine detail, and the squared Laplacian from which on it counts.
const DETAIL: f64 = 0.215;
const DETAIL_FROM: f64 = 16.0;
/// Weight of change, and the difference from which on it counts.
const CHANGE: f64 = 0.647;
const CHANGE_FROM: f64 = 1.0;

/// Complexity from 0 to 1, linear in the logarithm of the bits that x264 would spend on the frame
/// at a constant quality.
///
/// A flat picture that stands still is exactly 0; a bit per luma sample or more is 1; video of
/// people and places lies from 0.1 to 0.65. `None` for the first frame of a shape: how it changes
/// is not known yet, and change is most of the cost.
#[must_use]
pub fn scene_complexity(frame: Means) -> Option<f64> {
    let difference = frame.difference?;
    let detail = DETAIL * (frame.laplacian / DETAIL_FROM).ln_1p();
    let change = CHANGE * (difference / CHANGE_FROM).ln_1p();
    Some(((detail + change) / -FLOOR).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAPLACIAN_MOST: f64 = 1020.0 * 1020.0;
    const DIFFERENCE_MOST: f64 = 255.0;

    fn complexity(laplacian: f64, difference: f64) -> f64 {
        let difference = Some(difference);
        scene_complexity(Means {
            laplacian,
            difference,
        })
        .unwrap()
    }

    /// `most` and everything below it, in steps of a tenth.
    fn down_from(most: f64) -> Vec<f64> {
        let steps = (0..120).map(|i| most * 0.9_f64.powi(i));
        steps.chain([0.0]).collect()
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "nothing costs exactly nothing")]
    fn a_flat_still_picture_has_no_complexity() {
        assert_eq!(complexity(0.0, 0.0), 0.0);
    }

    #[test]
    fn a_first_frame_has_none_yet() {
        let first = Means {
            laplacian: 100.0,
            difference: None,
        };
        assert_eq!(scene_complexity(first), None);
    }

    #[test]
    fn more_detail_or_more_change_is_never_simpler() {
        for most in down_from(LAPLACIAN_MOST) {
            for pair in down_from(DIFFERENCE_MOST).windows(2) {
                assert!(complexity(most, pair[0]) >= complexity(most, pair[1]));
            }
        }
        for most in down_from(DIFFERENCE_MOST) {
            for pair in down_from(LAPLACIAN_MOST).windows(2) {
                assert!(complexity(pair[0], most) >= complexity(pair[1], most));
            }
        }
    }

    #[test]
    fn every_possible_frame_lies_between_0_and_1() {
        for laplacian in down_from(LAPLACIAN_MOST) {
            for difference in down_from(DIFFERENCE_MOST) {
                assert!((0.0..=1.0).contains(&complexity(laplacian, difference)));
            }
        }
        assert!(complexity(LAPLACIAN_MOST, DIFFERENCE_MOST) > 1.0 - f64::EPSILON);
    }

    #[test]
    fn everyday_video_is_well_inside() {
        // The 5th and the 95th percentile of both, over the segments of benches/complexity_fit.py.
        assert!((0.05..0.15).contains(&complexity(6.3, 0.59)));
        assert!((0.55..0.65).contains(&complexity(744.0, 12.1)));
    }
}
