"""Pairs -> scores, frame by frame, in the distorted frames' order."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from v100_ai.analyzers import QualityReading, Summary
from v100_ai.comparison.alignment import Alignment
from v100_ai.comparison.doubts import Doubts
from v100_ai.comparison.pairs import ByNumber, ByTime, Fate, Pair
from v100_ai.comparison.settings import Settings
from v100_ai.comparison.stream import Stream
from v100_ai.errors import FrameRejected
from v100_ai.frames import Frame

LATER_S = 1e-6
"""How much later than the one before a pair is measured whose time is not later."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A distorted frame with its scores; both frames are lent."""

    frame: int
    distorted: Frame
    """As it came."""
    reference: Frame | None
    """As it is compared."""
    fate: Fate
    reading: QualityReading | None
    """`None` for a frame without a pair."""


class Comparison:
    """One run over two inputs."""

    def __init__(
        self,
        reference: Iterator[Frame],
        distorted: Iterator[Frame],
        settings: Settings,
        *,
        expected: int | None = None,
        part: bool = False,
    ) -> None:
        """`expected` is how many frames the reference says it has, `part` whether only some are to be compared."""
        self._streams = Stream(reference), Stream(distorted)
        pairs = ByTime if settings.align == "pts" else ByNumber
        self._pairs: ByTime | ByNumber = pairs(*self._streams, settings)
        self._meter = settings.meter()
        self._waiting = deque[Pair]()
        self._last = float("-inf")
        self._doubts = Doubts(settings, *self._streams, expected=expected, part=part)

    @property
    def alignment(self) -> Alignment:
        """How the inputs lie to each other so far."""
        return self._pairs.alignment

    @property
    def warnings(self) -> list[str]:
        """Why the scores may not say what they seem to: one line each; whole when all frames are through."""
        return self._doubts.warnings(self.alignment)

    @property
    def notes(self) -> list[str]:
        """What was brought to what before it was compared, so far: nothing is doubtful about that."""
        return list(self._pairs.scaler.notes)

    def summary(self) -> dict[str, Summary]:
        """Figures over all frames scored so far, by metric."""
        return self._meter.summary()

    def scored(self) -> Generator[Scored, None, None]:
        """Every distorted frame; then `SourceLost` if either input broke off.

        Raises `FrameRejected` for two frames that cannot be compared, after the scores of all before them.
        """
        refused: FrameRejected | None = None
        try:
            for pair in self._pairs:
                self._doubts.push(pair)
                yield from self._scored(pair)
        except FrameRejected as wrong:
            refused = wrong
        yield from self._due(self._meter.flush())
        if refused is not None:
            raise refused
        for stream in self._streams:
            if stream.lost is not None:
                raise stream.lost

    def _scored(self, pair: Pair) -> Iterator[Scored]:
        readings = list[QualityReading]()
        if pair.reference is not None:
            at = max(pair.distorted.pts, self._last + LATER_S)
            readings = self._meter.push(pair.reference, pair.distorted, at)
            self._last = at
        self._waiting.append(pair)
        return self._due(readings)

    def _due(self, readings: Iterable[QualityReading]) -> Iterator[Scored]:
        """The frames whose turn it is: those with these readings, and those between without."""
        left = deque(readings)
        while self._waiting and (left or self._waiting[0].reference is None):
            pair = self._waiting.popleft()
            reading = None if pair.reference is None else left.popleft()
            yield Scored(pair.frame, pair.shown, pair.reference, pair.fate, reading)
