"""Every event there is: one frozen class a type, below all that decides; and the envelope they travel in.

A class says its type, who it is for and its fields; `to_json` and `from_json` follow from these.
"""

import json
from collections.abc import Collection, Mapping
from typing import Final

from v100_ai.events.clips import ClipFailed, ClipOpened, ClipProgress, ClipReady
from v100_ai.events.deepfake import (
    DeepfakeAnnounced,
    DeepfakeCleared,
    DeepfakeDismissed,
    DeepfakeFlagged,
    DeepfakeInsufficient,
)
from v100_ai.events.envelope import SAMPLE, TEST
from v100_ai.events.event import SEEN, Audience, Event, Reading, Role, Value
from v100_ai.events.frames import (
    AlertOpened,
    AlertResolved,
    AnalysisGap,
    AnalysisWarning,
    FaultFound,
    FrameAnalysis,
    SceneCut,
    SourceBehind,
    SourceCaughtUp,
    SourceConnected,
    SourceDisconnected,
)
from v100_ai.events.highlights import (
    ActionNotified,
    HighlightCreated,
    HighlightUpdated,
    SummaryUpdated,
)
from v100_ai.events.media import (
    MediaStats,
    PeerConnected,
    PeerLost,
    SlotAssigned,
    TrackAdded,
    TrackRemoved,
)
from v100_ai.events.session import (
    ParticipantJoined,
    ParticipantLeft,
    ParticipantMuted,
    SessionEnded,
    SessionNotice,
    SessionStarted,
    SessionStats,
    SpokenWord,
    TranscriptSegment,
)
from v100_ai.events.speaker import (
    CameraZoom,
    LayoutChanged,
    SpeakerChanged,
    TalkStarted,
    TalkStopped,
    TalkSummary,
)
from v100_ai.events.viral import ViralScored
from v100_ai.records import Json

__all__ = [
    "EVENTS",
    "SAMPLE",
    "TEST",
    "TYPES",
    "ActionNotified",
    "AlertOpened",
    "AlertResolved",
    "AnalysisGap",
    "AnalysisWarning",
    "Audience",
    "CameraZoom",
    "ClipFailed",
    "ClipOpened",
    "ClipProgress",
    "ClipReady",
    "DeepfakeAnnounced",
    "DeepfakeCleared",
    "DeepfakeDismissed",
    "DeepfakeFlagged",
    "DeepfakeInsufficient",
    "Event",
    "FaultFound",
    "FrameAnalysis",
    "HighlightCreated",
    "HighlightUpdated",
    "LayoutChanged",
    "MediaStats",
    "ParticipantJoined",
    "ParticipantLeft",
    "ParticipantMuted",
    "PeerConnected",
    "PeerLost",
    "Reading",
    "Role",
    "SceneCut",
    "SessionEnded",
    "SessionNotice",
    "SessionStarted",
    "SessionStats",
    "SlotAssigned",
    "SourceBehind",
    "SourceCaughtUp",
    "SourceConnected",
    "SourceDisconnected",
    "SpeakerChanged",
    "SpokenWord",
    "SummaryUpdated",
    "TalkStarted",
    "TalkStopped",
    "TalkSummary",
    "TrackAdded",
    "TrackRemoved",
    "TranscriptSegment",
    "Value",
    "ViralScored",
    "allowed",
    "as_seen",
    "read",
    "visible",
]

EVENTS: Final[tuple[type[Event], ...]] = (
    ActionNotified,
    AlertOpened,
    AlertResolved,
    AnalysisGap,
    AnalysisWarning,
    CameraZoom,
    DeepfakeAnnounced,
    DeepfakeCleared,
    DeepfakeDismissed,
    DeepfakeFlagged,
    DeepfakeInsufficient,
    ClipFailed,
    ClipOpened,
    ClipProgress,
    ClipReady,
    FaultFound,
    FrameAnalysis,
    HighlightCreated,
    HighlightUpdated,
    LayoutChanged,
    MediaStats,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantMuted,
    PeerConnected,
    PeerLost,
    SceneCut,
    SessionEnded,
    SessionNotice,
    SessionStarted,
    SessionStats,
    SourceBehind,
    SourceCaughtUp,
    SlotAssigned,
    SourceConnected,
    SourceDisconnected,
    SpeakerChanged,
    SummaryUpdated,
    TalkStarted,
    TalkStopped,
    TalkSummary,
    TrackAdded,
    TrackRemoved,
    TranscriptSegment,
    ViralScored,
)
"""All events that are kept: a new one is one class, and one line here."""

NO_TYPE: Final = "none.at_all"
"""What no event is: for somebody who may see nothing of what they ask for."""

TYPES: Final[Mapping[str, type[Event]]] = {each.type: each for each in EVENTS}
"""The class of each type."""


def visible(role: Role, asked: Collection[str] = ()) -> tuple[str, ...]:
    """The types of events that somebody may see, of those they ask for; none is all.

    This and `as_seen` are the one place that decides it, for sockets, pages and reports alike. Webhooks are an
    administrator's.
    """
    hidden = {each.type for each in EVENTS if each.audience not in SEEN[role]}
    if not hidden or (asked and hidden.isdisjoint(asked)):
        return tuple(asked)
    return tuple(each for each in asked or TYPES if each not in hidden) or (NO_TYPE,)


FOR_HOSTS: Final = "deepfake_"
"""How the names of readings begin that are for hosts, in what is for everybody."""


def allowed(role: Role, reading: str) -> bool:
    """Whether somebody may see a reading of that name."""
    return "host" in SEEN[role] or not reading.startswith(FOR_HOSTS)


def as_seen(role: Role, body: bytes) -> bytes | None:
    """An envelope, or a sample, of a type that is visible: the readings that somebody may see; None if that is none."""
    if "host" in SEEN[role] or FOR_HOSTS.encode() not in body:
        return body
    message = json.loads(body)
    data = message["data"]
    if not allowed(role, str(data.get("reading", ""))):
        return None
    for readings in (data, data.get("columns") or {}):
        for name in [each for each in readings if not allowed(role, each)]:
            del readings[name]
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def read(type: str, data: Json) -> Event | None:  # noqa: A002  # the envelope's word
    """The event of that type; None for a type that a later version has. Raises `ValueError`."""
    kind = TYPES.get(type)
    return None if kind is None else kind.from_json(data)
