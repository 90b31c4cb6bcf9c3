//! PSNR and the SSIM family held to ffmpeg's and libvmaf's own figures.
//!
//! Per golden, with the ffmpeg 9.0.2 (libvmaf 3.2) of imageio-ffmpeg 0.8.1, from `PSNR` and `SSIM`
//! in its log and from the first frame in `log.json`:
//! ```text
//! cargo run --example pattern WIDTH HEIGHT CHROMA DEPTH r.y4m d.y4m
//! ffmpeg -i d.y4m -i r.y4m -lavfi '[0][1]ssim;[0][1]psnr' -f null -
//! ffmpeg -i d.y4m -i r.y4m -lavfi '[0][1]libvmaf=log_fmt=json:log_path=log.json:
//!     feature=name=psnr|name=float_ssim|name=float_ms_ssim' -f null -
//! ```

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod pattern;

use pattern::Shape;
use v100_core::{
    cpu::Level,
    kernel::{sse::Sse, ssim::Blocks, widen::Widen},
    plane::Plane,
    quality::{
        ffmpeg_ssim::FfmpegSsimMeter,
        float_ssim::FloatSsim,
        ms_ssim::MsSsimMeter,
        pair::Pair,
        psnr::{Psnr, SquaredError},
        ssim::Ssim,
    },
};

/// What the references say of one clip; `None` where they do not take it.
struct Golden {
    shape: Shape,
    /// y, u, v, average.
    ffmpeg_psnr: [f64; 4],
    /// Y, U, V, All.
    ffmpeg_ssim: [f64; 4],
    libvmaf: Option<Libvmaf>,
}

struct Libvmaf {
    /// `psnr_y`, `psnr_cb`, `psnr_cr`.
    psnr: [f64; 3],
    float_ssim: f64,
    float_ms_ssim: Option<f64>,
}

const fn shape(width: u32, height: u32, chroma: u32, depth: u32) -> Shape {
    Shape {
        width,
        height,
        chroma,
        depth,
    }
}

const GOLDENS: [Golden; 10] = [
    Golden {
        shape: shape(352, 288, 420, 8),
        ffmpeg_psnr: [25.969107, 26.236803, 26.161815, 26.044441],
        ffmpeg_ssim: [0.634711, 0.626749, 0.624340, 0.631655],
        libvmaf: Some(Libvmaf {
            psnr: [25.969107, 26.236803, 26.161815],
            float_ssim: 0.615388,
            float_ms_ssim: Some(0.957667),
        }),
    },
    Golden {
        shape: shape(641, 403, 420, 8),
        ffmpeg_psnr: [26.044554, 26.095743, 26.054862, 26.054791],
        ffmpeg_ssim: [0.649421, 0.626965, 0.624254, 0.641462],
        libvmaf: Some(Libvmaf {
            psnr: [26.044554, 26.087455, 26.047102],
            float_ssim: 0.929894,
            float_ms_ssim: Some(0.959102),
        }),
    },
    Golden {
        shape: shape(648, 650, 444, 8),
        ffmpeg_psnr: [26.066106, 26.044717, 26.038382, 26.049719],
        ffmpeg_ssim: [0.650776, 0.650791, 0.650184, 0.650584],
        libvmaf: Some(Libvmaf {
            psnr: [26.066106, 26.044717, 26.038382],
            float_ssim: 0.980479,
            float_ms_ssim: Some(0.958392),
        }),
    },
    Golden {
        shape: shape(352, 288, 420, 10),
        ffmpeg_psnr: [25.927617, 26.178591, 26.110610, 25.998704],
        ffmpeg_ssim: [0.637117, 0.627822, 0.626326, 0.633769],
        libvmaf: Some(Libvmaf {
            psnr: [25.927617, 26.178591, 26.11061],
            float_ssim: 0.617765,
            float_ms_ssim: Some(0.958),
        }),
    },
    Golden {
        shape: shape(353, 290, 422, 12),
        ffmpeg_psnr: [25.917110, 26.019746, 25.953893, 25.951812],
        ffmpeg_ssim: [0.637288, 0.628696, 0.627503, 0.632687],
        libvmaf: Some(Libvmaf {
            psnr: [25.91711, 26.021272, 25.955964],
            float_ssim: 0.617646,
            float_ms_ssim: Some(0.958106),
        }),
    },
    Golden {
        shape: shape(192, 180, 422, 8),
        ffmpeg_psnr: [25.709267, 26.545359, 26.406795, 26.075518],
        ffmpeg_ssim: [0.610856, 0.659909, 0.658009, 0.634907],
        libvmaf: Some(Libvmaf {
            psnr: [25.709267, 26.545359, 26.406795],
            float_ssim: 0.581423,
            float_ms_ssim: Some(0.94088),
        }),
    },
    Golden {
        shape: shape(160, 96, 420, 8),
        ffmpeg_psnr: [26.718193, 26.886568, 26.625382, 26.730100],
        ffmpeg_ssim: [0.682282, 0.844359, 0.844303, 0.736298],
        libvmaf: Some(Libvmaf {
            psnr: [26.718193, 26.886568, 26.625382],
            float_ssim: 0.674377,
            float_ms_ssim: None,
        }),
    },
    Golden {
        shape: shape(18, 22, 420, 8),
        ffmpeg_psnr: [38.358188, 38.468201, 39.072572, 38.488001],
        ffmpeg_ssim: [0.967943, 0.956964, 0.959754, 0.964748],
        libvmaf: Some(Libvmaf {
            psnr: [38.358188, 38.468201, 39.072572],
            float_ssim: 0.952804,
            float_ms_ssim: None,
        }),
    },
    Golden {
        shape: shape(352, 288, 420, 16),
        ffmpeg_psnr: [25.898691, 26.154529, 26.085766, 25.971218],
        ffmpeg_ssim: [0.637240, 0.628199, 0.626956, 0.634019],
        libvmaf: None,
    },
    Golden {
        shape: shape(354, 206, 444, 9),
        ffmpeg_psnr: [26.178208, 26.187106, 26.176654, 26.180654],
        ffmpeg_ssim: [0.640741, 0.640122, 0.638708, 0.639857],
        libvmaf: None,
    },
];

/// The references print six decimals.
fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1.01e-6
}

fn check<T: Sse + Blocks + Widen>(golden: &Golden, sample: impl Fn(u16) -> T) {
    let Shape {
        width,
        height,
        chroma,
        depth,
    } = golden.shape;
    let name = format!("{width}x{height} {chroma} {depth}");
    let [reference, distorted] = [golden.shape.reference(), golden.shape.distorted()]
        .map(|planes| planes.map(|samples| samples.into_iter().map(&sample).collect::<Vec<T>>()));
    let sizes = golden.shape.planes().map(|(w, h)| (w as usize, h as usize));
    let pair = |at: usize| {
        let (width, height) = sizes[at];
        let plane = |samples| Plane::new(samples, width, height, width).unwrap();
        Pair::new(plane(&reference[at]), plane(&distorted[at]), depth).unwrap()
    };
    let pairs = [pair(0), pair(1), pair(2)];
    for level in Level::all() {
        let name = format!("{name} {}", level.name());
        let psnr = Psnr::of(pairs.each_ref().map(|pair| SquaredError::of(level, pair)));
        let found = [psnr.y, psnr.cb, psnr.cr, psnr.average];
        for (found, expected) in found.into_iter().zip(golden.ffmpeg_psnr) {
            assert!(near(found, expected), "{name} psnr {found} {expected}");
        }
        let all = FfmpegSsimMeter::new(level).push(&pairs).unwrap();
        let luma = Ssim::new(level).push(&pairs[0]).unwrap();
        let [y, u, v, whole] = golden.ffmpeg_ssim;
        for (found, expected) in [
            (luma, y),
            (all.y, y),
            (all.u, u),
            (all.v, v),
            (all.all, whole),
        ] {
            assert!(near(found, expected), "{name} ssim {found} {expected}");
        }
        let Some(libvmaf) = &golden.libvmaf else {
            continue;
        };
        for ((pair, expected), plane) in pairs.iter().zip(libvmaf.psnr).zip(0..) {
            let halved = |edge: u32, by: bool| (edge >> u32::from(plane > 0 && by)) as usize;
            let corner = (halved(width, chroma != 444), halved(height, chroma == 420));
            let found = SquaredError::of_corner(level, pair, corner).libvmaf_psnr_db();
            assert!(
                near(found, expected),
                "{name} libvmaf psnr {found} {expected}"
            );
        }
        let found = FloatSsim::new(level).push(&pairs[0]).unwrap().ssim;
        assert!(near(found, libvmaf.float_ssim), "{name} float_ssim {found}");
        let found = MsSsimMeter::new(level)
            .push(&pairs[0])
            .and_then(|scales| scales.score());
        assert_eq!(found.is_some(), libvmaf.float_ms_ssim.is_some(), "{name}");
        let apart = found.zip(libvmaf.float_ms_ssim);
        assert!(
            apart.is_none_or(|(a, b)| near(a, b)),
            "{name} float_ms_ssim {apart:?}"
        );
    }
}

#[test]
fn every_figure_is_the_references_own_at_8_bits() {
    for golden in GOLDENS.iter().filter(|golden| golden.shape.depth == 8) {
        check(golden, |sample| u8::try_from(sample).unwrap());
    }
}

#[test]
fn every_figure_is_the_references_own_above_8_bits() {
    for golden in GOLDENS.iter().filter(|golden| golden.shape.depth > 8) {
        check(golden, |sample| sample);
    }
}
