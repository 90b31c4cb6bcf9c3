"""Live video intelligence that runs beside the media."""

from v100_ai.analysis import Analysis, analyze
from v100_ai.analyzers import (
    LAYERS,
    FrameAnalyzer,
    MotionVectors,
    Reading,
    SiTi,
    SiTiReading,
    VectorField,
)
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
    "Analysis",
    "ExtraMissing",
    "Frame",
    "FrameAnalyzer",
    "FrameRejected",
    "MotionVectors",
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
    "VectorField",
    "analyze",
]
