//! `FrameAnalyzer` and what it returns.

use std::sync::{Mutex, PoisonError};

use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};
use v100_core::{
    analyzer::{self, Analyzer, Layers},
    complexity::siti::{self, Transfer},
    cpu::Level,
    face::{self, Share},
    frame::Frame,
    visual,
};

use crate::{
    forensics::Forensics,
    picture::{LentPicture, Planes, finite},
    repr::shows,
    siti::transfer,
};

/// All layers over the frames of one stream, one crossing a frame, the interpreter's lock released.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct FrameAnalyzer(Mutex<Counted>);

struct Counted {
    stream: Stream,
    frames: u64,
}

/// The layers that were asked for by name, over frames that come with their times.
pub(crate) struct Stream {
    analyzer: Analyzer,
    last: Option<f64>,
}

/// Seconds a time may step back and still belong to the same run of frames.
///
/// Decoders and jitter buffers hand out neighbours in the wrong order; a larger step back is a seek,
/// a loop or a restarted sender, after which a comparison with the frame before would mean nothing.
pub(crate) const REORDERING_S: f64 = 1.0;

/// Where a layer is switched on.
type Switch = fn(&mut Layers) -> &mut bool;

/// Every layer by its name.
pub(crate) const LAYERS: [(&str, Switch); 7] = [
    ("motion", |on| &mut on.motion),
    ("vectors", |on| &mut on.vectors),
    ("complexity", |on| &mut on.complexity),
    ("siti", |on| &mut on.siti),
    ("visual", |on| &mut on.visual),
    ("faces", |on| &mut on.faces),
    ("deepfake", |on| &mut on.deepfake),
];

impl Stream {
    /// A stream of which nothing was seen.
    pub(crate) fn new(layers: &[String], seen_by: Option<Transfer>) -> PyResult<Self> {
        let mut on = Layers {
            seen_by,
            ..Layers::default()
        };
        for layer in layers {
            let Some((_, switch)) = LAYERS.into_iter().find(|(name, _)| name == layer) else {
                let known = LAYERS.map(|(name, _)| name).join(", ");
                return Err(PyValueError::new_err(format!(
                    "expected layers of {known}, found {layer}"
                )));
            };
            *switch(&mut on) = true;
        }
        Ok(Self {
            analyzer: Analyzer::new(Level::detect(), on),
            last: None,
        })
    }

    /// Measures the frame shown at `pts`; `given` are the caller's faces.
    pub(crate) fn push(
        &mut self,
        frame: &Frame<'_>,
        pts: f64,
        given: Option<&[Share]>,
    ) -> analyzer::Reading {
        if self.last.is_some_and(|last| pts < last - REORDERING_S) {
            self.analyzer.reset();
        }
        self.last = Some(pts);
        self.analyzer.push_with(frame, pts, given)
    }

    /// Forgets the frames before.
    pub(crate) fn reset(&mut self) {
        self.analyzer.reset();
        self.last = None;
    }
}

#[pymethods]
impl FrameAnalyzer {
    #[new]
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    #[pyo3(signature = (layers, seen_by=None))]
    fn new(layers: Vec<String>, seen_by: Option<&str>) -> PyResult<Self> {
        let stream = Stream::new(&layers, seen_by.map(transfer).transpose()?)?;
        Ok(Self(Mutex::new(Counted { stream, frames: 0 })))
    }

    /// Measures a frame, each plane given with its stride in bytes; `faces` are boxes that the caller
    /// knows, as shares of the frame: left, top, right, bottom.
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    #[expect(
        clippy::too_many_arguments,
        reason = "a picture and what it stands for"
    )]
    #[pyo3(signature = (format, width, height, planes, pts, *, full=false, matrix=None, faces=None))]
    fn push(
        &self,
        py: Python<'_>,
        format: &str,
        width: usize,
        height: usize,
        planes: Planes<'_>,
        pts: f64,
        full: bool,
        matrix: Option<&str>,
        faces: Option<Vec<[f64; 4]>>,
    ) -> PyResult<Reading> {
        let pts = finite(pts)?;
        let given = faces.as_deref().map(face::shares).transpose();
        let given = given.map_err(|refused| PyValueError::new_err(refused.to_string()))?;
        let lent = LentPicture::new(format, (width, height), &planes)?.coded(full, matrix)?;
        let frame = lent.frame()?;
        let (reading, at) = py.detach(|| {
            let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let at = counted.frames;
            counted.frames += 1;
            (counted.stream.push(&frame, pts, given.as_deref()), at)
        });
        Reading::new(py, &reading, at, pts)
    }

    /// Forgets the frames before; they go on being counted.
    fn reset(&self, py: Python<'_>) {
        py.detach(|| {
            let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            counted.stream.reset();
        });
    }
}

/// What one frame measures; `None` where a layer is off or there is nothing to compare with.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Reading {
    frame: u64,
    pts: f64,
    width: usize,
    height: usize,
    motion_magnitude: Option<f64>,
    scene_complexity: Option<f64>,
    motion: Option<Py<Motion>>,
    complexity: Option<Py<Complexity>>,
    visual: Option<Py<Visual>>,
    faces: Option<Py<PyTuple>>,
    forensics: Option<Py<Forensics>>,
}

shows!(Reading: frame, pts, width, height, motion_magnitude, scene_complexity, motion, complexity, visual);

impl Reading {
    pub(crate) fn new(
        py: Python<'_>,
        reading: &analyzer::Reading,
        frame: u64,
        pts: f64,
    ) -> PyResult<Self> {
        let (width, height) = reading.size;
        let complexity = reading.complexity;
        Ok(Self {
            frame,
            pts,
            width,
            height,
            motion_magnitude: reading.motion.and_then(|motion| motion.magnitude),
            scene_complexity: complexity.and_then(|complexity| complexity.scene),
            motion: reading
                .motion
                .map(|motion| Motion::new(py, motion))
                .transpose()?,
            complexity: Complexity::new(complexity, reading.siti)
                .map(|complexity| Py::new(py, complexity))
                .transpose()?,
            visual: reading
                .visual
                .map(|visual| Py::new(py, Visual::new(visual)))
                .transpose()?,
            faces: reading
                .faces
                .map(|faces| faces_of(py, &faces))
                .transpose()?,
            forensics: reading
                .deepfake
                .map(|found| Forensics::new(py, &found))
                .transpose()?,
        })
    }
}

/// How much and where to the picture moved since the frame before.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Motion {
    magnitude: Option<f64>,
    difference: Option<f64>,
    vectors: Option<Py<VectorSummary>>,
}

shows!(Motion: magnitude, difference, vectors);

impl Motion {
    fn new(py: Python<'_>, motion: analyzer::Motion) -> PyResult<Py<Self>> {
        let vectors = motion
            .vectors
            .map(|flow| Py::new(py, VectorSummary::new(flow)));
        let motion = Self {
            magnitude: motion.magnitude,
            difference: motion.difference,
            vectors: vectors.transpose()?,
        };
        Py::new(py, motion)
    }
}

/// The field of motion vectors in a few figures.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct VectorSummary {
    mean_x: f64,
    mean_y: f64,
    mean_length: f64,
    residual: f64,
    confidence: f64,
    saturation: f64,
}

shows!(VectorSummary: mean_x, mean_y, mean_length, residual, confidence, saturation);

impl VectorSummary {
    fn new(flow: analyzer::Flow) -> Self {
        Self {
            mean_x: flow.mean_x,
            mean_y: flow.mean_y,
            mean_length: flow.mean_length,
            residual: flow.residual,
            confidence: flow.confidence,
            saturation: flow.saturation,
        }
    }
}

/// How much there is to encode.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Complexity {
    scene: Option<f64>,
    spatial: Option<f64>,
    temporal: Option<f64>,
    si: Option<f64>,
    ti: Option<f64>,
}

shows!(Complexity: scene, spatial, temporal, si, ti);

impl Complexity {
    fn new(found: Option<analyzer::Complexity>, siti: Option<siti::Reading>) -> Option<Self> {
        (found.is_some() || siti.is_some()).then(|| Self {
            scene: found.and_then(|found| found.scene),
            spatial: found.map(|found| found.spatial),
            temporal: found.and_then(|found| found.temporal),
            si: siti.map(|siti| siti.si),
            ti: siti.and_then(|siti| siti.ti),
        })
    }
}

/// How the picture looks, and the faults that show without a reference.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Visual {
    exposure: f64,
    contrast: f64,
    colourfulness: Option<f64>,
    sharpness_laplacian_variance: f64,
    blur: Option<f64>,
    blockiness: f64,
    black_ratio: f64,
    clipped_low: f64,
    clipped_high: f64,
    scene_change: Option<f64>,
}

shows!(Visual: exposure, contrast, colourfulness, sharpness_laplacian_variance, blur, blockiness, black_ratio, clipped_low, clipped_high, scene_change);

impl Visual {
    fn new(found: visual::Reading) -> Self {
        Self {
            exposure: found.exposure,
            contrast: found.contrast,
            colourfulness: found.colourfulness,
            sharpness_laplacian_variance: found.sharpness_laplacian_variance,
            blur: found.blur,
            blockiness: found.blockiness,
            black_ratio: found.black_ratio,
            clipped_low: found.clipped_low,
            clipped_high: found.clipped_high,
            scene_change: found.scene_change,
        }
    }
}

fn faces_of(py: Python<'_>, faces: &face::Faces) -> PyResult<Py<PyTuple>> {
    let faces = faces.iter().map(|face| Py::new(py, Face::new(face)));
    let faces = faces.collect::<PyResult<Vec<_>>>()?;
    Ok(PyTuple::new(py, faces)?.unbind())
}

/// A face in one frame, in samples of the frame; the box is square, from forehead to chin.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct Face {
    id: u32,
    left: f64,
    top: f64,
    size: f64,
    tilt: f64,
    confidence: f64,
    given: bool,
}

impl Face {
    pub(crate) fn new(face: &face::Face) -> Self {
        Self {
            id: face.id,
            left: face.left,
            top: face.top,
            size: face.size,
            tilt: face.tilt,
            confidence: face.confidence,
            given: face.given,
        }
    }
}
