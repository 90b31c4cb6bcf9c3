//! Statistics of a part of a frame: a face box, or the ring around it.

use super::Signature;

/// A rectangle in frame coordinates, in samples; the right and bottom edges are outside of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

/// Means over the blocks of a region, each weighted by the share of it that is inside. Units are
/// those of [`Signature`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// Blocks inside, counting parts.
    pub blocks: f64,
    /// Mean luma.
    pub mean: f64,
    /// Mean variance within blocks.
    pub variance: f64,
    /// Gradient energy.
    pub gradient: f64,
    /// Laplacian energy.
    pub laplacian: f64,
    /// Difference to the last frame, if there was one.
    pub difference: Option<f64>,
    /// Mean Cb and Cr, if there is colour.
    pub chroma: Option<(f64, f64)>,
}

impl Rect {
    /// How much of the unit square whose corner is (`x`, `y`) is inside, all in units of `step`.
    fn covers(&self, x: usize, y: usize, step: f64) -> f64 {
        let overlap = |low: f64, high: f64, at: usize| {
            let at = crate::kernel::fold::float(at as u64);
            (high.min(at + 1.0) - low.max(at)).max(0.0)
        };
        overlap(self.left / step, self.right / step, x)
            * overlap(self.top / step, self.bottom / step, y)
    }

    fn is_finite(&self) -> bool {
        [self.left, self.top, self.right, self.bottom]
            .iter()
            .all(|edge| edge.is_finite())
    }

    /// The part of `other` that is inside.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }
}

impl Signature {
    /// Statistics inside `rect` but outside `hole`; `None` if less than a hundredth of a block is,
    /// or an edge is not a number.
    #[must_use]
    pub fn region(&self, rect: Rect, hole: Option<Rect>) -> Option<Region> {
        let step = f64::from(u32::try_from(self.grid.block).unwrap_or(u32::MAX));
        if !rect.is_finite() || !hole.is_none_or(|hole| hole.is_finite()) {
            return None;
        }
        let mut sums = [0.0; 7];
        let mut blocks = 0.0;
        for y in 0..self.grid.rows() {
            for x in 0..self.grid.columns() {
                let outer = rect.covers(x, y, step);
                if outer <= 0.0 {
                    continue;
                }
                let weight =
                    outer - hole.map_or(0.0, |hole| rect.overlap(&hole).covers(x, y, step));
                let at = y * self.grid.columns() + x;
                let (cb, cr) = self
                    .chroma
                    .as_ref()
                    .map_or((0.0, 0.0), |c| (c.cb[at], c.cr[at]));
                let values = [
                    self.luma.mean[at],
                    self.luma.variance[at],
                    self.luma.gradient[at],
                    self.luma.laplacian[at],
                    self.difference[at],
                    cb,
                    cr,
                ];
                blocks += weight;
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum += weight * f64::from(value);
                }
            }
        }
        if blocks < 0.01 {
            return None;
        }
        let [mean, variance, gradient, laplacian, difference, cb, cr] =
            sums.map(|sum| sum / blocks);
        Some(Region {
            blocks,
            mean,
            variance,
            gradient,
            laplacian,
            difference: self.totals.difference.map(|_| difference),
            chroma: self.chroma.as_ref().map(|_| (cb, cr)),
        })
    }
}
