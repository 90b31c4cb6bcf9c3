"""Trying again: how long to wait, when to stop asking, and what the other side asked for. Times come in."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_SECONDS: Final = re.compile(r"[0-9]+", re.ASCII)


@dataclass(slots=True)
class Backoff:
    """Waits that double from `first` to `longest` seconds, each cut by chance by up to a half ("equal jitter")."""

    first: float
    longest: float
    _failures: int = 0

    def wait(self, chance: float = 1.0) -> float:
        """Seconds until the next try; `chance` is from 0 to 1, and 1 cuts nothing."""
        full = _doubled(self.first, self.longest, self._failures)
        self._failures += 1
        return full * (0.5 + chance / 2)

    def reset(self) -> None:
        """It went well: the next wait is the first one again."""
        self._failures = 0


@dataclass(slots=True)
class Circuit:
    """Opens after `failures` in a row; then one probe, and after each that fails a rest twice as long.

    Times are seconds of one clock. What is not sent meanwhile does not count as tried, and goes out as soon as the
    endpoint is back.
    """

    failures: int = 5
    rest: float = 1.0
    longest: float = 30.0
    """The longest rest by itself; a receiver may ask for more."""
    until: float = -math.inf
    """When the next request may be made, at the earliest."""
    _failed: int = 0
    _since: float = math.inf

    @property
    def faultless(self) -> bool:
        """Whether the last request succeeded, as far as is known."""
        return self._failed == 0

    @property
    def open(self) -> bool:
        """Whether requests are made one at a time."""
        return self._failed >= self.failures

    def admits(self, now: float) -> bool:
        """Whether a request may be made now."""
        return now >= self.until

    def takes(self, now: float) -> bool:
        """Whether a request may be made now; while open, each yes is the one probe of its rest."""
        if not self.admits(now):
            return False
        if self.open:
            self.until = now + self._rest
        return True

    def succeeded(self) -> None:
        """An event was taken: closed."""
        self.until, self._failed, self._since = -math.inf, 0, math.inf

    def failed(self, now: float, *, wait: float | None = None) -> None:
        """A request failed; with `wait`, the endpoint asked not to be called that long."""
        self._failed += 1
        self._since = min(self._since, now)
        if wait is not None:
            self._failed = max(self._failed, self.failures)
        if self.open:
            self.until = max(self.until, now + max(self._rest, wait or 0.0))

    def failing(self, now: float) -> float:
        """Seconds since the first of the failures in a row; 0 without any."""
        return max(0.0, now - self._since)

    @property
    def _rest(self) -> float:
        return _doubled(self.rest, self.longest, self._failed - self.failures)


def retry_after(told: str | None, *, now: float) -> float | None:
    """Seconds to wait by a `Retry-After` header (RFC 9110 10.2.3), given as seconds or as a date; `None` where it says nothing.

    `now` is the wall clock in seconds. What is told is not bounded: callers have their own longest wait.
    """
    if told is None:
        return None
    text = told.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.fromtimestamp(now, UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return max(seconds, 0.0)


def _doubled(first: float, longest: float, times: int) -> float:
    # Beyond 2 ** 32 the product is above any longest wait that makes sense.
    return min(longest, first * 2.0 ** min(times, 32))
