"""Live video intelligence that runs beside the media."""

from v100_ai.analysis import Analysis, analyze
from v100_ai.analyzers import (
    LAYERS,
    LIVE_LAYERS,
    FrameAnalyzer,
    LiveQuality,
    LiveReading,
    Reading,
    SiTi,
    SiTiReading,
)
from v100_ai.director import ActiveSpeaker, SpeakerChanged, audio_level
from v100_ai.errors import (
    AudioRejected,
    ExtraMissing,
    FrameRejected,
    NotMedia,
    NoVideo,
    ShapeMismatch,
    SourceLost,
    SourceLostWarning,
    TimeRejected,
    UnknownLayer,
    V100Error,
)
from v100_ai.frames import Frame, Plane

__all__ = [
    "LAYERS",
    "LIVE_LAYERS",
    "ActiveSpeaker",
    "Analysis",
    "AudioRejected",
    "ExtraMissing",
    "Frame",
    "FrameAnalyzer",
    "FrameRejected",
    "LiveQuality",
    "LiveReading",
    "NoVideo",
    "NotMedia",
    "Plane",
    "Reading",
    "ShapeMismatch",
    "SiTi",
    "SiTiReading",
    "SourceLost",
    "SourceLostWarning",
    "SpeakerChanged",
    "TimeRejected",
    "UnknownLayer",
    "V100Error",
    "analyze",
    "audio_level",
]
