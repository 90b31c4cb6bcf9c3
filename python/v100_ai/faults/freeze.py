"""Freeze: one picture that is held, refined by its encoder or not, also where frames are missing."""

from collections import deque
from dataclasses import dataclass, field
from math import exp
from typing import Final

from v100_ai.faults.settings import Settings

UNSEEN: Final = 0.01
"""Codes that a held picture differs by from frame to frame, for which nobody would say it changed."""

STEPS: Final = 9
"""Steps between frames that the usual one is the middle of."""

KNOWN: Final = 3
"""Steps after which the usual one is known."""

SLOW: Final = 3.0
"""Usual steps that a picture is shown for at least before it counts as held: some video has a frame a second."""


@dataclass(frozen=True, slots=True)
class Held:
    """A picture that was held, from one time to another."""

    start: float
    end: float
    frames: int
    worst: float


@dataclass(slots=True)
class Freeze:
    """Judges by time: what a frame differs by is weighed against how long ago it did."""

    settings: Settings
    start: float | None = None
    _frames: int = 0
    _still: int = 0
    _worst: float = 0.0
    _drift: float = 0.0
    _last: float | None = None
    _steps: deque[float] = field(default_factory=lambda: deque[float](maxlen=STEPS))

    def push(self, pts: float, difference: float | None) -> list[Held]:
        """The freezes that are over with this frame. `difference` is `None` where it is not known, or does not count."""
        last, self._last = self._last, pts
        if last is None or pts < last:
            return []
        found = list[Held]()
        held = difference is not None and self._is_held(pts - last)
        self._steps.append(pts - last)
        if held:
            self._begin(last)
            self._count(0.0)
        if difference is None or difference > self.settings.frozen.leave:
            return found + self.close(pts)
        self._drift = self._drift * exp((last - pts) / self.settings.refining)
        self._drift += max(0.0, difference - UNSEEN)
        if self._drift > self.settings.refined:
            found += self.close(pts)
        self._begin(last)
        self._count(difference)
        return found

    def close(self, end: float) -> list[Held]:
        """The freeze that lasts until then, if it lasts long enough."""
        start, self.start = self.start, None
        self._drift = 0.0
        if start is None or end - start < self.settings.frozen.seconds:
            return []
        if self._still < self.settings.still * self._frames:
            return []
        return [Held(start, end, self._frames, self._worst)]

    def forget(self) -> None:
        """What comes next has nothing to do with what was last."""
        self.start = self._last = None
        self._drift = 0.0
        self._steps.clear()

    def _is_held(self, shown: float) -> bool:
        """Whether the picture before was shown for so long that it stood still."""
        if len(self._steps) < KNOWN:
            return False
        usual = sorted(self._steps)[len(self._steps) // 2]
        return shown >= max(self.settings.frozen.seconds, SLOW * usual)

    def _begin(self, at: float) -> None:
        if self.start is None:
            self.start, self._frames, self._still, self._worst = at, 0, 0, float("inf")

    def _count(self, difference: float) -> None:
        self._frames += 1
        self._still += difference <= self.settings.frozen.enter
        self._worst = min(self._worst, difference)
