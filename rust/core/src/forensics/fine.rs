//! How peaked the finest detail of a region is: a face that was rendered smaller and enlarged has few strong
//! residuals left, and so has one over which grain was laid.
//!
//! Read from the signature's reduced plane, not from the picture.

use super::{
    number::ln,
    regions::{Regions, Runs},
};
use crate::{
    cpu::{Level, multiversion},
    signature::{Grid, Signature},
};

/// Rows of a face, and of a ring, of which one is read.
const FACE_ROWS: usize = 2;
const RING_ROWS: usize = 4;

/// Squares and fourth powers of residuals, in squared codes and their squares, below which there is no detail.
const FLOOR: f32 = 0.3;

const LANES: usize = 16;

multiversion! {
    /// Sums of the squares and of the fourth powers of Immerkaer's residual, [1 -2 1; -2 4 -2; 1 -2 1], at the
    /// middle samples of three rows of one length. In fixed lanes: the same bits on every machine.
    fn powers(rows: [&[u8]; 3]) -> [f32; 2] {
        let (mut squares, mut fourths) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        let count = rows[1].len().saturating_sub(2);
        let mut x = 0;
        while x < count {
            let lanes = LANES.min(count - x);
            let mut columns = [0_i16; LANES + 2];
            let [above, row, below] = rows.map(|row| &row[x..x + lanes + 2]);
            for k in 0..lanes + 2 {
                columns[k] = i16::from(above[k]) - 2 * i16::from(row[k]) + i16::from(below[k]);
            }
            for k in 0..lanes {
                let residual = f32::from(columns[k] - 2 * columns[k + 1] + columns[k + 2]);
                let square = residual * residual;
                squares[k] += square;
                fourths[k] += square * square;
            }
            x += LANES;
        }
        [squares, fourths].map(|lanes| lanes.iter().sum())
    }
}

/// The logarithm of the kurtosis of the face's finest detail over that of its ring's.
pub(super) fn peaked(level: Level, now: &Signature, regions: &Regions) -> f32 {
    let of = |runs: &Runs, every: usize| kurtosis(level, now, runs, every);
    of(&regions.face, FACE_ROWS) - of(&regions.ring, RING_ROWS)
}

/// The logarithm of the mean fourth power over the squared mean square.
fn kurtosis(level: Level, now: &Signature, runs: &Runs, every: usize) -> f32 {
    let Grid { block, factor, .. } = now.grid;
    let (columns, edge) = (now.grid.columns(), block / factor);
    let plane = now.reduced.plane();
    let (mut square, mut fourth, mut count) = (0.0, 0.0, 0_usize);
    for run in runs {
        let top = run.start / columns * edge;
        let left = (run.start % columns * edge).saturating_sub(1);
        let right = (run.start % columns + run.len()) * edge + 1;
        let right = right.min(plane.width());
        if right < left + 3 {
            continue;
        }
        for y in (top + edge / 4..top + edge).step_by(every) {
            if y == 0 || y + 1 >= plane.height() {
                continue;
            }
            let rows = [y - 1, y, y + 1].map(|y| &plane.row(y.cast_signed())[left..right]);
            let [squares, fourths] = powers(level, rows);
            square += squares;
            fourth += fourths;
            count += right - left - 2;
        }
    }
    let count = count.max(1) as f32;
    ln(fourth / count + FLOOR) - 2.0 * ln(square / count + FLOOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_residual_at_every_level() {
        let row = crate::fake::noise(3, 3 * 53);
        let rows = [&row[..53], &row[53..106], &row[106..]];
        let at = |y: usize, x: usize| f64::from(rows[y][x]);
        let residual = |x: usize| -> f64 {
            let column = |x: usize| at(0, x) - 2.0 * at(1, x) + at(2, x);
            column(x) - 2.0 * column(x + 1) + column(x + 2)
        };
        let expected = [2, 4].map(|n| (0..51).map(|x| residual(x).powi(n)).sum::<f64>());
        let found = Level::all().into_iter().map(|level| powers(level, rows));
        let first = powers(Level::SCALAR, rows);
        for (found, expected) in first.into_iter().zip(expected) {
            assert!((f64::from(found) / expected - 1.0).abs() < 1e-5);
        }
        for other in found {
            assert_eq!(other.map(f32::to_bits), first.map(f32::to_bits));
        }
    }
}
