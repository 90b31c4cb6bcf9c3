"""Events of a session as such, of who is there, and of what is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from v100_ai.events.event import Event
from v100_ai.events.fields import ABSENT

Number = int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(Event):
    """A session exists; `layers` are those that are on.

    Attributes:
        name: what it is called.
        session_kind: meeting or stream.
        layers: the flags that are set.
    """

    type: ClassVar = "session.started"

    name: str
    session_kind: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Event):
    """Nothing follows. `report` is the path of its report on the server.

    Attributes:
        reason: why it ended.
        report: the path of its report on the server.
    """

    type: ClassVar = "session.ended"

    reason: str
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStats(Event):
    """What went through so far, and what was dropped where: counts by place and name.

    Attributes:
        counts: by layer or place, then by name; every 10 seconds where something changed, and at the end.
    """

    type: ClassVar = "session.stats"

    counts: Mapping[str, Mapping[str, Number]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNotice(Event):
    """Something about the service that whoever reads this session should know: it goes on, but not as asked.

    Attributes:
        at: seconds.
        code: what it is, for programs, such as `model_refused`.
        detail: what it is, for people.
    """

    type: ClassVar = "session.notice"

    at: float
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantJoined(Event):
    """Somebody is there, for the first time or again.

    Attributes:
        at: seconds.
        participant: their label in levels, sound and transcript.
        name: what they are called, where it is known.
        role: host, where they are one.
    """

    type: ClassVar = "participant.joined"

    at: float
    participant: str
    name: str | None
    role: Literal["host"] | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLeft(Event):
    """Somebody is gone.

    Attributes:
        at: seconds.
        participant: their label.
    """

    type: ClassVar = "participant.left"

    at: float
    participant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantMuted(Event):
    """A microphone was muted, or is open again.

    Attributes:
        at: seconds.
        participant: whose.
        muted: true while nothing is heard of it.
    """

    type: ClassVar = "participant.muted"

    at: float
    participant: str
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWord:
    """One word, and when it was said.

    Attributes:
        text: as it is written.
        start: seconds.
        end: seconds.
        confidence: the recogniser's, from 0 to 1, where it told one.
        estimated: true where the times follow from those of the whole segment.
    """

    text: str
    start: float
    end: float
    confidence: float | None = field(default=None, metadata=ABSENT)
    estimated: bool | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSegment(Event):
    """Something was said, in its final words.

    Attributes:
        id: its own, so that it counts once.
        participant: who said it.
        start: seconds.
        end: seconds.
        text: the words.
        words: each with its time, where that is known.
    """

    type: ClassVar = "transcript.segment"

    id: str
    participant: str
    start: float
    end: float
    text: str
    words: tuple[SpokenWord, ...] | None = field(default=None, metadata=ABSENT)
