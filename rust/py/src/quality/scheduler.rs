//! Pairs of one shape, told in their order: one pair shared by the threads, or several side by side
//! where one does not keep them all busy.

use std::{collections::VecDeque, iter, panic, thread};

use v100_core::{
    cpu::Level,
    frame::{Chroma, Format, Layout, Picture},
    plane::{Plane, ShapeError},
    quality::{
        metric_set::{Comparable, Measurements, MetricSet, Metrics},
        series::{Ready, Score, Series},
    },
};

use super::threads::Threads;

/// A pair's own measurements, and what its neighbours add to them.
pub(super) struct Told {
    pub(super) pts: f64,
    pub(super) measurements: Measurements,
    pub(super) score: Option<Score>,
}

/// Measures pairs; every figure is the same for any number of threads.
///
/// All but the last pair of a group are copied, because what lends a picture may write to it again
/// once it is pushed; where a group is one pair, nothing is but the reference's luma, which motion
/// needs.
pub(super) struct Scheduler<T: Comparable> {
    pub(super) format: Format,
    pub(super) size: (usize, usize),
    metrics: Metrics,
    /// One for each pair of a group; together they have as many workers as there are threads.
    sets: Vec<MetricSet<T>>,
    /// The pairs that wait for their group, the first `waiting.len()` of them.
    copies: Vec<[Copied<T>; 2]>,
    waiting: Vec<f64>,
    /// The reference's luma before the group, and that before it, where VMAF's motion asks for them.
    last: [Option<Copied<T>>; 2],
    series: Option<Series>,
    measured: VecDeque<(f64, Measurements)>,
}

/// A picture's planes, one after the other.
#[derive(Default)]
struct Copied<T> {
    planes: Vec<Vec<T>>,
}

impl<T: Comparable> Copied<T> {
    fn take(&mut self, planes: &[Plane<'_, T>]) {
        self.planes.resize_with(planes.len(), Vec::new);
        for (copy, plane) in self.planes.iter_mut().zip(planes) {
            copy.clear();
            for row in plane.rows() {
                copy.extend_from_slice(row);
            }
        }
    }

    fn picture(&self, format: Format, size: (usize, usize)) -> Result<Picture<'_, T>, ShapeError> {
        let sizes = format.planes(size.0, size.1);
        let planes: Vec<_> = self
            .planes
            .iter()
            .zip(sizes)
            .map(|(samples, (width, height))| Plane::packed(samples, width, height))
            .collect();
        Picture::new(format, &planes)
    }
}

impl<T: Comparable> Scheduler<T> {
    /// A scheduler of `threads` for pictures of `format` and `size`.
    pub(super) fn new(
        metrics: &Metrics,
        threads: usize,
        format: Format,
        size: (usize, usize),
    ) -> Self {
        let mut metrics = metrics.clone();
        if let Some(settings) = &mut metrics.vmaf {
            settings.depth = format.depth;
        }
        let level = Level::detect();
        let pairs = threads.div_ceil(metrics.workers(size.1)).max(1);
        let workers = |at: usize| threads / pairs + usize::from(at < threads % pairs);
        Self {
            format,
            size,
            sets: (0..pairs)
                .map(|at| MetricSet::new(level, metrics.clone(), workers(at)))
                .collect(),
            copies: Vec::new(),
            waiting: Vec::new(),
            last: [None, None],
            series: metrics.vmaf.clone().map(Series::new),
            metrics,
            measured: VecDeque::new(),
        }
    }

    /// Takes the luma of the reference's frame before the first pair.
    pub(super) fn resume(&mut self, before: &Picture<'_, T>) {
        self.last[0].get_or_insert_default().take(&[before.luma()]);
    }

    /// Takes the next pair; tells of those that are ready.
    pub(super) fn push(
        &mut self,
        pair: [Picture<'_, T>; 2],
        pts: f64,
    ) -> Result<Vec<Told>, ShapeError> {
        // What is not looked at need not be copied.
        let pair = if self.metrics.colour() {
            pair
        } else {
            pair.map(Picture::gray)
        };
        let at = self.waiting.len();
        self.waiting.push(pts);
        if self.waiting.len() == self.sets.len() {
            return self.measure(Some(pair));
        }
        if self.copies.len() == at {
            self.copies.push([Copied::default(), Copied::default()]);
        }
        for (copy, picture) in self.copies[at].iter_mut().zip(&pair) {
            copy.take(&planes(picture));
        }
        Ok(Vec::new())
    }

    /// Tells of all that waits; `next` is the reference's frame after it. Starts over.
    pub(super) fn flush(&mut self, next: Option<&Picture<'_, T>>) -> Result<Vec<Told>, ShapeError> {
        let mut told = self.measure(None)?;
        let [last, _] = std::mem::take(&mut self.last);
        let motion = match (&last, next) {
            (Some(last), Some(next)) => {
                let luma = Plane::packed(&last.planes[0], self.size.0, self.size.1);
                self.sets[0].motion(luma, next.luma())?
            }
            _ => None,
        };
        if let Some(series) = &mut self.series {
            let ready = series.flush(motion);
            tell(ready, &mut self.measured, &mut told);
        }
        Ok(told)
    }

    /// Measures the pairs that wait, the last of them `lent` where it was not copied.
    fn measure(&mut self, lent: Option<[Picture<'_, T>; 2]>) -> Result<Vec<Told>, ShapeError> {
        let copied = self.waiting.len() - usize::from(lent.is_some());
        let seen = if self.metrics.colour() {
            self.format
        } else {
            Format {
                chroma: Layout::Gray,
                ..self.format
            }
        };
        let mut pairs = Vec::with_capacity(self.waiting.len());
        for [reference, distorted] in &self.copies[..copied] {
            pairs.push([
                reference.picture(seen, self.size)?,
                distorted.picture(seen, self.size)?,
            ]);
        }
        pairs.extend(lent);
        if pairs.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.last.each_ref().map(|last| {
            last.as_ref()
                .map(|last| Plane::packed(&last.planes[0], self.size.0, self.size.1))
        });
        let luma = |at: usize| pairs.get(at).map(|[reference, _]| reference.luma());
        let before = |at: usize| match at.checked_sub(1) {
            Some(at) => luma(at),
            None => known[0],
        };
        let befores = (0..pairs.len()).map(|at| match at.checked_sub(1) {
            Some(one) => [before(at), before(one)],
            None => known,
        });
        let mut work = self.sets.iter_mut().zip(&pairs).zip(befores);
        let found: Vec<Result<Measurements, ShapeError>> = thread::scope(|scope| {
            let mine = work.next();
            let others: Vec<_> = work
                .map(|((set, pair), before)| {
                    scope.spawn(move || set.measure(pair, before, &Threads))
                })
                .collect();
            let mine = mine.map(|((set, pair), before)| set.measure(pair, before, &Threads));
            let others = others.into_iter().map(|other| {
                other
                    .join()
                    .unwrap_or_else(|found| panic::resume_unwind(found))
            });
            mine.into_iter().chain(others).collect()
        });
        if let Some(settings) = &self.metrics.vmaf {
            // Copied before the borrow of the group's own copies ends.
            let [mut one, mut two] = std::mem::take(&mut self.last);
            let last = pairs.len() - 1;
            if Series::parts(settings) {
                two = None;
            } else if let Some(before) = last.checked_sub(1).and_then(luma) {
                two.get_or_insert_default().take(&[before]);
            } else {
                std::mem::swap(&mut one, &mut two);
            }
            if let Some(luma) = luma(last) {
                one.get_or_insert_default().take(&[luma]);
            }
            self.last = [one, two];
        }
        let mut told = Vec::with_capacity(found.len());
        for (pts, measurements) in self.waiting.drain(..).zip(found) {
            let measurements = measurements?;
            let Some((series, measure)) = self.series.as_mut().zip(measurements.vmaf) else {
                told.push(Told {
                    pts,
                    measurements,
                    score: None,
                });
                continue;
            };
            let ready = series.push(measure);
            self.measured.push_back((pts, measurements));
            tell(ready, &mut self.measured, &mut told);
        }
        Ok(told)
    }
}

/// Puts scores to the pairs that have waited for them.
fn tell(ready: Ready, measured: &mut VecDeque<(f64, Measurements)>, told: &mut Vec<Told>) {
    for (score, (pts, measurements)) in ready
        .into_iter()
        .flatten()
        .zip(iter::from_fn(|| measured.pop_front()))
    {
        let score = Some(score);
        told.push(Told {
            pts,
            measurements,
            score,
        });
    }
}

fn planes<'a, T: Comparable>(picture: &Picture<'a, T>) -> Vec<Plane<'a, T>> {
    match picture.chroma() {
        Chroma::Gray => vec![picture.luma()],
        Chroma::Planar { cb, cr, .. } => vec![picture.luma(), cb, cr],
        Chroma::Interleaved(both) => vec![picture.luma(), both],
    }
}
