"""Track: one picture's scores, frame by frame; what has to be said of them."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final, Literal

from v100_ai.deepfake import SIGNALS, WHY, Settings
from v100_ai.events.deepfake import DeepfakeSignal
from v100_ai.layers.deepfake_detection.settings import DeepfakeDetectionSettings
from v100_ai.layers.inputs import Columns, Value
from v100_ai.records import Json

Told = Literal["flagged", "cleared", "insufficient", "stricter"]

LIMITS: Final = Settings().limits

USUAL: Final = 250
"""Values of each signal that its usual value is the median of: ten seconds at 25 frames a second."""

CLEAR: Final = 0.8
"""Share of the threshold that the score must fall below, for a flag to be over: so that it does not waver."""

REASONS: Final = 3
"""Signals that are named."""

JUMP_S: Final = 1.0
"""Seconds between two frames from which on nothing is known of what was between them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a frame's row says of its face."""

    pts: float
    score: float | None
    confidence: float
    because: str
    values: Mapping[str, float]


def readings(columns: Columns) -> Iterator[Reading]:
    """Those of each frame; columns that are not there say nothing."""
    times = columns["pts"]
    nothing: list[Value] = [None] * len(times)
    scores = columns.get("deepfake_score", nothing)
    confidences = columns.get("deepfake_confidence", nothing)
    limits = columns.get("deepfake_limit", nothing)
    signals = {name: columns.get(f"deepfake_{name}", nothing) for name in SIGNALS}
    for at, pts in enumerate(times):
        known = confidences[at] is not None
        if pts is None or not known:
            continue
        limit = int(limits[at] or 0)
        values = {name: float(v) for name, each in signals.items() if (v := each[at]) is not None}
        score = scores[at]
        yield Reading(
            float(pts),
            None if score is None else float(score),
            float(confidences[at] or 0.0),
            WHY[limit - 1] if 0 < limit <= len(WHY) else "",
            values,
        )


@dataclass(slots=True)
class Track:
    """One picture."""

    name: str | None
    asked: DeepfakeDetectionSettings
    last: float | None = None
    since: float | None = None
    """When the score went over the threshold."""
    incident: str | None = None
    """The flag that stands."""
    announced: bool = False
    worst: float = 0.0
    confidence: float = 0.0
    because: str = ""
    unjudged_since: float | None = None
    number: int = 0
    judged: int = 0
    not_judged: int = 0
    _low_since: float | None = None
    _told_of_nothing: bool = False
    _hushed: bool = False
    """Whether a host dismissed what is seen, and the score was not down since."""
    _values: Mapping[str, float] = field(default_factory=dict[str, float])
    _usual: dict[str, deque[float]] = field(default_factory=dict[str, "deque[float]"])

    def push(self, reading: Reading) -> Told | None:
        """What has to be said of this frame."""
        if self.last is not None and not 0 <= reading.pts - self.last <= JUMP_S:
            self.miss()
        self.last = reading.pts
        self.confidence, self.because = reading.confidence, reading.because
        self._values = reading.values
        if reading.score is None:
            self.not_judged += 1
            return self._unjudged(reading)
        self.judged += 1
        self.unjudged_since, self._told_of_nothing = None, False
        return self._followed(reading, reading.score)

    def miss(self) -> None:
        """Frames were not seen: what had begun to hold begins anew."""
        if self.incident is None:
            self.since = None
        self._low_since = self.unjudged_since = None

    def _unjudged(self, reading: Reading) -> Told | None:
        if self.incident is None:
            self.since = None
        if self.unjudged_since is None:
            self.unjudged_since = reading.pts
        waited = reading.pts - self.unjudged_since >= max(self.asked.hold_seconds, JUMP_S)
        if not waited or self._told_of_nothing:
            return None
        self._told_of_nothing = True
        return "insufficient"

    def _followed(self, reading: Reading, score: float) -> Told | None:
        limit = self.asked.limit
        self._hushed = self._hushed and score >= limit * CLEAR
        over = score >= limit and not self._hushed and self._wanted(reading)
        if self.incident is None:
            if not over:
                self.since = None
                self._learn(reading)
                return None
            if self.since is None:
                self.since, self.worst = reading.pts, score
            self.worst = max(self.worst, score)
            if reading.pts - self.since < self.asked.hold_seconds:
                return None
            self.number += 1
            self.incident = f"deepfake-{self.number}" + (
                "" if self.name is None else f"@{self.name}"
            )
            self._low_since = None
            return "flagged"
        self.worst = max(self.worst, score)
        if score >= limit * CLEAR:
            self._low_since = None
            return "stricter" if self.strict() and not self.announced else None
        if self._low_since is None:
            self._low_since = reading.pts
        return "cleared" if reading.pts - self._low_since >= self.asked.hold_seconds else None

    def strict(self) -> bool:
        """Whether the score was over the stricter threshold."""
        return self.asked.everyone_from < 1.0 and self.worst >= self.asked.everyone_from

    def end(self) -> None:
        """The flag is over."""
        self.incident = self.since = self._low_since = None
        self.announced, self.worst = False, 0.0

    def dismiss(self) -> None:
        """What is seen now is usual: nothing is said again before the score was down once."""
        self._hushed = True
        self._usual.clear()
        self.end()

    def _wanted(self, reading: Reading) -> bool:
        """Whether one of the signals that may flag is triggered."""
        wanted = [each for each in self.asked.signals if each in reading.values]
        over = [LIMITS[each].excess(reading.values[each]) >= 0 for each in wanted]
        return not self.asked.signals or any(over)

    def _learn(self, reading: Reading) -> None:
        for name, value in reading.values.items():
            self._usual.setdefault(name, deque(maxlen=USUAL)).append(value)

    def reasons(self) -> tuple[DeepfakeSignal, ...]:
        """The triggered signals that say most."""
        steps = {name: LIMITS[name].excess(value) for name, value in self._values.items()}
        over = [name for name in steps if steps[name] >= 0]
        over.sort(key=lambda name: (-steps[name] * LIMITS[name].weight, name))
        return tuple(
            DeepfakeSignal(
                name=name,
                value=self._values[name],
                usual=median(known) if (known := self._usual.get(name)) else None,
            )
            for name in over[:REASONS]
        )

    @property
    def whose(self) -> dict[str, Any]:
        """Whose picture, as events have it: a meeting's tracks bear their participants' names."""
        return {} if self.name is None else {"track": self.name, "participant": self.name}

    def stands(self) -> Json:
        """How it stands, as JSON."""
        if self.incident is not None:
            return {"state": "face region altered", "since": self.since, "incident": self.incident}
        if self.unjudged_since is not None or not self.judged:
            return {"state": "not enough to judge", "because": self.because}
        return {"state": "nothing unusual"}

    def save(self, at: float) -> Json:
        """What `load` takes up."""
        return {
            "number": self.number,
            "incident": self.incident,
            "since": self.since,
            "worst": self.worst,
            "at": at,
        }

    def load(self, held: Json) -> None:
        """Take up the flag that stood."""
        self.incident, self.since = held["incident"], held.get("since")
        self.worst = float(held.get("worst", 0.0))
