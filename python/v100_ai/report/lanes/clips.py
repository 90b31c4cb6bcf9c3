"""Clips of a session: those that are ready, with why they begin and end where they do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from v100_ai.events import ClipFailed, ClipReady
from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.lanes.lane import Lane, Takes

CLIPS: Final = 1000
"""Clips that are kept; all are counted."""


@dataclass(slots=True)
class ClipsLane(Lane):
    """Fills from events."""

    omitted: int = 0
    failed: int = 0
    _clips: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    @property
    def takes(self) -> Takes:
        """What is done with each class of event."""
        return {ClipReady: self._ready, ClipFailed: self._fail}

    def document(self, names: Callable[[str], str], end: float) -> dict[str, Any]:
        """The clips in order of time, and how many failed."""
        ordered = sorted(self._clips.values(), key=lambda each: each["from_pts"] or 0.0)
        return {"clips": ordered, "clips_failed": self.failed}

    def _ready(self, data: Json) -> None:
        clip = payload.label(data, "clip")
        if clip is None:
            return
        if clip not in self._clips and len(self._clips) == CLIPS:
            self.omitted += 1
            return
        self._clips[clip] = {
            "clip": clip,
            "from_pts": payload.seconds(data, "from_pts"),
            "to_pts": payload.seconds(data, "to_pts"),
            "duration": payload.seconds(data, "duration"),
            "rank_score": payload.seconds(data, "rank_score"),
            "text": payload.text(data, "text") or "",
        }

    def _fail(self, data: Json) -> None:
        self.failed += 1
