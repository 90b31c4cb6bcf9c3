"""Reframing: what of a picture is shown when its aspect is another."""

from v100_ai.clips.framing.camera import Way, way
from v100_ai.clips.framing.evidence import Box, Evidence, Moved, Seen, Turn, evidence_from
from v100_ai.clips.framing.shots import Geometry, Shot, shots

__all__ = [
    "Box",
    "Evidence",
    "Geometry",
    "Moved",
    "Seen",
    "Shot",
    "Turn",
    "Way",
    "evidence_from",
    "shots",
    "way",
]
