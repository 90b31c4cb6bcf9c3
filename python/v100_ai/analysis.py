"""Analysis: a source, pushed frame by frame through one analyzer."""

import warnings
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from v100_ai.analyzers import LAYERS, FrameAnalyzer, Reading
from v100_ai.errors import SourceLost, SourceLostWarning
from v100_ai.events import FaultFound, SceneCut
from v100_ai.faults import Cut, Fault, Signs
from v100_ai.frames import Frame
from v100_ai.report import tables
from v100_ai.report.rows import Cell, cells
from v100_ai.sources import Media, open_media

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


@dataclass(slots=True)
class Analysis:
    """The readings of an input, frame by frame. Every iteration reads the input again.

    An input that breaks off gives all its readings first, and then raises `SourceLost`. A table is
    made of what was measured: the error is then kept in `lost`, and a `SourceLostWarning` says so.
    """

    source: str | Path
    layers: Sequence[str] = LAYERS
    max_frames: int | None = None
    lost: SourceLost | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[Reading]:
        with open_media(self.source) as media:
            for _, reading in self.measured(media):
                yield reading

    def measured(self, media: Media) -> Generator[tuple[Frame, Reading], None, None]:
        """Each frame of an open input, while it is lent, with what it measures."""
        analyzer = FrameAnalyzer(self.layers)
        for frame in islice(media.frames(), self.max_frames):
            yield frame, analyzer.push(frame)

    def to_arrow(self) -> "pa.Table":
        """An Arrow table with a row a frame. Needs the extra `tables`."""
        return tables.arrow(self._columns())

    def to_pandas(self) -> "pd.DataFrame":
        """A pandas frame with a row a frame. Needs the extra `tables`."""
        return tables.pandas(self._columns())

    def to_polars(self) -> "pl.DataFrame":
        """A Polars frame with a row a frame. Needs the extra `tables`."""
        return tables.polars(self._columns())

    def _columns(self) -> tables.Columns:
        self.lost = None
        return tables.columns(self._rows())

    def _rows(self) -> Iterator[dict[str, Cell]]:
        count = 0
        try:
            for count, reading in enumerate(self, 1):
                yield cells(reading, count - 1)
        except SourceLost as lost:
            if not count:
                raise
            self.lost = lost
            warnings.warn(f"{lost}; {count} frames kept", SourceLostWarning, stacklevel=2)


def analyze(
    source: str | Path, layers: Sequence[str] = LAYERS, *, max_frames: int | None = None
) -> Analysis:
    """The readings of a file or URL that PyAV opens, or of Y4M on standard input (`-`).

    Nothing is opened before the first reading is asked for; that raises `NotMedia` or `NoVideo`.
    """
    FrameAnalyzer(layers)
    return Analysis(source, layers, max_frames)


def signs(reading: Reading) -> Signs:
    """What faults and cuts are decided from, of all that a frame measures."""
    motion, visual = reading.motion, reading.visual
    return Signs(
        difference=motion.difference if motion else None,
        black_ratio=visual.black_ratio if visual else None,
        blockiness=visual.blockiness if visual else None,
        blur=visual.blur if visual else None,
        scene_change=visual.scene_change if visual else None,
    )


def event_of(found: Cut | Fault) -> SceneCut | FaultFound:
    """A cut or a fault as the event that is told of it."""
    if isinstance(found, Cut):
        return SceneCut(pts=found.pts, frame=found.frame, score=found.score)
    return FaultFound(
        fault=found.kind,
        from_pts=found.start,
        to_pts=found.end,
        frames=found.frames,
        worst=found.worst,
    )
