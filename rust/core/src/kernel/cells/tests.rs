use super::*;
use crate::fake::noise;

fn sums<T: Depth>(
    level: Level,
    plane: Plane<'_, T>,
    depth: u32,
    height: usize,
) -> Vec<[Vec<u32>; 5]> {
    let mut cells = Cells::new(plane.width());
    let places = plane.width().div_ceil(COLUMNS);
    (0..plane.height())
        .step_by(height)
        .map(|top| {
            T::sum(
                level,
                Band::new(plane, top, height),
                T::shift(depth, height),
                &mut cells,
            );
            let Cells {
                sum,
                row_sum,
                row_square,
                gradient,
                laplacian,
            } = &cells;
            [sum, row_sum, row_square, gradient, laplacian].map(|sums| sums[..places].to_vec())
        })
        .collect()
}

#[test]
fn every_level_equals_scalar_at_every_size_and_stride() {
    for (width, height, stride, block) in [
        (640, 21, 641, 8),
        (16, 16, 16, 4),
        (17, 19, 23, 4),
        (63, 33, 64, 8),
        (64, 32, 64, 8),
        (65, 31, 80, 12),
        (127, 25, 127, 12),
        (128, 24, 150, 12),
        (192, 40, 200, 24),
        (199, 130, 256, 64),
    ] {
        let bytes = noise(7, stride * height);
        let words: Vec<u16> = bytes
            .iter()
            .zip(noise(8, bytes.len()))
            .map(|(&a, b)| u16::from(a) << 8 | u16::from(b))
            .collect();
        let eight = Plane::new(&bytes, width, height, stride).unwrap();
        let sixteen = Plane::new(&words, width, height, stride).unwrap();
        for level in Level::all() {
            assert_eq!(
                sums(level, eight, 8, block),
                sums(Level::SCALAR, eight, 8, block),
                "{level:?} {width}x{height} 8 bit"
            );
            assert_eq!(
                sums(level, sixteen, 16, block),
                sums(Level::SCALAR, sixteen, 16, block),
                "{level:?} {width}x{height} 16 bit"
            );
        }
    }
}

#[test]
fn the_largest_sums_fit() {
    let checkers = |x: usize, y: usize| {
        if (x + y).is_multiple_of(2) {
            0
        } else {
            u16::MAX
        }
    };
    let words: Vec<u16> = (0..64 * 192).map(|i| checkers(i % 64, i / 64)).collect();
    let plane = Plane::new(&words, 64, 192, 64).unwrap();
    for level in Level::all() {
        let bands = sums(level, plane, 16, 64);
        let [_, _, _, _, laplacian] = &bands[1];
        // two lattice columns of 16 rows, each sample four steps of 511 below its neighbours
        assert_eq!(laplacian[1], 2 * 16 * (4 * 511_u32).pow(2), "{level:?}");
    }
}

#[test]
fn a_shallow_sample_is_summed_alike_in_eight_and_in_sixteen_bits() {
    let bytes = noise(3, 100 * 30);
    let words: Vec<u16> = bytes.iter().map(|&byte| byte.into()).collect();
    let eight = Plane::new(&bytes, 100, 30, 100).unwrap();
    let sixteen = Plane::new(&words, 100, 30, 100).unwrap();
    let level = Level::detect();
    assert_eq!(sums(level, eight, 8, 12), sums(level, sixteen, 8, 12));
}
