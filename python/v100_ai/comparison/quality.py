"""Quality: two files or URLs, scored frame by frame."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from v100_ai.analyzers import EARLY, MODELS, Summary
from v100_ai.comparison.alignment import Alignment
from v100_ai.comparison.run import Run, opened
from v100_ai.comparison.scored import Scored
from v100_ai.comparison.settings import Align, ScaleTo, Settings
from v100_ai.errors import FrameRejected, SourceLost, SourceLostWarning
from v100_ai.report import notebook, tables
from v100_ai.report.rows import Cell
from v100_ai.sources import InputOptions

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

FIXED: Final = ("frame", "pts", "width", "height", "reference_pts")

PARTS: Final = {
    "psnr": ("psnr_cb", "psnr_cr", "psnr_average", "psnr_weighted"),
    "ffmpeg_ssim": ("ffmpeg_ssim_y", "ffmpeg_ssim_u", "ffmpeg_ssim_v"),
}
"""What a metric tells besides the figure of its name."""

FEATURES: Final = ("integer_", "cambi_", "speed_", "VMAF_")
"""How libvmaf's names of VMAF's features begin."""

BOOTSTRAP: Final = ("vmaf_bagging", "vmaf_deviation", "vmaf_ci95_low", "vmaf_ci95_high")


@dataclass
class Quality:
    """The scores of a distorted input. It is read when they are first asked for, once.

    Iterating reads the inputs again, frame by frame, and raises `SourceLost` at the end if either
    broke off. Tables, summary and alignment are made of what was scored: the error is then kept in `lost`,
    and a `SourceLostWarning` says so.
    """

    reference: str | Path
    distorted: str | Path
    settings: Settings
    max_frames: int | None = None
    read: InputOptions = field(default_factory=InputOptions)
    lost: SourceLost | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[Scored]:
        with self._opened() as run:
            yield from run.comparison.scored()

    def summary(self) -> dict[str, Summary]:
        """Mean, harmonic mean, least, most and percentiles by metric, and by model where there are several."""
        return self._run[1].comparison.summary()

    def __repr__(self) -> str:
        scored = (
            "not read yet"
            if "_run" not in self.__dict__
            else f"{len(self._run[0]['frame'])} frames"
        )
        return f"Quality({str(self.distorted)!r} beside {str(self.reference)!r}, {scored})"

    def _repr_html_(self) -> str:
        """The summary, for notebooks; reads both inputs if they were not yet."""
        head = ("metric", "frames", "mean", "harmonic mean", "min", "max")
        rows = [
            (name, each.frames, each.mean, each.harmonic_mean, each.min, each.max)
            for name, each in self.summary().items()
        ]
        return notebook.table(f"{self.distorted} beside {self.reference}", head, rows)

    @property
    def alignment(self) -> Alignment:
        """How the two lie to each other, and how many frames have no pair."""
        return self._run[1].comparison.alignment

    @property
    def warnings(self) -> list[str]:
        """Why the scores may not say what they seem to: one line each."""
        _, run = self._run
        lost = [f"{self.lost}: only what came before is scored"] if self.lost else []
        return lost + run.warnings

    @property
    def notes(self) -> list[str]:
        """What of the two was brought to what before it was compared (range, depth, RGB, matrix): one line each."""
        return list(self._run[1].notes)

    def to_arrow(self) -> "pa.Table":
        """An Arrow table with a row a distorted frame. Needs the extra `tables`."""
        return tables.arrow(self._run[0])

    def to_pandas(self) -> "pd.DataFrame":
        """A pandas frame with a row a distorted frame. Needs the extra `tables`."""
        return tables.pandas(self._run[0])

    def to_polars(self) -> "pl.DataFrame":
        """A Polars frame with a row a distorted frame. Needs the extra `tables`."""
        return tables.polars(self._run[0])

    def _opened(self) -> AbstractContextManager[Run]:
        return opened(
            self.reference, self.distorted, self.settings, read=self.read, most=self.max_frames
        )

    @cached_property
    def _run(self) -> tuple[tables.Columns, Run]:
        rows = list[dict[str, Cell]]()
        with self._opened() as run:
            try:
                rows.extend(map(_row, run.comparison.scored()))
            except (SourceLost, FrameRejected) as lost:
                if not rows:
                    raise
                self.lost = (
                    lost if isinstance(lost, SourceLost) else SourceLost(run.name, str(lost))
                )
                warnings.warn(
                    f"{self.lost}; {len(rows)} frames kept", SourceLostWarning, stacklevel=4
                )
            run.conclude()
        return _columns(rows, self.settings), run


def _row(scored: Scored) -> dict[str, Cell]:
    shown, reading = scored.distorted, scored.reading
    row: dict[str, Cell] = {
        "frame": scored.frame,
        "pts": shown.pts,
        "width": shown.width,
        "height": shown.height,
        "reference_pts": None if scored.reference is None else scored.reference.pts,
    }
    if reading is not None:
        names = [name for name in dir(reading) if not name.startswith("_")]
        row |= {
            name: getattr(reading, name)
            for name in names
            if name not in {"features", "frame", "pts", "scores"}
        }
        row |= reading.scores | reading.features
    return row


def _columns(rows: list[dict[str, Cell]], settings: Settings) -> tables.Columns:
    """Those that the settings ask for; features where any frame has them."""
    meter = settings.meter()
    names = list(FIXED)
    for metric in meter.metrics:
        names += [metric, *PARTS.get(metric, ())]
    if "vmaf" in meter.metrics:
        names += meter.models if len(meter.models) > 1 else ()
        names += BOOTSTRAP if EARLY[-1] in meter.models else ()
    features = (name for row in rows for name in row if name.startswith(FEATURES))
    names += dict.fromkeys(features)
    return {name: [row.get(name) for row in rows] for name in names}


def quality(
    reference: str | Path,
    distorted: str | Path,
    *,
    metrics: Sequence[str] = ("psnr", "ssim", "vmaf"),
    model: str | Sequence[str] = MODELS[0],
    phone: bool = False,
    threads: int = 1,
    align: Align = "pts",
    scale_to: ScaleTo = None,
    max_offset: float = 0.5,
    max_frames: int | None = None,
    stream: int | None = None,
    start: float = 0.0,
    duration: float | None = None,
    every: int = 1,
    rate: float | None = None,
    format: str | None = None,  # noqa: A002 - FFmpeg's word
    options: Mapping[str, str] | None = None,
    size: tuple[int, int] | None = None,
    pix_fmt: str | None = None,
    deinterlace: bool = False,
) -> Quality:
    """How near the frames of `distorted` are to those of `reference`: files or URLs that PyAV opens.

    `align="pts"` pairs each frame with the one it shows, by time and by content: a constant offset of
    up to `max_offset` seconds, dropped, repeated and re-timed frames are found, and frames without a
    pair have no scores; files that lie further apart, up to 10 s, are found by their beginnings.
    `align="frame"` pairs the n-th with the n-th. Both are brought to the reference's range and
    orientation, and to the deeper depth of the two; RGB takes the shape of what it is compared with. Inputs of
    two sizes or of two kinds of chroma need `scale_to`: "reference" brings the distorted frames to the
    reference's, "model" both to the screen of the (first) model, keeping the picture's shape; bicubic either way.

    `stream`, `start`, `duration` and `every` say what of the distorted input is read, the others how both are
    (`InputOptions`).

    Nothing is opened before the first score is asked for. Raises `UnknownMetric`; when it runs
    `NotMedia`, `NoVideo` and `ShapeMismatch`.
    """
    settings = Settings(
        metrics=metrics,
        model=model,
        phone=phone,
        threads=threads,
        align=align,
        scale_to=scale_to,
        max_offset=max_offset,
    )
    read = InputOptions(
        stream=stream,
        start=start,
        duration=duration,
        every=every,
        rate=rate,
        format=format,
        options=dict(options or {}),
        size=size,
        pix_fmt=pix_fmt,
        deinterlace=deinterlace,
    )
    return Quality(reference, distorted, settings, max_frames, read)
