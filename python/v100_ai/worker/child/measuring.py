"""Frames -> rows, cuts and faults: every layer that was asked for, in one pass."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from v100_ai.analysis import judged, signs
from v100_ai.analyzers import FrameAnalyzer, LiveQuality
from v100_ai.comparison import Settings
from v100_ai.comparison.scored import Comparison
from v100_ai.deepfake import Judge
from v100_ai.faults import Cut, Fault, Finder
from v100_ai.frames import Frame, Gap
from v100_ai.report.rows import Row, cells

QUALITY: Final = "quality"
"""The layer that is made here: against a reference where there is one, of the frame alone else."""

Numbered = tuple[int, Frame]


@dataclass(frozen=True, slots=True)
class Measured:
    """One frame's row, and what it brought to light."""

    row: Row
    found: list[Fault | Cut]
    gap: Gap | None = None
    """What lies before it."""


class Measuring:
    """Every layer over the frames of one input.

    Frames up to number `known` were told by an earlier worker. They are measured again as far as later ones
    need it, and nothing is said of them.
    """

    def __init__(self, layers: Sequence[str], *, known: int) -> None:
        """Raises `UnknownLayer`."""
        self._analyzer = FrameAnalyzer([each for each in layers if each != QUALITY])
        self._scores = QUALITY in layers
        self._alone = LiveQuality()
        self._finder = Finder()
        self._judge = Judge()
        self._known = known
        self._comparison: Comparison | None = None

    def alone(self, frames: Iterable[Numbered]) -> Iterator[Measured]:
        """Each frame by itself."""
        for number, frame in frames:
            measured = self.push(number, frame)
            if measured is not None:
                yield measured

    def push(self, number: int, frame: Frame) -> Measured | None:
        """One frame by itself; nothing of one that is known."""
        measured = self._measured(number, frame, None)
        if measured is not None and self._scores:
            estimate = self._alone.push(frame, frame).quality_estimate
            measured.row["quality_estimate"] = estimate
        return measured

    def against(
        self,
        reference: Iterator[Frame],
        frames: Iterable[Numbered],
        expected: int | None = None,
        *,
        part: bool = False,
    ) -> Iterator[Measured]:
        """Each frame with its scores against the one of the reference that it shows.

        `expected` is how many frames the reference says it has, `part` whether only some are to be compared.
        """
        numbers = deque[int]()

        def shown() -> Iterator[Frame]:
            for number, frame in frames:
                numbers.append(number)
                yield frame

        settings = Settings(scale_to="reference")
        self._comparison = Comparison(reference, shown(), settings, expected=expected, part=part)
        for scored in self._comparison.scored():
            measured = self._measured(numbers.popleft(), scored.distorted, scored.reading)
            if measured is not None:
                yield measured

    @property
    def warnings(self) -> list[str]:
        """Why scores may not say what they seem to, once all frames are through."""
        return [] if self._comparison is None else self._comparison.warnings

    def flush(self) -> list[Fault | Cut]:
        """The faults that last until the end."""
        return self._finder.flush()

    def _measured(self, number: int, frame: Frame, quality: object) -> Measured | None:
        if number <= self._known - MEMORY:
            return None
        reading = self._analyzer.push(frame)
        found = self._finder.push(number, frame.pts, signs(reading), frame.gap)
        judgement = judged(self._judge, reading)
        if number <= self._known:
            return None
        return Measured(cells(reading, number, quality, judgement), found, frame.gap)


def onwards(frames: Iterable[Frame], known: int, pts: float) -> Iterator[Numbered]:
    """Frames of an input that was sought, with their numbers in the whole: the last known ones, then the new.

    `known` is the number of the frame at `pts`, the last that an earlier worker told of.
    """
    last = deque[Frame](maxlen=MEMORY)
    number = known
    for frame in frames:
        if number == known and frame.pts <= pts + SAME_S:
            last.append(frame)
            continue
        if number == known:
            yield from zip(range(known + 1 - len(last), known + 1), last, strict=True)
        number += 1
        yield number, frame


MEMORY: Final = 2
"""Frames before it that a frame's figures depend on: a scene change is told from two differences."""

SAME_S: Final = 0.0005
"""Times of two frames that are one frame's: containers keep milliseconds."""
