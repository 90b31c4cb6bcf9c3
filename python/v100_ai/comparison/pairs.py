"""Frames of two inputs -> pairs, in the distorted frames' order and in bounded memory."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from v100_ai.analyzers import Aligner, Verdict
from v100_ai.comparison.alignment import Alignment, told
from v100_ai.comparison.scaling import Scaler
from v100_ai.comparison.settings import Settings
from v100_ai.errors import SourceLost
from v100_ai.frames import Frame

Fate = Literal["paired", "duplicated", "unpaired"]

PATIENCE: Final = 32
"""Distorted frames that may wait once the reference has ended."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A distorted frame, and the reference frame that it shows, if one is its own."""

    frame: int
    shown: Frame
    """The distorted frame as it came."""
    distorted: Frame
    """The same as it is compared: scaled, where that is asked for."""
    reference: Frame | None
    fate: Fate


@dataclass(slots=True)
class Stream:
    """Frames of one input; an input that breaks off ends, and is kept in `lost`."""

    frames: Iterator[Frame]
    ended: bool = False
    lost: SourceLost | None = None

    def next(self) -> Frame | None:
        """The next frame, `None` from the end on."""
        if self.ended:
            return None
        try:
            frame = next(self.frames, None)
        except SourceLost as lost:
            self.lost, frame = lost, None
        self.ended = frame is None
        return frame


class ByNumber:
    """The n-th frame with the n-th."""

    def __init__(self, reference: Stream, distorted: Stream, settings: Settings) -> None:
        self._streams = reference, distorted
        self._scaler = Scaler(settings)
        self.alignment = Alignment()

    def __iter__(self) -> Iterator[Pair]:
        reference, distorted = self._streams
        paired = unpaired = 0
        while (shown := distorted.next()) is not None:
            frame = paired + unpaired
            wanted = reference.next()
            paired, unpaired = paired + (wanted is not None), unpaired + (wanted is None)
            self.alignment = Alignment(paired=paired, unpaired=unpaired)
            if wanted is None:
                yield Pair(frame, shown, shown, None, "unpaired")
            else:
                wanted = self._scaler.reference(wanted)
                yield Pair(frame, shown, self._scaler.distorted(shown), wanted, "paired")


@dataclass(slots=True)
class Held:
    """Frames that wait for their verdict, the oldest first: number, time, as it came, as compared."""

    frames: deque[tuple[int, float, Frame, Frame]] = field(
        default_factory=deque[tuple[int, float, Frame, Frame]]
    )
    count: int = 0
    last: float = float("-inf")

    def push(self, frame: Frame, compared: Frame, pts: float) -> None:
        """Keep one more."""
        self.frames.append((self.count, pts, frame, compared))
        self.count, self.last = self.count + 1, pts

    def forget(self, *, number: int = -1, before: float = float("-inf")) -> None:
        """Drop frames up to that number, and those before that time."""
        while self.frames and (self.frames[0][0] <= number or self.frames[0][1] < before):
            self.frames.popleft()

    def find(self, number: int) -> Frame:
        """The frame of that number, as it is compared."""
        return self.frames[number - self.frames[0][0]][3]


class ByTime:
    """Frames with those that they show, by their times and their pictures.

    Inputs that begin further apart than the largest offset are laid side by side first.
    """

    def __init__(self, reference: Stream, distorted: Stream, settings: Settings) -> None:
        self._streams = reference, distorted
        self._reach = settings.max_offset
        self._scaler = Scaler(settings)
        self._aligner = Aligner(settings.max_offset)
        self._references, self._shown = Held(), Held()
        self._later: float | None = None
        """Seconds added to the reference's times."""

    @property
    def alignment(self) -> Alignment:
        """How the inputs lie to each other so far."""
        found = self._aligner.alignment
        if found is None:
            return Alignment(unpaired=self._shown.count - len(self._shown.frames))
        return told(found, self._later or 0.0)

    def __iter__(self) -> Iterator[Pair]:
        reference, distorted = self._streams
        while (shown := distorted.next()) is not None:
            yield from self._ahead(reference, shown.pts)
            compared = self._scaler.distorted(shown)
            self._shown.push(shown, compared, shown.pts)
            yield from self._pairs(self._aligner.push_distorted(compared))
            if reference.ended and len(self._shown.frames) > PATIENCE:
                yield from self._pairs(self._aligner.finish())
        yield from self._pairs(self._aligner.finish())

    def _ahead(self, reference: Stream, pts: float) -> Iterator[Pair]:
        """Read the reference as far as the frame at `pts` may reach."""
        while self._references.last < pts + self._reach:
            wanted = reference.next()
            if wanted is None:
                return
            if self._later is None:
                apart = pts - wanted.pts
                self._later = apart if abs(apart) > self._reach else 0.0
            compared, pts_here = self._scaler.reference(wanted), wanted.pts + self._later
            self._references.push(wanted, compared, pts_here)
            yield from self._pairs(self._aligner.push_reference(compared, pts_here))

    def _pairs(self, verdicts: list[Verdict]) -> Iterator[Pair]:
        for verdict in verdicts:
            number, pts, shown, compared = self._shown.frames.popleft()
            if verdict.reference is None:
                fate: Fate = "duplicated" if verdict.duplicated else "unpaired"
                yield Pair(number, shown, compared, None, fate)
            else:
                wanted = self._references.find(verdict.reference)
                yield Pair(number, shown, compared, wanted, "paired")
                self._references.forget(number=verdict.reference)
            self._references.forget(before=pts - self._reach)
