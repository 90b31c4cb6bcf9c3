//! Every metric that compares a picture with its reference, taken of one pair at a time.

use crate::{
    cpu::Level,
    frame::{Chroma, Format, Picture},
    kernel::{sse::Sse, ssim::Blocks, widen::Widen},
    plane::{Plane, Sample, ShapeError},
    quality::{
        ffmpeg_ssim::{FfmpegSsim, FfmpegSsimMeter},
        float_ssim::FloatSsim,
        gaussian::Similarity,
        ms_ssim::{MsSsim, MsSsimMeter},
        pair::Pair,
        psnr::SquaredError,
        series::Settings,
        ssim::Ssim,
        strips::Executor,
        v1::{self, Colour},
        vmaf,
    },
};

/// Fewest rows for each worker that shares a pair.
const LEAST_ROWS: usize = 240;

/// Samples that every metric can read.
pub trait Comparable: Sse + Blocks + Widen + Sample {}

impl<T: Sse + Blocks + Widen + Sample> Comparable for T {}

/// What is to be measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Squared errors of every plane.
    pub psnr: bool,
    /// The product's `ssim`, of luma.
    pub ssim: bool,
    /// ffmpeg's `ssim` filter, of three planes.
    pub ffmpeg_ssim: bool,
    /// libvmaf's `float_ssim`, of luma.
    pub float_ssim: bool,
    /// libvmaf's `float_ms_ssim`, of luma.
    pub ms_ssim: bool,
    /// VMAF's features, of luma, as far as these settings need them.
    pub vmaf: Option<Settings>,
}

impl Metrics {
    /// Whether planes of colour are looked at.
    #[must_use]
    pub fn colour(&self) -> bool {
        let models = self.vmaf.iter().flat_map(|settings| &settings.models);
        self.psnr || self.ffmpeg_ssim || models.into_iter().any(|model| model.view().is_some())
    }

    /// How many workers a pair of pictures with `height` rows keeps busy. The models before v1 are done by
    /// strips, which are not worth it where they are low; half of v1 is banding, which one worker does, and
    /// every other metric is done by one.
    #[must_use]
    pub fn workers(&self, height: usize) -> usize {
        if self.vmaf.as_ref().is_some_and(Settings::early) {
            (height / LEAST_ROWS).max(1)
        } else {
            1
        }
    }

    /// Fails unless pictures of `format` and `size` have all that is asked for.
    ///
    /// # Errors
    ///
    /// If VMAF v1 is asked for and has no colour to look at or too few samples.
    pub fn fit(&self, format: Format, size: (usize, usize)) -> Result<(), ShapeError> {
        match &self.vmaf {
            Some(settings) => v1::fit(&settings.models, format, size),
            None => Ok(()),
        }
    }
}

/// What one pair tells by itself; `None` where it is not asked for or the picture is too small.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measurements {
    /// Errors of Y, Cb and Cr; of Y alone where there is no colour.
    pub errors: [Option<SquaredError>; 3],
    /// The same as libvmaf sees them: chroma of half the luma's odd size, rounded down.
    pub errors_libvmaf: [Option<SquaredError>; 3],
    /// The product's `ssim`.
    pub ssim: Option<f64>,
    /// What ffmpeg's filter prints.
    pub ffmpeg_ssim: Option<FfmpegSsim>,
    /// What libvmaf calls `float_ssim`.
    pub float_ssim: Option<Similarity>,
    /// What libvmaf calls `float_ms_ssim`.
    pub ms_ssim: Option<MsSsim>,
    /// VMAF's features, for a [`super::series::Series`].
    pub vmaf: Option<vmaf::Measure>,
}

/// Takes the metrics of pairs, each by itself; allocates once per size, never per pair.
#[derive(Debug)]
pub struct MetricSet<T: Comparable> {
    level: Level,
    metrics: Metrics,
    ssim: Ssim<T>,
    ffmpeg_ssim: FfmpegSsimMeter<T>,
    float_ssim: FloatSsim,
    ms_ssim: MsSsimMeter,
    vmaf: Option<vmaf::Meter>,
}

/// A metric of a whole pair, and where it puts what it finds.
enum Metric<'a, T: Comparable> {
    MsSsim(&'a mut MsSsimMeter, &'a mut Option<MsSsim>),
    FloatSsim(&'a mut FloatSsim, &'a mut Option<Similarity>),
    FfmpegSsim(&'a mut FfmpegSsimMeter<T>, &'a mut Option<FfmpegSsim>),
    Ssim(&'a mut Ssim<T>, &'a mut Option<f64>),
    Psnr(&'a mut Errors, &'a mut Errors),
}

/// Errors of the planes that there are.
type Errors = [Option<SquaredError>; 3];

/// A part of the work of a pair.
enum Task<'a, T: Comparable> {
    Metric(Metric<'a, T>),
    Vmaf(vmaf::Task<'a>),
}

impl<T: Comparable> Metric<'_, T> {
    fn measure(self, level: Level, pairs: &Pairs<'_, T>) {
        let luma = &pairs.luma;
        match self {
            Self::MsSsim(meter, found) => *found = meter.push(luma),
            Self::FloatSsim(meter, found) => *found = meter.push(luma),
            Self::Ssim(meter, found) => *found = meter.push(luma),
            Self::FfmpegSsim(meter, found) => {
                *found = pairs.all().and_then(|planes| meter.push(&planes));
            }
            Self::Psnr(errors, errors_libvmaf) => {
                let planes = pairs
                    .all()
                    .map_or([Some(*luma), None, None], |all| all.map(Some));
                for (at, plane) in planes.iter().flatten().enumerate() {
                    let error = SquaredError::of(level, plane);
                    errors[at] = Some(error);
                    let seen = if at > 0 {
                        pairs.seen_by_libvmaf
                    } else {
                        (plane.width(), plane.height())
                    };
                    errors_libvmaf[at] = Some(if seen == (plane.width(), plane.height()) {
                        error
                    } else {
                        SquaredError::of_corner(level, plane, seen)
                    });
                }
            }
        }
    }
}

impl<T: Comparable> MetricSet<T> {
    /// A set that works at `level`, with so many workers.
    #[must_use]
    pub fn new(level: Level, metrics: Metrics, workers: usize) -> Self {
        Self {
            level,
            ssim: Ssim::new(level),
            ffmpeg_ssim: FfmpegSsimMeter::new(level),
            float_ssim: FloatSsim::new(level),
            ms_ssim: MsSsimMeter::new(level),
            vmaf: metrics
                .vmaf
                .as_ref()
                .map(|settings| vmaf::Meter::new(level, settings, workers)),
            metrics,
        }
    }

    /// Measures a reference and its distorted copy by these workers; `before` is the luma of the
    /// reference's frame before it, and of the one before that, which only VMAF's motion asks for.
    /// Every figure is the same for any number of workers.
    ///
    /// # Errors
    ///
    /// If the pictures differ in size, in depth or in their planes, or if VMAF v1 is asked for and has
    /// no colour to look at or too few samples.
    pub fn measure(
        &mut self,
        pictures: &[Picture<'_, T>; 2],
        before: [Option<Plane<'_, T>>; 2],
        workers: &impl Executor,
    ) -> Result<Measurements, ShapeError> {
        let pairs = pairs(pictures)?;
        let (level, metrics) = (self.level, &self.metrics);
        let mut measurements = Measurements::default();
        let of_three = metrics.ffmpeg_ssim && pairs.colours.is_some();
        // The longest first, so that no worker is left with one at the end.
        let tasks = [
            metrics
                .ms_ssim
                .then_some(Metric::MsSsim(&mut self.ms_ssim, &mut measurements.ms_ssim)),
            metrics.float_ssim.then_some(Metric::FloatSsim(
                &mut self.float_ssim,
                &mut measurements.float_ssim,
            )),
            of_three.then_some(Metric::FfmpegSsim(
                &mut self.ffmpeg_ssim,
                &mut measurements.ffmpeg_ssim,
            )),
            (metrics.ssim && !of_three)
                .then_some(Metric::Ssim(&mut self.ssim, &mut measurements.ssim)),
            metrics.psnr.then_some(Metric::Psnr(
                &mut measurements.errors,
                &mut measurements.errors_libvmaf,
            )),
        ];
        let tasks = tasks.into_iter().flatten();
        if let Some(meter) = &mut self.vmaf {
            let mut input = vmaf::Input {
                planes: [pairs.luma.reference(), pairs.luma.distorted()],
                colour: pairs.colours.map(|colours| Colour {
                    planes: colours.map(|pair| [pair.reference(), pair.distorted()]),
                    size: pairs.seen_by_libvmaf,
                }),
                before,
            };
            let (states, of_vmaf) = meter.begin(&mut input)?;
            let tasks = tasks.map(Task::Metric).chain(of_vmaf.map(Task::Vmaf));
            workers.share(states, tasks, |worker, task| match task {
                Task::Metric(metric) => metric.measure(level, &pairs),
                Task::Vmaf(task) => worker.work(&input, task),
            });
            measurements.vmaf = Some(meter.end(&input)?);
        } else {
            tasks.for_each(|metric| metric.measure(level, &pairs));
        }
        if metrics.ssim && of_three {
            measurements.ssim = match measurements.ffmpeg_ssim {
                Some(known) => Some(known.y),
                None => self.ssim.push(&pairs.luma),
            };
        }
        Ok(measurements)
    }

    /// Motion from one reference frame's luma to the next; `None` if VMAF is not asked for.
    ///
    /// # Errors
    ///
    /// If the planes differ in size.
    pub fn motion(
        &mut self,
        before: Plane<'_, T>,
        now: Plane<'_, T>,
    ) -> Result<Option<f64>, ShapeError> {
        let meter = self.vmaf.as_mut();
        meter.map(|meter| meter.motion(before, now)).transpose()
    }
}

/// The pictures plane by plane.
struct Pairs<'a, T: Sample> {
    luma: Pair<'a, T>,
    /// None where either has no planes of colour.
    colours: Option<[Pair<'a, T>; 2]>,
    /// Width and height of colour as libvmaf sees it.
    seen_by_libvmaf: (usize, usize),
}

impl<'a, T: Sample> Pairs<'a, T> {
    /// All planes, where there is colour.
    fn all(&self) -> Option<[Pair<'a, T>; 3]> {
        self.colours.map(|[u, v]| [self.luma, u, v])
    }
}

fn pairs<'a, T: Sample>(
    [reference, distorted]: &[Picture<'a, T>; 2],
) -> Result<Pairs<'a, T>, ShapeError> {
    let depth = reference.depth();
    if distorted.depth() != depth {
        return Err(ShapeError::Depth {
            expected: (depth, depth),
            found: distorted.depth(),
        });
    }
    let luma = Pair::new(reference.luma(), distorted.luma(), depth)?;
    let (colours, halvings) = match (reference.chroma(), distorted.chroma()) {
        (
            Chroma::Planar {
                cb,
                cr,
                across,
                down,
            },
            Chroma::Planar { cb: b, cr: r, .. },
        ) => {
            let colours = [Pair::new(cb, b, depth)?, Pair::new(cr, r, depth)?];
            (Some(colours), (across, down))
        }
        _ => (None, (0, 0)),
    };
    Ok(Pairs {
        luma,
        colours,
        seen_by_libvmaf: (luma.width() >> halvings.0, luma.height() >> halvings.1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::{models::Model, strips::Serial};

    fn all() -> Metrics {
        Metrics {
            psnr: true,
            ssim: true,
            ffmpeg_ssim: true,
            float_ssim: true,
            ms_ssim: true,
            vmaf: Some(Settings {
                depth: 8,
                models: vec![Model::V061],
                phone: false,
            }),
        }
    }

    fn picture<'a>(format: &str, samples: &'a [u8], size: (usize, usize)) -> Picture<'a, u8> {
        let format = Format::named(format).unwrap();
        let planes: Vec<_> = format
            .planes(size.0, size.1)
            .into_iter()
            .map(|(width, height)| Plane::packed(samples, width, height))
            .collect();
        Picture::new(format, &planes).unwrap()
    }

    fn samples(seed: u64) -> Vec<u8> {
        let mut s = seed;
        std::iter::repeat_with(|| {
            s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            s.to_be_bytes()[0]
        })
        .take(200 * 180)
        .collect()
    }

    #[test]
    fn one_metric_alone_is_what_it_is_among_all() {
        let (a, b) = (samples(1), samples(2));
        let pair = [&a, &b].map(|each| picture("yuv420p", each, (179, 177)));
        let whole = MetricSet::new(Level::detect(), all(), 1)
            .measure(&pair, [None; 2], &Serial)
            .unwrap();
        assert!(whole.ms_ssim.is_some() && whole.vmaf.is_some());
        let ssim = Metrics {
            ssim: true,
            ..Metrics::default()
        };
        let alone = MetricSet::new(Level::detect(), ssim, 1)
            .measure(&pair, [None; 2], &Serial)
            .unwrap();
        assert_eq!(alone.ssim, whole.ssim);
        assert_eq!(alone.errors, [None; 3]);
        assert!(alone.vmaf.is_none() && alone.ffmpeg_ssim.is_none());
        let [_, cb, _] = whole.errors.map(Option::unwrap);
        let [_, cropped, _] = whole.errors_libvmaf.map(Option::unwrap);
        assert_eq!((cb.samples, cropped.samples), (90 * 89, 89 * 88));
    }

    #[test]
    fn a_picture_without_colour_has_luma_alone() {
        let (a, b) = (samples(1), samples(2));
        let pair = [&a, &b].map(|each| picture("gray", each, (64, 64)));
        let measurements = MetricSet::new(Level::detect(), all(), 1)
            .measure(&pair, [None; 2], &Serial)
            .unwrap();
        assert!(measurements.errors[0].is_some() && measurements.errors[1].is_none());
        assert!(measurements.ssim.is_some() && measurements.ffmpeg_ssim.is_none());
        assert!(measurements.ms_ssim.is_none());
    }

    #[test]
    fn pictures_of_two_sizes_are_refused() {
        let a = samples(1);
        let pair = [(64, 64), (66, 64)].map(|size| picture("gray", &a, size));
        assert!(
            MetricSet::new(Level::detect(), all(), 1)
                .measure(&pair, [None; 2], &Serial)
                .is_err()
        );
    }
}
