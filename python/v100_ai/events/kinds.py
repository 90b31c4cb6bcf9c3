"""The events of a session as such; those of its layers stand with what decides them.

Times named `at`, `from_pts` and `to_pts` are seconds on the session's own axis.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

Number = int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """A session exists; `layers` are those that are on."""

    kind: ClassVar = "session.started"

    name: str
    session_kind: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """Nothing follows. `report` is the path of its report on the server."""

    kind: ClassVar = "session.ended"

    reason: str
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStats:
    """What went through so far, and what was dropped where: counts by place and name."""

    kind: ClassVar = "session.stats"

    counts: Mapping[str, Mapping[str, Number]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantJoined:
    """Somebody is there, for the first time or again."""

    kind: ClassVar = "participant.joined"

    at: float
    participant: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLeft:
    """Somebody is gone."""

    kind: ClassVar = "participant.left"

    at: float
    participant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantMuted:
    """A microphone was muted, or is open again."""

    kind: ClassVar = "participant.muted"

    at: float
    participant: str
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSegment:
    """Something was said, in its final words."""

    kind: ClassVar = "transcript.segment"

    id: str
    participant: str
    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameAnalysis:
    """A second of frames.

    `window` holds `frame`, the last one's number counted from the session's first, `frames`, `from_pts` and `to_pts`;
    then either the least, mean and greatest value of each reading under its name, or every frame's in `columns`.
    """

    kind: ClassVar = "frame.analysis"

    window: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisGap:
    """Frames from one time to another were not seen."""

    kind: ClassVar = "analysis.gap"

    from_pts: float
    to_pts: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConnected:
    """The source gives frames."""

    kind: ClassVar = "source.connected"

    width: int
    height: int
    codec: str
    rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLost:
    """The source gives none any more; it is tried again in `retry_in` seconds, if at all."""

    kind: ClassVar = "source.lost"

    reason: str
    retry_in: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneCut:
    """The picture changed to another scene."""

    kind: ClassVar = "scene.cut"

    pts: float
    frame: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFound:
    """Black, frozen, blocky or blurred picture, now that it is over."""

    kind: ClassVar = "fault.found"

    fault: str
    from_pts: float
    to_pts: float


SessionEvent = (
    SessionStarted
    | SessionEnded
    | SessionStats
    | ParticipantJoined
    | ParticipantLeft
    | ParticipantMuted
    | TranscriptSegment
    | FrameAnalysis
    | AnalysisGap
    | SourceConnected
    | SourceLost
    | SceneCut
    | FaultFound
)
