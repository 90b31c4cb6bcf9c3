"""Circuit: stops sending to an endpoint that keeps failing, but for one probe at a time."""

from dataclasses import dataclass

INFINITY = float("inf")


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
    until: float = -INFINITY
    """When the next request may be made, at the earliest."""
    _failed: int = 0
    _since: float = INFINITY

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

    def succeeded(self) -> None:
        """An event was taken: closed."""
        self.until, self._failed, self._since = -INFINITY, 0, INFINITY

    def failed(self, now: float, *, wait: float | None = None) -> None:
        """A request failed; with `wait`, the endpoint asked not to be called that long."""
        self._failed += 1
        self._since = min(self._since, now)
        if wait is not None:
            self._failed = max(self._failed, self.failures)
        if self.open:
            # Beyond 16 the doubling is long past the longest rest.
            rest = min(self.rest * 2.0 ** min(self._failed - self.failures, 16), self.longest)
            self.until = max(self.until, now + max(rest, wait or 0.0))

    def failing(self, now: float) -> float:
        """Seconds since the first of the failures in a row; 0 without any."""
        return max(0.0, now - self._since)
