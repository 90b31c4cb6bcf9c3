//! The four VIF features of VMAF: how much of the reference's information is left, by scale.

use crate::{
    cpu::Level,
    kernel::vif::{self, Scale, Scratch, Sums},
    plane::{Plane, Sample, ShapeError},
};

/// VIF of a pair of planes on the four scales, finest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vif {
    /// `vif_scale0` to `vif_scale3`.
    pub scales: [f64; 4],
    /// The same with the enhancement gain limited to 1.
    pub scales_neg: [f64; 4],
}

/// Holds the planes of the coarser scales; allocates once per size, never per frame.
#[derive(Debug)]
pub struct Meter {
    level: Level,
    /// Scales 1 to 3 of reference and distorted.
    coarse: [[Vec<u16>; 2]; 3],
    scratch: Scratch,
}

impl Meter {
    /// A meter that works at `level`.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            coarse: Default::default(),
            scratch: Scratch::default(),
        }
    }

    /// VIF of two planes of one size, 16x16 or more, with samples of `depth` bits; `neg` says whether
    /// `scales_neg` is wanted, which is `scales` otherwise.
    ///
    /// # Errors
    ///
    /// If the planes differ in size.
    pub fn measure<T: Sample>(
        &mut self,
        planes: [Plane<'_, T>; 2],
        depth: u32,
        neg: bool,
    ) -> Result<Vif, ShapeError> {
        let mut size = (planes[0].width(), planes[0].height());
        planes[1].sized(size)?;
        let mut sums = [Sums::default(); 4];
        sums[0] = self.sums(0, planes, depth, neg);
        for (index, sums) in sums.iter_mut().enumerate().skip(1) {
            let (before, after) = self.coarse.split_at_mut(index - 1);
            let half = (size.0 / 2, size.1 / 2);
            let filter = Scale::next(index - 1, depth);
            for (side, out) in after[0].iter_mut().enumerate() {
                out.resize(half.0 * half.1, 0);
                let (rows, stride) = (0..half.1, half.0);
                if let Some(fine) = before.last() {
                    let fine = Plane::new(&fine[side], size.0, size.1, size.0)?;
                    vif::halve(
                        self.level,
                        &filter,
                        fine,
                        rows,
                        out,
                        stride,
                        &mut self.scratch,
                    );
                } else {
                    vif::halve(
                        self.level,
                        &filter,
                        planes[side],
                        rows,
                        out,
                        stride,
                        &mut self.scratch,
                    );
                }
            }
            size = half;
            let [reference, distorted] = &after[0];
            let planes = [
                Plane::new(reference, size.0, size.1, size.0)?,
                Plane::new(distorted, size.0, size.1, size.0)?,
            ];
            let scale = Scale::new(index, depth);
            *sums = vif::sums(
                self.level,
                &scale,
                planes,
                0..size.1,
                neg,
                &mut self.scratch,
            );
        }
        let scores = sums.map(|sums| sums.scores());
        Ok(Vif {
            scales: scores.map(|(score, _)| score),
            scales_neg: scores.map(|(score, score_neg)| if neg { score_neg } else { score }),
        })
    }

    fn sums<T: Sample>(
        &mut self,
        index: usize,
        planes: [Plane<'_, T>; 2],
        depth: u32,
        neg: bool,
    ) -> Sums {
        let rows = 0..planes[0].height();
        vif::sums(
            self.level,
            &Scale::new(index, depth),
            planes,
            rows,
            neg,
            &mut self.scratch,
        )
    }
}
