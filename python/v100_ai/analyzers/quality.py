"""QualityMeter: how near distorted frames are to their references."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from v100_ai import _native
from v100_ai._native import QualityReading
from v100_ai.analyzers.summary import Summary, Tally
from v100_ai.errors import FrameRejected, ShapeMismatch, UnknownMetric
from v100_ai.frames import Frame
from v100_ai.frames.door import frame_from
from v100_ai.frames.planar import planar

if TYPE_CHECKING:
    from typing_extensions import Buffer

METRICS: Final = ("psnr", "ssim", "ffmpeg_ssim", "float_ssim", "ms_ssim", "vmaf")
"""Every metric there is.

`psnr` and `ssim` are the product's: of luma at full size, PSNR infinite for equal planes, SSIM as ffmpeg's
filter has it for Y. The others are other people's under their names, and are not comparable.
"""

EARLY: Final = ("vmaf_v0.6.1", "vmaf_v0.6.1neg", "vmaf_4k_v0.6.1", "vmaf_b_v0.6.3")
"""VMAF's models before v1: usual, without enhancement gain, for 4K screens, with a confidence interval."""

MODELS: Final = (
    *EARLY,
    "vmaf_v1.0.16_3d0h",
    "vmaf_v1.0.16_5d0h",
    "vmaf_v1.0.16_1d5h_2160",
    "vmaf_v1.0.16_3d0h_2160",
    "vmaf_v1.0.16_hfr_3d0h",
    "vmaf_v1.0.16_hfr_5d0h",
    "vmaf_v1.0.16_hfr_1d5h_2160",
    "vmaf_v1.0.16_hfr_3d0h_2160",
)
"""VMAF's published models. Those of v1 look at colour and banding too, and enhancement gains nothing.

They are named after the distance in heights of a screen of 1080 or 2160 rows, `hfr` being for more than 30
frames a second, whose motion is taken over two frames: readings then start two pushes late.
`vmaf_v1.0.16_3d0h_2160` scores up to 110. Pictures need planes of colour, a long edge of at least 216, and
edges of at least 160 where colour has half their size (for `5d0h` 266, for `3d0h_2160` 318).
"""

ALIASES: Final = {
    "vmaf_v1.0.16": "vmaf_v1.0.16_3d0h",
    "vmaf_v1.0.16_hfr": "vmaf_v1.0.16_hfr_3d0h",
}
"""Short names of models."""

THREADS_MOST: Final = _native.THREADS_MOST
"""Threads that one meter may have."""

Lent = tuple[str, int, int, list[tuple["Buffer", int]]]


class QualityMeter:
    """Measures pairs of frames of one stream, in the order they are shown.

    Scores are libvmaf's and ffmpeg's own (see `METRICS`). VMAF's motion needs the frame after: where
    `vmaf` is asked, a reading comes one push later and `flush` ends the stream; else it comes at once.

    `threads`, 1 to 64, share the strips of one pair where that keeps them busy: one for every 240 rows, for
    VMAF's models before v1. Those that are left over measure the next pairs beside it, so that readings
    come together, up to `threads` pushes later. Every figure is the same for any number of threads. The
    interpreter's lock is released throughout.

    A stream scored in pieces has the scores of the whole if each piece begins with
    `resume(reference_before)` and ends with `flush(reference_after)`. A pair of another size or format
    ends the stream before it and starts afresh. Models of high frame rates (`hfr`) score whole streams only:
    their `resume` and `flush(reference_after)` raise `FrameRejected`.
    """

    def __init__(
        self,
        metrics: Sequence[str] = ("psnr", "ssim", "vmaf"),
        *,
        model: str | Sequence[str] = MODELS[0],
        phone: bool = False,
        threads: int = 1,
    ) -> None:
        """`metrics` is any of `METRICS`, `model` one or more of `MODELS`; the first is a reading's `vmaf`.

        `phone` scores as seen on a phone's screen, where a model before v1 has such a score. Raises
        `UnknownMetric`.
        """
        metrics = [metrics] if isinstance(metrics, str) else list(metrics)
        models = [model] if isinstance(model, str) else list(model)
        models = [ALIASES.get(each, each) for each in models]
        for what, known, asked in (("metrics", METRICS, metrics), ("models", MODELS, models)):
            unknown = [each for each in asked if each not in known]
            if unknown or not asked:
                found = ", ".join(unknown) or "none"
                raise UnknownMetric(f"expected {what} of {', '.join(known)}, found {found}")
        self.metrics: Final = tuple(metrics)
        self.models: Final = tuple(models)
        self._native = _native.QualityMeter(metrics, models, phone=phone, threads=threads)
        self._tally = Tally()
        self._last: float | None = None

    def push(
        self,
        reference: object,
        distorted: object,
        pts: float | None = None,
        *,
        bits: int | None = None,
    ) -> list[QualityReading]:
        """The readings that this pair, shown at `pts` seconds, completes.

        Each picture is what `FrameAnalyzer.push` takes: an `av.VideoFrame`, an array of luma, (y, u, v) or
        (y, uv) arrays, or a `Frame`; `bits` says how many of a uint16 are used. Without `pts`, the distorted
        picture's own time counts.

        Raises `FrameRejected` if the two differ in size or pixel format, if the time is not after the last,
        or if a model of v1 has no colour to look at or too few samples.
        """
        shown = frame_from(distorted, pts, bits=bits)
        wanted = frame_from(reference, shown.pts, bits=bits)
        if (wanted.width, wanted.height) != (shown.width, shown.height):
            raise ShapeMismatch(
                "size of the distorted picture",
                expected=f"{wanted.width}x{wanted.height} as the reference's",
                found=f"{shown.width}x{shown.height}; scale it first",
            )
        if wanted.format != shown.format:
            raise ShapeMismatch(
                "pixel format of the distorted picture",
                expected=f"{wanted.format} as the reference's",
                found=f"{shown.format}; convert it first",
            )
        if self._last is not None and shown.pts <= self._last:
            raise FrameRejected(f"expected a time after {self._last} s, found {shown.pts} s")
        format_, width, height, planes = _lent(wanted)
        readings = self._asked(
            lambda: self._native.push(format_, width, height, planes, _lent(shown)[3], shown.pts)
        )
        self._last = shown.pts
        return readings

    def resume(self, reference_before: object, *, bits: int | None = None) -> None:
        """Take the reference's picture before the next pair, at the start of a piece of a stream.

        The piece's first frame then has the motion that it has in the whole. Pairs that wait for their
        reading are forgotten.
        """
        before = _lent(frame_from(reference_before, 0.0, bits=bits))
        try:
            self._native.resume(before)
        except ValueError as refused:
            raise FrameRejected(str(refused)) from refused
        self._last = None

    def flush(
        self, reference_after: object = None, *, bits: int | None = None
    ) -> list[QualityReading]:
        """The readings of all that waits; what is pushed next is a stream of its own.

        `reference_after` is the reference's picture after the last pair, at the end of a piece of a stream.
        """
        after = (
            None if reference_after is None else _lent(frame_from(reference_after, 0.0, bits=bits))
        )
        readings = self._asked(lambda: self._native.flush(after))
        self._last = None
        return readings

    def summary(self) -> dict[str, Summary]:
        """Figures over all readings so far, by metric, and VMAF by model where there are several."""
        return self._tally.summary()

    def _asked(self, work: Callable[[], list[QualityReading]]) -> list[QualityReading]:
        try:
            readings = work()
        except ValueError as refused:
            raise FrameRejected(str(refused)) from refused
        for reading in readings:
            self._tally.push(reading, self.metrics)
        return readings


def _lent(frame: Frame) -> Lent:
    frame = planar(frame)
    planes = [(plane.data, plane.stride) for plane in frame.planes]
    return frame.format, frame.width, frame.height, planes
