"""KnownFaces: boxes of faces from a file, for the frames they belong to."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import isfinite
from pathlib import Path
from typing import Final, Self

from v100_ai.errors import FrameRejected
from v100_ai.frames import Frame

Box = tuple[float, float, float, float]

FIELDS: Final = ("pts", "x", "y", "w", "h")

SAME_S: Final = 0.005
"""Times of a box and a frame that belong together: containers keep milliseconds."""

BOXES: Final = 2_000_000
"""Lines that are read: two hours of four faces at 60 frames a second."""


class KnownFaces:
    """Boxes by time, in the order of time."""

    def __init__(self, boxes: Iterable[tuple[float, Box]] = ()) -> None:
        """`boxes` are times in seconds and left, top, width and height in samples."""
        ordered = sorted(boxes)
        self._times = [pts for pts, _ in ordered]
        self._boxes = [box for _, box in ordered]
        self._next = 0

    @classmethod
    def read(cls, path: str | Path | None) -> Self:
        """Those of a file of JSON lines, each an object of `pts`, `x`, `y`, `w` and `h`; none without a file.

        Raises `FrameRejected`, with the line and what was expected there.
        """
        if path is None:
            return cls()
        boxes: list[tuple[float, Box]] = []
        try:
            with Path(path).open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        boxes.append(_box(line, f"{path}, line {number}"))
                    if len(boxes) > BOXES:
                        raise FrameRejected(f"{path}: expected at most {BOXES} boxes, found more")
        except (OSError, UnicodeDecodeError) as refused:
            raise FrameRejected(f"{path}: expected boxes in JSON lines: {refused}") from refused
        return cls(boxes)

    def of(self, frame: Frame) -> Sequence[Sequence[float]] | None:
        """The boxes of a frame as shares of it; `None` where none came since the frame before."""
        end = bisect_right(self._times, frame.pts + SAME_S)
        if end <= self._next:
            return None
        first = end - 1
        while first > self._next and self._times[first - 1] == self._times[end - 1]:
            first -= 1
        self._next = end
        return [
            (x / frame.width, y / frame.height, (x + w) / frame.width, (y + h) / frame.height)
            for x, y, w, h in self._boxes[first:end]
        ]


def _box(line: str, where: str) -> tuple[float, Box]:
    try:
        found = json.loads(line)
        pts, *box = (float(found[name]) for name in FIELDS)
    except (ValueError, KeyError, TypeError) as refused:
        expected = f"expected an object of the numbers {', '.join(FIELDS)}"
        raise FrameRejected(f"{where}: {expected}, found {line.strip()[:80]}") from refused
    if not all(map(isfinite, (pts, *box))):
        raise FrameRejected(f"{where}: expected finite numbers, found {line.strip()[:80]}")
    x, y, w, h = box
    return pts, (x, y, w, h)
