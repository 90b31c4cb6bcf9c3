"""Moments: how a stream's stretches rank, second by second."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

SMOOTH_S: Final = 4.0
"""Time constant of the smoothing that a live clip is opened by: some 8-10 s in effect."""

BEST: Final = 0.6
"""Share of a clip's seconds, the best of them, whose mean is its score."""


class Moment(Protocol):
    """A stretch that was scored: `v100_ai.viral`'s updates are some."""

    @property
    def start(self) -> float: ...  # noqa: D102  # seconds
    @property
    def end(self) -> float: ...  # noqa: D102
    @property
    def rank_score(self) -> float | None: ...  # noqa: D102  # 0-100


@dataclass(frozen=True, slots=True)
class Moments:
    """Rank scores from 0 to 1 of each second of a source; the median where nothing was scored."""

    seconds: tuple[float, ...]
    _sums: tuple[float, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, scored: Iterable[Moment], duration: float) -> "Moments":
        """Those of updates; where several lie over a second, their mean."""
        count = max(1, math.ceil(duration))
        total, times = np.zeros(count), np.zeros(count)
        for each in scored:
            if each.rank_score is None:
                continue
            first, last = max(0, math.floor(each.start + 0.5)), math.ceil(each.end - 0.5)
            total[first : max(first + 1, last)] += each.rank_score / 100
            times[first : max(first + 1, last)] += 1
        known = times > 0
        middle = float(np.median(total[known] / times[known])) if known.any() else 0.0
        filled = np.where(known, total / np.maximum(times, 1), middle)
        return cls(tuple(filled.tolist()))

    def best(self, start: float, end: float) -> float:
        """The mean of the best seconds between two moments."""
        first = max(0, math.floor(start + 0.5))
        part = sorted(self.seconds[first : max(first + 1, math.ceil(end - 0.5))], reverse=True)
        taken = part[: max(1, math.ceil(BEST * len(part)))]
        return sum(taken) / len(taken) if taken else 0.0


def smoothed(values: Sequence[float], step: float) -> list[float]:
    """Values that come every `step` seconds, through a first-order low-pass of `SMOOTH_S`."""
    share = 1 - math.exp(-step / SMOOTH_S)
    result: list[float] = []
    for value in values:
        last = result[-1] if result else value
        result.append(last + share * (value - last))
    return result
