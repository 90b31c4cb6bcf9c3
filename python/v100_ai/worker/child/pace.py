"""Pace: frames of a file as a camera would give them, by their own times."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LONGEST_STEP_S: Final = 10.0
"""A longer step between two frames, or one back, is a break in the file's times and is not waited for."""


LATE_S: Final = 2.0
"""Behind by more, frames are left out, where that is asked for."""

PROMPT_S: Final = 0.5
"""Behind by no more, they are measured again."""


@dataclass(slots=True)
class Pace:
    """Knows when a frame is due; frames that are late are due at once."""

    clock: Callable[[], float]
    _ahead: float | None = None
    """The clock's time at which the file's time is 0."""
    _last: float = 0.0
    behind: float = 0.0
    """Seconds by which the frame that was asked for last is late."""

    def left(self, pts: float) -> float:
        """Seconds until the frame at `pts` is due."""
        now = self.clock()
        if self._ahead is None or not 0.0 <= pts - self._last <= LONGEST_STEP_S:
            self._ahead = now - pts
        self._last = pts
        left = self._ahead + pts - now
        self.behind = max(0.0, -left)
        return max(0.0, left)


@dataclass(slots=True)
class Lateness:
    """Which frames are left out so that what is measured is of now: from `LATE_S` behind until `PROMPT_S` again."""

    dropping: bool = False

    def drops(self, behind: float) -> bool:
        """Whether a frame that is so many seconds late is left out."""
        self.dropping = behind > (PROMPT_S if self.dropping else LATE_S)
        return self.dropping


@dataclass(slots=True)
class Thinning:
    """Which frames are measured, at `rate` a second by their times at most; all where it is `None`."""

    rate: float | None
    _due: float = float("-inf")
    _last: float = float("-inf")

    def accepts(self, pts: float) -> bool:
        """Whether the frame at `pts` is measured."""
        if self.rate is None:
            return True
        back, self._last = pts < self._last, pts
        # Half a thousandth early is in time: containers round.
        if not back and pts < self._due - 0.0005:
            return False
        step = 1 / self.rate
        late = back or pts >= self._due + step
        self._due = (pts if late else self._due) + step
        return True
