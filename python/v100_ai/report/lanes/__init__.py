"""Lanes: one a layer, filled from its events and nothing else. A new layer's is one file, and one line here."""

from typing import Final

from v100_ai.report.lanes.active_speaker import ActiveSpeakerLane
from v100_ai.report.lanes.clips import ClipsLane
from v100_ai.report.lanes.deepfake_detection import DeepfakeDetectionLane
from v100_ai.report.lanes.frames import FramesLane
from v100_ai.report.lanes.highlights import HighlightsLane
from v100_ai.report.lanes.lane import Lane
from v100_ai.report.lanes.transcription import TranscriptionLane
from v100_ai.report.lanes.viral_scoring import ViralScoringLane

LANES: Final[tuple[type[Lane], ...]] = (
    FramesLane,
    ActiveSpeakerLane,
    HighlightsLane,
    TranscriptionLane,
    DeepfakeDetectionLane,
    ViralScoringLane,
    ClipsLane,
)
"""In the order their parts stand in a report."""
