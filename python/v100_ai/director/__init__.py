"""Who decides what everyone sees: speakers and motion in, layout, camera and speaking time out."""

from v100_ai.director.camera import Box, Camera, CameraZoom
from v100_ai.director.layout import LayoutChanged, Reason, Tile, View
from v100_ai.director.speaker import ActiveSpeaker, SpeakerChanged, SpeakerSettings, audio_level
from v100_ai.director.stage import Policy, Stage
from v100_ai.director.timeline import (
    Span,
    SpeakingTime,
    TalkStarted,
    TalkStopped,
    TalkSummary,
    Timeline,
    summary,
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
