//! `Tap`: takes the newest frame that a media loop offers, and measures it on a thread of its own.

use std::{
    mem,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering, mpsc},
    thread::{self, JoinHandle},
};

use pyo3::{
    exceptions::{PyRuntimeError, PyValueError},
    intern,
    prelude::*,
    types::PyString,
};

use crate::{
    analyzer::{Reading, Stream},
    buffer::Lent,
    picture::{LentPicture, Planes, finite, named},
};

mod layout_cache;
mod mailbox;
mod pace;
mod worker;

use layout_cache::{KnownLayout, several};
use mailbox::{Mailbox, Offered, add};
use pace::Pace;

/// Takes frames at the media's pace and measures the newest; what is in between is counted.
#[pyclass(frozen, module = "v100_ai._native")]
pub(crate) struct Tap {
    mailbox: Arc<Mailbox>,
    pace: Mutex<Pace>,
    known: Mutex<Option<Arc<KnownLayout>>>,
    work: Mutex<Work>,
}

/// Who measures.
enum Work {
    Ahead(Box<Stream>),
    Running(JoinHandle<()>),
    Over,
}

#[pymethods]
impl Tap {
    #[new]
    #[pyo3(signature = (layers, capacity, fps=None))]
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    fn new(layers: Vec<String>, capacity: NonZeroUsize, fps: Option<f64>) -> PyResult<Self> {
        if let Some(found) = fps.filter(|fps| !(fps.is_finite() && *fps > 0.0)) {
            return Err(PyValueError::new_err(format!(
                "expected frames a second above 0, found {found}"
            )));
        }
        Ok(Self {
            mailbox: Arc::new(Mailbox::new(capacity.get())),
            pace: Mutex::new(Pace::new(fps.map(f64::recip))),
            known: Mutex::default(),
            work: Mutex::new(Work::Ahead(Box::new(Stream::new(&layers, None)?))),
        })
    }

    /// Starts the thread; returns the system's number of it, where there is one.
    fn open(&self) -> PyResult<Option<u32>> {
        let mut work = locked(&self.work);
        let stream = match mem::replace(&mut *work, Work::Over) {
            Work::Ahead(stream) => stream,
            found => {
                *work = found;
                return Err(PyRuntimeError::new_err(
                    "expected a tap that was not open yet",
                ));
            }
        };
        let (told, asked) = mpsc::sync_channel(1);
        let mailbox = Arc::clone(&self.mailbox);
        let thread = thread::Builder::new()
            .name("v100-tap".to_owned())
            .spawn(move || {
                let _ = told.send(worker::thread_id());
                worker::run(&mailbox, *stream);
            })?;
        *work = Work::Running(thread);
        Ok(asked.recv().ok().flatten())
    }

    /// Takes a `v100_ai.Frame`, shown at `pts` or at its own time; false if it is not due.
    #[pyo3(signature = (frame, pts=None))]
    fn offer_frame(&self, frame: &Bound<'_, PyAny>, pts: Option<f64>) -> PyResult<bool> {
        let py = frame.py();
        let pts = match pts {
            Some(pts) => pts,
            None => frame.getattr(intern!(py, "pts"))?.extract()?,
        };
        if !self.due(finite(pts)?) {
            return Ok(false);
        }
        let format = frame.getattr(intern!(py, "format"))?;
        let size = (
            frame.getattr(intern!(py, "width"))?.extract()?,
            frame.getattr(intern!(py, "height"))?.extract()?,
        );
        let planes = frame.getattr(intern!(py, "planes"))?;
        let planes = several(&planes)
            .map(|plane| {
                let stride = plane.getattr(intern!(py, "stride"))?.extract()?;
                Lent::new(&plane.getattr(intern!(py, "data"))?, stride)
            })
            .collect::<PyResult<_>>()?;
        let format = named(format.cast::<PyString>()?.to_str()?)?;
        let full = frame
            .getattr(intern!(py, "range"))?
            .eq(intern!(py, "full"))?;
        let matrix: Option<String> = frame.getattr(intern!(py, "matrix"))?.extract()?;
        self.take(
            LentPicture::of(format, size, planes).coded(full, matrix.as_deref())?,
            pts,
        )
    }

    /// Takes a frame, each plane given with its stride in bytes; false if it is not due.
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    #[expect(
        clippy::too_many_arguments,
        reason = "a picture and what it stands for"
    )]
    #[pyo3(signature = (format, width, height, planes, pts, *, full=false, matrix=None))]
    fn offer(
        &self,
        format: &str,
        width: usize,
        height: usize,
        planes: Planes<'_>,
        pts: f64,
        full: bool,
        matrix: Option<&str>,
    ) -> PyResult<bool> {
        let pts = finite(pts)?;
        if !self.due(pts) {
            return Ok(false);
        }
        let lent = LentPicture::new(format, (width, height), &planes)?;
        self.take(lent.coded(full, matrix)?, pts)
    }

    /// Takes arrays that lie as those did that `learn` was told of; `None` if they do not.
    #[pyo3(signature = (arrays, pts, bits=None))]
    fn offer_alike(
        &self,
        arrays: &Bound<'_, PyAny>,
        pts: f64,
        bits: Option<u32>,
    ) -> PyResult<Option<bool>> {
        let pts = finite(pts)?;
        let known = locked(&self.known).clone(); // who lends may run code, so no lock is held
        let Some(picture) = known.and_then(|known| known.lent(arrays, bits)) else {
            return Ok(None);
        };
        if !self.due(pts) {
            return Ok(Some(false));
        }
        self.take(picture, pts).map(Some)
    }

    /// Remembers how arrays lie that are a picture of `format`.
    #[pyo3(signature = (arrays, format, width, height, bits=None))]
    fn learn(
        &self,
        arrays: &Bound<'_, PyAny>,
        format: &str,
        width: usize,
        height: usize,
        bits: Option<u32>,
    ) -> PyResult<()> {
        let known = KnownLayout::new(arrays, named(format)?, (width, height), bits)?;
        *locked(&self.known) = Some(Arc::new(known));
        Ok(())
    }

    /// Counts a frame that could not be read, and keeps why.
    fn refuse(&self, why: String) {
        add(&self.mailbox.counts.offered);
        self.mailbox.refuse(why);
    }

    /// The readings that are ready, oldest first.
    fn collect(&self, py: Python<'_>) -> PyResult<Vec<Reading>> {
        self.mailbox.sweep();
        self.mailbox
            .collect()
            .map(|told| Reading::new(py, &told.reading, told.number, told.pts))
            .collect()
    }

    /// What became of the frames so far.
    #[getter]
    fn stats(&self) -> TapStats {
        TapStats::new(&self.mailbox)
    }

    /// Measures what still waits and ends the thread.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.end());
        while let Some(unseen) = self.mailbox.take() {
            add(&self.mailbox.counts.skipped);
            drop(unseen);
        }
        self.mailbox.sweep();
    }
}

impl Tap {
    /// Whether a frame is to be looked at; one that is not is counted.
    fn due(&self, pts: f64) -> bool {
        let due = !self.mailbox.closing.load(Ordering::Acquire) && locked(&self.pace).due(pts);
        if !due {
            add(&self.mailbox.counts.offered);
            add(&self.mailbox.counts.skipped);
        }
        due
    }

    fn take(&self, picture: LentPicture, pts: f64) -> PyResult<bool> {
        picture.frame()?; // checked here, so that the thread finds no fault with it
        locked(&self.pace).take(pts);
        let number = add(&self.mailbox.counts.offered);
        self.mailbox.put(Offered {
            number,
            pts,
            picture,
        });
        Ok(true)
    }

    fn end(&self) {
        self.mailbox.closing.store(true, Ordering::Release);
        let work = mem::replace(&mut *locked(&self.work), Work::Over);
        if let Work::Running(thread) = work {
            thread.thread().unpark();
            let _ = thread.join(); // what it panics with was printed, and nothing waits for it
        }
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        // The lock is held here, and the thread never asks for it.
        self.end();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What became of the frames: `offered` is the sum of `analysed`, `replaced`, `refused`, `skipped`
/// and `waiting`.
#[pyclass(frozen, get_all, module = "v100_ai._native")]
pub(crate) struct TapStats {
    offered: u64,
    analysed: u64,
    replaced: u64,
    refused: u64,
    skipped: u64,
    waiting: u64,
    readings_dropped: u64,
    refusal: Option<String>,
}

impl TapStats {
    fn new(mailbox: &Mailbox) -> Self {
        let counts = &mailbox.counts;
        let [analysed, replaced, refused, skipped, readings_dropped] = [
            &counts.analysed,
            &counts.replaced,
            &counts.refused,
            &counts.skipped,
            &counts.readings_dropped,
        ]
        .map(|count| count.load(Ordering::Acquire));
        // Read last: no frame has an end before it was offered.
        let offered = counts.offered.load(Ordering::Acquire);
        Self {
            offered,
            analysed,
            replaced,
            refused,
            skipped,
            waiting: offered - analysed - replaced - refused - skipped,
            readings_dropped,
            refusal: mailbox.refusal(),
        }
    }
}
