"""Two inputs against each other: their frames paired, scored, and told as tables."""

from v100_ai.comparison.alignment import Alignment
from v100_ai.comparison.quality import Quality, quality
from v100_ai.comparison.scored import Scored
from v100_ai.comparison.settings import Align, ScaleTo, Settings

__all__ = ["Align", "Alignment", "Quality", "ScaleTo", "Scored", "Settings", "quality"]
