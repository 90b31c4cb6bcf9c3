"""Finder: signs of each frame in, spans of black, frozen, blocky and blurred picture and cuts out."""

from dataclasses import dataclass
from typing import Final, Literal

from v100_ai.faults.freeze import Freeze, Held
from v100_ai.faults.settings import Limits, Settings
from v100_ai.frames import Gap

Kind = Literal["black", "frozen", "blocky", "blurred"]

KINDS: Final[tuple[Kind, ...]] = ("black", "frozen", "blocky", "blurred")

SPANS: Final[tuple[Kind, ...]] = ("black", "blocky", "blurred")
"""Those that one value tells; `freeze` tells the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What faults are decided from; `None` where it is not known."""

    black_ratio: float | None = None
    difference: float | None = None
    blockiness: float | None = None
    blur: float | None = None
    scene_change: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A stretch of picture with something wrong."""

    kind: Kind
    start: float
    """Seconds, of its first frame."""
    end: float
    """Seconds, of the first frame after it, or of the last frame there is."""
    frames: int
    worst: float
    """The most faulty value in it, in the unit of its measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The first frame of another scene."""

    frame: int
    pts: float
    score: float


@dataclass(slots=True)
class _Span:
    """One kind of fault, while it lasts."""

    kind: Kind
    limits: Limits
    start: float | None = None
    frames: int = 0
    worst: float = 0.0

    def push(self, pts: float, value: float | None) -> Fault | None:
        """The fault that is over with this frame, if one is and was long enough."""
        if self.start is None:
            if value is not None and self.limits.entered(value):
                self.start, self.frames, self.worst = pts, 1, value
            return None
        if value is None or self.limits.left(value):
            return self.close(pts)
        self.frames += 1
        worse = max if self.limits.leave <= self.limits.enter else min
        self.worst = worse(self.worst, value)
        return None

    def close(self, end: float) -> Fault | None:
        start, self.start = self.start, None
        if start is None or end - start < self.limits.seconds:
            return None
        return Fault(kind=self.kind, start=start, end=end, frames=self.frames, worst=self.worst)


class Finder:
    """Decides frame by frame, in the order they are shown; forgets all but the spans that are open."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._spans: dict[Kind, _Span] = {
            kind: _Span(kind, getattr(self._settings, kind)) for kind in SPANS
        }
        self._freeze = Freeze(self._settings)
        self._last: float | None = None
        self._changing = False
        self._cut: float | None = None

    def push(
        self, frame: int, pts: float, signs: Signs, gap: Gap | None = None
    ) -> list[Fault | Cut]:
        """The faults that ended before this frame, and the cut it is, if it is one.

        `gap` lies between it and the frame before: faults end there, but for a freeze, as the picture before
        was held that long.
        """
        found: list[Fault | Cut] = []
        if self._last is not None and (pts < self._last or (gap is not None and not gap.held)):
            found += self.flush()
        elif gap is not None:
            found += self._closed(gap.start)
        found += map(_frozen, self._freeze.push(pts, self._still(signs)))
        for kind, value in self._values(signs):
            fault = self._spans[kind].push(pts, value)
            if fault is not None:
                found.append(fault)
        if self._is_cut(pts, signs.scene_change):
            found.append(Cut(frame=frame, pts=pts, score=signs.scene_change or 0.0))
        self._last = pts
        return found

    def flush(self) -> list[Fault | Cut]:
        """The faults that last until the end."""
        last, self._last = self._last, None
        self._changing, self._cut = False, None
        if last is None:
            return []
        ended: list[Fault | Cut] = [*self._closed(last), *map(_frozen, self._freeze.close(last))]
        self._freeze.forget()
        return ended

    def _closed(self, end: float) -> list[Fault]:
        ended = [span.close(end) for span in self._spans.values()]
        return [fault for fault in ended if fault is not None]

    def _values(self, signs: Signs) -> list[tuple[Kind, float | None]]:
        """Each kind's value. A black picture is neither blurred nor blocky, it is black."""
        dark = self._dark(signs)
        return [
            ("black", signs.black_ratio),
            ("blocky", None if dark else signs.blockiness),
            ("blurred", None if dark else signs.blur),
        ]

    def _still(self, signs: Signs) -> float | None:
        """What a freeze is told from. A black picture is not frozen either."""
        return None if self._dark(signs) else signs.difference

    def _dark(self, signs: Signs) -> bool:
        black = signs.black_ratio
        return black is not None and black >= self._settings.black.leave

    def _is_cut(self, pts: float, change: float | None) -> bool:
        limits = self._settings.cut
        if change is None or limits.left(change):
            self._changing = False
            return False
        if self._changing or not limits.entered(change):
            return False
        self._changing = True
        if self._cut is not None and pts - self._cut < self._settings.cut_gap:
            return False
        self._cut = pts
        return True


def _frozen(held: Held) -> Fault:
    return Fault(
        kind="frozen", start=held.start, end=held.end, frames=held.frames, worst=held.worst
    )
