"""FrameWindow: columns of readings in, a window once a second of frames out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Any, Final, Literal

from v100_ai.errors import FrameRejected, ShapeMismatch, TimeRejected
from v100_ai.events import FrameAnalysis
from v100_ai.events.numbers import plain
from v100_ai.layers.inputs import Columns, Value
from v100_ai.measures import OUTWARD, pooled

Rate = Literal["second", "frame"]

FRAMES: Final = 1000
"""Frames of one window, at most: what comes faster, or without the time going on, closes it early."""

SECOND: Final = 1.0

ALWAYS: Final = tuple(name for name in OUTWARD if name not in ("frame", "pts", "width", "height"))
"""Readings that are null where they are not known; others are left out."""

NO_READINGS: Final = ("frame", "pts", "width", "height")
"""Columns that have no least, mean and greatest value: which frame it was, when, and how large."""


@dataclass(frozen=True, slots=True)
class Window:
    """Frames of about a second, by column."""

    columns: Mapping[str, list[Value]]
    times: list[float]

    @property
    def frame(self) -> int:
        """The last one's number."""
        return int(self.columns["frame"][-1] or 0)

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.times)

    @property
    def until(self) -> float:
        """Their greatest time."""
        return max(self.times)

    def told(self, rate: Rate, track: str | None = None) -> FrameAnalysis:
        """The window as its event."""
        by_frame = rate == "frame"
        return FrameAnalysis(
            frame=self.frame,
            frames=self.frames,
            from_pts=min(self.times),
            to_pts=self.until,
            columns=_known(self.columns) if by_frame else None,
            readings={} if by_frame else _summed(self.columns),
            track=track,
        )


@dataclass(slots=True)
class FrameWindow:
    """Gathers frames until a second of their time is over.

    A window ends with the first frame of another second, with one whose time steps back by a second or
    more, and with its `limit`. Frames keep their order and their numbers; each is in one window.
    """

    limit: int = FRAMES
    _columns: dict[str, list[Value]] = field(default_factory=dict[str, list[Value]])
    _times: list[float] = field(default_factory=list[float])
    _second: float = 0.0

    def push(self, columns: Columns) -> list[Window]:
        """Takes readings by column, `frame` and `pts` among them; the windows they end.

        Raises:
            FrameRejected: a column is missing or of another length, or a time is not finite; nothing is taken.
        """
        times = _checked(columns)
        done: list[Window] = []
        start = 0
        for end in self._ends(times):
            self._take(columns, times, start, end)
            done += self.flush()
            start = end
        self._take(columns, times, start, len(times))
        return done

    def _ends(self, times: Sequence[float]) -> list[int]:
        """Before which of the frames a window ends."""
        ends: list[int] = []
        count = len(self._times)
        for index, pts in enumerate(times):
            if count and not (self._near(pts) and count < self.limit):
                ends.append(index)
                count = 0
            if not count:
                self._second = pts // SECOND * SECOND
            count += 1
        return ends

    def _near(self, pts: float) -> bool:
        """Whether a frame of that time belongs to the second that is open."""
        return self._second - SECOND < pts < self._second + SECOND

    def _take(self, columns: Columns, times: list[float], start: int, end: int) -> None:
        for name, values in columns.items():
            _padded(self._columns.setdefault(name, []), len(self._times)).extend(values[start:end])
        self._times += times[start:end]

    def flush(self) -> list[Window]:
        """The window that is open, if one is: for the end."""
        times, columns = self._times, self._columns
        if not times:
            return []
        self._columns, self._times = {}, []
        return [Window({name: _padded(each, len(times)) for name, each in columns.items()}, times)]


def _checked(columns: Columns) -> list[float]:
    """The frames' times, where all columns are as long."""
    missing = [name for name in ("frame", "pts") if name not in columns]
    if missing:
        raise FrameRejected(f"expected columns frame and pts, found none of {', '.join(missing)}")
    times = [float(nan if pts is None else pts) for pts in columns["pts"]]
    for pts in times:
        if not isfinite(pts):
            raise TimeRejected(pts)
    for name, values in columns.items():
        if len(values) != len(times):
            raise ShapeMismatch(name, expected=f"{len(times)} values", found=len(values))
    return times


def _padded(values: list[Value], count: int) -> list[Value]:
    """The column with nothing known of the frames before it came up."""
    values += [None] * (count - len(values))
    return values


def _known(columns: Mapping[str, Sequence[Value]]) -> dict[str, list[Any]]:
    """Columns as JSON has them, without those of which nothing is known."""
    told = {name: [plain(value) for value in values] for name, values in columns.items()}
    return {
        name: values for name, values in told.items() if any(each is not None for each in values)
    }


def _summed(columns: Mapping[str, Sequence[Value]]) -> dict[str, Any]:
    """Least, mean and greatest value of each reading that is known at all."""
    found: dict[str, Any] = dict.fromkeys(ALWAYS)
    for name, values in columns.items():
        known = [value for value in values if value is not None and not isnan(value)]
        if known and name not in NO_READINGS:
            found[name] = _spread(name, known)
    return found


def _spread(name: str, known: Sequence[float]) -> dict[str, float | str | None]:
    low, high = min(known), max(known)
    mean = pooled(name, known)
    # A mean of floats may be rounded to beyond what it is a mean of; infinities of both signs have none.
    mean = mean if isnan(mean) else min(max(mean, low), high)
    return {"min": plain(low), "mean": plain(mean), "max": plain(high)}
