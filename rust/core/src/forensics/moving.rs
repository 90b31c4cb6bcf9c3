//! What the face does from one frame to the next that the picture around it does not: brightness, motion
//! and renewal.

use super::{
    number::{ln, mean, median, weighted_median},
    regions::{Regions, gather, radius_squared},
};
use crate::{
    face::Face,
    motion::vectors::{Field, span},
    signature::{Scan, Signature},
};

/// How many figures there are.
pub(super) const COUNT: usize = 7;

/// Radius up to which vectors are of the face's surroundings.
const SURROUNDINGS: f64 = 3.0;

/// Vectors of face and surroundings that must be there.
const LEAST: usize = 6;

/// Confidence that they must have together.
const FIRM: f32 = 1.5;

/// One step's figures: how much brighter the face became than the ring, in nats; the logarithm of its
/// change over the ring's; its displacement against its surroundings, across and down, in widths; and of
/// the ring alone how much brighter it became, and of the surroundings their displacement. A figure that
/// cannot be told is not a number.
pub(super) type Step = [f32; COUNT];

/// Places in a [`Step`].
pub(super) const BRIGHTER: usize = 0;
pub(super) const RENEWED: usize = 1;
pub(super) const ACROSS: usize = 2;
pub(super) const DOWN: usize = 3;
pub(super) const AROUND_BRIGHTER: usize = 4;
pub(super) const AROUND_ACROSS: usize = 5;
pub(super) const AROUND_DOWN: usize = 6;

/// How much of what the surroundings do is taken away from what the face does against them: light that
/// flickers and cameras that shake leave the two a little apart.
const SHARED: f32 = 0.5;

/// Room for one step's tables.
#[derive(Debug, Default)]
pub(super) struct Moving {
    now: Vec<f32>,
    last: Vec<f32>,
    gradient: Vec<f32>,
    weighed: Vec<(f32, f32)>,
    inner: [Vec<(f32, f32)>; 2],
    outer: [Vec<(f32, f32)>; 2],
}

impl Moving {
    /// The step to this frame from the last; both are read in the same runs of blocks.
    pub(super) fn measure(
        &mut self,
        scan: Scan<'_>,
        last: &Signature,
        field: &Field,
        face: &Face,
        regions: &Regions,
    ) -> Step {
        let around = self.brighter(scan.now, last, &regions.ring, 4);
        let brighter = self.brighter(scan.now, last, &regions.face, 1) - around;
        let mut changed = |runs| {
            gather(runs, &scan.now.difference, &mut self.now);
            ln(mean(&self.now) + 0.1)
        };
        let renewed = changed(&regions.face) - changed(&regions.ring);
        let [across, down, around_across, around_down] = self.displaced(field, face);
        [
            brighter,
            renewed,
            across,
            down,
            around,
            around_across,
            around_down,
        ]
    }

    /// The weighted median of the logarithm of blocks' brightness over that before; flat blocks, where
    /// motion does not change it, weigh most.
    fn brighter(
        &mut self,
        now: &Signature,
        last: &Signature,
        runs: &super::regions::Runs,
        every: usize,
    ) -> f32 {
        gather(runs, &now.luma.mean, &mut self.now);
        gather(runs, &last.luma.mean, &mut self.last);
        gather(runs, &now.luma.gradient, &mut self.gradient);
        let blocks = self.now.iter().zip(&self.last).zip(&self.gradient);
        self.weighed.clear();
        self.weighed
            .extend(blocks.step_by(every).map(|((now, last), gradient)| {
                (
                    ln((now + 6.0) / (last + 6.0)),
                    1.0 / (1.0 + gradient.sqrt()),
                )
            }));
        weighted_median(&mut self.weighed).unwrap_or(f32::NAN)
    }

    /// Median vector of the face less that of its surroundings, weighted by confidence, and that of the
    /// surroundings, in widths.
    fn displaced(&mut self, field: &Field, face: &Face) -> [f32; 4] {
        let (cx, cy) = face.centre();
        let block = field.block as f64;
        for table in self.inner.iter_mut().chain(&mut self.outer) {
            table.clear();
        }
        let reach = SURROUNDINGS * face.size * 0.46;
        let rows = span(cy - reach, cy + reach, block, field.rows);
        for row in rows {
            let y = (row as f64 + 0.5) * block;
            for column in span(cx - reach, cx + reach, block, field.columns) {
                let x = (column as f64 + 0.5) * block;
                let squared = radius_squared(face, x, y);
                let tables = if squared <= 1.0 {
                    &mut self.inner
                } else if squared > 1.35 * 1.35 && squared <= SURROUNDINGS * SURROUNDINGS {
                    &mut self.outer
                } else {
                    continue;
                };
                let at = row * field.columns + column;
                let weight = field.confidence[at];
                if weight > 0.0 {
                    tables[0].push((field.dx[at], weight));
                    tables[1].push((field.dy[at], weight));
                }
            }
        }
        let held = |table: &[(f32, f32)]| {
            let weight: f32 = table.iter().map(|(_, weight)| weight).sum();
            table.len() >= LEAST && weight >= FIRM
        };
        if !held(&self.inner[0]) || !held(&self.outer[0]) {
            return [f32::NAN; 4];
        }
        #[expect(clippy::cast_possible_truncation, reason = "a width in samples")]
        let width = face.size as f32;
        let mut out = [f32::NAN; 4];
        for (at, (inner, outer)) in self.inner.iter_mut().zip(&mut self.outer).enumerate() {
            if let (Some(inner), Some(outer)) = (weighted_median(inner), weighted_median(outer)) {
                out[at] = (inner - outer) / width;
                out[at + 2] = outer / width;
            }
        }
        out
    }
}

/// Flicker: the deviation of the steps' brightness from one to the next, in nats, beyond what the ring's
/// explains; `None` of too few.
pub(super) fn flicker(steps: &[f32], around: &[f32], room: &mut Vec<f32>) -> Option<f32> {
    let mut deviation = |steps: &[f32]| {
        differences(steps, room);
        (room.len() >= SERIES).then(|| super::number::deviation(room))
    };
    let shared = SHARED * deviation(around)?;
    Some((deviation(steps)? - shared).max(0.0))
}

/// Jitter: the median length of the second difference of the displacement, in thousandths of the face's
/// width, beyond what that of the surroundings explains.
pub(super) fn jitter(face: [&[f32]; 2], around: [&[f32]; 2], room: &mut Vec<f32>) -> Option<f32> {
    let second = |values: &[f32]| values[2] - 2.0 * values[1] + values[0];
    let mut length = |[across, down]: [&[f32]; 2]| {
        room.clear();
        let pairs = across.windows(3).zip(down.windows(3));
        let lengths = pairs.map(|(x, y)| {
            let (x, y) = (second(x), second(y));
            1000.0 * (x * x + y * y).sqrt()
        });
        room.extend(lengths.filter(|length| length.is_finite()));
        (room.len() >= SERIES).then(|| median(room))
    };
    let shared = SHARED * length(around)?;
    Some((length(face)? - shared).max(0.0))
}

/// Cadence: how much more the face's renewal agrees with itself two or three frames ago than one frame
/// ago; -2 to 2, near -0.2 where every frame is new.
pub(super) fn cadence(renewed: &[f32]) -> Option<f32> {
    if renewed.len() < SERIES {
        return None;
    }
    let middle = mean(renewed);
    let square: f32 = renewed.iter().map(|value| (value - middle).powi(2)).sum();
    if square <= 1e-6 {
        return None;
    }
    let lagged = |lag: usize| {
        let pairs = renewed.iter().zip(&renewed[lag..]);
        let both: f32 = pairs.map(|(a, b)| (a - middle) * (b - middle)).sum();
        both / square
    };
    let [one, two, three] = [1, 2, 3].map(lagged);
    Some((two - one).max(three - one.max(two)))
}

/// Steps that a series must have.
pub(super) const SERIES: usize = 16;

fn differences(steps: &[f32], room: &mut Vec<f32>) {
    room.clear();
    let steps = steps.windows(2).map(|pair| pair[1] - pair[0]);
    room.extend(steps.filter(|step| step.is_finite()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<f32> {
        let bytes = crate::fake::noise(7, count);
        bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect()
    }

    #[test]
    fn a_face_renewed_every_second_or_third_frame_agrees_with_itself_then() {
        let every = |n: usize| -> Vec<f32> {
            let noise = noise(50);
            let value = |k: usize| if k.is_multiple_of(n) { 1.0 } else { -2.0 };
            noise
                .iter()
                .enumerate()
                .map(|(k, noise)| value(k) + noise)
                .collect()
        };
        assert!(
            cadence(&every(1)).unwrap() < 0.3,
            "{:?}",
            cadence(&every(1))
        );
        assert!(cadence(&every(2)).unwrap() > 1.0);
        assert!(cadence(&every(3)).unwrap() > 0.8);
        assert_eq!(cadence(&[0.0; 5]), None);
    }

    #[test]
    fn flicker_grows_with_the_swing_and_not_with_a_drift() {
        let swing: Vec<f32> = noise(50).iter().map(|noise| 0.02 * (noise - 0.5)).collect();
        let drift: Vec<f32> = (0..50_u8).map(|k| 0.001 * f32::from(k)).collect();
        let room = &mut Vec::new();
        assert!(flicker(&swing, &drift, room).unwrap() > 0.005);
        assert!(flicker(&drift, &drift, room).unwrap() < 1e-5);
        assert!(flicker(&swing, &swing, room).unwrap() < 0.005);
    }

    #[test]
    fn jitter_is_in_thousandths_of_the_width_and_a_steady_turn_has_none() {
        let turn: Vec<f32> = (0..50_u8).map(|k| 0.01 * f32::from(k)).collect();
        let shaken: Vec<f32> = (0..50_u8).map(|k| 0.01 * f32::from(k % 2)).collect();
        let room = &mut Vec::new();
        let still: &[f32] = &[0.0; 50];
        assert!(jitter([&turn, &turn], [still; 2], room).unwrap() < 0.01);
        let alone = jitter([&shaken, still], [still; 2], room).unwrap();
        assert!((alone - 20.0).abs() < 0.1, "{alone}");
        assert!(jitter([&shaken, still], [&shaken, still], room).unwrap() < 0.6 * alone);
    }
}
