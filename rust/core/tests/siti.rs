//! SI and TI against siti-tools 0.6.0, whose numbers `benches/siti_goldens.py` prints.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use v100_core::{
    complexity::siti::{Display, Mode, Range, Reading, Settings, SiTi, Transfer},
    cpu::Level,
    plane::{Plane, ShapeError},
};

const SMALL: (usize, usize) = (67, 35);
/// Large enough for 8-bit gradients to be summed as rounded roots.
const LARGE: (usize, usize) = (641, 361);
/// Samples after each row.
const PADDING: usize = 13;

struct Golden {
    shape: (usize, usize),
    depth: u32,
    settings: Settings,
    si: [f64; 3],
    ti: [f64; 2],
}

fn goldens() -> [Golden; 11] {
    let full = |settings| Settings {
        range: Range::Full,
        ..settings
    };
    let sdr = Settings::p910_2022(Transfer::BT1886);
    [
        Golden {
            shape: LARGE,
            depth: 8,
            settings: Settings::LEGACY,
            si: [177.41376269632292, 177.31756712777099, 176.13905902038977],
            ti: [104.14295920767572, 105.46523841118027],
        },
        Golden {
            shape: SMALL,
            depth: 8,
            settings: Settings::LEGACY,
            si: [174.3966390523713, 171.38783755566322, 167.24419789393818],
            ti: [104.78793492705648, 104.26971235876914],
        },
        Golden {
            shape: SMALL,
            depth: 8,
            settings: Settings {
                range: Range::Limited,
                ..Settings::LEGACY
            },
            si: [174.46894080336068, 170.55144425509013, 179.21929819867398],
            ti: [102.03038697043817, 106.28572617051631],
        },
        Golden {
            shape: SMALL,
            depth: 10,
            settings: Settings::LEGACY,
            si: [133.42262634428508, 158.55677795776595, 142.48534596933845],
            ti: [99.91388246186683, 99.61619208187008],
        },
        Golden {
            shape: SMALL,
            depth: 8,
            settings: sdr,
            si: [95.58791873288318, 94.95836399849067, 100.52343163285855],
            ti: [55.702611828056796, 58.201712989484236],
        },
        Golden {
            shape: SMALL,
            depth: 8,
            settings: full(sdr),
            si: [97.46775070614625, 95.31418848612353, 94.90222772456],
            ti: [57.391620741632636, 57.45381835760405],
        },
        Golden {
            shape: SMALL,
            depth: 10,
            settings: sdr,
            si: [70.04774966322947, 86.51684487030235, 83.59473890498445],
            ti: [54.567649408500145, 55.355478137906104],
        },
        Golden {
            shape: SMALL,
            depth: 8,
            settings: full(Settings::p910_2022(Transfer::Srgb)),
            si: [87.15783199957188, 84.86722562980484, 84.61886115690501],
            ti: [51.2606860334172, 51.24343854150015],
        },
        Golden {
            shape: SMALL,
            depth: 10,
            settings: full(Settings::p910_2022(Transfer::Pq)),
            si: [133.42262634428508, 158.55677795776595, 142.48534596933845],
            ti: [99.91388246186683, 99.61619208187008],
        },
        Golden {
            shape: SMALL,
            depth: 10,
            settings: full(Settings::p910_2022(Transfer::Hlg)),
            si: [81.98236289080755, 98.54337723948625, 88.55079482687078],
            ti: [63.75959311753985, 63.666696349687506],
        },
        Golden {
            shape: SMALL,
            depth: 12,
            settings: Settings {
                mode: Mode::P910_2022 {
                    transfer: Transfer::Hlg,
                    display: Display {
                        peak: 4000.0,
                        ..Display::HDR
                    },
                },
                range: Range::Limited,
            },
            si: [186.42175299621937, 184.32394692816982, 176.49148003748218],
            ti: [74.29923690102699, 72.81540263947188],
        },
    ]
}

/// Frame `t` of the clip that `benches/siti_goldens.py` makes, padded.
fn frame<T: Default + Clone + TryFrom<usize>>(golden: &Golden, t: usize) -> Vec<T> {
    let step = 1 << (golden.depth - 8);
    let (black, codes) = match golden.settings.range {
        Range::Limited => (16 * step, 219 * step),
        Range::Full => (0, 256 * step),
    };
    let (width, height) = golden.shape;
    let mut samples = vec![T::default(); (width + PADDING) * height];
    for (y, row) in samples.chunks_exact_mut(width + PADDING).enumerate() {
        for (x, sample) in row.iter_mut().enumerate().take(width) {
            let code = black + (x * x * (t + 3) + 7 * x * y + 5 * y * y + 31 * t) % codes;
            *sample = T::try_from(code).ok().unwrap();
        }
    }
    samples
}

fn readings(level: Level, golden: &Golden) -> Vec<Reading> {
    let (width, height) = golden.shape;
    let stride = width + PADDING;
    let mut siti = SiTi::new(level, golden.settings);
    let mut push = |t| {
        if golden.depth == 8 {
            let samples = frame::<u8>(golden, t);
            siti.push(Plane::new(&samples, width, height, stride)?)
        } else {
            let samples = frame::<u16>(golden, t);
            siti.push_deep(Plane::new(&samples, width, height, stride)?, golden.depth)
        }
    };
    (0..3).map(|t| push(t).unwrap()).collect()
}

#[test]
fn both_editions_measure_what_the_reference_software_does() {
    for golden in goldens() {
        let found = readings(Level::detect(), &golden);
        let rounding = if golden.shape == LARGE { 1e-6 } else { 1e-11 };
        for (found, expected) in found.iter().zip(golden.si) {
            let what = golden.settings;
            assert!(
                (found.si - expected).abs() < rounding,
                "{what:?} {found:?} {expected}"
            );
        }
        assert_eq!(found[0].ti, None);
        for (found, expected) in found[1..].iter().zip(golden.ti) {
            let found = found.ti.unwrap();
            assert!((found - expected).abs() < 1e-11, "{found} {expected}");
        }
    }
}

#[test]
fn every_level_reads_the_same_bits() {
    for golden in goldens() {
        let reference = readings(Level::SCALAR, &golden);
        for level in Level::all() {
            assert_eq!(readings(level, &golden), reference, "{level:?}");
        }
    }
}

/// `code` at every place, 512 wide and 300 high.
fn picture(code: impl Fn(usize, usize) -> usize) -> Vec<u8> {
    let places = (0..300).flat_map(|y| (0..512).map(move |x| (x, y)));
    places
        .map(|(x, y)| u8::try_from(code(x, y)).unwrap())
        .collect()
}

#[test]
fn a_picture_of_one_slope_everywhere_has_no_spatial_information() {
    // Every gradient is as long, and its length no binary number: rounded roots would give 0.2.
    let stripes = picture(|x, y| if (x + y) % 4 < 2 { 0 } else { 251 });
    let mut siti = SiTi::new(Level::detect(), Settings::LEGACY);
    let luma = Plane::new(&stripes, 512, 300, 512).unwrap();
    assert!(siti.push(luma).unwrap().si < 1e-9);
}

#[test]
fn an_even_change_of_brightness_has_no_temporal_information() {
    let mut siti = SiTi::new(Level::detect(), Settings::LEGACY);
    let mut push = |offset: usize| {
        let samples = picture(|x, y| (x * y) % 200 + offset);
        siti.push(Plane::new(&samples, 512, 300, 512).unwrap())
            .unwrap()
    };
    push(0);
    assert_eq!(push(55).ti, Some(0.0));
}

#[test]
fn a_new_shape_or_depth_starts_over() {
    let mut siti = SiTi::new(Level::detect(), Settings::LEGACY);
    let (bytes, words) = ([0_u8; 32 * 32], [0_u16; 32 * 32]);
    let byte = |width| Plane::new(&bytes, width, 16, width).unwrap();
    let word = Plane::new(&words, 32, 32, 32).unwrap();
    assert_eq!(siti.push(byte(32)).unwrap().ti, None);
    assert_eq!(siti.push(byte(32)).unwrap().ti, Some(0.0));
    assert_eq!(siti.push(byte(64)).unwrap().ti, None);
    assert_eq!(siti.push_deep(word, 10).unwrap().ti, None);
    assert_eq!(siti.push_deep(word, 10).unwrap().ti, Some(0.0));
    assert_eq!(siti.push_deep(word, 12).unwrap().ti, None);
    assert_eq!(siti.push(byte(64)).unwrap().ti, None);
}

#[test]
fn a_code_above_the_depth_counts_as_white() {
    let mut siti = SiTi::new(Level::detect(), Settings::p910_2022(Transfer::BT1886));
    let mut push = |code: u16| {
        let samples = [code; 256];
        siti.push_deep(Plane::new(&samples, 16, 16, 16).unwrap(), 10)
            .unwrap()
    };
    push(1023);
    assert_eq!(
        push(u16::MAX),
        Reading {
            si: 0.0,
            ti: Some(0.0)
        }
    );
}

#[test]
fn what_is_too_small_or_too_deep_is_said() {
    let mut siti = SiTi::new(Level::detect(), Settings::LEGACY);
    let (bytes, words) = ([0_u8; 256], [0_u16; 256]);
    assert_eq!(
        siti.push(Plane::new(&bytes, 15, 16, 16).unwrap()),
        Err(ShapeError::Edge { found: (15, 16) })
    );
    assert_eq!(
        siti.push_deep(Plane::new(&words, 16, 16, 16).unwrap(), 8),
        Err(ShapeError::Depth {
            expected: (9, 16),
            found: 8
        })
    );
}
