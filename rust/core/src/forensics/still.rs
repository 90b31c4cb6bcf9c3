//! What one picture's face looks like: statistics of its blocks that brightness moves little, and of the
//! ring around it, which tell a change of the picture from a change of the face.

use super::{
    fine::peaked,
    number::{correlation, ln, mean, quantile},
    regions::{Regions, gather},
};
use crate::{cpu::Level, signature::Signature};

/// How many statistics there are.
pub(super) const COUNT: usize = 23;

/// Those of the face that do not depend on brightness: the entropy of colour does.
pub(super) const SHAPE: [usize; 12] = [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/// Those of colour.
pub(super) const COLOUR: [usize; 9] = [2, 3, 4, 5, 6, 7, 11, 14, 15];

/// Distance of Cb and Cr from grey, in codes, added up, below which a face has no colour: skin has 15 to 60.
const GREY: f32 = 3.0;

/// Those of the face's edge, of its colour and of its detail among [`SHAPE`].
pub(super) const FAMILIES: [&[usize]; 3] = [&[0, 1], &[3, 4, 5, 6, 7, 11], &[8, 9, 10, 12]];

/// Those of the ring.
pub(super) const RING: [usize; 6] = [13, 14, 15, 16, 17, 18];

/// One picture's statistics, by place.
///
/// | place | what | unit |
/// |---|---|---|
/// | 0, 1 | detail of the edge over face and ring: of means, of logarithms | nats |
/// | 2 | entropy of Cb and Cr | bits |
/// | 3 | gradient of Cb and Cr from block to block | nats |
/// | 4 | correlation of Cb and Cr | -1 to 1 |
/// | 5, 6, 7 | of Cr and luma, both high-passed; of Cr and luma; of Cb and luma | -1 to 1 |
/// | 8, 9 | detail: 90th over 50th, 50th over 10th percentile | nats |
/// | 10 | variance over detail | nats |
/// | 11 | spread of Cr over luma | nats |
/// | 12 | detail over gradient, face against ring | nats |
/// | 13 to 18 | of the ring: luma, Cb, Cr, detail, gradient, mean of the logarithms of detail | codes, nats |
/// | 19 | luma of the face | codes |
/// | 20 | detail of the face: logarithm of its mean over the mean of its logarithms | nats |
/// | 21 | how peaked the finest detail is, face against ring | nats |
/// | 22 | detail of the face: logarithm of its 10th percentile | nats |
pub(super) type Statistics = [f32; COUNT];

/// Room for one picture's tables.
#[derive(Debug)]
pub(super) struct Still {
    level: Level,
    tables: [Vec<f32>; 8],
    /// The last measured [`peaked`], and how many pictures since.
    peaked: (f32, u32),
}

/// Pictures of which one is looked at in the finest detail: it is the dearest statistic, and medians are told.
const PEAKED_EVERY: u32 = 4;

impl Still {
    pub(super) fn new(level: Level) -> Self {
        Self {
            level,
            tables: Default::default(),
            peaked: (0.0, 0),
        }
    }

    /// Another face is looked at.
    pub(super) fn begin(&mut self) {
        self.peaked = (0.0, 0);
    }

    /// The statistics of a face; those of colour are not numbers where there is none.
    pub(super) fn measure(&mut self, now: &Signature, regions: &Regions) -> Statistics {
        let luma = &now.luma;
        let [mean_f, laplacian, logs, cb, cr, a, b, other] = &mut self.tables;
        let mut out = [0.0; COUNT];
        gather(&regions.edge, &luma.laplacian, other);
        let edge = (ln(mean(other) + FLOOR), mean_log(other));
        gather(&regions.ring, &luma.laplacian, other);
        let ring = (ln(mean(other) + FLOOR), mean_log(other));
        (out[16], out[18]) = ring;
        gather(&regions.ring, &luma.gradient, other);
        out[17] = ln(mean(other) + FLOOR);
        gather(&regions.ring, &luma.mean, other);
        out[13] = mean(other);
        gather(&regions.face, &luma.laplacian, laplacian);
        logs.clear();
        logs.extend(laplacian.iter().map(|value| ln(value + FLOOR)));
        let face = (ln(mean(laplacian) + FLOOR), mean(logs));
        out[0] = edge.0 - (face.0 + ring.0) / 2.0;
        out[1] = edge.1 - (face.1 + ring.1) / 2.0;
        gather(&regions.face, &luma.gradient, other);
        out[12] = face.0 - ln(mean(other) + FLOOR) - (ring.0 - out[17]);
        gather(&regions.face, &luma.variance, other);
        out[10] = ln(mean(other) + FLOOR) - face.0;
        out[20] = face.0 - face.1;
        let middle = quantile(logs, 0.5);
        out[8] = quantile(logs, 0.9) - middle;
        out[22] = quantile(logs, 0.1);
        out[9] = middle - out[22];
        if self.peaked.1.is_multiple_of(PEAKED_EVERY) {
            self.peaked.0 = peaked(self.level, now, regions);
        }
        self.peaked.1 = self.peaked.1.wrapping_add(1);
        out[21] = self.peaked.0;
        gather(&regions.face, &luma.mean, mean_f);
        out[19] = mean(mean_f);
        for at in COLOUR {
            out[at] = f32::NAN;
        }
        let Some(chroma) = &now.chroma else {
            return out;
        };
        gather(&regions.ring, &chroma.cb, other);
        out[14] = mean(other);
        gather(&regions.ring, &chroma.cr, other);
        out[15] = mean(other);
        gather(&regions.face, &chroma.cb, cb);
        gather(&regions.face, &chroma.cr, cr);
        let grey = |value: &f32| (value - 128.0).abs();
        if cb.iter().chain(&*cr).map(grey).sum::<f32>() < GREY * cb.len() as f32 {
            return out;
        }
        out[2] = entropy(cb) + entropy(cr);
        let columns = now.grid.columns();
        let steps = steps(regions, &chroma.cb, columns) + steps(regions, &chroma.cr, columns);
        out[3] = ln(steps + 0.05);
        out[4] = correlation(cb, cr);
        out[6] = correlation(cr, mean_f);
        out[7] = correlation(cb, mean_f);
        high_passed(regions, &chroma.cr, columns, a);
        high_passed(regions, &luma.mean, columns, b);
        out[5] = correlation(a, b);
        a.clear();
        a.extend(
            cr.iter()
                .zip(&*mean_f)
                .map(|(cr, luma)| (cr - 128.0) / (luma - 16.0).max(8.0)),
        );
        let middle = quantile(a, 0.5);
        for value in a.iter_mut() {
            *value = (*value - middle).abs();
        }
        out[11] = ln(quantile(a, 0.5) + 1e-3);
        out
    }
}

/// What is added to detail before its logarithm is taken, in squared codes.
const FLOOR: f32 = 0.3;

fn mean_log(values: &[f32]) -> f32 {
    let total: f32 = values.iter().map(|value| ln(value + FLOOR)).sum();
    total / values.len().max(1) as f32
}

/// Entropy, in bits, of values in steps of half a code.
fn entropy(values: &[f32]) -> f32 {
    let mut counts = [0_u16; 512];
    for value in values {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "codes from 0 to 255"
        )]
        let bin = (value * 2.0).clamp(0.0, 511.0) as usize;
        counts[bin] = counts[bin].saturating_add(1);
    }
    let total = values.len().max(1) as f32;
    let nats = counts.iter().filter(|&&count| count > 0).map(|&count| {
        let share = f32::from(count) / total;
        -share * ln(share)
    });
    nats.sum::<f32>() / std::f32::consts::LN_2
}

/// Mean absolute step from a block of the face to the next right and below.
fn steps(regions: &Regions, table: &[f32], columns: usize) -> f32 {
    let (mut total, mut count) = (0.0, 0_u32);
    for run in &regions.face {
        for at in run.clone() {
            let (Some(right), Some(below)) = (table.get(at + 1), table.get(at + columns)) else {
                continue;
            };
            total += (right - table[at]).abs() + (below - table[at]).abs();
            count += 1;
        }
    }
    total / count.max(1) as f32
}

/// Each block of the face less the mean of the 3x3 blocks around it.
fn high_passed(regions: &Regions, table: &[f32], columns: usize, out: &mut Vec<f32>) {
    out.clear();
    for run in &regions.face {
        for at in run.clone() {
            if at < columns + 1 || at + columns + 1 >= table.len() {
                out.push(0.0);
                continue;
            }
            let row = |at: usize| table[at - 1] + table[at] + table[at + 1];
            let around = row(at - columns) + row(at) + row(at + columns);
            out.push(table[at] - around / 9.0);
        }
    }
}
