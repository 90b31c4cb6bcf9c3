"""Quality: two files or URLs, scored frame by frame."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from v100_ai.analyzers import EARLY, MODELS, Summary
from v100_ai.comparison.alignment import Alignment
from v100_ai.comparison.scored import Comparison, Scored
from v100_ai.comparison.settings import Align, ScaleTo, Settings
from v100_ai.errors import SourceLost, SourceLostWarning
from v100_ai.report import tables
from v100_ai.report.rows import Cell
from v100_ai.sources import open_media

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
    lost: SourceLost | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[Scored]:
        with open_media(self.reference) as reference, open_media(self.distorted) as distorted:
            shown = islice(distorted.frames(), self.max_frames)
            yield from Comparison(reference.frames(), shown, self.settings).scored()

    def summary(self) -> dict[str, Summary]:
        """Mean, harmonic mean, least, most and percentiles by metric, and by model where there are several."""
        return self._run[1].summary()

    @property
    def alignment(self) -> Alignment:
        """How the two lie to each other, and how many frames have no pair."""
        return self._run[1].alignment

    def to_arrow(self) -> "pa.Table":
        """An Arrow table with a row a distorted frame. Needs the extra `tables`."""
        return tables.arrow(self._run[0])

    def to_pandas(self) -> "pd.DataFrame":
        """A pandas frame with a row a distorted frame. Needs the extra `tables`."""
        return tables.pandas(self._run[0])

    def to_polars(self) -> "pl.DataFrame":
        """A Polars frame with a row a distorted frame. Needs the extra `tables`."""
        return tables.polars(self._run[0])

    @cached_property
    def _run(self) -> tuple[tables.Columns, Comparison]:
        rows = list[dict[str, Cell]]()
        with open_media(self.reference) as reference, open_media(self.distorted) as distorted:
            shown = islice(distorted.frames(), self.max_frames)
            comparison = Comparison(reference.frames(), shown, self.settings)
            try:
                rows.extend(map(_row, comparison.scored()))
            except SourceLost as lost:
                if not rows:
                    raise
                self.lost = lost
                warnings.warn(f"{lost}; {len(rows)} frames kept", SourceLostWarning, stacklevel=4)
        return _columns(rows, self.settings), comparison


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
) -> Quality:
    """How near the frames of `distorted` are to those of `reference`: files or URLs that PyAV opens.

    `align="pts"` pairs each frame with the one it shows, by time and by content: a constant offset of
    up to `max_offset` seconds, dropped, repeated and re-timed frames are found, and frames without a
    pair have no scores. `align="frame"` pairs the n-th with the n-th. Inputs of two sizes or pixel
    formats need `scale_to`: "reference" brings the distorted frames to the reference's, "model" both
    to the screen of the (first) model, keeping the picture's shape; bicubic either way.

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
    return Quality(reference, distorted, settings, max_frames)
