"""Doubts: why the scores of two inputs may not say what they seem to."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from v100_ai.comparison.alignment import Alignment
from v100_ai.comparison.geometry import Geometry
from v100_ai.comparison.pairs import Pair, side_by_side
from v100_ai.comparison.settings import Settings
from v100_ai.comparison.stream import Stream
from v100_ai.frames import Frame

LOST: Final = 0.1
"""Confidence below which pairs may be wrong: moving pictures stay above 0.25 even after hard compression."""

EDGE: Final = 0.9
"""Share of the largest offset from which on a found one is at its edge."""

RATE: Final = 0.015
"""Share that two rates may differ by: 29.97 and 30 are one."""

SPEED: Final = 0.01
"""Share that two speeds may differ by."""

ASPECT: Final = 0.02
"""Share that two pictures' shapes may differ by: sizes are rounded to whole samples."""

APART: Final = 25
"""Pairs that a speed is told from."""

SPEEDS: Final = 2000
"""Speeds that the usual one is the middle of."""


@dataclass(slots=True)
class Doubts:
    """Looks at the pairs as they come, and at the inputs when they have ended."""

    settings: Settings
    reference: Stream
    distorted: Stream
    expected: int | None = None
    part: bool = False
    _geometry: Geometry = field(default_factory=Geometry)
    _recent: deque[tuple[float, float]] = field(
        default_factory=lambda: deque[tuple[float, float]](maxlen=APART + 1)
    )
    _speeds: deque[float] = field(default_factory=lambda: deque[float](maxlen=SPEEDS))
    _first: float | None = None
    _last: float | None = None
    """Reference times of the first and the last pair."""
    _shapes: tuple[float, float] | None = None

    def push(self, pair: Pair) -> None:
        """One more pair, or a frame without one."""
        if pair.reference is None:
            return
        shown, wanted = pair.shown, pair.reference
        self._shapes = self._shapes or (_shape(wanted), _shape(shown))
        self._first = wanted.pts if self._first is None else self._first
        self._last = wanted.pts
        self._recent.append((shown.pts, wanted.pts))
        if len(self._recent) > APART:
            (from_shown, from_wanted), (to_shown, to_wanted) = self._recent[0], self._recent[-1]
            if to_shown > from_shown:
                self._speeds.append((to_wanted - from_wanted) / (to_shown - from_shown))
        self._geometry.push(wanted, shown)

    def warnings(self, alignment: Alignment) -> list[str]:
        """One line each."""
        found = [
            *self._offset(alignment),
            *self._paces(),
            *self._shape(),
            *self._geometry.warnings(),
        ]
        return found + self._left_out(alignment)

    def _offset(self, found: Alignment) -> list[str]:
        lines = list[str]()
        if self.settings.align == "frame":
            return lines
        if not found.paired:
            return ["no distorted frame has a reference frame of its own: nothing was scored"]
        if found.confidence is not None and found.confidence < LOST:
            lines.append(
                "the pairs fit hardly better than their neighbours"
                f" (confidence {found.confidence:.2f}): the alignment may be lost, or the picture is still"
            )
        within = (found.offset_seconds or 0.0) + self._laid
        if abs(within) >= EDGE * self.settings.max_offset:
            lines.append(
                f"the offset found, {within:.3f} s, is at the edge of the {self.settings.max_offset:g} s"
                " that were searched: --max-offset widens the search"
            )
        if self.settings.lag:
            lines.append(
                f"the inputs lie {abs(self.settings.lag):.2f} s apart: the search was widened to find that"
            )
        return lines

    @property
    def _laid(self) -> float:
        """Seconds that were added to the reference's times before the search."""
        if self.reference.first is None or self.distorted.first is None:
            return 0.0
        return side_by_side(self.reference.first, self.distorted.first, self.settings)

    def _paces(self) -> list[str]:
        lines = list[str]()
        steps = self.reference.step, self.distorted.step
        if steps[0] and steps[1] and abs(steps[0] / steps[1] - 1) > RATE:
            lines.append(
                f"the distorted input has {1 / steps[1]:.4g} frames a second,"
                f" the reference {1 / steps[0]:.4g}"
            )
        speed = sorted(self._speeds)[len(self._speeds) // 2] if self._speeds else 1.0
        if speed > 0 and abs(speed - 1) > SPEED:
            lines.append(f"the distorted input plays at {speed:.3g} times the reference's speed")
        return lines

    def _shape(self) -> list[str]:
        if self._shapes is None:
            return []
        wanted, shown = self._shapes
        if abs(wanted / shown - 1) <= ASPECT:
            return []
        return [
            f"the distorted picture is shown {shown:.3f} times as wide as high, the reference's {wanted:.3f}:"
            " another aspect ratio"
        ]

    def _left_out(self, found: Alignment) -> list[str]:
        lines = list[str]()
        read = self.distorted.count
        if found.unpaired:
            lines.append(
                f"{found.unpaired} of {read} distorted frames have no reference frame and are not scored"
            )
        if found.paired and not self.part:
            line = self._never(found.paired)
            lines += [line] if line else []
        return lines

    def _never(self, paired: int) -> str | None:
        """What is told of reference frames that were never compared."""
        total = self.reference.count
        if not self.reference.ended:
            total = max(total, self.expected or 0)
        step = self.reference.step
        if self.reference.lost is not None or not step or total <= paired:
            return None
        first, last = self._first or 0.0, self._last or 0.0
        begins = self.reference.first or 0.0
        before = max(0, round((first - begins) / step))
        after = max(0, total - 1 - round((last - begins) / step))
        between = max(0, total - paired - before - after)
        places = (
            (before, "before the first pair"),
            (between, "between pairs"),
            (after, "after the last pair"),
        )
        where = ", ".join(f"{count} {place}" for count, place in places if count)
        if not where:
            return None
        return f"{total - paired} of {total} reference frames were never compared: {where}"


def _shape(frame: Frame) -> float:
    return frame.width * frame.sar / frame.height
