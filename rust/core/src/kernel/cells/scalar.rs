//! The oracle: what every instruction set must return.

use super::{Band, COLUMNS, Cells, LATTICE};
use crate::plane::Sample;

pub(super) fn sum_u8(band: Band<'_, u8>, cells: &mut Cells) {
    sum(band, 0, cells);
}

pub(super) fn sum_u16(band: Band<'_, u16>, shift: u32, cells: &mut Cells) {
    sum(band, shift, cells);
}

fn sum<T: Sample>(band: Band<'_, T>, shift: u32, cells: &mut Cells) {
    let width = band.plane.width();
    for cell in 0..width.div_ceil(COLUMNS) {
        let columns = cell * COLUMNS..(cell * COLUMNS + COLUMNS).min(width);
        let (mut sum, mut row_sum, mut row_square, mut gradient, mut laplacian) = (0, 0, 0, 0, 0);
        for y in band.rows() {
            let row = |y: usize, by: isize| band.plane.row(y.cast_signed() + by);
            let at = |row: &[T], x: usize| -> u32 { row[x.min(width - 1)].into() >> shift };
            for x in columns.clone() {
                let here = at(row(y, 0), x);
                sum += here;
                if y % LATTICE != 0 {
                    continue;
                }
                row_sum += here;
                row_square += here * here;
                if x % 2 == 0 {
                    let right = at(row(y, 0), x + 1).cast_signed() - here.cast_signed();
                    let down = at(row(y, 1), x).cast_signed() - here.cast_signed();
                    let left =
                        here.cast_signed() - at(row(y, 0), x.saturating_sub(1)).cast_signed();
                    let up = here.cast_signed() - at(row(y, -1), x).cast_signed();
                    let curve = left - right + up - down;
                    gradient += (right * right + down * down).cast_unsigned();
                    laplacian += (curve * curve).cast_unsigned();
                }
            }
        }
        cells.sum[cell] = sum;
        cells.row_sum[cell] = row_sum;
        cells.row_square[cell] = row_square;
        cells.gradient[cell] = gradient;
        cells.laplacian[cell] = laplacian;
    }
}
