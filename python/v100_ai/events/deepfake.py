"""Events of altered faces. They are for the host; what everybody may know has an event of its own.

`track` is whose picture it is, where a session has more than one. None of them says that somebody is genuine, and
none sees fully generated video.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from v100_ai.events.event import Audience, Event
from v100_ai.events.fields import ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepfakeSignal:
    """One signal that says so.

    Attributes:
        name: which of the ten.
        value: its value, in its unit.
        usual: what it was in this picture before, or null.
    """

    name: str
    value: float
    usual: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepfakeCalibration:
    """What a threshold stands on.

    Attributes:
        streams: how many real streams were measured.
        hours: how long they were together.
        alpha: the share of streams of ten minutes that may reach the threshold.
    """

    streams: int
    hours: float
    alpha: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepfakeFlagged(Event):
    """A face's region was altered, by a filter or a swap: the score was over the threshold for as long as asked.

    Attributes:
        incident: this flag, unique in its session; what ends it has the same.
        since: seconds, when the score went over the threshold.
        at: seconds, when that was decided.
        score: the greatest so far, 0 to 1.
        confidence: how far it can be trusted, 0 to 1.
        signals: at most three that say most, against this picture's usual values.
        calibration: what the threshold stands on: `{"streams", "hours", "alpha"}`, or "uncalibrated".
        note: what it may be, and what is not seen.
        participant: whose picture, where that is known.
        track: whose picture.
    """

    type: ClassVar = "deepfake.flagged"
    audience: ClassVar[Audience] = "host"

    incident: str
    since: float
    at: float
    score: float
    confidence: float
    signals: tuple[DeepfakeSignal, ...]
    calibration: DeepfakeCalibration | Literal["uncalibrated"]
    note: str
    participant: str | None = field(default=None, metadata=ABSENT)
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepfakeAnnounced(Event):
    """What everybody is told, where the policy says so or the host confirmed it: a face's region is altered.

    Attributes:
        incident: the flag.
        since: seconds, when the score went over the threshold.
        at: seconds, when it was told.
        reason: why everybody is told: the session's policy, a score over its stricter threshold, or the host.
        note: what it may be, and what is not seen.
        participant: whose picture, where that is known.
        track: whose picture.
    """

    type: ClassVar = "deepfake.announced"

    incident: str
    since: float
    at: float
    reason: Literal["policy", "score", "confirmed"]
    note: str
    participant: str | None = field(default=None, metadata=ABSENT)
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepfakeCleared(Event):
    """A flag is over: nothing unusual was seen for a while.

    Attributes:
        incident: the flag.
        since: seconds, when it began.
        at: seconds, when nothing was unusual any more.
        score: the greatest while it lasted.
        participant: whose picture, where that is known.
        track: whose picture.
    """

    type: ClassVar = "deepfake.cleared"
    audience: ClassVar[Audience] = "host"

    incident: str
    since: float
    at: float
    score: float
    participant: str | None = field(default=None, metadata=ABSENT)
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepfakeInsufficient(Event):
    """There is not enough to judge by, for as long as asked: that is no sign that nothing is altered.

    Attributes:
        since: seconds, when that began.
        at: seconds, when it was decided.
        because: what there is too little of.
        participant: whose picture, where that is known.
        track: whose picture.
    """

    type: ClassVar = "deepfake.insufficient"
    audience: ClassVar[Audience] = "host"

    since: float
    at: float
    because: str
    participant: str | None = field(default=None, metadata=ABSENT)
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepfakeDismissed(Event):
    """A host says that a flag is none: what is seen now is usual from here on.

    Attributes:
        incident: the flag; null where none was open.
        at: seconds.
        by: who said so.
        reason: why, in their words, such as "beauty filter".
        participant: whose picture, where that is known.
        track: whose picture.
    """

    type: ClassVar = "deepfake.dismissed"
    audience: ClassVar[Audience] = "host"

    incident: str | None
    at: float
    by: str
    reason: str = ""
    participant: str | None = field(default=None, metadata=ABSENT)
    track: str | None = field(default=None, metadata=ABSENT)
