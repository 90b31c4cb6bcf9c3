"""Frames in, readings out: the only room that calls the compiled half."""

from v100_ai._native import KernelTimes, Reading, cpu_level, kernel_times
from v100_ai.analyzers.frame import LAYERS, LIVE_LAYERS, FrameAnalyzer
from v100_ai.analyzers.live import LiveQuality, LiveReading
from v100_ai.analyzers.siti import SiTi, SiTiReading

__all__ = [
    "LAYERS",
    "LIVE_LAYERS",
    "FrameAnalyzer",
    "KernelTimes",
    "LiveQuality",
    "LiveReading",
    "Reading",
    "SiTi",
    "SiTiReading",
    "cpu_level",
    "kernel_times",
]
