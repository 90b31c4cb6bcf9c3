//! Any split of the rows adds up to the same sums, at every level.

#![expect(clippy::unwrap_used, reason = "a test's own helpers")]

use v100_core::{
    cpu::Level,
    kernel::{
        adm::{self, AdmSums},
        blur_difference, vif,
    },
    plane::Plane,
};

const WIDTH: usize = 75;
const HEIGHT: usize = 61;
/// Cuts between strips, some of them at odd rows and one row apart.
const CUTS: [usize; 6] = [0, 5, 6, 20, 27, HEIGHT];

fn samples(seed: u32) -> Vec<u8> {
    let mut state = seed;
    (0..WIDTH * HEIGHT)
        .map(|i| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [noise, ..] = state.to_be_bytes();
            u8::try_from((i * 2 + i / WIDTH * 3) % 160).unwrap() + noise / 4
        })
        .collect()
}

fn plane(samples: &[u8]) -> Plane<'_, u8> {
    Plane::new(samples, WIDTH, HEIGHT, WIDTH).unwrap()
}

#[test]
fn strips_of_vif_add_up() {
    let (a, b) = (samples(1), samples(2));
    let planes = [plane(&a), plane(&b)];
    for level in Level::all() {
        let mut scratch = vif::Scratch::default();
        let scale = vif::Scale::new(0, 8);
        let whole = vif::sums(level, &scale, planes, 0..HEIGHT, true, &mut scratch);
        let mut strips = vif::Sums::default();
        for cut in CUTS.windows(2) {
            strips += vif::sums(level, &scale, planes, cut[0]..cut[1], true, &mut scratch);
        }
        assert_eq!(strips, whole, "{level:?}");
    }
}

#[test]
fn strips_of_the_next_scale_are_its_rows() {
    let a = samples(3);
    let scale = vif::Scale::next(0, 8);
    let stride = WIDTH / 2;
    for level in Level::all() {
        let mut scratch = vif::Scratch::default();
        let mut halve = |rows: std::ops::Range<usize>, out: &mut [u16]| {
            vif::halve(level, &scale, plane(&a), rows, out, stride, &mut scratch);
        };
        let mut whole = vec![0; stride * (HEIGHT / 2)];
        halve(0..HEIGHT / 2, &mut whole);
        let mut strips = whole.clone();
        strips.fill(1);
        for cut in [0, 1, 14, HEIGHT / 2].windows(2) {
            halve(
                cut[0]..cut[1],
                &mut strips[cut[0] * stride..cut[1] * stride],
            );
        }
        assert_eq!(strips, whole, "{level:?}");
    }
}

#[test]
fn strips_of_adm_add_up() {
    let (a, b) = (samples(4), samples(5));
    let planes = [plane(&a), plane(&b)];
    let (width, height) = (WIDTH.div_ceil(2), HEIGHT.div_ceil(2));
    let csf = adm::ContrastSensitivity::new(&[[0.01, 0.004]; 4]);
    for (level, ask) in Level::all().into_iter().flat_map(|level| {
        [AdmSums::Kept, AdmSums::KeptAndPlain, AdmSums::PlainAndAdded].map(|ask| (level, ask))
    }) {
        let mut scratch = adm::Scratch::default();
        let mut first = |rows: std::ops::Range<usize>, lows: [&mut [i16]; 2]| {
            let strip = adm::Strip {
                summed: rows.clone(),
                kept: rows,
            };
            adm::first(level, 8, planes, &strip, (&csf, ask), lows, &mut scratch)
        };
        let mut low = [0, 1].map(|_| vec![0_i16; width * height]);
        let [r, d] = &mut low;
        let whole = first(0..height, [r, d]);
        let mut parts = [0, 1].map(|_| vec![1_i16; width * height]);
        let mut strips = adm::Sums::default();
        for cut in [0, 4, 5, 18, height].windows(2) {
            let rows = cut[0] * width..cut[1] * width;
            let [r, d] = &mut parts;
            strips += first(cut[0]..cut[1], [&mut r[rows.clone()], &mut d[rows]]);
        }
        assert_eq!(strips, whole, "{level:?} {ask:?}");
        assert_eq!(parts, low, "{level:?} {ask:?}");
    }
}

#[test]
fn strips_of_motion_add_up() {
    let (a, b) = (samples(6), samples(7));
    for level in Level::all() {
        let mut scratch = blur_difference::Scratch::default();
        let mut sum =
            |rows| blur_difference::sum(level, 8, plane(&a), plane(&b), rows, &mut scratch);
        let whole = sum(0..HEIGHT);
        let strips: u64 = CUTS.windows(2).map(|cut| sum(cut[0]..cut[1])).sum();
        assert_eq!(strips, whole, "{level:?}");
        assert!(whole > 0);
    }
}
