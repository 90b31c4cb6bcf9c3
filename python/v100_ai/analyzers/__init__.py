"""Frames in, readings out: the only room that calls the compiled half."""

from v100_ai._native import (
    Alignment,
    Face,
    KernelTimes,
    QualityReading,
    Reading,
    Verdict,
    cpu_level,
    kernel_times,
)
from v100_ai.analyzers.aligner import Aligner
from v100_ai.analyzers.frame import FILE_LAYERS, LAYERS, LIVE_LAYERS, FrameAnalyzer
from v100_ai.analyzers.known import KnownFaces
from v100_ai.analyzers.live import LiveQuality, LiveReading
from v100_ai.analyzers.quality import (
    ALIASES,
    EARLY,
    METRICS,
    MODELS,
    THREADS_MOST,
    QualityMeter,
)
from v100_ai.analyzers.siti import SiTi, SiTiReading
from v100_ai.analyzers.summary import Summary
from v100_ai.analyzers.vectors import MotionVectors, VectorField

__all__ = [
    "ALIASES",
    "EARLY",
    "FILE_LAYERS",
    "LAYERS",
    "LIVE_LAYERS",
    "METRICS",
    "MODELS",
    "THREADS_MOST",
    "Aligner",
    "Alignment",
    "Face",
    "FrameAnalyzer",
    "KernelTimes",
    "KnownFaces",
    "LiveQuality",
    "LiveReading",
    "MotionVectors",
    "QualityMeter",
    "QualityReading",
    "Reading",
    "SiTi",
    "SiTiReading",
    "Summary",
    "VectorField",
    "Verdict",
    "cpu_level",
    "kernel_times",
]
