"""FrameWindow: columns of readings in, the data of a `frame.analysis` once a second of frames out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Any, Final, Literal

from v100_ai.errors import FrameRejected, ShapeMismatch, TimeRejected
from v100_ai.measures import OUTWARD

Value = int | float | None
Rate = Literal["second", "frame"]

FRAMES: Final = 1000
"""Frames of one window, at most: what comes faster, or without the time going on, closes it early."""

SECOND: Final = 1.0

ALWAYS: Final = tuple(name for name in OUTWARD if name not in ("frame", "pts", "width", "height"))
"""Readings that are null where they are not known; others are left out."""

NO_READINGS: Final = ("frame", "pts", "width", "height")
"""Columns that have no least, mean and greatest value: which frame it was, when, and how large."""


@dataclass(slots=True)
class FrameWindow:
    """Gathers frames until a second of their time is over.

    A window ends with the first frame of another second, with one whose time steps back by a second or
    more, and with its `limit`. Frames keep their order and their numbers; each is in one window.
    """

    rate: Rate = "second"
    limit: int = FRAMES
    _columns: dict[str, list[Value]] = field(default_factory=dict[str, list[Value]])
    _frames: int = 0
    _second: float = 0.0

    def push(self, columns: Mapping[str, Sequence[Value]]) -> list[dict[str, Any]]:
        """Takes readings by column, `frame` and `pts` among them; the windows they end.

        Raises:
            FrameRejected: a column is missing or of another length, or a time is not finite; nothing is taken.
        """
        done: list[dict[str, Any]] = []
        for index, pts in enumerate(_times(columns)):
            if self._frames and not self._holds(pts):
                done += self.flush()
            if not self._frames:
                self._second = pts // SECOND * SECOND
            for name, values in columns.items():
                _padded(self._columns.setdefault(name, []), self._frames).append(values[index])
            self._frames += 1
        return done

    def _holds(self, pts: float) -> bool:
        """Whether a frame of that time belongs to the window that is open."""
        near = self._second - SECOND < pts < self._second + SECOND
        return near and self._frames < self.limit

    def flush(self) -> list[dict[str, Any]]:
        """The window that is open, if one is: for the end."""
        if not self._frames:
            return []
        columns = {name: _padded(values, self._frames) for name, values in self._columns.items()}
        self._columns, self._frames = {}, 0
        times = [float(pts or 0.0) for pts in columns["pts"]]
        head = {
            "frame": columns["frame"][-1],
            "frames": len(times),
            "from_pts": min(times),
            "to_pts": max(times),
        }
        if self.rate == "frame":
            known = {name: _known(values) for name, values in columns.items()}
            kept = {
                name: values for name, values in known.items() if any(v is not None for v in values)
            }
            return [head | {"columns": kept}]
        return [head | _readings(columns)]


def _times(columns: Mapping[str, Sequence[Value]]) -> list[float]:
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


def _known(values: Sequence[Value]) -> list[Value | str]:
    """Values as JSON has them: no NaN, and infinity as "inf"."""
    return [None if value is None or isnan(value) else _plain(value) for value in values]


def _readings(columns: Mapping[str, Sequence[Value]]) -> dict[str, Any]:
    """Least, mean and greatest value of each reading that is known at all."""
    found: dict[str, Any] = dict.fromkeys(ALWAYS)
    for name, values in columns.items():
        known = [value for value in values if value is not None and not isnan(value)]
        if known and name not in NO_READINGS:
            found[name] = _summed(known)
    return found


def _summed(known: Sequence[float]) -> dict[str, float | str | None]:
    low, high = min(known), max(known)
    mean = sum(known) / len(known)
    # A mean of floats may be rounded to beyond what it is a mean of; infinities of both signs have none.
    mean = mean if isnan(mean) else min(max(mean, low), high)
    return {
        "min": _plain(low),
        "mean": None if isnan(mean) else _plain(mean),
        "max": _plain(high),
    }


def _plain(value: float) -> float | str:
    return value if isfinite(value) else str(value)
