"""Stops asking a service that keeps failing, and tries again after a while."""

from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Opens after `failures` in a row; then one trial each `rest` seconds until one succeeds.

    `now` is any clock that never goes back, in seconds.
    """

    failures: int = 3
    rest: float = 30.0
    refused: str | None = None
    """Why nothing is asked any more, until the settings change."""
    _failed: int = 0
    _until: float = float("-inf")

    def allows(self, now: float) -> bool:
        """Whether a call may be made; while open, each yes is the one trial of its rest."""
        if self.refused is not None:
            return False
        if self._failed < self.failures:
            return True
        if now < self._until:
            return False
        self._until = now + self.rest
        return True

    def succeeded(self) -> None:
        """A call came back well: closed."""
        self._failed = 0

    def refuse(self, why: str) -> bool:
        """Ask nothing any more; whether that is news."""
        news, self.refused = self.refused is None, why
        return news

    def failed(self, now: float, *, rest: float | None = None) -> None:
        """A call failed; with `rest`, nothing shall be asked for that long."""
        self._failed += 1
        if rest is not None:
            self._failed = max(self._failed, self.failures)
        if self._failed >= self.failures:
            self._until = max(self._until, now + (self.rest if rest is None else rest))
