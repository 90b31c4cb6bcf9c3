//! All layers over the frames of one stream: one pass over the samples, then the layers over what
//! it left.

use crate::{
    complexity::{
        scene::{Means, scene_complexity},
        siti::{self, SiTi, Transfer},
    },
    cpu::Level,
    face::{Faces, Share, Tracker},
    forensics::{self, Forensics},
    frame::{Coding, Frame},
    motion::{
        self,
        vectors::{Field, Vectors},
    },
    signature::{Parts, Scan, Scanner},
    visual::{self, Visual, luma_scale},
};

/// Which layers are on.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each layer is one flag")]
pub struct Layers {
    /// How much the picture moved.
    pub motion: bool,
    /// Where to: block motion vectors.
    pub vectors: bool,
    /// How many bits it would take.
    pub complexity: bool,
    /// Spatial and temporal information of ITU-T P.910: a second pass, for reports.
    pub siti: bool,
    /// SI and TI of the edition of 07/2022, for this transfer; legacy where it is `None`.
    pub seen_by: Option<Transfer>,
    /// How it looks.
    pub visual: bool,
    /// Where faces are.
    pub faces: bool,
    /// Whether the largest face was altered; finds the faces as well.
    pub deepfake: bool,
}

/// What one frame measures. A layer that is off, or has nothing to compare with, is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Width and height.
    pub size: (usize, usize),
    /// How much it moved.
    pub motion: Option<Motion>,
    /// How many bits it would take.
    pub complexity: Option<Complexity>,
    /// SI and TI.
    pub siti: Option<siti::Reading>,
    /// How it looks.
    pub visual: Option<visual::Reading>,
    /// Where faces are.
    pub faces: Option<Faces>,
    /// What the largest of them tells.
    pub deepfake: Option<forensics::Reading>,
}

/// How much the picture moved since the last frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    /// [`motion::magnitude`].
    pub magnitude: Option<f64>,
    /// Mean absolute difference of the reduced planes, in 8-bit codes: 0 if the frame repeats.
    pub difference: Option<f64>,
    /// The field of vectors in a few figures.
    pub vectors: Option<Flow>,
}

/// A field of vectors, summed up; in frame samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// Mean displacement to the right.
    pub mean_x: f64,
    /// Mean displacement down.
    pub mean_y: f64,
    /// Mean length.
    pub mean_length: f64,
    /// What motion compensation leaves, in 8-bit codes.
    pub residual: f64,
    /// Mean confidence, 0 to 1.
    pub confidence: f64,
    /// Share of blocks at the edge of the range or beyond it.
    pub saturation: f64,
}

/// How much there is to encode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Complexity {
    /// [`scene_complexity`], 0 to 1.
    pub scene: Option<f64>,
    /// Root of the gradient energy, in 8-bit codes.
    pub spatial: f64,
    /// Mean absolute difference of the reduced planes, in 8-bit codes.
    pub temporal: Option<f64>,
}

/// Change of scene at which nothing that was followed is where it was; `faults` has cuts from 0.35 on.
const CUT: f64 = 0.35;

/// Runs the layers that are on; remembers what they need of the last frame.
#[derive(Debug)]
pub struct Analyzer {
    level: Level,
    layers: Layers,
    scanner: Scanner,
    vectors: Vectors,
    siti: SiTi,
    visual: Visual,
    tracker: Tracker,
    forensics: Forensics,
    coding: Coding,
}

impl Analyzer {
    /// An analyzer that has seen nothing.
    #[must_use]
    pub fn new(level: Level, mut layers: Layers) -> Self {
        layers.faces |= layers.deepfake;
        let parts = Parts {
            difference: layers.motion || layers.vectors || layers.complexity || layers.faces,
            chroma: layers.visual || layers.deepfake,
        };
        Self {
            level,
            layers,
            scanner: Scanner::new(level, parts),
            vectors: Vectors::new(level),
            siti: SiTi::new(level, information(layers, Coding::default())),
            visual: Visual::default(),
            tracker: Tracker::new(level),
            forensics: Forensics::new(level),
            coding: Coding::default(),
        }
    }

    /// Forgets every frame.
    pub fn reset(&mut self) {
        *self = Self::new(self.level, self.layers);
    }

    /// Measures `frame`. One of another size, depth or range than the last starts over.
    ///
    /// Levels are 8-bit codes of limited range: those of full range are brought to it, but for SI
    /// and TI as they are seen, which look at light.
    pub fn push(&mut self, frame: &Frame<'_>) -> Reading {
        self.push_with(frame, 0.0, None)
    }

    /// The same of a frame shown at `pts` seconds, which windows of time are reckoned by, and where the
    /// caller knows the faces: their boxes replace the search for new ones.
    pub fn push_with(&mut self, frame: &Frame<'_>, pts: f64, given: Option<&[Share]>) -> Reading {
        let coding = frame.coding();
        if coding != self.coding {
            self.reset();
            self.siti = SiTi::new(self.level, information(self.layers, coding));
            self.coding = coding;
        }
        let scale = luma_scale(coding);
        let siti = self
            .layers
            .siti
            .then(|| measure(&mut self.siti, frame))
            .flatten();
        let stretch = if self.layers.seen_by.is_none() {
            scale
        } else {
            1.0
        };
        let siti = siti.map(|found| siti::Reading {
            si: found.si * stretch,
            ti: found.ti.map(|ti| ti * stretch),
        });
        let scan = self.scanner.push(frame);
        let magnitude = motion::magnitude(self.level, scan).map(|found| found * scale);
        let difference = scan.now.totals.difference.map(|found| found * scale);
        let layers = self.layers;
        let field = (layers.vectors || layers.faces)
            .then(|| field(&mut self.vectors, scan))
            .flatten();
        let visual =
            (layers.visual || layers.faces).then(|| self.visual.push(scan, magnitude, coding));
        let faces = layers.faces.then(|| {
            let change = visual.and_then(|visual| visual.scene_change);
            if change.is_some_and(|change| change >= CUT) {
                self.tracker.cut();
                self.forensics.cut();
            }
            self.tracker.push(scan.now, field, given)
        });
        let deepfake = faces
            .filter(|_| layers.deepfake)
            .map(|faces| self.forensics.push(scan, field, &faces, pts));
        Reading {
            size: frame.size(),
            motion: (layers.motion || layers.vectors).then(|| Motion {
                magnitude,
                difference,
                vectors: field
                    .filter(|_| layers.vectors)
                    .map(|field| flow(field, scale)),
            }),
            complexity: layers.complexity.then(|| Complexity {
                scene: scene_complexity(Means {
                    laplacian: scan.now.totals.laplacian * scale * scale,
                    difference,
                }),
                spatial: scan.now.totals.gradient.sqrt() * scale,
                temporal: difference,
            }),
            siti,
            visual: visual.filter(|_| layers.visual),
            faces,
            deepfake,
        }
    }
}

fn measure(siti: &mut SiTi, frame: &Frame<'_>) -> Option<siti::Reading> {
    match frame {
        Frame::Eight(picture) => siti.push(picture.luma()),
        Frame::Sixteen(picture) => siti.push_deep(picture.luma(), picture.depth()),
    }
    .ok() // a frame's shape and depth were checked when it was made
}

/// How SI and TI are taken of such samples. Legacy takes luma as it is coded.
fn information(layers: Layers, coding: Coding) -> siti::Settings {
    match layers.seen_by {
        None => siti::Settings::LEGACY,
        Some(transfer) => siti::Settings {
            range: if coding.full {
                siti::Range::Full
            } else {
                siti::Range::Limited
            },
            ..siti::Settings::p910_2022(transfer)
        },
    }
}

fn field<'a>(vectors: &'a mut Vectors, scan: Scan<'_>) -> Option<&'a Field> {
    let (now, last) = (&scan.now.reduced, &scan.last?.reduced);
    vectors
        .search(now.plane(), last.plane(), scan.now.grid.factor)
        .ok()
}

fn flow(field: &Field, scale: f64) -> Flow {
    Flow {
        mean_x: field.mean_dx.into(),
        mean_y: field.mean_dy.into(),
        mean_length: field.magnitude.into(),
        residual: f64::from(field.residual) * scale,
        confidence: field.mean_confidence.into(),
        saturation: field.saturation.into(),
    }
}
