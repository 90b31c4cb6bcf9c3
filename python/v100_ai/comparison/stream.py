"""Stream: the frames of one input of a comparison, and what is told of them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from v100_ai.errors import SourceLost
from v100_ai.frames import Frame

STEPS: Final = 1024
"""Steps between frames that the usual one is the middle of."""


@dataclass(slots=True)
class Stream:
    """Frames of one input; an input that breaks off ends, and is kept in `lost`."""

    frames: Iterator[Frame]
    ended: bool = False
    lost: SourceLost | None = None
    count: int = 0
    first: float | None = None
    last: float | None = None
    _steps: deque[float] = field(default_factory=lambda: deque[float](maxlen=STEPS))

    def next(self) -> Frame | None:
        """The next frame, `None` from the end on."""
        if self.ended:
            return None
        try:
            frame = next(self.frames, None)
        except SourceLost as lost:
            self.lost, frame = lost, None
        self.ended = frame is None
        if frame is not None:
            self._note(frame.pts)
        return frame

    def _note(self, pts: float) -> None:
        if self.last is not None and pts > self.last:
            self._steps.append(pts - self.last)
        self.first = pts if self.first is None else self.first
        self.last, self.count = pts, self.count + 1

    @property
    def step(self) -> float | None:
        """Seconds from one frame to the next, as is usual: the mean of the middle half, as containers round."""
        ordered = sorted(self._steps)
        middle = ordered[len(ordered) // 4 : len(ordered) - len(ordered) // 4]
        return sum(middle) / len(middle) if middle else None
