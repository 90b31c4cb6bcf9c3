"""Frames in, readings out: the only room that calls the compiled half."""

from v100_ai._native import Reading
from v100_ai.analyzers.frame import LAYERS, FrameAnalyzer
from v100_ai.analyzers.siti import SiTi, SiTiReading
from v100_ai.analyzers.vectors import MotionVectors, VectorField

__all__ = [
    "LAYERS",
    "FrameAnalyzer",
    "MotionVectors",
    "Reading",
    "SiTi",
    "SiTiReading",
    "VectorField",
]
