"""Circuit: stops sending to an endpoint that keeps failing, but for one probe at a time."""

from dataclasses import dataclass

INFINITY = float("inf")


@dataclass(slots=True)
class Circuit:
    """Opens after `failures` in a row; then one probe, and after each that fails a rest twice as long.

    Times are seconds of one clock. While it is open nothing counts as tried, so what waits is sent as soon as the
    endpoint is back.
    """

    failures: int = 5
    rest: float = 1.0
    longest: float = 30.0
    """The longest rest by itself; a receiver may ask for more."""
    _failed: int = 0
    _until: float = -INFINITY
    _since: float = INFINITY
    _probing: bool = False

    @property
    def closed(self) -> bool:
        """Whether the endpoint answers, as far as is known."""
        return self._failed == 0

    def due(self, now: float) -> float | None:
        """When something may be sent next, at the earliest; `None` while a probe is under way."""
        if self._until > now:
            return self._until
        return None if self._probing else now

    def admits(self, now: float) -> bool:
        """Whether a request may be made now. While the circuit is open, a yes is the one probe."""
        if self.due(now) is None or now < self._until:
            return False
        self._probing = self._failed >= self.failures
        return True

    def succeeded(self) -> None:
        """An event was taken: closed."""
        self._failed, self._until, self._since, self._probing = 0, -INFINITY, INFINITY, False

    def failed(self, now: float, *, wait: float | None = None) -> None:
        """A request failed; with `wait`, the endpoint asked not to be called that long."""
        self._failed += 1
        self._since = min(self._since, now)
        self._probing = False
        if wait is not None:
            self._failed = max(self._failed, self.failures)
        if self._failed >= self.failures:
            rest = min(self.rest * 2.0 ** min(self._failed - self.failures, 16), self.longest)
            self._until = max(self._until, now + max(rest, wait or 0.0))

    def failing(self, now: float) -> float:
        """Seconds since the first of the failures in a row; 0 without any."""
        return max(0.0, now - self._since)
