"""Where a value lies among those of the last ten minutes: median and deviation, without keeping more than that."""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from typing import Final

KEPT: Final = 1_200
"""Values that are kept: ten minutes of half seconds."""

FEWEST: Final = 20
"""Values from which a median is told."""


@dataclass(slots=True)
class Running:
    """The last `KEPT` values, in order of time and of size."""

    least: float
    """The deviation that a value is held against where all are alike."""
    _values: deque[float] = field(default_factory=deque[float])
    _sorted: list[float] = field(default_factory=list[float])

    def push(self, value: float) -> None:
        """One more; the oldest goes."""
        if len(self._values) == KEPT:
            old = self._values.popleft()
            del self._sorted[bisect_left(self._sorted, old)]
        self._values.append(value)
        insort(self._sorted, value)

    @property
    def median(self) -> float | None:
        """`None` until there are enough."""
        if len(self._sorted) < FEWEST:
            return None
        return self._sorted[len(self._sorted) // 2]

    def share(self, value: float) -> float | None:
        """0 to 1: 0.5 is the median, 0 and 1 three deviations from it. `None` until there are enough.

        The deviation is 1.4826 times the half of the middle half's width, which is that of a normal distribution.
        """
        median = self.median
        if median is None:
            return None
        count = len(self._sorted)
        middle = self._sorted[3 * count // 4] - self._sorted[count // 4]
        deviation = max(self.least, 1.4826 * middle / 2)
        return min(1.0, max(0.0, 0.5 + (value - median) / (6 * deviation)))
