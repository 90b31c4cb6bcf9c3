"""Frames offered in process, measured beside the media: the newest wins, and what it replaced is counted."""

from v100_ai._native import Paces, TapStats, paced
from v100_ai.tap.tap import CAPACITY, Tap

__all__ = ["CAPACITY", "Paces", "Tap", "TapStats", "paced"]
