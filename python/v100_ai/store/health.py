"""Whether the database takes what is written: known from every write, so that nobody has to guess."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from v100_ai import clock
from v100_ai.errors import StoreUnavailable, Unwritten

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds that tell commits apart."""


@dataclass(frozen=True, slots=True)
class Outage:
    """Writes fail: why, and since when on the monotonic clock."""

    reason: Unwritten
    said: str
    since: float


Changed = Callable[[Outage, float | None], None]
"""Told of an outage when it begins, and with its seconds when it is over."""


def _nobody(outage: Outage, lasted: float | None) -> None:
    """Until somebody listens."""


class Health:
    """The outcome of the last writes. Any thread may tell it of one."""

    def __init__(self, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self.monotonic = monotonic
        self.name = f"probe-{uuid.uuid4().hex}"
        """Under which this process only tries whether it can write: nobody waits for another's row."""
        self.changed: Changed = _nobody
        self.outage: Outage | None = None
        self.written = monotonic()
        """When a write went well last."""
        self.failed = 0
        self.outages = 0
        self.seconds = 0.0
        self.buckets = [0] * (len(BOUNDS) + 1)
        """How many transactions that wrote took at most so long, and those beyond all bounds."""
        self._turn = threading.Lock()

    def succeeded(self, began: float) -> None:
        """A transaction that began then is durable."""
        now = self.monotonic()
        with self._turn:
            self.written = now
            self.seconds += now - began
            self.buckets[sum(now - began > bound for bound in BOUNDS)] += 1
            full = self.outage is not None and self.outage.reason == "full"
        if not full:
            # On a full disk something small still finds room here and there.
            self.proved()

    def proved(self) -> None:
        """As much as may be needed was written."""
        with self._turn:
            over, self.outage = self.outage, None
        if over is not None:
            self.changed(over, self.monotonic() - over.since)

    def refused(self, began: float, error: StoreUnavailable) -> None:
        """A transaction that began then did not happen."""
        new = None
        with self._turn:
            self.failed += 1
            if error.reason == "interrupted":
                return
            # What was written meanwhile shows that the trouble was this one's own.
            if self.outage is None and self.written <= began:
                new = self.outage = Outage(error.reason, str(error), began)
                self.outages += 1
        if new is not None:
            self.changed(new, None)
