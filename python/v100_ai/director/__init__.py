"""Who decides what everyone sees: speakers and motion in, layout, camera and speaking time out."""

from v100_ai.director.camera import Camera
from v100_ai.director.speaker import ActiveSpeaker, SpeakerSettings, audio_level
from v100_ai.director.stage import Policy, Stage
from v100_ai.director.timeline import Span, Timeline, summary
from v100_ai.events.speaker import (
    Box,
    CameraZoom,
    LayoutChanged,
    Reason,
    SpeakerChanged,
    SpeakingTime,
    TalkStarted,
    TalkStopped,
    TalkSummary,
    Tile,
    View,
)

__all__ = [
    "ActiveSpeaker",
    "Box",
    "Camera",
    "CameraZoom",
    "LayoutChanged",
    "Policy",
    "Reason",
    "Span",
    "SpeakerChanged",
    "SpeakerSettings",
    "SpeakingTime",
    "Stage",
    "TalkStarted",
    "TalkStopped",
    "TalkSummary",
    "Tile",
    "Timeline",
    "View",
    "audio_level",
    "summary",
]
