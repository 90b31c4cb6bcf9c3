//! SI and TI of samples of any depth through a table of what each code counts as.

use crate::{
    cpu::Level,
    kernel::siti::mapped::{Moments, changes, edges},
    plane::{Plane, Sample},
};

/// A table of codes and the mapped rows around the one that is measured.
#[derive(Debug)]
pub(super) struct Mapped {
    level: Level,
    table: Vec<f64>,
    depth: u32,
    rows: [Vec<f64>; 3],
    before: Vec<f64>,
    room: Vec<f64>,
}

/// Standard deviations of a frame's gradients and of its difference to the last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deviations {
    pub(super) gradient: f64,
    pub(super) difference: f64,
}

impl Mapped {
    pub(super) fn new(level: Level) -> Self {
        Self {
            level,
            table: Vec::new(),
            depth: 0,
            rows: Default::default(),
            before: Vec::new(),
            room: Vec::new(),
        }
    }

    /// Maps codes of `depth` bits by `value`; whether the depth was another before.
    pub(super) fn fit(&mut self, depth: u32, value: impl Fn(f64) -> f64) -> bool {
        let new = depth != self.depth;
        if new {
            self.depth = depth;
            self.table.clear();
            self.table
                .extend((0..1_u32 << depth).map(|code| value(f64::from(code))));
        }
        new
    }

    /// Measures `luma` against `last`, which holds its samples afterwards.
    pub(super) fn both<T: Sample>(&mut self, luma: Plane<'_, T>, last: &mut [T]) -> Deviations {
        let mut moments = Moments::default();
        let mut kept = last.chunks_exact_mut(luma.width());
        let gradient = self.walk(luma, |mapped, row, y| {
            if let Some(last) = kept.next() {
                map(&mapped.table, last, &mut mapped.before);
                changes(
                    mapped.level,
                    &mapped.rows[y % 3],
                    &mapped.before,
                    &mut mapped.room,
                    &mut moments,
                );
                last.copy_from_slice(row);
            }
        });
        Deviations {
            gradient,
            difference: moments.deviation(),
        }
    }

    /// Measures `luma`'s gradients alone.
    pub(super) fn gradient<T: Sample>(&mut self, luma: Plane<'_, T>) -> f64 {
        self.walk(luma, |_, _, _| ())
    }

    /// The gradients' deviation; `each` is called with every row once row `y % 3` holds it mapped.
    fn walk<T: Sample>(
        &mut self,
        luma: Plane<'_, T>,
        mut each: impl FnMut(&mut Self, &[T], usize),
    ) -> f64 {
        let mut moments = Moments::default();
        self.room.resize(luma.width(), 0.0);
        for (y, row) in luma.rows().enumerate() {
            map(&self.table, row, &mut self.rows[y % 3]);
            if y > 1 {
                let [up, mid, down] = [y - 2, y - 1, y].map(|y| &self.rows[y % 3]);
                edges(self.level, up, mid, down, &mut self.room, &mut moments);
            }
            each(self, row, y);
        }
        moments.deviation()
    }
}

/// Looks up each code; one above the table counts as the table's last.
fn map<T: Sample>(table: &[f64], codes: &[T], row: &mut Vec<f64>) {
    row.resize(codes.len(), 0.0);
    let Some(last) = table.len().checked_sub(1) else {
        return;
    };
    for (value, &code) in row.iter_mut().zip(codes) {
        let code: u32 = code.into();
        *value = table[last.min(code as usize)];
    }
}
