"""Analysis: a source, pushed frame by frame through one analyzer."""

import warnings
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from v100_ai.analyzers import FILE_LAYERS, FrameAnalyzer, KnownFaces, Reading
from v100_ai.analyzers.siti import Edition, Transfer
from v100_ai.deepfake import Judge, Judgement
from v100_ai.errors import SourceLost, SourceLostWarning
from v100_ai.events import FaultFound, SceneCut
from v100_ai.faults import Cut, Fault, Signs
from v100_ai.frames import Frame, Gap
from v100_ai.report import notebook, tables
from v100_ai.report.rows import Cell, cells
from v100_ai.sources import Description, InputOptions, Media, open_media

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


SEEN: Final[dict[str, Transfer]] = {"pq": "pq", "hlg": "hlg", "srgb": "srgb"}
"""How SI and TI of the newer edition see luma, by the transfer that an input tells; BT.1886 else."""


@dataclass(slots=True)
class Analysis:
    """The readings of an input, frame by frame. Every iteration reads the input again.

    An input that breaks off gives all its readings first, and then raises `SourceLost`. A table is
    made of what was measured: the error is then kept in `lost`, and a `SourceLostWarning` says so.
    """

    source: str | Path
    layers: Sequence[str] = FILE_LAYERS
    max_frames: int | None = None
    read: InputOptions = field(default_factory=InputOptions)
    siti: Edition = "legacy"
    face_boxes: str | Path | None = None
    """A file of faces known already, as `KnownFaces` reads it."""
    lost: SourceLost | None = field(default=None, init=False)
    gaps: list[Gap] = field(default_factory=list[Gap], init=False)
    """Times without frames that were met when it was last read, and clocks that started again."""
    warnings: list[str] = field(default_factory=list[str], init=False)
    """What else was to be told of the input: one line each."""

    def __iter__(self) -> Iterator[Reading]:
        with open_media(self.source, read=self.read) as media:
            self.gaps, self.warnings = media.gaps, media.notes
            for _, reading in self.measured(media):
                yield reading

    @property
    def description(self) -> Description:
        """What the input says of itself: it is opened for that."""
        with open_media(self.source, read=self.read) as media:
            return media.description

    def _repr_html_(self) -> str:
        """What the input says of itself, for notebooks; no frame is decoded for it."""
        layers = ", ".join(self.layers)
        rows = [(name.replace("_", " "), told) for name, told in self.description.to_json().items()]
        return notebook.table(f"{self.source}: {layers}", ("of the input", ""), rows)

    def analyzer(self, media: Media) -> FrameAnalyzer:
        """What measures the frames of an open input."""
        transfer: Transfer = "bt1886"
        if self.siti != "legacy":
            transfer = SEEN.get(media.description.transfer or "", transfer)
        return FrameAnalyzer(self.layers, siti=self.siti, transfer=transfer)

    def measured(self, media: Media) -> Generator[tuple[Frame, Reading], None, None]:
        """Each frame of an open input, while it is lent, with what it measures."""
        analyzer = self.analyzer(media)
        known = self.known()
        for frame in islice(media.frames(), self.max_frames):
            yield frame, analyzer.push(frame, faces=known.of(frame))

    def known(self) -> KnownFaces:
        """The faces that are known already. Raises `FrameRejected` for a file that does not hold them."""
        return KnownFaces.read(self.face_boxes)

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
            judge = Judge()
            for count, reading in enumerate(self, 1):
                yield cells(reading, count - 1, judged=judged(judge, reading))
        except SourceLost as lost:
            if not count:
                raise
            self.lost = lost
            warnings.warn(f"{lost}; {count} frames kept", SourceLostWarning, stacklevel=2)


def analyze(
    source: str | Path,
    layers: Sequence[str] = FILE_LAYERS,
    *,
    max_frames: int | None = None,
    siti: Edition = "legacy",
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
) -> Analysis:
    """The readings of a file or URL that PyAV opens, or of Y4M or a container on standard input (`-`).

    `siti` is the edition of P.910 that SI and TI are of; what follows says what of the input is read, and how
    (`InputOptions`). A `Path` is never taken for a URL.

    Nothing is opened before the first reading is asked for; that raises `NotMedia` or `NoVideo`.
    """
    FrameAnalyzer(layers, siti=siti)
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
    return Analysis(source, layers, max_frames, read, siti)


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


def judged(judge: Judge, reading: Reading) -> Judgement | None:
    """What a frame's largest face leads to, where that was measured."""
    found = reading.forensics
    return None if found is None else judge.push(reading.pts, found)


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
