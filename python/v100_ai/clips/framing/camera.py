"""Positions that are noisy -> a camera that stands still, pans in a straight line, or follows calmly. Pure.

One mode for each shot, as AutoFlip has it: still where what is looked at stays within a fifth of the crop, a line where it
goes along one, and otherwise a damped spring behind a dead zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Mode = Literal["still", "pan", "follow"]

MEDIAN_S: Final = 0.5
"""Seconds of the median that takes single wrong positions away."""

STILL: Final = 0.20
"""Share of the crop's width that positions may be spread over (5th to 95th percentile) for a camera that stands."""

LINE: Final = 0.25
"""Share of the crop's width that they may lie beside a straight line."""

DEAD: Final = 0.10
"""Share of the crop's width that they may move before the camera follows."""

SPRING_S: Final = 0.8
"""Seconds in which a critically damped spring takes most of its way. The way is known beforehand: it starts earlier by as
much as it would lag."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Way:
    """Where the camera looks: its centre at each frame of a shot, in the unit of the positions."""

    mode: Mode
    centre: Values


def way(
    at: Sequence[float], positions: Sequence[float], frames: Sequence[float], crop: float
) -> Way:
    """The camera's centre at `frames` (times), from positions at times, for a crop of that width."""
    times, seen = (
        np.asarray(at, float),
        _median(np.asarray(at, float), np.asarray(positions, float)),
    )
    wanted = np.asarray(frames, float)
    low, high = np.quantile(seen, [0.05, 0.95])
    if high - low < STILL * crop:
        return Way("still", np.full(len(wanted), float(np.median(seen))))
    slope, start = _line(times, seen)
    beside = np.abs(seen - (start + slope * times))
    if np.quantile(beside, 0.95) < LINE * crop:
        inside = np.clip(wanted, times[0], times[-1])
        return Way("pan", start + slope * inside)
    return Way("follow", _followed(times, seen, wanted, DEAD * crop))


def _median(times: Values, positions: Values) -> Values:
    """Of each position and those within half of `MEDIAN_S` beside it."""
    first = np.searchsorted(times, times - MEDIAN_S / 2, "left")
    last = np.searchsorted(times, times + MEDIAN_S / 2, "right")
    return np.array([np.median(positions[a:b]) for a, b in zip(first, last, strict=True)])


def _line(times: Values, positions: Values) -> tuple[float, float]:
    """Slope and start of the straight line that lies nearest."""
    middle = times.mean()
    spread = float(((times - middle) ** 2).sum())
    slope = (
        float(((times - middle) * (positions - positions.mean())).sum() / spread) if spread else 0.0
    )
    return slope, float(positions.mean() - slope * middle)


def _followed(times: Values, positions: Values, frames: Values, dead: float) -> Values:
    """A spring behind a dead zone, step by step at the frames."""
    stiff = 4.0 / SPRING_S
    goals = np.interp(frames + 2 / stiff, times, positions)
    anchor = centre = float(goals[0])
    speed = 0.0
    last = float(frames[0])
    path = np.empty(len(frames))
    for index, (now, goal) in enumerate(zip(frames, goals, strict=True)):
        step, last = float(now) - last, float(now)
        if abs(goal - anchor) > dead:
            anchor = float(goal) - dead if goal > anchor else float(goal) + dead
        # The exact step of a critically damped spring, stable at any frame rate.
        away, fading = centre - anchor, np.exp(-stiff * step)
        change = (speed + stiff * away) * step
        centre, speed = anchor + (away + change) * fading, (speed - stiff * change) * fading
        path[index] = centre
    return path
