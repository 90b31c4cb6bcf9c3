"""Search: how far apart two files show the same thing, where that is further than frames may wait for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from v100_ai.comparison.geometry import SIZE
from v100_ai.comparison.settings import Settings
from v100_ai.errors import V100Error
from v100_ai.sources import Media
from v100_ai.sources.thumbnail import Grey, grey

LOOK_S: Final = 3.0
"""Seconds of both inputs that are looked at first."""

WIDEST_S: Final = 10.0
"""Seconds that inputs may lie apart and still be found."""

CERTAIN: Final = 0.15
"""How much better than every other lag a lag must fit, as a share of both."""

OVERLAP_S: Final = 1.0
"""Seconds that both must show at a lag, at least."""

Opened = Callable[[], AbstractContextManager[Media]]

Prints = tuple[NDArray[np.float64], Grey]
"""Times from the beginning, and small pictures."""


def lag(reference: Opened, distorted: Opened, settings: Settings) -> float:
    """Seconds that the reference shows the same thing later, 0 where the usual search finds it or nothing does.

    Only looks at the beginning. Both are opened for it, and closed.
    """
    try:
        near = _prints(reference, LOOK_S), _prints(distorted, LOOK_S)
        found, certain = _best(*near, settings.max_offset)
        if certain and abs(found) < 0.9 * settings.max_offset:
            return 0.0
        far = LOOK_S + WIDEST_S
        found, certain = _best(_prints(reference, far), _prints(distorted, far), WIDEST_S)
    except V100Error:
        # What is wrong with an input shows when it is read.
        return 0.0
    return found if certain and abs(found) >= 0.9 * settings.max_offset else 0.0


def _prints(opened: Opened, seconds: float) -> Prints:
    times, pictures = list[float](), list[Grey]()
    with opened() as media:
        frames = media.frames()
        first: float | None = None

        def within(pts: float) -> bool:
            return first is None or pts - first <= seconds

        for frame in takewhile(lambda frame: within(frame.pts), frames):
            first = frame.pts if first is None else first
            picture = grey(frame, SIZE)
            if picture is not None:
                times.append(frame.pts - first)
                pictures.append(picture[::3, ::3])
    return np.asarray(times), np.asarray(pictures, np.float32)


def _best(reference: Prints, distorted: Prints, widest: float) -> tuple[float, bool]:
    """The lag at which the pictures fit best, and whether it stands out from all others."""
    times, _ = reference
    if min(len(times), len(distorted[0])) < 2:  # noqa: PLR2004 - a step needs two
        return 0.0, True
    step = float(np.median(np.diff(times)))
    if step <= 0:
        return 0.0, True
    lags = np.arange(-round(widest / step), round(widest / step) + 1) * step
    costs = np.array([_cost(reference, distorted, each, step) for each in lags])
    if not np.isfinite(costs).any():
        return 0.0, True
    # Where nothing moves all lags are alike, and none is the best.
    costs = costs + 1e-3 * np.abs(lags)
    at = int(np.argmin(costs))
    others = costs[np.abs(lags - lags[at]) > 3 * step]
    others = others[np.isfinite(others)]
    if not len(others):
        return float(lags[at]), True
    next_best = float(others.min())
    stands = (next_best - costs[at]) / (next_best + costs[at] + 0.25)
    return float(lags[at]), stands >= CERTAIN


def _cost(reference: Prints, distorted: Prints, apart: float, step: float) -> float:
    """Mean difference of the pictures that are shown at the same time at that lag."""
    times, pictures = reference
    wanted = distorted[0] + apart
    inside = (wanted >= times[0] - step / 2) & (wanted <= times[-1] + step / 2)
    if inside.sum() * step < OVERLAP_S and inside.sum() < 0.8 * len(wanted):
        return float("inf")
    nearest = np.clip(np.searchsorted(times, wanted[inside] - step / 2), 0, len(times) - 1)
    return float(np.abs(pictures[nearest] - distorted[1][inside]).mean())
