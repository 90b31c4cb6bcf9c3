"""Frames in, readings out: the only room that calls the compiled half."""

from v100_ai._native import KernelTimes, Reading, cpu_level, kernel_times
from v100_ai.analyzers.frame import LAYERS, LIVE_LAYERS, FrameAnalyzer
from v100_ai.analyzers.siti import SiTi, SiTiReading
from v100_ai.analyzers.vectors import MotionVectors, VectorField

__all__ = [
    "LAYERS",
    "LIVE_LAYERS",
    "FrameAnalyzer",
    "KernelTimes",
    "MotionVectors",
    "Reading",
    "SiTi",
    "SiTiReading",
    "VectorField",
    "cpu_level",
    "kernel_times",
]
