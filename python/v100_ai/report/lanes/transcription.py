"""The transcript of a session: kept only where it is asked for, since it is personal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from v100_ai.events import TranscriptSegment
from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.lanes.lane import Lane, Takes

SEGMENTS: Final = 50_000
"""Segments that are kept; all are counted."""


@dataclass(slots=True)
class TranscriptionLane(Lane):
    """Fills from events, once it is `asked` to."""

    asked: bool = False
    omitted: int = 0
    _segments: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    @property
    def takes(self) -> Takes:
        """What is done with each class of event."""
        return {TranscriptSegment: self._segment}

    def document(self, names: Callable[[str], str], end: float) -> dict[str, Any]:
        """What was said in order of time, each with the speaker's name as far as it is known."""
        said = [{**each, "name": names(each["participant"])} for each in self._segments.values()]
        return {"transcript": sorted(said, key=lambda each: each["start"] or 0.0)}

    def _segment(self, data: Json) -> None:
        id_ = payload.label(data, "id")
        if not self.asked or id_ is None:
            return
        if id_ not in self._segments and len(self._segments) == SEGMENTS:
            self.omitted += 1
            return
        self._segments[id_] = {
            "id": id_,
            "participant": payload.label(data, "participant") or "",
            "start": payload.seconds(data, "start"),
            "end": payload.seconds(data, "end"),
            "text": payload.text(data, "text") or "",
        }
