//! Square blocks of samples: how alike two are, and by how much one is displaced.

#[cfg(target_arch = "x86_64")]
mod avx2;

/// `N` rows of `N` samples.
pub(crate) type Block<const N: usize> = [[u8; N]; N];

/// The block whose first sample is `samples[at]`, with rows `stride` apart.
///
/// # Panics
///
/// If its last row ends behind the last sample.
#[inline(always)]
pub(crate) fn load<const N: usize>(samples: &[u8], at: usize, stride: usize) -> Block<N> {
    let rest = samples.len().saturating_sub(at);
    assert!((N - 1) * stride + N <= rest);
    let mut block = [[0; N]; N];
    for (y, row) in block.iter_mut().enumerate() {
        #[expect(unsafe_code, reason = "one check a block instead of one a row")]
        // SAFETY: y < N, so this row ends no later than the one the assertion speaks of.
        let found = unsafe { samples.get_unchecked(at + y * stride..at + y * stride + N) };
        row.copy_from_slice(found);
    }
    block
}

/// Sum of absolute differences.
#[inline(always)]
pub(crate) fn sad<const N: usize>(a: &Block<N>, b: &Block<N>) -> u32 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(&a, &b)| u32::from(a.abs_diff(b))).sum()
}

/// Sums over a block of products of `x`, `y` and `d`: four times the mean horizontal and vertical
/// slope of two blocks, and the first less the second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tensor {
    pub(crate) xx: i32,
    pub(crate) xy: i32,
    pub(crate) yy: i32,
    pub(crate) xd: i32,
    pub(crate) yd: i32,
}

impl Tensor {
    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            xx: self.xx + other.xx,
            xy: self.xy + other.xy,
            yy: self.yy + other.yy,
            xd: self.xd + other.xd,
            yd: self.yd + other.yd,
        }
    }

    /// How far the second block's content lies behind the first's, in samples: the least squares
    /// of Lucas and Kanade 1981 with `ridge` added to both squared slopes, so that what the
    /// slopes do not tell is zero.
    #[inline(always)]
    #[expect(
        clippy::cast_precision_loss,
        reason = "24 bits of a sum of squares are more than the samples are worth"
    )]
    pub(crate) fn displacement(self, ridge: f32) -> (f32, f32) {
        let (xx, xy, yy) = (
            self.xx as f32 + ridge,
            self.xy as f32,
            self.yy as f32 + ridge,
        );
        let (xd, yd) = (4.0 * self.xd as f32, 4.0 * self.yd as f32);
        let scale = 1.0 / (xx * yy - xy * xy);
        ((yy * xd - xy * yd) * scale, (xx * yd - xy * xd) * scale)
    }

    /// The squared slope in the direction where there is least of it, summed over the block.
    #[inline(always)]
    #[expect(
        clippy::cast_precision_loss,
        reason = "24 bits of a sum of squares are more than the samples are worth"
    )]
    pub(crate) fn least_slope(self) -> f32 {
        let (xx, xy, yy) = (self.xx as f32, self.xy as f32, self.yy as f32);
        let spread = ((xx - yy) * (xx - yy) + 4.0 * xy * xy).sqrt();
        ((xx + yy - spread) * (0.5 / 16.0)).max(0.0)
    }
}

/// How the sums over blocks are taken: the same to the bit in every way.
pub(crate) trait Sums: Copy {
    /// Sum of absolute differences of a block and the one at `found`.
    fn sad<const N: usize>(self, block: &Block<N>, found: At<'_>) -> u32;

    /// Sum of absolute deviations from the mean, which is rounded to a whole level.
    #[inline(always)]
    fn deviation<const N: usize>(self, block: &Block<N>) -> u32 {
        let level = |value| self.sad(block, At::of(&[[value; N]; N]));
        let shift = const { (N * N).trailing_zeros() };
        let [mean, ..] = ((level(0) + (1 << (shift - 1))) >> shift).to_le_bytes();
        level(mean)
    }

    /// The tensor of 8x8 samples at two places; one sample around them is read too.
    fn tensor_of_8(self, a: At<'_>, b: At<'_>) -> Tensor;

    /// The tensor of `N`x`N` samples at two places.
    #[inline(always)]
    fn tensor<const N: usize>(self, a: At<'_>, b: At<'_>) -> Tensor {
        let mut sum = Tensor::default();
        for y in (0..N).step_by(8) {
            for x in (0..N).step_by(8) {
                sum = sum.add(self.tensor_of_8(a.moved(x, y), b.moved(x, y)));
            }
        }
        sum
    }
}

/// In plain Rust: the oracle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain;

impl Sums for Plain {
    #[inline(always)]
    fn sad<const N: usize>(self, block: &Block<N>, found: At<'_>) -> u32 {
        sad(block, &found.block(found.at))
    }

    #[inline(always)]
    fn tensor_of_8(self, a: At<'_>, b: At<'_>) -> Tensor {
        tensor_of_8(a, b)
    }
}

/// In 256-bit vectors. To be made only in functions compiled for AVX2.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wide(());

#[cfg(target_arch = "x86_64")]
impl Wide {
    /// The proof that AVX2 is there.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(crate) fn new() -> Self {
        Self(())
    }
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "calls of target_feature functions")]
impl Sums for Wide {
    #[inline(always)]
    fn sad<const N: usize>(self, block: &Block<N>, found: At<'_>) -> u32 {
        // SAFETY: only a function compiled for AVX2 makes a `Wide`.
        unsafe { avx2::sad(block, found) }
    }

    #[inline(always)]
    fn tensor_of_8(self, a: At<'_>, b: At<'_>) -> Tensor {
        // SAFETY: only a function compiled for AVX2 makes a `Wide`.
        unsafe { avx2::tensor_of_8(a, b) }
    }
}

/// A place in a plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) samples: &'a [u8],
    pub(crate) at: usize,
    pub(crate) stride: usize,
}

impl<'a> At<'a> {
    /// The start of a block.
    #[inline(always)]
    fn of<const N: usize>(block: &'a Block<N>) -> Self {
        Self {
            samples: block.as_flattened(),
            at: 0,
            stride: N,
        }
    }

    #[inline(always)]
    fn moved(self, x: usize, y: usize) -> Self {
        let at = self.at + y * self.stride + x;
        Self { at, ..self }
    }

    #[inline(always)]
    fn block<const N: usize>(self, at: usize) -> Block<N> {
        load(self.samples, at, self.stride)
    }
}

#[inline(always)]
fn tensor_of_8(a: At<'_>, b: At<'_>) -> Tensor {
    let sum = |to_a, to_b| -> [i16; 64] {
        let (a, b): (Block<8>, Block<8>) = (a.block(to_a), b.block(to_b));
        each(a.as_flattened(), b.as_flattened(), |a, b| a + b)
    };
    let x = difference(&sum(a.at + 1, b.at + 1), &sum(a.at - 1, b.at - 1));
    let y = difference(
        &sum(a.at + a.stride, b.at + b.stride),
        &sum(a.at - a.stride, b.at - b.stride),
    );
    let (a, b): (Block<8>, Block<8>) = (a.block(a.at), b.block(b.at));
    let d = each(a.as_flattened(), b.as_flattened(), |a, b| a - b);
    Tensor {
        xx: dot(&x, &x),
        xy: dot(&x, &y),
        yy: dot(&y, &y),
        xd: dot(&x, &d),
        yd: dot(&y, &d),
    }
}

#[inline(always)]
fn each(a: &[u8], b: &[u8], of: impl Fn(i16, i16) -> i16) -> [i16; 64] {
    let mut found = [0; 64];
    for (found, (&a, &b)) in found.iter_mut().zip(a.iter().zip(b)) {
        *found = of(i16::from(a), i16::from(b));
    }
    found
}

#[inline(always)]
fn difference(a: &[i16; 64], b: &[i16; 64]) -> [i16; 64] {
    let mut found = [0; 64];
    for (found, (&a, &b)) in found.iter_mut().zip(a.iter().zip(b)) {
        *found = a - b;
    }
    found
}

#[inline(always)]
fn dot(a: &[i16; 64], b: &[i16; 64]) -> i32 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| i32::from(a) * i32::from(b))
        .sum()
}
