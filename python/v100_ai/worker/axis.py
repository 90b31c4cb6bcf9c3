"""Axis: the session's own time and frame numbers, which go on when a source starts again. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from v100_ai.events import FaultFound, SceneCut
from v100_ai.worker.messages import GapFound, Message, Readings, SoundDecoded
from v100_ai.worker.spec import Resume

TOLERANCE_S: Final = 2.0
"""How far a source's clock may be from where it should be after a loss, and still be the same clock."""

REORDERING_S: Final = 1.0
"""A larger step back is a source that began again; `analyzers.frame` starts afresh there."""

STEP_S: Final = 0.04
"""From the last frame to the next where nothing else is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The last frame a session has, and how the session's numbers and times lie to the source's."""

    frame: int
    pts: float
    frames_later: int = 0
    """Added to the source's frame numbers."""
    later: float = 0.0
    """Seconds added to the source's times."""
    once: bool = True
    """Whether each of the source's times, so far, came once: then a time says where to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of the session's time that nobody measured."""

    from_pts: float
    to_pts: float
    reason: str


@dataclass(slots=True)
class Axis:
    """Places what a worker says on the session's axis.

    What can be read again goes on where it stopped, without a gap. What is live goes on by its own clock, if that
    says what the clock on the wall says, within `TOLERANCE_S`; if it does not, as when a camera counts from 0
    again, it is laid so that as much time has passed on the axis as on the wall. A step back of more than
    `REORDERING_S` within one connection goes on at once, one frame's step later: nothing was missed.
    """

    clock: Callable[[], float]
    position: Position | None = None
    at: float = field(default=0.0)
    """When the last frame came, by `clock`."""
    begins: Callable[[], float] | None = None
    """Where on the session's axis a source begins that was not there before; its own times hold if left out."""
    _lost: str | None = None
    _step: float = STEP_S

    def resume(self) -> Resume | None:
        """Where a source that can be read again goes on."""
        if self.position is None:
            return None
        here = self.position
        pts = here.pts - here.later if here.once else None
        return Resume(frame=here.frame - here.frames_later, pts=pts)

    def lose(self, reason: str) -> None:
        """What comes next is not the continuation of what was last."""
        self._lost = self._lost or reason

    def go_on(self) -> None:
        """What comes next is the continuation after all: nothing was missed."""
        self._lost = None

    def place(self, message: Message) -> list[Message | Gap]:
        """The message on the axis, after the gap that it ends."""
        match message:
            case Readings():
                gap = self._bridge(message)
                placed: list[Message | Gap] = [self._placed(message)]
                return [gap, *placed] if gap is not None else placed
            case SceneCut():
                later, frames = self._offsets()
                return [replace(message, pts=message.pts + later, frame=message.frame + frames)]
            case FaultFound():
                later, _ = self._offsets()
                begin, end = message.from_pts + later, message.to_pts + later
                return [replace(message, from_pts=begin, to_pts=end)]
            case SoundDecoded():
                # After a loss, where it lies is not known before the first frame.
                later, _ = self._offsets()
                return [] if self._lost else [replace(message, at=message.at + later)]
            case GapFound():
                later, _ = self._offsets()
                if self.position is not None and not message.held:
                    # The source's own times are not those of the axis from here on.
                    self.position = replace(self.position, once=False)
                begin, end = message.from_pts + later, message.to_pts + later
                return [Gap(from_pts=begin, to_pts=end, reason=message.reason)]
            case _:
                return [message]

    def _offsets(self) -> tuple[float, int]:
        here = self.position
        return (here.later, here.frames_later) if here is not None else (0.0, 0)

    def _bridge(self, readings: Readings) -> Gap | None:
        """Lay a source that began anew; what was missed in between."""
        here, reason, self._lost = self.position, self._lost, None
        if reason is None or here is None:
            return None
        first, passed = readings.times[0], self.clock() - self.at
        due = here.pts + max(passed, self._step)
        goes_on = abs(first + here.later - due) <= TOLERANCE_S and first + here.later > here.pts
        later = here.later if goes_on else due - first
        self.position = replace(
            here, later=later, frames_later=here.frame + 1 - readings.frames[0], once=True
        )
        return Gap(from_pts=here.pts, to_pts=first + later, reason=reason)

    def _first(self, pts: float) -> Position:
        begins = pts if self.begins is None else self.begins()
        return Position(frame=-1, pts=begins, later=begins - pts)

    def _placed(self, readings: Readings) -> Readings:
        here = self.position or self._first(readings.times[0])
        times, last = list[float](), here.pts
        for pts in readings.times:
            if pts + here.later < last - REORDERING_S:
                here = replace(here, later=last + self._step - pts, once=False)
            elif 0.0 < pts + here.later - last < REORDERING_S:
                self._step = pts + here.later - last
            last = pts + here.later
            times.append(last)
        frames = tuple(number + here.frames_later for number in readings.frames)
        self.position = replace(here, frame=frames[-1], pts=last)
        self.at = self.clock()
        return Readings(columns={**readings.columns, "frame": frames, "pts": tuple(times)})
