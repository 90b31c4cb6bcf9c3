"""Frames -> rows, cuts and faults: every layer that was asked for, in one pass."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from v100_ai.analysis import signs
from v100_ai.analyzers import FrameAnalyzer, LiveQuality
from v100_ai.comparison import Settings
from v100_ai.comparison.scored import Comparison
from v100_ai.faults import Cut, Fault, Finder
from v100_ai.frames import Frame
from v100_ai.report.rows import Cell, cells
from v100_ai.worker.spec import Spec

QUALITY: Final = "quality"
"""The layer that is made here: against a reference where there is one, of the frame alone else."""

Numbered = tuple[int, Frame]


@dataclass(frozen=True, slots=True)
class Measured:
    """One frame's row, and what it brought to light."""

    row: dict[str, Cell]
    found: list[Fault | Cut]


class Measuring:
    """Every layer over the frames of one input.

    Frames up to `resume` were told by an earlier worker. They are measured again as far as later ones need it,
    and nothing is said of them.
    """

    def __init__(self, spec: Spec) -> None:
        """Raises `UnknownLayer`."""
        self._analyzer = FrameAnalyzer([each for each in spec.layers if each != QUALITY])
        self._scores = QUALITY in spec.layers
        self._alone = LiveQuality()
        self._finder = Finder()
        self._known = -1 if spec.resume is None else spec.resume.frame

    def alone(self, frames: Iterable[Numbered]) -> Iterator[Measured]:
        """Each frame by itself."""
        for number, frame in frames:
            if number < self._known:
                continue
            estimate = None
            if self._scores:
                estimate = self._alone.push(frame, frame).quality_estimate
            measured = self._measured(number, frame, None)
            if measured is not None:
                measured.row["quality_estimate"] = estimate
                yield measured

    def against(self, reference: Iterator[Frame], frames: Iterable[Numbered]) -> Iterator[Measured]:
        """Each frame with its scores against the one of the reference that it shows."""
        numbers = deque[int]()

        def shown() -> Iterator[Frame]:
            for number, frame in frames:
                numbers.append(number)
                yield frame

        for scored in Comparison(reference, shown(), Settings(scale_to="reference")).scored():
            measured = self._measured(numbers.popleft(), scored.distorted, scored.reading)
            if measured is not None:
                yield measured

    def flush(self) -> list[Fault | Cut]:
        """The faults that last until the end."""
        return self._finder.flush()

    def _measured(self, number: int, frame: Frame, quality: object) -> Measured | None:
        if number < self._known:
            return None
        reading = self._analyzer.push(frame)
        found = self._finder.push(number, frame.pts, signs(reading))
        if number <= self._known:
            return None
        return Measured(cells(reading, number, quality), found)


def onwards(frames: Iterable[Frame], known: int, pts: float) -> Iterator[Numbered]:
    """Frames of an input that was sought, with their numbers in the whole: the last known one, then the new.

    `known` is the number of the frame at `pts`, the last that an earlier worker told of.
    """
    last: Frame | None = None
    number = known
    for frame in frames:
        if number == known and frame.pts <= pts + SAME_S:
            last = frame
            continue
        if last is not None:
            yield known, last
            last = None
        number += 1
        yield number, frame


SAME_S: Final = 0.0005
"""Times of two frames that are one frame's: containers keep milliseconds."""
