//! Faces followed from frame to frame: carried by the motion vectors, corrected by what is found, lost.

use super::{
    Face, Faces, MOST, Share,
    carry::carry,
    patch::Pyramid,
    scan::{Found, Scan, Spot},
    schedule::{Schedule, TILTS},
};
use crate::{cpu::Level, motion::vectors::Field, signature::Signature};

/// Frames between two searches near a face that is followed.
const AGAIN: u32 = 12;

/// Frames between two searches near a place where a face may be.
const CONFIRM: u32 = 3;

/// Windows that must agree on a face for it to count at once.
const SURE: u32 = 24;

/// Windows that must agree on what may be a face; it counts when it is found twice more.
const FOUND: u32 = 9;

/// Windows that must agree on a face that is followed already.
const KEPT: u32 = 4;

/// Times that a face must be found; being sure of it counts for two.
const LOOKS: u32 = 3;

/// Searches near a hit in one frame at most, so that no frame costs much more than another.
const TRIES: usize = 2;

/// The window's edge over that of the box as the cascade's publisher has it: 59 real clips, median.
const WINDOW: f64 = 1.06;

/// Frames that a face is carried without being found again.
const HELD: u32 = 36;

/// Slices of the search for new faces are this many frames apart while one is followed.
const SELDOM: u32 = 4;

/// Share of the place's and of the size's error that one search takes away, so that a region that is
/// summed over does not jump.
const PLACE: f64 = 0.25;
const SIZE: f64 = 0.125;

/// Times that a face is found soon again, and that its box is the mean of all: one search has an error of
/// four in a hundred of the size, which so small shares would take seconds to take away.
const FIRST: u32 = 8;

/// Error of the place over the size at which the carried box is wrong and not only inexact.
const WRONG: f64 = 0.2;

/// Overlap over union of boxes that are of one face.
const SAME: f64 = 0.3;

/// How far a caller's box is trusted where no face is found in it.
const UNSEEN: f64 = 0.7;

#[derive(Debug, Clone, Copy)]
struct Track {
    id: u32,
    /// In samples of the picture that is searched.
    spot: Spot,
    /// Windows that agreed when it was last found.
    hits: u32,
    /// Times it was found.
    looks: u32,
    /// Frames since it was last looked for.
    since: u32,
    /// Frames since it was last found.
    unseen: u32,
    /// Times its box was corrected since it was taken as found.
    corrected: u32,
    /// Whether the caller gave it, and frames since it last did.
    given: Option<u32>,
}

impl Track {
    /// Whether it was found often enough, or given.
    fn certain(&self) -> bool {
        self.given.is_some() || self.looks >= LOOKS
    }

    fn face(&self, step: f64) -> Face {
        let size = self.spot.size / WINDOW * step;
        let firm = f64::from(self.hits.min(SURE)) / f64::from(SURE);
        let age = 1.0 - f64::from(self.unseen.min(HELD)) / f64::from(2 * HELD);
        let floor = if self.given.is_some() { UNSEEN } else { 0.0 };
        Face {
            id: self.id,
            left: self.spot.x * step - size / 2.0,
            top: self.spot.y * step - size / 2.0,
            size,
            tilt: self.spot.tilt,
            confidence: (firm * age).max(floor),
            given: self.given.is_some(),
        }
    }
}

/// Finds and follows the faces of one stream.
#[derive(Debug)]
pub struct Tracker {
    level: Level,
    pyramid: Pyramid,
    search: Option<Search>,
    tracks: Vec<Track>,
    next: u32,
    frames: u32,
}

/// What is made for one size of picture.
#[derive(Debug)]
struct Search {
    size: (usize, usize),
    scan: Scan,
    schedule: Schedule,
}

impl Search {
    fn new(level: Level, (width, height): (usize, usize)) -> Self {
        Self {
            size: (width, height),
            scan: Scan::new(level, width, height),
            schedule: Schedule::new((width, height)),
        }
    }
}

impl Tracker {
    /// A tracker that has seen nothing.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            level,
            pyramid: Pyramid::default(),
            search: None,
            tracks: Vec::new(),
            next: 0,
            frames: 0,
        }
    }

    /// Loses every face: the picture is another one.
    pub fn cut(&mut self) {
        self.tracks.clear();
        self.frames = 0;
        if let Some(search) = &mut self.search {
            search.schedule.restart();
        }
    }

    /// The faces of a frame. `field` is the motion to it from the frame before, where there is one of
    /// the same shape; `given` are the caller's boxes, which replace the search for new faces.
    pub fn push(
        &mut self,
        now: &Signature,
        field: Option<&Field>,
        given: Option<&[Share]>,
    ) -> Faces {
        let factor = now.grid.factor;
        if let Some(field) = field {
            for track in &mut self.tracks {
                carry(&mut track.spot, field, self.pyramid.step);
            }
        } else {
            self.cut();
        }
        self.pyramid.fill(self.level, now.reduced.plane(), factor);
        let size = self.pyramid.size();
        let mut search = match self.search.take() {
            Some(search) if search.size == size => search,
            _ => Search::new(self.level, size),
        };
        if let Some(given) = given {
            self.take(given, now);
        }
        self.look_again(&mut search.scan);
        if given.is_none() && !self.tracks.iter().any(|track| track.given.is_some()) {
            self.look_around(&mut search);
        }
        self.search = Some(search);
        self.leave(size);
        self.frames = self.frames.wrapping_add(1);
        let step = self.pyramid.step;
        let certain = self.tracks.iter().filter(|track| track.certain());
        Faces::of(certain.map(|track| track.face(step)))
    }

    /// Looks again near each face when it is time to.
    fn look_again(&mut self, scan: &mut Scan) {
        for track in &mut self.tracks {
            track.since += 1;
            track.unseen += 1;
            if let Some(ago) = &mut track.given {
                *ago += 1;
            }
            let settled = track.certain() && track.corrected >= FIRST;
            let every = if settled || track.unseen > AGAIN {
                AGAIN
            } else {
                CONFIRM
            };
            if track.since < every {
                continue;
            }
            track.since = 0;
            let enough = if track.certain() { KEPT } else { FOUND / 2 };
            let found = firmest(scan, &self.pyramid, track.spot, SURE);
            let found = found.filter(|found| found.hits >= enough);
            if let Some(found) = found {
                correct(track, found);
            }
        }
        self.tracks.retain(|track| {
            if track.certain() {
                track.unseen < HELD || track.given.is_some_and(|ago| ago < HELD)
            } else {
                track.unseen < CONFIRM + 1
            }
        });
        self.join();
    }

    /// Of tracks that came to be one face, keeps the older.
    fn join(&mut self) {
        let mut at = 1;
        while at < self.tracks.len() {
            let (before, rest) = self.tracks.split_at(at);
            if before.iter().any(|other| other.spot.meets(&rest[0].spot)) {
                self.tracks.remove(at);
            } else {
                at += 1;
            }
        }
    }

    /// Looks for new faces in the slice of this frame.
    fn look_around(&mut self, search: &mut Search) {
        let certain = self.tracks.iter().any(Track::certain);
        if certain && !self.frames.is_multiple_of(SELDOM) || self.tracks.len() >= MOST {
            return;
        }
        let Search { scan, schedule, .. } = search;
        let hits = schedule.step(scan, &self.pyramid, !certain);
        let mut tried: Vec<Spot> = Vec::with_capacity(TRIES);
        for hit in hits {
            let known = self.tracks.iter().map(|track| track.spot);
            let known = known
                .chain(tried.iter().copied())
                .any(|spot| spot.meets(&hit));
            if known || self.tracks.len() >= MOST || tried.len() >= TRIES {
                continue;
            }
            tried.push(hit);
            let found = scan.near(&self.pyramid, hit);
            if let Some(found) = found.filter(|found| found.hits >= FOUND) {
                self.begin(found.spot, found.hits, None);
            }
        }
    }

    fn begin(&mut self, spot: Spot, hits: u32, given: Option<u32>) {
        self.tracks.push(Track {
            id: self.next,
            spot,
            hits,
            looks: if hits >= SURE { 2 } else { 1 },
            since: 0,
            unseen: 0,
            corrected: 0,
            given,
        });
        self.next = self.next.wrapping_add(1);
    }

    /// Follows the caller's boxes: the largest, at most [`MOST`].
    fn take(&mut self, given: &[Share], now: &Signature) {
        let step = self.pyramid.step;
        let (width, height) = (now.grid.width as f64 / step, now.grid.height as f64 / step);
        let mut spots: Vec<Spot> = given
            .iter()
            .map(|share| spot(share, width, height))
            .collect();
        spots.sort_by(|a, b| b.size.total_cmp(&a.size));
        spots.truncate(MOST);
        for spot in &spots {
            let same = self
                .tracks
                .iter_mut()
                .max_by(|a, b| a.spot.overlap(spot).total_cmp(&b.spot.overlap(spot)))
                .filter(|track| track.spot.overlap(spot) > SAME);
            if let Some(track) = same {
                if track.given.is_none() || track.unseen > AGAIN {
                    // Nothing was seen there for a while: the caller's word is all there is.
                    (track.spot.x, track.spot.y, track.spot.size) = (spot.x, spot.y, spot.size);
                }
                track.given = Some(0);
            } else {
                let tracks = &mut self.tracks;
                if tracks.len() >= MOST {
                    tracks.retain(|track| track.given == Some(0));
                }
                if tracks.len() < MOST {
                    self.begin(*spot, 0, Some(0));
                    if let Some(track) = self.tracks.last_mut() {
                        track.since = AGAIN; // the near search places it now
                    }
                }
            }
        }
        self.tracks.retain(|track| track.given == Some(0));
    }

    /// Loses what left the picture or shrank out of sight.
    fn leave(&mut self, (width, height): (usize, usize)) {
        self.tracks.retain(|track| {
            let Spot { x, y, size, .. } = track.spot;
            let inside = x > 0.0 && y > 0.0 && x < width as f64 && y < height as f64;
            inside && size > 4.0 && size < 2.0 * height.max(width) as f64
        });
    }
}

/// The square of a caller's box in samples of the picture that is searched.
fn spot(share: &Share, width: f64, height: f64) -> Spot {
    let (w, h) = (
        (share.right - share.left) * width,
        (share.bottom - share.top) * height,
    );
    Spot {
        x: (share.left + share.right) / 2.0 * width,
        y: (share.top + share.bottom) / 2.0 * height,
        size: (w * h).sqrt() * WINDOW,
        tilt: 0.0,
    }
}

/// What is near a box at the tilt it has, and at others where that is not firm.
fn firmest(scan: &mut Scan, pyramid: &Pyramid, spot: Spot, firm: u32) -> Option<Found> {
    let mut best = scan.near(pyramid, spot);
    let others = TILTS
        .into_iter()
        .filter(|tilt| (tilt - spot.tilt).abs() > 1.0);
    for tilt in others {
        if best.is_some_and(|best| best.hits >= firm) {
            break;
        }
        let found = scan.near(pyramid, Spot { tilt, ..spot });
        if found.map_or(0, |found| found.hits) > best.map_or(0, |best| best.hits) {
            best = found;
        }
    }
    best
}

/// Moves a carried box towards what was found.
fn correct(track: &mut Track, found: Found) {
    let spot = &mut track.spot;
    let (dx, dy) = (found.spot.x - spot.x, found.spot.y - spot.y);
    let fresh = track.looks < LOOKS || track.unseen > 2 * AGAIN;
    if fresh || dx.abs().max(dy.abs()) > WRONG * spot.size {
        *spot = found.spot;
        track.corrected = 0;
    } else {
        let mean = 1.0 / f64::from(track.corrected + 2);
        let (place, size) = (PLACE.max(mean), SIZE.max(mean));
        spot.x += place * dx;
        spot.y += place * dy;
        spot.size += size * (found.spot.size - spot.size);
        spot.tilt = found.spot.tilt;
        track.corrected = track.corrected.saturating_add(1);
    }
    track.hits = found.hits;
    let sure = u32::from(found.hits >= SURE);
    track.looks = track.looks.saturating_add(1 + sure);
    track.unseen = 0;
}
