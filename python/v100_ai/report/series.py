"""Series: any number of frames in bounded memory, for charts and for a summary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isinf, isnan
from typing import Final

from v100_ai.measures import DECIBELS, MEASURES, decibels, squared_error
from v100_ai.report.rows import OUTWARD_COLUMN, Cell

POINTS: Final = 2400
"""Points a chart keeps at most: more than a wide screen has columns."""


@dataclass(slots=True)
class Total:
    """One measure over any number of frames.

    Decibels are pooled by what they are the logarithm of: `sum` is then one of mean squared errors, as shares of the
    largest code's square.
    """

    count: int = 0
    sum: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")
    infinite: int = 0
    """Values without a bound: the PSNR of equal pictures."""
    decibels: bool = False

    @classmethod
    def of(cls, column: str) -> "Total":
        """Of no frame yet."""
        return cls(decibels=column in DECIBELS)

    def push(self, value: float) -> None:
        """Count one more value."""
        self.count += 1
        self.sum += squared_error(value) if self.decibels else value
        self.infinite += isinf(value)
        self.low = min(self.low, value)
        self.high = max(self.high, value)

    def of_many(self, count: int, low: float, mean: float, high: float) -> "Total":
        """The same of so many values, of which only this is known."""
        each = squared_error(mean) if self.decibels else mean
        return Total(count, each * count, low, high, decibels=self.decibels)

    def add(self, other: "Total") -> None:
        """Count all of another's values."""
        self.count += other.count
        self.sum += other.sum
        self.infinite += other.infinite
        self.low = min(self.low, other.low)
        self.high = max(self.high, other.high)

    @property
    def mean(self) -> float | None:
        """The mean, if there was a value."""
        if not self.count:
            return None
        mean = self.sum / self.count
        return decibels(mean) if self.decibels else mean


@dataclass(slots=True)
class Point:
    """Some frames in a row, as one point of every chart; time and number are the first one's."""

    frame: int
    pts: float
    values: dict[str, Total]
    frames: int = 0
    anew: bool = False
    """Whether a gap lies before it: no line is drawn to it."""


@dataclass(slots=True)
class Series:
    """Rows in, or seconds of them; at most `limit` points, and the totals.

    When the points run out, neighbours are joined and each point from then on holds twice as many
    frames. Least and greatest values survive that, so no peak is lost.
    """

    limit: int = POINTS
    frames: int = 0
    first: float | None = None
    last: float | None = None
    shapes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    points: list[Point] = field(default_factory=list[Point])
    totals: dict[str, Total] = field(default_factory=dict[str, Total])
    grain: int = 1
    """Frames of a point, at least."""

    def push(self, row: Mapping[str, Cell], *, anew: bool = False) -> None:
        """Take one row in; `anew` where a gap lies before it."""
        pts = float(row["pts"] or 0.0)
        values = self._place(int(row["frame"] or 0), pts, 1, anew=anew)
        for column in CHARTED:
            value = row[column]
            if value is not None and not isnan(value):
                values.setdefault(column, Total.of(column)).push(value)
                self.totals.setdefault(column, Total.of(column)).push(value)
        self._note(pts, pts, 1)
        shape = (int(row["width"] or 0), int(row["height"] or 0))
        if all(shape) and shape not in self.shapes and len(self.shapes) < SHAPES:
            self.shapes.append(shape)

    def add(
        self, frame: int, pts: float, until: float, frames: int, totals: Mapping[str, Total]
    ) -> None:
        """Take in many frames at once, from `pts` to `until`, as the totals of their columns."""
        values = self._place(frame, pts, frames)
        for column, total in totals.items():
            values.setdefault(column, Total.of(column)).add(total)
            self.totals.setdefault(column, Total.of(column)).add(total)
        self._note(pts, until, frames)

    def _place(
        self, frame: int, pts: float, frames: int, *, anew: bool = False
    ) -> dict[str, Total]:
        """The values of the point that the next frames belong to."""
        if self._full and len(self.points) == self.limit:
            self._halve()
        if self._full:
            self.points.append(Point(frame, pts, {}, anew=anew))
        self.points[-1].anew |= anew
        self.points[-1].frames += frames
        return self.points[-1].values

    @property
    def _full(self) -> bool:
        return not self.points or self.points[-1].frames >= self.grain

    def _note(self, pts: float, until: float, frames: int) -> None:
        self.frames += frames
        self.first = pts if self.first is None else min(self.first, pts)
        self.last = until if self.last is None else max(self.last, until)

    def _halve(self) -> None:
        kept = self.points[::2]
        for left, right in zip(kept, self.points[1::2], strict=False):
            for column, total in right.values.items():
                left.values.setdefault(column, Total.of(column)).add(total)
            left.frames += right.frames
            left.anew |= right.anew
        self.points = kept
        self.grain = max(2 * self.grain, kept[0].frames)

    @property
    def seconds(self) -> float:
        """From the first frame's time to the last one's."""
        return 0.0 if self.first is None or self.last is None else self.last - self.first


CHARTED: Final = tuple(OUTWARD_COLUMN.get(each.column, each.column) for each in MEASURES)
"""The columns that are measures, in the order of `MEASURES`."""

SHAPES: Final = 8
"""Frame sizes that are remembered."""
