//! A box moved by the motion vectors inside it.

use super::scan::Spot;
use crate::motion::vectors::{Field, span};

/// Growth from one frame to the next at most.
const GROWTH: f64 = 0.02;

/// Moves a box with the content inside it: by the mean of the vectors there, weighted by confidence,
/// and larger or smaller as they part or meet (the linear part of a least-squares fit).
pub(super) fn carry(spot: &mut Spot, field: &Field, step: f64) {
    let block = field.block as f64 / step;
    let half = spot.size / 2.0;
    let rows = span(spot.y - half, spot.y + half, block, field.rows);
    let mut sums = [0.0_f64; 7];
    for row in rows {
        let columns = span(spot.x - half, spot.x + half, block, field.columns);
        let y = (row as f64 + 0.5) * block - spot.y;
        for column in columns {
            let at = row * field.columns + column;
            let x = (column as f64 + 0.5) * block - spot.x;
            let weight = f64::from(field.confidence[at]);
            let (dx, dy) = (
                f64::from(field.dx[at]) / step,
                f64::from(field.dy[at]) / step,
            );
            let values = [1.0, dx, dy, x, y, x * x + y * y, x * dx + y * dy];
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
    }
    let [weight, dx, dy, x, y, square, along] = sums;
    if weight < 1e-3 {
        return;
    }
    let [dx, dy, x, y] = [dx, dy, x, y].map(|sum| sum / weight);
    let spread = square / weight - x * x - y * y;
    if spread > block * block {
        let growth = (along / weight - x * dx - y * dy) / spread;
        spot.size *= 1.0 + growth.clamp(-GROWTH, GROWTH);
    }
    (spot.x, spot.y) = (spot.x + dx, spot.y + dy);
}
