//! Motion vectors on pictures whose motion is known.

use v100_core::{
    cpu::Level,
    motion::vectors::{Field, RANGE, Vectors},
    plane::{Plane, ShapeError},
};

/// A linear congruential generator (Knuth's MMIX constants), for the same noise on every machine.
struct Noise(u64);

impl Noise {
    /// From -1 to 1.
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f32::from((self.0 >> 48) as u16) / 32767.5 - 1.0
    }
}

/// A picture without end: smooth noise of two sizes.
struct Scene(u64);

impl Scene {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From -1 to 1: random values at whole places, smoothly joined.
    fn smooth(&self, x: f32, y: f32) -> f32 {
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let value = |x: f32, y: f32| {
            let place = u64::from(x.to_bits()) << 32 | u64::from(y.to_bits());
            let mut noise = Noise(place ^ self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            noise.next();
            noise.next()
        };
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = (ease(x - left), ease(y - top));
        let row = |y| value(left, y) * (1.0 - u) + value(left + 1.0, y) * u;
        row(top) * (1.0 - v) + row(top + 1.0) * v
    }

    /// What is seen of it through a window whose content moved by (dx, dy).
    fn seen(&self, size: (usize, usize), (dx, dy): (f32, f32), sigma: f32) -> Shot {
        let mut noise = Noise(u64::from(dx.to_bits()) << 32 | u64::from(dy.to_bits()));
        let mut sample = |k: usize| {
            let (x, y) = ((k % size.0) as f32 - dx, (k / size.0) as f32 - dy);
            let (fine, broad) = (
                self.smooth(x / 5.0, y / 5.0),
                self.smooth(x / 17.0, y / 17.0),
            );
            let grain = sigma * (noise.next() + noise.next() + noise.next());
            level(120.0 + 35.0 * fine + 35.0 * broad + grain)
        };
        Shot {
            size,
            samples: (0..size.0 * size.1).map(&mut sample).collect(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to levels that leave room for more brightness"
)]
fn level(value: f32) -> u8 {
    value.round().clamp(40.0, 200.0) as u8
}

struct Shot {
    size: (usize, usize),
    samples: Vec<u8>,
}

impl Shot {
    #[expect(clippy::unwrap_used, reason = "a shot is a whole plane")]
    fn plane(&self) -> Plane<'_> {
        Plane::new(&self.samples, self.size.0, self.size.1, self.size.0).unwrap()
    }

    fn brighter(&self, by: u8) -> Self {
        let samples = self.samples.iter().map(|v| v + by).collect();
        Self { samples, ..*self }
    }
}

/// Every reading of a field, for comparison bit by bit.
fn bits(field: &Field) -> Vec<u32> {
    let totals = [
        field.saturation,
        field.magnitude,
        field.mean_dx,
        field.mean_dy,
        field.mean_confidence,
        field.residual,
    ];
    let columns = [&field.dx, &field.dy, &field.sad, &field.confidence];
    let values = columns.into_iter().flatten().chain(&totals);
    values.map(|v| v.to_bits()).collect()
}

/// Mean endpoint error of the blocks that stay inside, in frame samples.
fn error(field: &Field, (width, height): (usize, usize), (dx, dy): (f32, f32)) -> f32 {
    let side = field.block as f32;
    let stays = |start: usize, by: f32, edge: usize| {
        let start = start as f32 * side;
        start + side <= edge as f32 && start + by >= 0.0 && start + by + side <= edge as f32
    };
    let errors: Vec<f32> = (0..field.dx.len())
        .filter(|k| stays(k % field.columns, dx, width) && stays(k / field.columns, dy, height))
        .map(|k| (field.dx[k] - dx).hypot(field.dy[k] - dy))
        .collect();
    assert!(errors.len() > 8);
    errors.iter().sum::<f32>() / errors.len() as f32
}

const SIZE: (usize, usize) = (320, 192);

#[test]
fn whole_shifts_are_found() {
    let scene = Scene::new(1);
    for shift in [
        (0.0, 0.0),
        (3.0, -2.0),
        (-20.0, 11.0),
        (45.0, -30.0),
        (-60.0, 60.0),
    ] {
        let (last, now) = (
            scene.seen(SIZE, (0.0, 0.0), 0.0),
            scene.seen(SIZE, shift, 0.0),
        );
        let mut vectors = Vectors::new(Level::detect());
        let field = vectors.search(now.plane(), last.plane(), 1).unwrap();
        assert!(
            error(field, SIZE, shift) < 0.3,
            "{shift:?}: {}",
            error(field, SIZE, shift)
        );
    }
}

#[test]
fn shifts_between_samples_are_found_through_noise() {
    let scene = Scene::new(2);
    for shift in [(0.5, 0.0), (7.5, 4.5), (-3.25, 0.75), (12.3, -8.9)] {
        let (last, now) = (
            scene.seen(SIZE, (0.0, 0.0), 2.0),
            scene.seen(SIZE, shift, 2.0),
        );
        let mut vectors = Vectors::new(Level::detect());
        let field = vectors.search(now.plane(), last.plane(), 1).unwrap();
        assert!(
            error(field, SIZE, shift) < 0.17,
            "{shift:?}: {}",
            error(field, SIZE, shift)
        );
    }
}

#[test]
fn vectors_of_reduced_planes_count_frame_samples() {
    let scene = Scene::new(3);
    for factor in [2_u8, 4] {
        let shift = (4.5, -10.25);
        let (last, now) = (
            scene.seen(SIZE, (0.0, 0.0), 1.0),
            scene.seen(SIZE, shift, 1.0),
        );
        let mut vectors = Vectors::new(Level::detect());
        let field = vectors
            .search(now.plane(), last.plane(), factor.into())
            .unwrap();
        let scale = f32::from(factor);
        let frame = (SIZE.0 * usize::from(factor), SIZE.1 * usize::from(factor));
        let found = error(field, frame, (shift.0 * scale, shift.1 * scale));
        assert_eq!(field.block, 8 * usize::from(factor));
        assert!(found < 0.25 * scale, "{factor}: {found}");
        assert!((field.mean_dx - shift.0 * scale).abs() < 0.3 * scale);
        assert!((field.mean_dy - shift.1 * scale).abs() < 0.3 * scale);
    }
}

#[test]
fn brightness_moves_no_vector() {
    let scene = Scene::new(4);
    let (last, now) = (
        scene.seen(SIZE, (0.0, 0.0), 2.0),
        scene.seen(SIZE, (5.0, 2.5), 2.0),
    );
    let mut vectors = Vectors::new(Level::detect());
    let before = bits(vectors.search(now.plane(), last.plane(), 2).unwrap());
    for by in [1, 7, 55] {
        let now = now.brighter(by);
        assert_eq!(
            bits(vectors.search(now.plane(), last.plane(), 2).unwrap()),
            before,
            "{by}"
        );
    }
}

#[test]
fn a_still_frame_does_not_move() {
    let shot = Scene::new(5).seen(SIZE, (0.0, 0.0), 0.0);
    let mut vectors = Vectors::new(Level::detect());
    let field = vectors.search(shot.plane(), shot.plane(), 1).unwrap();
    assert!(field.dx.iter().chain(&field.dy).all(|v| v.abs() == 0.0));
    assert!(field.residual.abs() == 0.0 && field.saturation.abs() == 0.0);
    assert!(field.mean_confidence > 0.8, "{}", field.mean_confidence);
}

#[test]
fn flat_blocks_stay_and_are_not_trusted() {
    let flat = Shot {
        size: SIZE,
        samples: vec![90; SIZE.0 * SIZE.1],
    };
    let mut vectors = Vectors::new(Level::detect());
    let field = vectors
        .search(flat.brighter(9).plane(), flat.plane(), 1)
        .unwrap();
    assert!(field.dx.iter().chain(&field.dy).all(|v| v.abs() == 0.0));
    assert!(field.confidence.iter().all(|c| c.abs() == 0.0));
}

#[test]
fn a_shift_beyond_the_range_shows_as_saturation() {
    let scene = Scene::new(6);
    let size = (640, 360);
    let last = scene.seen(size, (0.0, 0.0), 1.0);
    for (shift, saturated) in [(0.75, false), (1.25, true)] {
        let shift = (shift * f32::from(RANGE), 3.0);
        let now = scene.seen(size, shift, 1.0);
        let mut vectors = Vectors::new(Level::detect());
        let field = vectors.search(now.plane(), last.plane(), 1).unwrap();
        assert_eq!(
            field.saturation > 0.5,
            saturated,
            "{shift:?}: {}",
            field.saturation
        );
    }
}

#[test]
fn another_scene_is_not_trusted() {
    let (last, now) = (
        Scene::new(7).seen(SIZE, (0.0, 0.0), 1.0),
        Scene::new(8).seen(SIZE, (0.0, 0.0), 1.0),
    );
    let mut vectors = Vectors::new(Level::detect());
    let field = vectors.search(now.plane(), last.plane(), 1).unwrap();
    assert!(field.mean_confidence < 0.3, "{}", field.mean_confidence);
}

#[test]
fn every_level_finds_the_same_bits() {
    let scene = Scene::new(9);
    for size in [
        (16, 16),
        (17, 31),
        (33, 16),
        (4, 4),
        (1, 1),
        (200, 121),
        (321, 187),
    ] {
        let (last, now) = (
            scene.seen(size, (0.0, 0.0), 3.0),
            scene.seen(size, (6.5, -3.25), 3.0),
        );
        for factor in [1, 2, 4] {
            let expected = bits(
                Vectors::new(Level::SCALAR)
                    .search(now.plane(), last.plane(), factor)
                    .unwrap(),
            );
            for level in Level::all() {
                let mut vectors = Vectors::new(level);
                let field = vectors.search(now.plane(), last.plane(), factor).unwrap();
                assert_eq!(bits(field), expected, "{level:?} {size:?} {factor}");
            }
        }
    }
}

#[test]
fn strides_and_earlier_frames_do_not_matter() {
    let scene = Scene::new(10);
    let size = (100, 75);
    let (last, now) = (
        scene.seen(size, (0.0, 0.0), 1.0),
        scene.seen(size, (2.0, 3.5), 1.0),
    );
    let expected = bits(
        Vectors::new(Level::detect())
            .search(now.plane(), last.plane(), 2)
            .unwrap(),
    );
    let mut vectors = Vectors::new(Level::detect());
    for stride in [100_usize, 101, 160] {
        let wide = |shot: &Shot| {
            let rows = shot.samples.chunks(size.0);
            rows.flat_map(|row| [row, &[stride.to_le_bytes()[0]].repeat(stride - size.0)].concat())
                .collect::<Vec<u8>>()
        };
        let (last, now) = (wide(&last), wide(&now));
        let plane = |samples| Plane::new(samples, size.0, size.1, stride).unwrap();
        vectors.search(plane(&last), plane(&now), 1).unwrap();
        let field = vectors.search(plane(&now), plane(&last), 2).unwrap();
        assert_eq!(bits(field), expected, "{stride}");
    }
}

#[test]
fn planes_of_two_sizes_are_refused() {
    let (a, b) = ([0; 64], [0; 32]);
    let (last, now) = (
        Plane::new(&a, 8, 8, 8).unwrap(),
        Plane::new(&b, 8, 4, 8).unwrap(),
    );
    let found = Vectors::new(Level::detect())
        .search(now, last, 1)
        .unwrap_err();
    assert_eq!(
        found,
        ShapeError::Size {
            expected: (8, 4),
            found: (8, 8)
        }
    );
}
