//! A frame in a few hundred numbers: enough to tell it from the frames beside it.

use crate::plane::Plane;

/// Cells of a fingerprint at most: columns and rows.
const GRID: (usize, usize) = (32, 18);

/// A frame's time and its picture in cells.
#[derive(Debug, Clone, Default)]
pub(super) struct Fingerprint {
    /// Number of the frame in its stream.
    pub(super) index: u64,
    /// Presentation time in seconds.
    pub(super) pts: f64,
    /// Sums over cells of equal size; samples beyond the last whole cell are left out.
    cells: Vec<u16>,
    /// Samples in a cell.
    area: f32,
}

impl Fingerprint {
    /// Takes the frame's place, reusing the memory.
    pub(super) fn take(&mut self, index: u64, pts: f64, plane: Plane<'_>) {
        (self.index, self.pts) = (index, pts);
        let edge = |edge: usize, cells: usize| edge.div_ceil(cells).clamp(1, 16);
        let (width, height) = (edge(plane.width(), GRID.0), edge(plane.height(), GRID.1));
        let columns = plane.width() / width;
        // 16·16·255 < 2¹⁶.
        self.area = f32::from(u16::try_from(width * height).unwrap_or(u16::MAX));
        self.cells.clear();
        self.cells.resize(columns * (plane.height() / height), 0);
        for (y, row) in plane.rows().enumerate() {
            let from = y / height * columns;
            if let Some(cells) = self.cells.get_mut(from..from + columns) {
                for (cell, samples) in cells.iter_mut().zip(row.chunks_exact(width)) {
                    *cell += samples.iter().map(|sample| u16::from(*sample)).sum::<u16>();
                }
            }
        }
    }

    /// Mean absolute difference of the cells' means, in sample steps.
    pub(super) fn distance(&self, other: &Self) -> f32 {
        let pairs = self.cells.iter().zip(&other.cells);
        let sum: u32 = pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        sum as f32 / (self.area * self.cells.len().max(1) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_everywhere_is_a_distance_of_one() {
        for (width, height) in [(16, 9), (33, 19), (160, 90), (512, 288)] {
            let [dark, light] = [254, 255].map(|value| {
                let samples = vec![value; width * height];
                let mut print = Fingerprint::default();
                print.take(0, 0.0, Plane::new(&samples, width, height, width).unwrap());
                print
            });
            assert!((dark.distance(&light) - 1.0).abs() < 1e-6);
        }
    }
}
