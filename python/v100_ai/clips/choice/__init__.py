"""Which moments of a source become clips, and where each begins and ends. Pure."""

from v100_ai.clips.choice.boundaries import Boundaries, Clip, Lengths, candidates
from v100_ai.clips.choice.moments import Moment, Moments
from v100_ai.clips.choice.selection import choose

__all__ = ["Boundaries", "Clip", "Lengths", "Moment", "Moments", "candidates", "choose"]
