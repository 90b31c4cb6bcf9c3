//! Sums over the 8x8 windows of two small planes, and the similarity and error they make.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use crate::{
    cpu::{Level, dispatch, multiversion},
    plane::Plane,
};

/// Edge of a window in samples. Windows lie side by side; those at the right and bottom edges have
/// what samples are left.
pub const WINDOW: usize = 8;

/// Windows summed at a time.
const PIECE: usize = 8;

/// Windows scored at a time.
const LANES: usize = 16;

/// (K·L)² of Wang et al. 2004, eq. 13, with K = 0.01 and 0.03 and L = 255.
const STABILISERS: [f32; 2] = [6.5025, 58.5225];

/// Sums of each window, row by row; zeros behind the last, up to whole vectors.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    size: (usize, usize),
    /// Samples a window has, 0 behind the last.
    samples: Vec<i32>,
    /// Of the reference's samples.
    reference: Vec<i32>,
    /// Of the distorted samples.
    distorted: Vec<i32>,
    /// Of the squares of both.
    squares: Vec<i32>,
    /// Of the products of the two.
    products: Vec<i32>,
}

/// What two planes differ by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Similarity of each sample's window, added up over the samples.
    pub similarity: f64,
    /// Sum of squared differences.
    pub squared_error: u64,
}

impl Windows {
    /// Makes room for planes of `width` by `height`; allocates only if that is new.
    fn resize(&mut self, width: usize, height: usize) {
        if self.size == (width, height) {
            return;
        }
        self.size = (width, height);
        let columns = width.div_ceil(WINDOW);
        let count = columns * height.div_ceil(WINDOW);
        let len = (count + PIECE).next_multiple_of(LANES);
        for sums in [
            &mut self.samples,
            &mut self.reference,
            &mut self.distorted,
            &mut self.squares,
            &mut self.products,
        ] {
            sums.clear();
            sums.resize(len, 0);
        }
        for (at, samples) in self.samples[..count].iter_mut().enumerate() {
            let wide = (width - at % columns * WINDOW).min(WINDOW);
            let high = (height - at / columns * WINDOW).min(WINDOW);
            *samples = i32::try_from(wide * high).unwrap_or(0);
        }
    }
}

/// Compares two planes of one size. Planes have at most 8192 by 8192 samples.
pub fn compare(
    level: Level,
    reference: Plane<'_>,
    distorted: Plane<'_>,
    windows: &mut Windows,
) -> Likeness {
    windows.resize(reference.width(), reference.height());
    dispatch!(level, scalar, avx2: avx2::sums, avx512: avx512::sums, (reference, distorted, windows)
    );
    likeness(level, windows)
}

/// Where a piece's sums go: reference, distorted, squares, products.
type Sums<'a> = [&'a mut [i32; PIECE]; 4];

/// One plane's samples under up to eight windows side by side.
#[derive(Clone, Copy)]
struct Piece<'a> {
    data: &'a [u8],
    stride: usize,
    columns: usize,
}

impl<'a> Piece<'a> {
    #[inline(always)]
    fn row(self, y: usize) -> &'a [u8] {
        &self.data[y * self.stride..][..self.columns]
    }
}

/// Hands `sum` each piece of the two planes, its rows and where its sums go.
#[inline(always)]
fn in_pieces(
    reference: Plane<'_>,
    distorted: Plane<'_>,
    windows: &mut Windows,
    sum: impl Fn(Piece<'_>, Piece<'_>, usize, Sums<'_>),
) {
    let (width, height) = (reference.width(), reference.height());
    let across = width.div_ceil(WINDOW);
    for strip in 0..height.div_ceil(WINDOW) {
        let (top, rows) = (strip * WINDOW, (height - strip * WINDOW).min(WINDOW));
        let [a, b] = [reference, distorted].map(|plane| plane.samples_from(top));
        for left in (0..width).step_by(PIECE * WINDOW) {
            let columns = (width - left).min(PIECE * WINDOW);
            let [a, b] = [(a, reference), (b, distorted)].map(|(data, plane)| Piece {
                data: &data[left..],
                stride: plane.stride(),
                columns,
            });
            let at = strip * across + left / WINDOW;
            let out = [
                windows.reference[at..].first_chunk_mut(),
                windows.distorted[at..].first_chunk_mut(),
                windows.squares[at..].first_chunk_mut(),
                windows.products[at..].first_chunk_mut(),
            ];
            if let [Some(a_out), Some(b_out), Some(squares), Some(products)] = out {
                sum(a, b, rows, [a_out, b_out, squares, products]);
            }
        }
    }
}

fn scalar(reference: Plane<'_>, distorted: Plane<'_>, windows: &mut Windows) {
    in_pieces(reference, distorted, windows, |a, b, rows, out| {
        let mut sums = [[0; PIECE]; 4];
        for y in 0..rows {
            for (x, (&a, &b)) in a.row(y).iter().zip(b.row(y)).enumerate() {
                let (a, b) = (i32::from(a), i32::from(b));
                let window = x / WINDOW;
                sums[0][window] += a;
                sums[1][window] += b;
                sums[2][window] += a * a + b * b;
                sums[3][window] += a * b;
            }
        }
        for (out, sums) in out.into_iter().zip(sums) {
            *out = sums;
        }
    });
}

multiversion! {
    fn likeness(windows: &Windows) -> Likeness {
        // Below 2³¹: 64·(64·2·255²) and 2·(64·255)² are 533 million.
        let [c1, c2] = STABILISERS;
        let mut similarity = [0.0_f64; LANES];
        let mut squared_error = [0_u64; LANES];
        let sums = windows.samples.as_chunks::<LANES>().0.iter()
            .zip(windows.reference.as_chunks::<LANES>().0)
            .zip(windows.distorted.as_chunks::<LANES>().0)
            .zip(windows.squares.as_chunks::<LANES>().0)
            .zip(windows.products.as_chunks::<LANES>().0);
        for ((((n, a), b), squares), products) in sums {
            for i in 0..LANES {
                let (ab, aabb) = (a[i] * b[i], a[i] * a[i] + b[i] * b[i]);
                let covariance = n[i] * products[i] - ab;
                let variances = n[i] * squares[i] - aabb;
                let weight = n[i] as f32;
                let scale = (n[i] * n[i]).max(1) as f32;
                let (c1, c2) = (c1 * scale, c2 * scale);
                // The same sums in the same order over and under, so that equal windows give 1.
                let over = ((2 * ab) as f32 + c1) * ((2 * covariance) as f32 + c2);
                let under = (aabb as f32 + c1) * (variances as f32 + c2);
                similarity[i] += f64::from(weight * (over / under));
                squared_error[i] += u64::from((squares[i] - 2 * products[i]).cast_unsigned());
            }
        }
        Likeness {
            similarity: similarity.iter().sum(),
            squared_error: squared_error.iter().sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::noise;

    fn compared(level: Level, a: &[u8], b: &[u8], size: (usize, usize)) -> (u64, u64) {
        let plane = |data| Plane::new(data, size.0, size.1, size.0 + 3).unwrap();
        let found = compare(level, plane(a), plane(b), &mut Windows::default());
        (found.similarity.to_bits(), found.squared_error)
    }

    #[test]
    fn every_level_agrees_with_the_reference() {
        for width in [1, 7, 8, 15, 16, 17, 63, 64, 65, 80, 100, 127, 160, 161] {
            for height in [1, 7, 8, 9, 45, 90] {
                let len = (width + 3) * height;
                let (a, b) = (noise(1, len), noise(2, len));
                for level in Level::all() {
                    assert_eq!(
                        compared(level, &a, &b, (width, height)),
                        compared(Level::SCALAR, &a, &b, (width, height)),
                        "{} {width}x{height}",
                        level.name()
                    );
                }
            }
        }
    }

    #[test]
    fn the_widest_sums_do_not_overflow() {
        let (black, white) = (vec![0; 67 * 64], vec![255; 67 * 64]);
        for level in Level::all() {
            let plane = |data| Plane::new(data, 64, 64, 67).unwrap();
            let windows = &mut Windows::default();
            let alike = compare(level, plane(&white), plane(&white), windows);
            assert_eq!((alike.similarity, alike.squared_error), (4096.0, 0));
            let apart = compare(level, plane(&black), plane(&white), windows);
            assert_eq!(apart.squared_error, 4096 * 255 * 255);
            assert!(apart.similarity < 1.0);
        }
    }

    /// Golden: numpy, population variances: `a = (arange(40) * 37 % 256).reshape(5, 8)`, `b = a // 2 + 20`,
    /// `((2*a.mean()*b.mean() + 6.5025) * (2*mean((a-a.mean())*(b-b.mean())) + 58.5225)
    /// / ((a.mean()**2 + b.mean()**2 + 6.5025) * (a.var() + b.var() + 58.5225)))`
    #[test]
    fn a_window_cut_short_is_scored_over_what_it_has() {
        let a: Vec<u8> = (0..40_u32)
            .map(|at| (at * 37 % 256).to_le_bytes()[0])
            .collect();
        let b: Vec<u8> = a.iter().map(|a| a / 2 + 20).collect();
        let plane = |data| Plane::packed(data, 8, 5);
        let windows = &mut Windows::default();
        let found = compare(Level::detect(), plane(&a), plane(&b), windows);
        assert!((found.similarity / 40.0 - GOLDEN).abs() < 1e-6, "{found:?}");
    }

    const GOLDEN: f64 = 0.743_226_914_210_045_2;
}
