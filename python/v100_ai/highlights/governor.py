"""How many highlights an hour a reader is shown, and which kinds; never fewer of what matters."""

from collections import Counter
from dataclasses import dataclass, field

from v100_ai.highlights.model import Finding, Kind

# Each an hour. Together more than the whole below: a meeting of decisions may have more of them.
RATES: dict[Kind, float] = {
    "action_item": 6.0,
    "decision": 7.0,
    "question": 6.0,
    "topic": 5.0,
    "sentiment": 2.0,
}
TOTAL_RATE = 23.0
# How many may come at once, after a quiet stretch. Work is often handed out all at the end.
_BURSTS: dict[Kind, float] = {
    "action_item": 4.0,
    "decision": 2.0,
    "question": 2.0,
    "topic": 1.0,
    "sentiment": 1.0,
}
_TOTAL_BURST = 4.0
_TOTAL_START = 2.0
# An action item or decision this sure is shown whatever the rate.
SURE = 0.8
# What a candidate needs while its bucket is full; as the bucket drains, up to `_STRICTER` more.
_FLOORS: dict[Kind, float] = {
    "action_item": 0.4,
    "decision": 0.33,
    "question": 0.6,
    "topic": 0.3,
    "sentiment": 0.3,
}
_STRICTER = 0.08
_HOUR = 3600.0


@dataclass(slots=True)
class _Bucket:
    rate: float
    burst: float
    tokens: float
    filled: float | None = None

    def fill(self, now: float) -> None:
        if self.filled is not None:
            self.tokens = min(
                self.burst, self.tokens + self.rate * max(0.0, now - self.filled) / _HOUR
            )
        self.filled = now if self.filled is None else max(self.filled, now)


@dataclass(slots=True)
class Governor:
    """Token buckets, one a kind and one over all; `now` is seconds into the meeting."""

    _buckets: dict[Kind, _Bucket] = field(
        default_factory=lambda: {
            kind: _Bucket(rate, _BURSTS[kind], 1.0) for kind, rate in RATES.items()
        }
    )
    _total: _Bucket = field(default_factory=lambda: _Bucket(TOTAL_RATE, _TOTAL_BURST, _TOTAL_START))
    held_back: Counter[Kind] = field(default_factory=Counter[Kind])
    """What was found and not shown, by kind."""

    def admits(self, finding: Finding, now: float, *, worth: float = 0.0) -> bool:
        """Whether this is shown; if so, it is counted. `worth` adds to its confidence."""
        bucket = self._filled(finding.type, now)
        sure = finding.type in {"action_item", "decision"} and finding.confidence >= SURE
        drained = 1.0 - min(1.0, bucket.tokens / bucket.burst)
        needed = _FLOORS[finding.type] + _STRICTER * drained
        room = bucket.tokens >= 1.0 and self._total.tokens >= 1.0
        if not sure and not (room and finding.confidence + worth >= needed):
            self.held_back[finding.type] += 1
            return False
        self.charge(finding.type, now)
        return True

    def charge(self, kind: Kind, now: float) -> None:
        """Count one highlight that was shown."""
        self._filled(kind, now).tokens -= 1.0
        self._total.tokens -= 1.0

    def _filled(self, kind: Kind, now: float) -> _Bucket:
        self._total.fill(now)
        bucket = self._buckets[kind]
        bucket.fill(now)
        return bucket
