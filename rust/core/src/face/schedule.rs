//! Which windows the search for new faces looks at in which frame: by count of frames alone.

use super::{
    cascade::EDGE,
    patch::{Piece, Pyramid},
    scan::{Scan, Spot},
};

/// Frames that one search of the whole picture is spread over.
const SLICES: usize = 8;

/// Ratio of one size of window to the next.
const RATIO: f64 = 1.15;

/// Least size of a window over the height of the picture: smaller faces are of no use to anybody here.
const LEAST: f64 = 0.125;

/// Rows of windows between two that are looked at.
const STEP: usize = 2;

/// How the head may be tilted, in degrees: upright, then to either side while nobody is found.
pub(super) const TILTS: [f64; 3] = [0.0, 20.0, -20.0];

/// Rows of one size of window.
#[derive(Debug, Clone, Copy)]
struct Rows {
    scale: f64,
    width: usize,
    height: usize,
    from: usize,
    to: usize,
}

/// The search for new faces, cut into slices of about as many windows each, the largest faces first.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    size: (usize, usize),
    slices: Vec<Vec<Rows>>,
    next: usize,
    tilt: usize,
}

impl Schedule {
    pub(super) fn new((width, height): (usize, usize)) -> Self {
        let mut all = Vec::new();
        let mut scale = (LEAST * height as f64 / EDGE as f64).max(1.0);
        while EDGE as f64 * scale <= width.min(height) as f64 {
            let shrunk = |edge: usize| whole(edge as f64 / scale).max(EDGE);
            let (width, height) = (shrunk(width), shrunk(height));
            all.push(Rows {
                scale,
                width,
                height,
                from: 0,
                to: height - EDGE + 1,
            });
            scale *= RATIO;
        }
        all.reverse();
        Self {
            size: (width, height),
            slices: cut(&all),
            next: 0,
            tilt: 0,
        }
    }

    /// Starts over with the largest upright faces.
    pub(super) fn restart(&mut self) {
        (self.next, self.tilt) = (0, 0);
    }

    /// Looks at the next slice; every hit of it, the firmest place of each face still to be found.
    /// Tilted heads are looked for in turn with upright ones if `tilted`.
    pub(super) fn step(&mut self, scan: &mut Scan, pyramid: &Pyramid, tilted: bool) -> Vec<Spot> {
        let Some(slice) = self.slices.get(self.next) else {
            return Vec::new();
        };
        let tilt = TILTS[self.tilt];
        let centre = (self.size.0 as f64 / 2.0, self.size.1 as f64 / 2.0);
        let mut hits = Vec::new();
        for rows in slice {
            let piece = Piece {
                centre,
                scale: rows.scale,
                tilt,
                width: rows.width,
                height: rows.height,
            };
            hits.extend_from_slice(scan.rows(pyramid, piece, (rows.from, rows.to), STEP));
        }
        self.next += 1;
        if self.next >= self.slices.len() {
            self.next = 0;
            self.tilt = if tilted {
                (self.tilt + 1) % TILTS.len()
            } else {
                0
            };
        }
        hits
    }
}

/// Cuts rows into slices of about as many windows each, between rows and inside a size.
fn cut(all: &[Rows]) -> Vec<Vec<Rows>> {
    let windows = |rows: &Rows| (rows.width - EDGE + 1) * (rows.to - rows.from).div_ceil(STEP);
    let total: usize = all.iter().map(windows).sum();
    let share = total.div_ceil(SLICES).max(1);
    let (mut slices, mut slice, mut room) = (Vec::new(), Vec::new(), share);
    for &size in all {
        let mut rest = size;
        while rest.from < rest.to {
            let columns = rest.width - EDGE + 1;
            let rows = (room.div_ceil(columns) * STEP).min(rest.to - rest.from);
            let part = Rows {
                to: rest.from + rows,
                ..rest
            };
            rest.from = part.to;
            room = room.saturating_sub(windows(&part));
            slice.push(part);
            if room == 0 {
                slices.push(std::mem::take(&mut slice));
                room = share;
            }
        }
    }
    if !slice.is_empty() {
        slices.push(slice);
    }
    slices
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "edges of pictures, positive and at most 8192"
)]
fn whole(edge: f64) -> usize {
    edge.floor() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slices_hold_every_row_once_and_about_as_many_windows_each() {
        let schedule = Schedule::new((320, 180));
        assert_eq!(schedule.slices.len(), SLICES);
        let windows = |slice: &Vec<Rows>| {
            let of = |rows: &Rows| (rows.width - EDGE + 1) * (rows.to - rows.from).div_ceil(STEP);
            slice.iter().map(of).sum::<usize>()
        };
        let counts: Vec<_> = schedule.slices.iter().map(windows).collect();
        let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
        assert!(*most < 2 * *least + 1000, "{counts:?}");
        let rows: usize = schedule
            .slices
            .iter()
            .flatten()
            .map(|r| r.to - r.from)
            .sum();
        let sizes = Schedule::new((320, 180));
        let heights: std::collections::BTreeMap<u64, usize> = sizes
            .slices
            .iter()
            .flatten()
            .map(|r| (r.scale.to_bits(), r.height - EDGE + 1))
            .collect();
        assert_eq!(rows, heights.values().sum::<usize>());
    }

    #[test]
    fn a_picture_smaller_than_the_window_has_nothing_to_look_at() {
        assert!(Schedule::new((16, 16)).slices.is_empty());
    }
}
