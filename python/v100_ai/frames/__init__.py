"""A frame, wherever it came from: borrowed planes that are never copied."""

from v100_ai.frames.frame import Frame, Plane

__all__ = ["Frame", "Plane"]
