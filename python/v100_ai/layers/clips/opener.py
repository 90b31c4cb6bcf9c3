"""When a live stream's moment begins and ends to rank high. Pure."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from v100_ai.clips.choice.moments import SMOOTH_S

PAST_S: Final = 1200.0
"""Seconds of scores that a moment is held against."""

OPENS: Final = 90.0
CLOSES: Final = 75.0
"""Percentiles of the past above which a moment begins, and below which it is over."""

IN_A_ROW: Final = 2
"""Updates that have to agree."""

WARM: Final = 12
"""Updates before the first moment: a minute."""


@dataclass(slots=True)
class Opener:
    """Scores in, as they come; the time at which a moment began while it lasts."""

    opened: float | None = None
    _past: deque[tuple[float, float]] = field(default_factory=deque[tuple[float, float]])
    _smooth: float | None = None
    _above: int = 0
    _below: int = 0

    def push(self, start: float, end: float, rank_score: float) -> None:
        """One update of a stretch in seconds."""
        share = 1 - float(np.exp(-(end - start) / SMOOTH_S))
        before = self._smooth if self._smooth is not None else rank_score
        smooth = self._smooth = before + share * (rank_score - before)
        known = [value for _, value in self._past]
        self._past.append((end, smooth))
        while self._past and self._past[0][0] < end - PAST_S:
            self._past.popleft()
        if len(known) < WARM:
            return
        high, low = np.percentile(known, [OPENS, CLOSES])
        self._above = self._above + 1 if smooth > high else 0
        self._below = self._below + 1 if smooth < low else 0
        if self.opened is None and self._above >= IN_A_ROW:
            self.opened, self._below = start, 0

    @property
    def over(self) -> bool:
        """Whether the moment that began is over."""
        return self.opened is not None and self._below >= IN_A_ROW

    def close(self) -> None:
        """Wait for the next one."""
        self.opened, self._above, self._below = None, 0, 0
