"""Frames of two inputs -> pairs, in the distorted frames' order and in bounded memory."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from v100_ai.analyzers import Aligner, Verdict
from v100_ai.comparison.alignment import Alignment, alignment_from
from v100_ai.comparison.scaling import Scaler, alike
from v100_ai.comparison.settings import Settings
from v100_ai.comparison.stream import Stream
from v100_ai.frames import Frame

Fate = Literal["paired", "duplicated", "unpaired"]

PATIENCE: Final = 32
"""Distorted frames that may wait once the reference has ended."""

STEP_S: Final = 0.04
"""From one frame to the next where nothing else is known."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A distorted frame, and the reference frame that it shows, if one is its own."""

    frame: int
    shown: Frame
    """The distorted frame as it came."""
    distorted: Frame
    """The same as it is compared: scaled, where that is asked for."""
    reference: Frame | None
    """As it is compared."""
    fate: Fate


class ByNumber:
    """The n-th frame with the n-th."""

    def __init__(self, reference: Stream, distorted: Stream, settings: Settings) -> None:
        self._streams = reference, distorted
        self.scaler = Scaler(settings)
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
                wanted, compared = self.scaler.pair(wanted, shown)
                yield Pair(frame, shown, compared, wanted, "paired")


@dataclass(slots=True)
class Held:
    """Frames that wait for their verdict, the oldest first.

    Of each its number, its time on the common axis, as it came, and as it is recognised.
    """

    frames: deque[tuple[int, float, Frame, Frame]] = field(
        default_factory=deque[tuple[int, float, Frame, Frame]]
    )
    count: int = 0
    last: float = float("-inf")
    step: float = STEP_S

    def push(self, frame: Frame, recognised: Frame, pts: float) -> float:
        """Keep one more; its time, which is after the one before whatever the input says."""
        if pts > self.last:
            self.step = min(STEP_S, pts - self.last)
        else:
            pts = self.last + self.step / 2
        self.frames.append((self.count, pts, frame, recognised))
        self.count, self.last = self.count + 1, pts
        return pts

    def forget(self, *, number: int = -1, before: float = float("-inf")) -> None:
        """Drop frames up to that number, and those before that time."""
        while self.frames and (self.frames[0][0] <= number or self.frames[0][1] < before):
            self.frames.popleft()

    def find(self, number: int) -> Frame | None:
        """The frame of that number as it came, `None` where it is dropped."""
        at = number - self.frames[0][0] if self.frames else -1
        return self.frames[at][2] if 0 <= at < len(self.frames) else None


def side_by_side(reference: float, distorted: float, settings: Settings) -> float:
    """Seconds to add to the reference's times, where the inputs begin at these."""
    apart = distorted - reference
    return apart - settings.lag if settings.lag or abs(apart) > settings.max_offset else 0.0


class ByTime:
    """Frames with those that they show, by their times and their pictures.

    Inputs that begin further apart than the largest offset are laid side by side first. Where the distorted
    input's clock starts again, or another video begins, the two are aligned anew.
    """

    def __init__(self, reference: Stream, distorted: Stream, settings: Settings) -> None:
        self._streams = reference, distorted
        self._settings, self._reach = settings, settings.max_offset
        self.scaler = Scaler(settings)
        self._aligner = Aligner(settings.max_offset)
        self._references, self._shown = Held(), Held()
        self._later: float | None = None
        """Seconds added to the reference's times."""
        self._before = Alignment()
        """What became of the frames before the two were aligned anew."""
        self._number = 0
        """Of the next distorted frame that gets its verdict."""
        self._first: Frame | None = None

    @property
    def alignment(self) -> Alignment:
        """How the inputs lie to each other so far."""
        found = self._aligner.alignment
        if found is None:
            waiting = len(self._shown.frames)
            return Alignment(unpaired=self._shown.count - waiting).after(self._before)
        return alignment_from(found, self._later or 0.0).after(self._before)

    def __iter__(self) -> Iterator[Pair]:
        reference, distorted = self._streams
        while (shown := distorted.next()) is not None:
            if shown.gap is not None and not shown.gap.held:
                yield from self._anew()
            yield from self._ahead(reference, shown.pts)
            recognised = alike(shown, self._first or shown)
            pts = self._shown.push(shown, recognised, shown.pts)
            yield from self._pairs(self._aligner.push_distorted(recognised, pts))
            if reference.ended and len(self._shown.frames) > PATIENCE:
                yield from self._pairs(self._aligner.finish())
        yield from self._pairs(self._aligner.finish())

    def _anew(self) -> Iterator[Pair]:
        """Decide all that waits, and begin again with the reference frames that are not shown yet."""
        yield from self._pairs(self._aligner.finish())
        self._before = self.alignment
        self._aligner = Aligner(self._reach)
        waiting, self._references, self._shown = self._references, Held(), Held()
        for _, pts, frame, recognised in waiting.frames:
            self._references.push(frame, recognised, pts)
            self._aligner.push_reference(recognised, pts)

    def _ahead(self, reference: Stream, pts: float) -> Iterator[Pair]:
        """Read the reference as far as the frame at `pts` may reach."""
        while self._references.last < pts + self._reach:
            wanted = reference.next()
            if wanted is None:
                return
            if self._later is None:
                self._later = side_by_side(wanted.pts, pts, self._settings)
            self._first = self._first or wanted
            at = wanted.pts + self._later
            if self._shown.last + self._reach < at < pts - self._reach:
                # No frame that waits or is still to come reaches there.
                continue
            recognised = alike(wanted, self._first)
            at = self._references.push(wanted, recognised, at)
            yield from self._pairs(self._aligner.push_reference(recognised, at))

    def _pairs(self, verdicts: list[Verdict]) -> Iterator[Pair]:
        for verdict in verdicts:
            _, pts, shown, recognised = self._shown.frames.popleft()
            number, self._number = self._number, self._number + 1
            wanted = None if verdict.reference is None else self._references.find(verdict.reference)
            if wanted is None or verdict.reference is None:
                fate: Fate = "duplicated" if verdict.duplicated else "unpaired"
                yield Pair(number, shown, shown, None, fate)
            else:
                reference, compared = self.scaler.pair(wanted, shown, recognised)
                yield Pair(number, shown, compared, reference, "paired")
                self._references.forget(number=verdict.reference)
            self._references.forget(before=pts - self._reach)
