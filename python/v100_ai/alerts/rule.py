"""Rule: from when on a reading is a matter for an alert, and from when on it is none any more."""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Final

from v100_ai.errors import SettingRejected
from v100_ai.measures import READINGS

LONGEST_NAME: Final = 128
"""Characters of a name."""

LONGEST_S: Final = 86_400.0
"""Seconds either interval lasts at most: a day."""

MOST_SAMPLES: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An alert opens when a reading is bad for a while, and resolves when it is good for a while.

    Bad is at `above` or more, or at `below` or less: one of them is given. Good is back at `resolve`,
    which is the same limit unless said otherwise. What lies between is neither, and interrupts both.

    Attributes:
        name: what the alert is called; no two rules of a session share one.
        reading: a column of a row, such as `vmaf` or `visual_black_ratio`.
        above: opens from this value up.
        below: opens from this value down.
        resolve: resolves from this value on, in the other direction.
        trigger_seconds: how long every value has to be bad.
        resolve_seconds: how long every value has to be good.
        samples: how many values there have to be in either interval.

    Raises:
        SettingRejected: a rule that could not be followed.
    """

    name: str
    reading: str
    above: float | None = None
    below: float | None = None
    resolve: float | None = None
    trigger_seconds: float = 3.0
    resolve_seconds: float = 3.0
    samples: int = 1

    def __post_init__(self) -> None:
        self._check_names()
        self._check_limits()
        for what in ("trigger_seconds", "resolve_seconds"):
            self._check(what, 0.0, LONGEST_S)
        if not 1 <= self.samples <= MOST_SAMPLES:
            raise self._refused(f"samples from 1 to {MOST_SAMPLES}", self.samples)

    def _check_names(self) -> None:
        if not (1 <= len(self.name) <= LONGEST_NAME and self.name.isprintable()):
            raise SettingRejected(
                f"expected a rule's name of 1 to {LONGEST_NAME} characters that print, "
                f"found {len(self.name)}"
            )
        if self.reading not in READINGS:
            raise self._refused(f"a reading of {', '.join(READINGS)}", self.reading)

    def _check_limits(self) -> None:
        if (self.above is None) == (self.below is None):
            raise self._refused("either above or below", (self.above, self.below))
        self._check("limit", -inf, inf)
        if self.resolve is None:
            return
        self._check("resolve", -inf, inf)
        if self.resolve > self.limit if self.above is not None else self.resolve < self.limit:
            side = "below or at above" if self.above is not None else "above or at below"
            raise self._refused(f"resolve {side} ({self.limit})", self.resolve)

    def _check(self, what: str, least: float, most: float) -> None:
        value = getattr(self, what)
        known = isinstance(value, int | float) and not isinstance(value, bool)
        if not known or not isfinite(value) or not least <= value <= most:
            bounds = "" if least == -inf else f" from {least:g} to {most:g}"
            raise self._refused(f"{what} to be a finite number{bounds}", value)

    def _refused(self, expected: str, found: object) -> SettingRejected:
        return SettingRejected(f"rule {self.name!r}: expected {expected}, found {found!r}"[:1000])

    @property
    def limit(self) -> float:
        """The value from which on it is bad."""
        if self.above is not None:
            return self.above
        return self.below if self.below is not None else inf

    def bad(self, value: float) -> bool:
        """Whether the value counts towards opening."""
        return value >= self.limit if self.above is not None else value <= self.limit

    def good(self, value: float) -> bool:
        """Whether the value counts towards resolving."""
        if self.bad(value):
            return False
        back = self.limit if self.resolve is None else self.resolve
        return value <= back if self.above is not None else value >= back

    def worse(self, one: float, other: float) -> float:
        """The worse of two values."""
        return max(one, other) if self.above is not None else min(one, other)
