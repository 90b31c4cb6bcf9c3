"""Reorder buffer: levels of many participants, each batch in its own order -> one order of time."""

from dataclasses import dataclass, field
from heapq import heappop, heappush

from v100_ai.layers.inputs import Level

LONGEST = 1.0
"""Seconds a level is held back at most for others that may still come: what the speaker tolerates."""


@dataclass(slots=True)
class Reordering:
    """Holds levels back by as much as others were late so far, so that senders of batches mix well."""

    lag: float = 0.0
    _newest: float = float("-inf")
    _waiting: list[Level] = field(default_factory=list[Level])

    @property
    def waiting(self) -> bool:
        """Whether any is held back."""
        return bool(self._waiting)

    def push(self, level: Level) -> None:
        """Take one in. How late it is teaches how long to wait from now on."""
        self.lag = min(LONGEST, max(self.lag, self._newest - level.at))
        self._newest = max(self._newest, level.at)
        heappush(self._waiting, level)

    def ready(self) -> list[Level]:
        """Those that nothing earlier should overtake any more, in order."""
        return self.until(self._newest - self.lag)

    def until(self, at: float) -> list[Level]:
        """Everything up to `at`, in order."""
        due: list[Level] = []
        while self._waiting and self._waiting[0].at <= at:
            due.append(heappop(self._waiting))
        return due
