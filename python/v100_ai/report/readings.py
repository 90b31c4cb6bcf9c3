"""Readings out of a session's events, whatever their rate: into a series, or as rows of a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

from v100_ai.records import Json
from v100_ai.report import entry
from v100_ai.report.rows import COLUMNS, WHOLE, Cell
from v100_ai.report.series import CHARTED, Series, Total

TYPE: Final = "frame.analysis"

HOLE_S: Final = 3.0
"""Seconds between two windows from which a line is not drawn through, though nobody told of a gap."""

HOLES: Final = 10_000
"""Such places that are kept."""

SUMMED: Final = tuple(name for name in COLUMNS if name not in ("frame", "pts"))
"""Columns with a least, a mean and a greatest value."""

TABLE: Final = (
    "frame",
    "pts",
    "to_pts",
    "frames",
    *(name for column in SUMMED for name in (column, f"{column}_min", f"{column}_max")),
)
"""Columns of a table whose rows are frames, or seconds of them."""

TABLE_WHOLE: Final = ("frames", *(f"{name}{end}" for name in WHOLE for end in ("", "_min", "_max")))
"""Those of whole numbers."""


@dataclass(slots=True)
class Readings:
    """Windows of frames in; a series in bounded memory out, and where it has holes."""

    series: Series = field(default_factory=Series)
    holes: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def push(self, data: Json) -> None:
        """Take in the data of one event."""
        for row in rows(data):
            self._note(row)
            if row["frames"] == 1:
                self.series.push({**row, "width": row["width"], "height": row["height"]})
            else:
                self._add(row)

    def _add(self, row: Mapping[str, Cell]) -> None:
        frames = int(row["frames"] or 0)
        totals: dict[str, Total] = {}
        for column in CHARTED:
            mean, low, high = row[column], row[f"{column}_min"], row[f"{column}_max"]
            if mean is not None and low is not None and high is not None:
                total = Total(frames, mean * frames, low, high)
                if isfinite(total.sum) and isfinite(low) and isfinite(high):
                    totals[column] = total
        first = int(row["frame"] or 0) - frames + 1
        start, end = float(row["pts"] or 0.0), float(row["to_pts"] or 0.0)
        self.series.add(first, start, end, frames, totals)

    def _note(self, row: Mapping[str, Cell]) -> None:
        last, start = self.series.last, float(row["pts"] or 0.0)
        if last is not None and start - last > HOLE_S and len(self.holes) < HOLES:
            self.holes.append((last, start))


def rows(data: Json) -> Iterator[dict[str, Cell]]:
    """The rows of `TABLE` in the data of one event: one a frame, or one for the second.

    A second's row has its means under the readings' own names; a frame's has no least and greatest.
    """
    span = entry.span(data)
    if span is None:
        return
    columns = entry.part(data, "columns")
    if columns:
        yield from _frames(columns)
    else:
        yield _second(data, *span)


def _frames(columns: Json) -> Iterator[dict[str, Cell]]:
    times, numbers = entry.items(columns, "pts"), entry.items(columns, "frame")
    known = [(name, entry.items(columns, name)) for name in SUMMED if name in columns]
    for index, (at, number) in enumerate(zip(times, numbers, strict=False)):
        pts, frame = entry.known(at), entry.known(number)
        if pts is None or not isfinite(pts) or frame is None or not isfinite(frame):
            continue
        row: dict[str, Cell] = dict.fromkeys(TABLE)
        row |= {"frame": int(frame), "pts": pts, "to_pts": pts, "frames": 1}
        for name, values in known:
            if index < len(values):
                row[name] = _cell(name, entry.known(values[index]))
        yield row


def _second(data: Json, start: float, end: float) -> dict[str, Cell]:
    row: dict[str, Cell] = dict.fromkeys(TABLE)
    frame, frames = entry.seconds(data, "frame"), entry.seconds(data, "frames")
    row |= {"frame": int(frame or 0), "pts": start, "to_pts": end, "frames": int(frames or 0)}
    readings = entry.part(data, "readings") or data
    for name in SUMMED:
        found = entry.part(readings, name)
        if found:
            row[name] = _cell(name, entry.value(found, "mean"))
            row[f"{name}_min"] = _cell(name, entry.value(found, "min"))
            row[f"{name}_max"] = _cell(name, entry.value(found, "max"))
    return row


def _cell(name: str, value: float | None) -> Cell:
    return round(value) if name in WHOLE and value is not None and isfinite(value) else value
