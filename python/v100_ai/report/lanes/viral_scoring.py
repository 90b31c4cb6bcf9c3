"""Viral scores of a session: the score over time, and the moments that rank highest with their reasons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import Any, Final

from v100_ai.events import ViralScored
from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.lanes.lane import Lane, Takes

POINTS: Final = 20_000
"""Scores that are kept: more than a day of them."""

BEST: Final = 10
"""Moments whose reasons are kept."""

REASONS: Final = 3
"""Reasons that are shown of each."""


@dataclass(slots=True)
class ViralScoringLane(Lane):
    """Fills from events."""

    omitted: int = 0
    _points: list[list[float | None]] = field(default_factory=list[list[float | None]])
    _best: list[tuple[float, float, dict[str, Any]]] = field(
        default_factory=list[tuple[float, float, dict[str, Any]]]
    )

    @property
    def takes(self) -> Takes:
        """What is done with each class of event."""
        return {ViralScored: self._score}

    def document(self, names: Callable[[str], str], end: float) -> dict[str, Any]:
        """Points of [from, to, viral score, rank score], and the best moments, the highest rank first."""
        best = [each for _, _, each in sorted(self._best, key=lambda each: (-each[0], -each[1]))]
        return {"viral": self._points, "viral_best": best}

    def _score(self, data: Json) -> None:
        span = payload.span(data)
        if span is None:
            return
        if len(self._points) == POINTS:
            self.omitted += 1
            return
        viral, rank = payload.seconds(data, "viral_score"), payload.seconds(data, "rank_score")
        self._points.append([*span, viral, rank])
        if rank is None:
            return
        found = {
            "start": span[0],
            "end": span[1],
            "viral_score": viral,
            "rank_score": rank,
            "confidence": payload.seconds(data, "confidence"),
            "reasons": _reasons(data),
        }
        held = (rank, -span[0], found)
        if len(self._best) < BEST:
            heappush(self._best, held)
        else:
            heappushpop(self._best, held)


def _reasons(data: Json) -> list[dict[str, Any]]:
    """The reasons with most points, of whichever factor."""
    told = [
        (payload.seconds(reason, "points") or 0.0, reason)
        for factor in payload.items(data, "factors")
        if isinstance(factor, dict)
        for reason in payload.items(factor, "reasons")
        if isinstance(reason, dict)
    ]
    told.sort(key=lambda pair: -pair[0])
    return [
        {
            "feature": payload.label(reason, "feature") or "",
            "points": points,
            "text": payload.text(reason, "text"),
        }
        for points, reason in told[:REASONS]
    ]
