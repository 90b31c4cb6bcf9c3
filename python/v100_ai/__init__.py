"""Live video intelligence that runs beside the media."""

from v100_ai.analysis import Analysis, analyze
from v100_ai.analyzers import LAYERS, LIVE_LAYERS, FrameAnalyzer, Reading, SiTi, SiTiReading
from v100_ai.errors import (
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
    "Analysis",
    "ExtraMissing",
    "Frame",
    "FrameAnalyzer",
    "FrameRejected",
    "NoVideo",
    "NotMedia",
    "Plane",
    "Reading",
    "ShapeMismatch",
    "SiTi",
    "SiTiReading",
    "SourceLost",
    "SourceLostWarning",
    "TimeRejected",
    "UnknownLayer",
    "V100Error",
    "analyze",
]
