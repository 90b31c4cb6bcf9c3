"""The child's whole life: a spec on standard input, messages on standard output."""

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from v100_ai import clock
from v100_ai.analysis import event_of
from v100_ai.errors import SourceLost, V100Error
from v100_ai.events import AnalysisWarning
from v100_ai.faults import Cut, Fault
from v100_ai.frames import Frame, Gap
from v100_ai.sources import Media
from v100_ai.sources.decoding import Packet
from v100_ai.worker.child.confinement import Budget, confine
from v100_ai.worker.child.feed import Feed
from v100_ai.worker.child.listener import Listener
from v100_ai.worker.child.measuring import SAME_S, Measured, Measuring, Numbered, onwards
from v100_ai.worker.child.opening import opened, reach, replayable
from v100_ai.worker.child.pace import Lateness, Pace, Thinning
from v100_ai.worker.child.recorder import Recorder
from v100_ai.worker.child.sender import Sender, into
from v100_ai.worker.messages import (
    Ended,
    GapFound,
    Message,
    Opened,
    Recorded,
    Refused,
    SoundDecoded,
    Stats,
)
from v100_ai.worker.spec import LARGEST_SPEC, Resume, Spec
from v100_ai.worker.wire import LONGEST_WORD, packed

NAP_S: Final = 0.1
"""How long the pace sleeps at a time."""

NOWHERE: Final = Resume(frame=-1, pts=None)
"""Before the first frame."""

WARNINGS: Final = 20
"""Of one source that are told."""

EARLIER_S: Final = 1.0
"""How far before a time its key frame is looked for: indexes count in the order of decoding, which runs ahead."""


class Stopped(BaseException):
    """The parent asks to go."""


def main() -> NoReturn:
    """Do what the spec asks, and leave the process."""
    # What a library prints must not end up between the messages.
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    spec = Spec.from_json(sys.stdin.buffer.read(LARGEST_SPEC))
    write = into(out)
    starved = packed(
        Refused(error="MemoryError", message=f"expected to need {spec.limits.memory} bytes at most")
    )
    signal.signal(signal.SIGTERM, stop)
    files, port = reach(spec)
    kept = spec.recording
    folder = None if kept is None else Path(kept.folder)
    confine(spec.limits, files=files, port=port, folder=folder, largest=kept.bytes if kept else 0)
    try:
        run(spec, Sender(write, clock.monotonic))
    except MemoryError:
        write(starved)
    except (Stopped, BrokenPipeError):
        pass
    # A thread may still be inside FFmpeg: it must not wake up in an interpreter that is being taken down.
    os._exit(0)


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """On a signal."""
    raise Stopped


def going_on() -> None:
    """Nobody asks to stop."""


def run(spec: Spec, sender: Sender, check: Callable[[], None] = going_on) -> None:
    """Everything up to the last word. `check` is called now and then, and may raise `Stopped`."""
    last: Message
    try:
        last = Run(spec, sender, check).through()
    except MemoryError:
        raise
    except V100Error as refused:
        last = Refused(
            error=type(refused).__name__,
            message=str(refused)[:LONGEST_WORD],
            final=isinstance(refused, SourceLost) and refused.final,
        )
    sender.tell(last)


@dataclass(slots=True)
class Run:
    """One source, from its opening to its end."""

    spec: Spec
    sender: Sender
    check: Callable[[], None] = going_on
    nap: Callable[[float], object] = field(default_factory=lambda: threading.Event().wait)
    budget: Budget = field(init=False)
    _feed: Feed[Numbered] | None = None
    _media: Media | None = None
    _analysed: int = 0
    _thinned: int = 0
    _known: int = 0
    _late: int = 0
    _lag: float = 0.0
    _resume: Resume = NOWHERE
    _beside: deque[Recorded | SoundDecoded] = field(default_factory=deque[Recorded | SoundDecoded])
    """What the reader's thread has to tell."""

    def __post_init__(self) -> None:
        self.budget = Budget(self.spec.limits.cpu)

    def through(self) -> Ended:
        """How it ended, if it did not break. Raises `V100Error`."""
        self.budget.renew()
        # Layers that nobody knows are refused before anything is opened.
        Measuring(self.spec.layers, known=NOWHERE.frame)
        beside: Sequence[Recorder | Listener] = ()
        with ExitStack() as stack:
            media = self._media = stack.enter_context(opened(self.spec.source, self.spec))
            reference = None
            if self.spec.reference is not None:
                reference = stack.enter_context(
                    opened(self.spec.reference, self.spec, reference=True)
                )
            again = replayable(self.spec.source, media)
            if again and self.spec.resume is not None:
                self._resume = self.spec.resume
            self.sender.tell(_described(media, seekable=again))
            beside = self._attached(media)
            frames = self._frames(media, whole=reference is not None)
            feed = self._feed = stack.enter_context(Feed(frames, self._glance, lossy=not again))
            taken = self._taken(feed, paced=again and self.spec.pace == "live")
            measuring = Measuring(self.spec.layers, known=self._resume.frame)
            if reference is None:
                rows = measuring.alone(taken)
            else:
                read = self.spec.input
                part = bool(read.start or read.duration or read.every > 1 or self.spec.rate)
                rows = measuring.against(reference.frames(), taken, reference.count, part=part)
            broken = self._send(rows, media)
        for each in beside:
            each.close()
        self._tell_beside()
        self._note(measuring.flush())
        for text in [*media.notes, *measuring.warnings][:WARNINGS]:
            self.sender.tell(AnalysisWarning(text=text[:LONGEST_WORD]))
        self.sender.tell(self.stats)
        return Ended(broken=broken)

    def _attached(self, media: Media) -> list[Recorder | Listener]:
        """Who takes the input's packets beside the decoder."""
        found: list[Recorder | Listener] = []
        if self.spec.recording is not None:
            found.append(Recorder(self.spec.recording, media, self._beside.append))
        if self.spec.sound:
            found.append(Listener(media, self._beside.append))
        if found:
            media.taken = _all(found)
        return found

    @property
    def stats(self) -> Stats:
        """What became of the frames so far."""
        return Stats(
            decoded=self._feed.decoded - self._known if self._feed else 0,
            analysed=self._analysed,
            dropped=self._late + (self._feed.dropped if self._feed else 0),
            thinned=self._thinned,
            damaged=self._media.damaged if self._media else 0,
            lag=self._lag,
        )

    def _frames(self, media: Media, *, whole: bool) -> Iterator[Numbered]:
        """The input's frames with their numbers, from where they are needed."""
        resume = self._resume
        if resume.pts is None or whole or not media.indexed:
            return enumerate(media.frames())
        return _onwards(media, resume.frame, resume.pts)

    def _taken(self, feed: Feed[Numbered], *, paced: bool) -> Iterator[Numbered]:
        """Those that are measured, each when it is due."""
        pace, thinning = Pace(clock.monotonic), Thinning(self.spec.rate)
        late, drops = Lateness(), self.spec.late == "drop"
        gap: Gap | None = None
        for number, frame in feed:
            self.check()
            self.budget.renew()
            self.sender.tick(self.stats)
            self._tell_beside()
            gap = frame.gap or gap
            if number <= self._resume.frame:
                self._known += 1
            elif not thinning.accepts(frame.pts):
                self._thinned += 1
                continue
            elif paced:
                self._wait(pace, frame)
                self._lag = pace.behind
                if drops and late.drops(pace.behind):
                    self._late += 1
                    continue
            # What lies before frames that were left out lies before this one.
            yield number, frame if frame.gap is gap else replace(frame, gap=gap)
            gap = None

    def _glance(self) -> None:
        """While no frame is there."""
        self.check()
        self.sender.lapse()

    def _wait(self, pace: Pace, frame: Frame) -> None:
        while (left := pace.left(frame.pts)) > 0.0:
            self.check()
            self.sender.tick(self.stats)
            self.nap(min(left, NAP_S))

    def _send(self, rows: Iterator[Measured], media: Media) -> str | None:
        """Everything that is measured; what was wrong with the input, if that shows at its end."""
        try:
            for measured in rows:
                self._analysed += 1
                if measured.gap is not None:
                    self.sender.tell(_gap(measured.gap))
                self.sender.push(measured.row)
                self._note(measured.found)
        except SourceLost as lost:
            if not media.finished:
                raise
            return lost.reason[:LONGEST_WORD]
        return None

    def _tell_beside(self) -> None:
        """What the reader's thread has written and heard since."""
        while self._beside:
            self.sender.tell(self._beside.popleft())

    def _note(self, found: list[Fault | Cut]) -> None:
        for each in found:
            self.sender.tell(event_of(each))


def _all(beside: Sequence[Recorder | Listener]) -> Callable[[Packet], None]:
    def taken(packet: Packet) -> None:
        for each in beside:
            each.take(packet)

    return taken


def _onwards(media: Media, known: int, pts: float) -> Iterator[Numbered]:
    """The frame of that number and time, and those after it."""
    media.seek(pts - EARLIER_S)
    frames = media.frames()
    first = next(frames, None)
    if first is None or first.pts > pts + SAME_S:
        # An index that leads past the place would leave frames out: read all of it instead.
        media.seek(0.0)
        yield from enumerate(media.frames())
    else:
        yield from onwards(chain((first,), frames), known, pts)


def _described(media: Media, *, seekable: bool) -> Opened:
    width, height = media.stream.codec_context.width, media.stream.codec_context.height
    # Which way round it is shown stands in its first picture; a camera's may be long in coming.
    if seekable and media.description.rotation % 180:
        width, height = height, width
    return Opened(
        width=width,
        height=height,
        codec=media.codec,
        rate=media.rate,
        duration=media.duration if seekable else None,
        seekable=seekable,
    )


def _gap(gap: Gap) -> GapFound:
    return GapFound(
        from_pts=gap.start, to_pts=gap.end, reason=gap.reason[:LONGEST_WORD], held=gap.held
    )
