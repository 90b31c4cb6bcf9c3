"""Events of a session as such, of who is there, and of what is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from v100_ai.events.event import Event

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
class ParticipantJoined(Event):
    """Somebody is there, for the first time or again.

    Attributes:
        at: seconds.
        participant: their label in levels, sound and transcript.
        name: what they are called, where it is known.
    """

    type: ClassVar = "participant.joined"

    at: float
    participant: str
    name: str | None


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
class TranscriptSegment(Event):
    """Something was said, in its final words.

    Attributes:
        id: its own, so that it counts once.
        participant: who said it.
        start: seconds.
        end: seconds.
        text: the words.
    """

    type: ClassVar = "transcript.segment"

    id: str
    participant: str
    start: float
    end: float
    text: str
