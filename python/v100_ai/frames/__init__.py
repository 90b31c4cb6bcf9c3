"""A frame, wherever it came from: borrowed planes that are never copied."""

from v100_ai.frames.frame import Frame, Gap, Matrix, Plane, Range

__all__ = ["Frame", "Gap", "Matrix", "Plane", "Range"]
