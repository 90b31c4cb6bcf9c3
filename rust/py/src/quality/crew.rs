//! Pairs of one shape, measured as many at a time as there are threads, told in their order.

use std::{collections::VecDeque, iter, panic, thread};

use v100_core::{
    cpu::Level,
    frame::{Chroma, Format, Picture},
    plane::{Plane, ShapeError},
    quality::{
        gauge::{Comparable, Facts, Gauge, Metrics},
        series::{Score, Series},
    },
};

/// A pair's own facts, and what its neighbours add to them.
pub(super) struct Told {
    pub(super) pts: f64,
    pub(super) facts: Facts,
    pub(super) score: Option<Score>,
}

/// Measures pairs; every figure is the same for any number of threads.
///
/// All but the last pair of a group are copied, because what lends a picture may write to it again
/// once it is pushed; with one thread nothing is but the reference's luma, which motion needs.
pub(super) struct Crew<T: Comparable> {
    pub(super) format: Format,
    pub(super) size: (usize, usize),
    /// One per thread.
    gauges: Vec<Gauge<T>>,
    /// The pairs that wait for their group, the first `waiting.len()` of them.
    copies: Vec<[Copied<T>; 2]>,
    waiting: Vec<f64>,
    /// The reference's luma before the group.
    last: Option<Copied<T>>,
    series: Option<Series>,
    measured: VecDeque<(f64, Facts)>,
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

impl<T: Comparable> Crew<T> {
    /// A crew of `threads` for pictures of `format` and `size`.
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
        Self {
            format,
            size,
            gauges: iter::repeat_with(|| Gauge::new(level, metrics.clone()))
                .take(threads)
                .collect(),
            copies: Vec::new(),
            waiting: Vec::new(),
            last: None,
            series: metrics.vmaf.map(Series::new),
            measured: VecDeque::new(),
        }
    }

    /// Takes the luma of the reference's frame before the first pair.
    pub(super) fn resume(&mut self, before: &Picture<'_, T>) {
        self.remember(before.luma());
    }

    /// Takes the next pair; tells of those that are ready.
    pub(super) fn push(
        &mut self,
        pair: [Picture<'_, T>; 2],
        pts: f64,
    ) -> Result<Vec<Told>, ShapeError> {
        let at = self.waiting.len();
        self.waiting.push(pts);
        if self.waiting.len() == self.gauges.len() {
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
        let last = self.last.take();
        let motion = match (&last, next) {
            (Some(last), Some(next)) => {
                let luma = Plane::packed(&last.planes[0], self.size.0, self.size.1);
                self.gauges[0].motion(luma, next.luma())?
            }
            _ => None,
        };
        let score = self.series.as_mut().and_then(|series| series.flush(motion));
        told.extend(
            self.measured
                .pop_front()
                .map(|(pts, facts)| Told { pts, facts, score }),
        );
        Ok(told)
    }

    /// Measures the pairs that wait, the last of them `lent` where it was not copied.
    fn measure(&mut self, lent: Option<[Picture<'_, T>; 2]>) -> Result<Vec<Told>, ShapeError> {
        let copied = self.waiting.len() - usize::from(lent.is_some());
        let mut pairs = Vec::with_capacity(self.waiting.len());
        for [reference, distorted] in &self.copies[..copied] {
            pairs.push([
                reference.picture(self.format, self.size)?,
                distorted.picture(self.format, self.size)?,
            ]);
        }
        pairs.extend(lent);
        let Some([last, _]) = pairs.last().copied() else {
            return Ok(Vec::new());
        };
        let before = self
            .last
            .as_ref()
            .map(|last| Plane::packed(&last.planes[0], self.size.0, self.size.1));
        let befores = iter::once(before).chain(pairs.iter().map(|[it, _]| Some(it.luma())));
        let mut work = self.gauges.iter_mut().zip(&pairs).zip(befores);
        let found: Vec<Result<Facts, ShapeError>> = thread::scope(|scope| {
            let mine = work.next();
            let others: Vec<_> = work
                .map(|((gauge, pair), before)| scope.spawn(move || gauge.measure(pair, before)))
                .collect();
            let mine = mine.map(|((gauge, pair), before)| gauge.measure(pair, before));
            let others = others.into_iter().map(|other| {
                other
                    .join()
                    .unwrap_or_else(|found| panic::resume_unwind(found))
            });
            mine.into_iter().chain(others).collect()
        });
        // Copied before the borrow of the group's own copies ends.
        let mut luma = Copied::default();
        std::mem::swap(&mut luma, self.last.get_or_insert_default());
        if self.series.is_some() {
            luma.take(&[last.luma()]);
        }
        self.last = self.series.is_some().then_some(luma);
        let mut told = Vec::with_capacity(found.len());
        for (pts, facts) in self.waiting.drain(..).zip(found) {
            let facts = facts?;
            let Some((series, measure)) = self.series.as_mut().zip(facts.vmaf) else {
                told.push(Told {
                    pts,
                    facts,
                    score: None,
                });
                continue;
            };
            let score = series.push(measure);
            if score.is_some()
                && let Some((pts, facts)) = self.measured.pop_front()
            {
                told.push(Told { pts, facts, score });
            }
            self.measured.push_back((pts, facts));
        }
        Ok(told)
    }

    fn remember(&mut self, luma: Plane<'_, T>) {
        self.last.get_or_insert_default().take(&[luma]);
    }
}

fn planes<'a, T: Comparable>(picture: &Picture<'a, T>) -> Vec<Plane<'a, T>> {
    match picture.chroma() {
        Chroma::Gray => vec![picture.luma()],
        Chroma::Planar { cb, cr, .. } => vec![picture.luma(), cb, cr],
        Chroma::Interleaved(both) => vec![picture.luma(), both],
    }
}
