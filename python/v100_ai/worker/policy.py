"""Policy: whether a source that went away is tried again, and when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from v100_ai.errors import SettingRejected
from v100_ai.retry import Backoff
from v100_ai.worker.messages import Ended, Last, Refused

Restart = Literal["never", "on_error", "always"]
"""`on_error` is what breaks off or dies; `always` is also what simply ends."""

HOPELESS: Final = frozenset({"AddressRefused", "UnknownLayer", "UnknownMetric"})
"""Errors that no second try heals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a source is brought back. Waits double from `first` to `most` seconds, each cut by up to a half."""

    restart: Restart = "on_error"
    first: float = 1.0
    most: float = 60.0
    steady: float = 60.0
    """Seconds of good running after which the next wait is the first one again."""
    attempts: int = 5
    """Restarts in a row without a new frame, after which what can be read again is given up. Live sources never
    are: a camera may be dark for a night."""

    def __post_init__(self) -> None:
        if not 0 < self.first <= self.most < float("inf"):
            raise SettingRejected(
                f"expected waits of more than 0 that do not fall, found {self.first} to {self.most}"
            )

    def restarts(self, last: Last, *, live: bool) -> bool:
        """Whether there is another try after that end. `live` is a source that cannot be read again."""
        match last:
            case Refused() if last.final or last.error in HOPELESS:
                return False
            case Ended():
                # A file on a server may have been cut short on its way here; what is live has simply stopped.
                torn = last.broken is not None and not live
                return self.restart == "always" or (self.restart == "on_error" and torn)
            case _:
                return self.restart != "never"


@dataclass(slots=True)
class Restarts:
    """The restarts of one source. `jitter` gives numbers from 0 to 1."""

    policy: Policy
    jitter: Callable[[], float]
    fruitless: int = 0
    """Restarts since the last new frame."""
    _backoff: Backoff = field(init=False)

    def __post_init__(self) -> None:
        self._backoff = Backoff(self.policy.first, self.policy.most)

    def wait(self, ran: float) -> float:
        """Seconds until the next try, after `ran` seconds of good running."""
        if ran >= self.policy.steady:
            self._backoff.reset()
        self.fruitless += 1
        return self._backoff.wait(self.jitter())

    def moved(self) -> None:
        """A new frame came."""
        self.fruitless = 0

    def exhausted(self, *, live: bool) -> bool:
        """Whether it has been tried often enough."""
        return not live and self.fruitless >= self.policy.attempts
