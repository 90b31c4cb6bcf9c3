//! Where faces are, frame by frame. A face is found and followed; it is never recognised, stored or
//! compared with another person's.
//!
//! A cascade of boosted trees (no neural network) looks for faces in a small copy of the picture. The
//! search for new ones is spread over frames, by count and not by time, so that the same frames give the
//! same boxes on every machine. A face that was found is carried from frame to frame by the motion
//! vectors and looked for again only near its place.

mod boxes;
mod carry;
mod cascade;
mod patch;
mod scan;
mod schedule;
mod track;
mod windows;

pub use boxes::{BoxError, GIVEN_MOST, Share, shares};
pub use track::Tracker;

/// Faces that are followed at a time.
pub const MOST: usize = 4;

/// A face in one frame, in samples of the frame. The box reaches from forehead to chin with the ears
/// inside, and is square: the convention of the boosted cascades.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Which face this is: the same number as long as it is followed, never used again.
    pub id: u32,
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Width and height.
    pub size: f64,
    /// How far the head is tilted, in degrees, clockwise; known in steps.
    pub tilt: f64,
    /// 0 to 1: how firmly it was found when last looked for, less with every frame since.
    pub confidence: f64,
    /// Whether the caller said where it is.
    pub given: bool,
}

impl Face {
    /// The middle of the box.
    #[must_use]
    pub fn centre(&self) -> (f64, f64) {
        (self.left + self.size / 2.0, self.top + self.size / 2.0)
    }
}

/// The faces of one frame, the largest first.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Faces {
    count: usize,
    faces: [Option<Face>; MOST],
}

impl Faces {
    /// The faces, the largest first.
    pub fn iter(&self) -> impl Iterator<Item = &Face> {
        self.faces[..self.count].iter().flatten()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn of(found: impl Iterator<Item = Face>) -> Self {
        let mut all: Vec<Face> = found.collect();
        all.sort_by(|a, b| b.size.total_cmp(&a.size).then(a.id.cmp(&b.id)));
        let mut faces = [None; MOST];
        for (slot, face) in faces.iter_mut().zip(&all) {
            *slot = Some(*face);
        }
        Self {
            count: all.len().min(MOST),
            faces,
        }
    }
}

#[cfg(test)]
mod tests;
