"""Live video intelligence that runs beside the media."""

from v100_ai.analysis import Analysis, analyze
from v100_ai.analyzers import (
    LAYERS,
    LIVE_LAYERS,
    METRICS,
    MODELS,
    FrameAnalyzer,
    QualityMeter,
    QualityReading,
    Reading,
    SiTi,
    SiTiReading,
    Summary,
)
from v100_ai.comparison import Alignment, Quality, Scored, quality
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
    UnknownMetric,
    V100Error,
)
from v100_ai.frames import Frame, Plane

__all__ = [
    "LAYERS",
    "LIVE_LAYERS",
    "METRICS",
    "MODELS",
    "Alignment",
    "Analysis",
    "ExtraMissing",
    "Frame",
    "FrameAnalyzer",
    "FrameRejected",
    "NoVideo",
    "NotMedia",
    "Plane",
    "Quality",
    "QualityMeter",
    "QualityReading",
    "Reading",
    "Scored",
    "ShapeMismatch",
    "SiTi",
    "SiTiReading",
    "SourceLost",
    "SourceLostWarning",
    "Summary",
    "TimeRejected",
    "UnknownLayer",
    "UnknownMetric",
    "V100Error",
    "analyze",
    "quality",
]
