"""Timeline: an input's own times on one axis that goes on. Pure."""

from dataclasses import dataclass
from typing import Final

from v100_ai.frames import Gap

BACK_S: Final = 0.1
"""A step back by more, and by more than a frame and a half, is a clock that starts again; a smaller one is jitter."""

JUMP_S: Final = 60.0
"""A step ahead by more, of which the input says nothing, is a clock that was set: nobody waits so long."""

MISSING_S: Final = 0.5
"""A shorter time without a frame is none that is told."""

STEPS: Final = 4.0
"""Steps of a frame that such a time has at least."""

REGULAR: Final = 0.9
"""Share of the steps that are alike where a missing frame can be told from a rate that varies."""

KNOWN: Final = 5
"""Steps after which that is judged."""


@dataclass(slots=True)
class Timeline:
    """Places times in the order they are shown.

    `step` is what a frame lasts where nothing else is known. A clock that starts again, or is set ahead by more than
    `JUMP_S`, goes on one step later. Where frames come at a regular rate, a time without any is a gap; not where the
    picture before it says that it lasts so long, or frames come as something changes.
    """

    step: float
    later: float = 0.0
    """Seconds added to the input's own times so far."""
    _last: float | None = None
    _lasts: float = 0.0
    _alike: int = 0
    _steps: int = 0

    def place(self, pts: float, lasts: float | None = None) -> tuple[float, Gap | None]:
        """The time of the next frame on the axis, and the gap before it. `lasts` is how long it says it is shown."""
        last, at = self._last, pts + self.later
        gap = None
        if last is not None:
            gap = self._gap(last, at, pts)
            if gap is not None and not gap.held:
                self.later += gap.end - at
                at = gap.end
            elif gap is None:
                self._learn(at - last)
        self._last, self._lasts = at, lasts or 0.0
        return at, gap

    def _gap(self, last: float, at: float, pts: float) -> Gap | None:
        ahead = at - last
        if ahead < -max(BACK_S, 1.5 * self.step):
            reason = f"the clock starts again: from {last - self.later:.2f} to {pts:.2f} s"
            return Gap(last, last + self.step, reason, held=False)
        if ahead < max(MISSING_S, STEPS * self.step) or self._lasts > 0.9 * ahead:
            return None
        if ahead > JUMP_S:
            reason = f"the clock jumps from {last - self.later:.2f} to {pts:.2f} s"
            return Gap(last, last + self.step, reason, held=False)
        if self._steps < KNOWN or self._alike < REGULAR * self._steps:
            return None
        return Gap(last, at, f"no frames for {ahead:.2f} s")

    def _learn(self, ahead: float) -> None:
        if 0.0 < ahead < MISSING_S:
            # Containers round to milliseconds, and TS to 90 kHz.
            self._alike += abs(ahead - self.step) <= 0.1 * self.step + 0.001
            self._steps += 1
            if self._steps <= KNOWN and self._alike == 0:
                self.step = ahead
                self._alike = 1
