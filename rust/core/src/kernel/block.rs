//! Square blocks of samples: how alike two are, and by how much one is displaced.

mod plain;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

pub(crate) use plain::Plain;

/// A place in a plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) samples: &'a [u8],
    pub(crate) at: usize,
    pub(crate) stride: usize,
}

impl At<'_> {
    #[inline(always)]
    pub(crate) fn moved(self, x: usize, y: usize) -> Self {
        let at = self.at + y * self.stride + x;
        Self { at, ..self }
    }

    #[inline(always)]
    pub(crate) fn displaced(self, (x, y): (i32, i32)) -> Self {
        let by = y as isize * self.stride.cast_signed() + x as isize;
        let at = self.at.wrapping_add_signed(by);
        Self { at, ..self }
    }

    /// This place less one sample and one row.
    #[inline(always)]
    fn around(self) -> Self {
        let at = self.at - self.stride - 1;
        Self { at, ..self }
    }

    #[cfg(target_arch = "x86_64")]
    /// Fails unless `rows` rows of `width` samples lie in the plane.
    #[inline(always)]
    fn check(self, width: usize, rows: usize) {
        let rest = self.samples.len().saturating_sub(self.at);
        assert!((rows - 1) * self.stride + width <= rest);
    }
}

/// A block against its mean, and against the one at the same place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Still {
    /// Sum of absolute deviations from the mean, which is rounded to a whole level.
    pub(crate) deviation: u32,
    /// Sum of absolute differences.
    pub(crate) sad: u32,
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

#[expect(
    clippy::cast_precision_loss,
    reason = "24 bits of a sum of squares are more than the samples are worth"
)]
impl Tensor {
    #[inline(always)]
    fn add(self, other: Self) -> Self {
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
    /// slopes do not tell is as `expected`.
    #[inline(always)]
    pub(crate) fn displacement(self, ridge: f32, expected: (f32, f32)) -> (f32, f32) {
        let (xx, xy, yy) = (
            self.xx as f32 + ridge,
            self.xy as f32,
            self.yy as f32 + ridge,
        );
        let xd = 4.0 * self.xd as f32 + ridge * expected.0;
        let yd = 4.0 * self.yd as f32 + ridge * expected.1;
        let scale = 1.0 / (xx * yy - xy * xy);
        ((yy * xd - xy * yd) * scale, (xx * yd - xy * xd) * scale)
    }

    /// The squared slope in the direction where there is least of it, summed over the block.
    #[inline(always)]
    pub(crate) fn least_slope(self) -> f32 {
        let (xx, xy, yy) = (self.xx as f32, self.xy as f32, self.yy as f32);
        let spread = ((xx - yy) * (xx - yy) + 4.0 * xy * xy).sqrt();
        ((xx + yy - spread) * (0.5 / 16.0)).max(0.0)
    }
}

/// How the sums over blocks of `N`x`N` samples, 8 or 16, are taken: the same to the bit in every way.
pub(crate) trait Sums: Copy {
    /// A block at hand, to be held against others.
    type Block: Copy;

    /// The block at a place.
    fn block<const N: usize>(self, at: At<'_>) -> Self::Block;

    /// Sum of absolute differences of a block and the one at `found`.
    fn sad<const N: usize>(self, block: &Self::Block, found: At<'_>) -> u32;

    /// A row of blocks, the first at `last` and `now`; up to 31 samples behind them are read too.
    fn still<const N: usize>(self, last: At<'_>, now: At<'_>, found: &mut [Still]);

    /// The tensor of 8x8 samples at two places. One sample around them is read too, and seven more
    /// to the right.
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

/// In 256-bit vectors, the tensor in 512-bit ones where `WIDEST`. To be made only in functions
/// compiled for them.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wide<const WIDEST: bool>(());

#[cfg(target_arch = "x86_64")]
impl Wide<false> {
    /// The proof that AVX2 is there.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(crate) fn avx2() -> Self {
        Self(())
    }
}

#[cfg(target_arch = "x86_64")]
impl Wide<true> {
    /// The proof that AVX-512 is there.
    #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
    #[inline]
    pub(crate) fn avx512() -> Self {
        Self(())
    }
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "calls of target_feature functions")]
impl<const WIDEST: bool> Sums for Wide<WIDEST> {
    type Block = avx2::Block;

    #[inline(always)]
    fn block<const N: usize>(self, at: At<'_>) -> avx2::Block {
        // SAFETY: only a function compiled for AVX2 makes a `Wide`.
        unsafe { avx2::block::<N>(at) }
    }

    #[inline(always)]
    fn sad<const N: usize>(self, block: &avx2::Block, found: At<'_>) -> u32 {
        // SAFETY: only a function compiled for AVX2 makes a `Wide`.
        unsafe { avx2::sad::<N>(block, found) }
    }

    #[inline(always)]
    fn still<const N: usize>(self, last: At<'_>, now: At<'_>, found: &mut [Still]) {
        // SAFETY: only a function compiled for AVX2 makes a `Wide`.
        unsafe { avx2::still::<N>(last, now, found) }
    }

    #[inline(always)]
    fn tensor_of_8(self, a: At<'_>, b: At<'_>) -> Tensor {
        if WIDEST {
            // SAFETY: only a function compiled for AVX-512 makes a `Wide<true>`.
            unsafe { avx512::tensor_of_8(a, b) }
        } else {
            // SAFETY: only a function compiled for AVX2 makes a `Wide`.
            unsafe { avx2::tensor_of_8(a, b) }
        }
    }
}
