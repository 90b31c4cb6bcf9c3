"""Readings in, faults and cuts out: the only room with thresholds. Pure."""

from v100_ai.faults.finder import Cut, Fault, Finder, Kind, Signs
from v100_ai.faults.settings import Limits, Settings

__all__ = ["Cut", "Fault", "Finder", "Kind", "Limits", "Settings", "Signs"]
