"""Readings out of a session's events, whatever their rate: into a series, or as rows of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.rows import COLUMNS, WHOLE, Cell
from v100_ai.report.series import CHARTED, Point, Series, Total

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

    def document(self) -> dict[str, Any]:
        """The readings as the report has them: totals, and every chart's points in columns."""
        series = self.series
        points = sorted(series.points, key=lambda each: each.pts)
        charted = [column for column in CHARTED if column in series.totals]
        drawn = {column: _drawn(points, column) for column in charted}
        return {
            "frames": series.frames,
            "readings": {
                column: {
                    "frames": total.count,
                    "min": total.low,
                    "mean": total.mean,
                    "max": total.high,
                }
                for column, total in series.totals.items()
            },
            "series": {"pts": [each.pts for each in points], **drawn} if drawn else None,
        }

    def push(self, data: Json) -> None:
        """Take in the data of one event."""
        span, frames = payload.span(data), int(payload.seconds(data, "frames") or 0)
        if span is None or frames < 1:
            return
        self._note(span[0])
        columns = payload.part(data, "columns")
        if columns and frames > self.series.grain:
            for row in rows(data):
                self.series.push(row)
            return
        totals = _joined(columns) if columns else _totals(data, frames)
        first = int(payload.seconds(data, "frame") or 0) - frames + 1
        self.series.add(first, *span, frames, totals)

    def _note(self, start: float) -> None:
        last = self.series.last
        if last is not None and start - last > HOLE_S and len(self.holes) < HOLES:
            self.holes.append((last, start))


def _drawn(points: Sequence[Point], column: str) -> dict[str, list[float | None]]:
    found = [point.values.get(column) for point in points]
    return {
        "min": [None if each is None else each.low for each in found],
        "mean": [None if each is None else each.mean for each in found],
        "max": [None if each is None else each.high for each in found],
    }


def _joined(columns: Json) -> dict[str, Total]:
    """The totals of frames that will be one point of the series anyhow."""
    totals: dict[str, Total] = {}
    for name in CHARTED:
        values = payload.finite(payload.items(columns, name))
        if values:
            total = totals[name] = Total.of(name)
            for value in values:
                total.push(value)
    return totals


def _totals(data: Json, frames: int) -> dict[str, Total]:
    """The totals of a second; a reading with an infinite value in it has no place on a chart."""
    totals: dict[str, Total] = {}
    for name in CHARTED:
        found = payload.part(data, name)
        low, mean, high = (payload.seconds(found, what) for what in ("min", "mean", "max"))
        if low is not None and mean is not None and high is not None:
            totals[name] = Total.of(name).of_many(frames, low, mean, high)
    return totals


def rows(data: Json) -> Iterator[dict[str, Cell]]:
    """The rows of `TABLE` in the data of one event: one a frame, or one for the second.

    A second's row has its means under the readings' own names; a frame's has no least and greatest.
    """
    span = payload.span(data)
    if span is None:
        return
    columns = payload.part(data, "columns")
    if columns:
        yield from _frames(columns)
    else:
        yield _second(data, *span)


def _frames(columns: Json) -> Iterator[dict[str, Cell]]:
    times, numbers = payload.items(columns, "pts"), payload.items(columns, "frame")
    known = [(name, payload.items(columns, name)) for name in SUMMED if name in columns]
    for index, (at, number) in enumerate(zip(times, numbers, strict=False)):
        pts, frame = payload.known(at), payload.known(number)
        if pts is None or not isfinite(pts) or frame is None or not isfinite(frame):
            continue
        row: dict[str, Cell] = dict.fromkeys(TABLE)
        row |= {"frame": int(frame), "pts": pts, "to_pts": pts, "frames": 1}
        for name, values in known:
            if index < len(values):
                row[name] = _cell(name, payload.known(values[index]))
        yield row


def _second(data: Json, start: float, end: float) -> dict[str, Cell]:
    row: dict[str, Cell] = dict.fromkeys(TABLE)
    frame, frames = payload.seconds(data, "frame"), payload.seconds(data, "frames")
    row |= {"frame": int(frame or 0), "pts": start, "to_pts": end, "frames": int(frames or 0)}
    for name in SUMMED:
        found = payload.part(data, name)
        if found:
            row[name] = _cell(name, payload.value(found, "mean"))
            row[f"{name}_min"] = _cell(name, payload.value(found, "min"))
            row[f"{name}_max"] = _cell(name, payload.value(found, "max"))
    return row


def _cell(name: str, value: float | None) -> Cell:
    return round(value) if name in WHOLE and value is not None and isfinite(value) else value
