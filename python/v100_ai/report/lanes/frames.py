"""Frames of a session: their readings over time, and its gaps, cuts, faults and alerts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from v100_ai.events import (
    AlertOpened,
    AlertResolved,
    AnalysisGap,
    AnalysisWarning,
    FaultFound,
    FrameAnalysis,
    SceneCut,
)
from v100_ai.events.numbers import plain
from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.lanes.lane import Lane, Takes
from v100_ai.report.readings import Readings

MARKS: Final = 10_000
"""Marks of each kind that are kept; all are counted."""

WARNINGS: Final = 100
"""Warnings that are kept."""

TRACKS: Final = 64
"""Tracks that have readings of their own."""

Mark = dict[str, Any]


@dataclass(slots=True)
class FramesLane(Lane):
    """Fills from events. Marks are held as the report has them; `track` says whose picture, where it has a name."""

    readings: dict[str | None, Readings] = field(default_factory=dict[str | None, Readings])
    warnings: list[Mark] = field(default_factory=list[Mark])
    gaps: list[Mark] = field(default_factory=list[Mark])
    cuts: list[Mark] = field(default_factory=list[Mark])
    faults: list[Mark] = field(default_factory=list[Mark])
    alerts: dict[str, Mark] = field(default_factory=dict[str, Mark])
    counts: dict[str, int] = field(
        default_factory=lambda: {"gaps": 0, "cuts": 0, "faults": 0, "alerts": 0}
    )
    omitted: int = 0

    @property
    def takes(self) -> Takes:
        """What is done with each class of event."""
        return {
            FrameAnalysis: self._read,
            AnalysisGap: self._gap,
            AnalysisWarning: self._warn,
            SceneCut: self._cut,
            FaultFound: self._fault,
            AlertOpened: self._open,
            AlertResolved: self._resolve,
        }

    @property
    def main(self) -> Readings:
        """The readings that a page draws: the stream's own, or those of the track with most frames."""
        found = self.readings.get(None)
        most = max(self.readings.values(), key=lambda each: each.series.frames, default=Readings())
        return found or most

    def document(self, names: Callable[[str], str], end: float) -> dict[str, Any]:
        """The frames, their readings, and the marks."""
        tracks = {name: each.document() for name, each in self.readings.items() if name is not None}
        return {
            **self.main.document(),
            "tracks": tracks,
            "warnings": self.warnings,
            "gaps": self.gaps,
            "cuts": self.cuts,
            "faults": self.faults,
            "alerts": [{"incident": name, **each} for name, each in self.alerts.items()],
            "counts": {name: count for name, count in self.counts.items() if count},
        }

    def _read(self, data: Json) -> None:
        track = payload.label(data, "track")
        if track not in self.readings and len(self.readings) == TRACKS:
            self.omitted += 1
            return
        self.readings.setdefault(track, Readings()).push(data)

    def _warn(self, data: Json) -> None:
        told = _signed(data, {"text": payload.text(data, "text") or ""})
        # A source that is read again is warned of again.
        if told not in self.warnings and len(self.warnings) < WARNINGS:
            self.warnings.append(told)

    def _gap(self, data: Json) -> None:
        found = payload.span(data)
        if found is not None and self._counted("gaps"):
            start, end = found
            reason = payload.text(data, "reason") or ""
            self.gaps.append(_signed(data, {"start": start, "end": end, "reason": reason}))

    def _cut(self, data: Json) -> None:
        pts = payload.seconds(data, "pts")
        if pts is not None and self._counted("cuts"):
            frame, score = _whole(data, "frame"), payload.seconds(data, "score")
            self.cuts.append(_signed(data, {"frame": frame, "pts": pts, "score": score}))

    def _fault(self, data: Json) -> None:
        found, kind = payload.span(data), payload.label(data, "fault")
        if found is not None and kind is not None and self._counted("faults"):
            fault = {
                "kind": kind,
                "start": found[0],
                "end": found[1],
                "frames": _whole(data, "frames"),
                "worst": payload.seconds(data, "worst"),
            }
            self.faults.append(_signed(data, fault))

    def _open(self, data: Json) -> None:
        start, rule = _when(data, "start"), payload.label(data, "rule")
        if start is None or rule is None or not self._counted("alerts"):
            return
        alert = {
            "rule": rule,
            "reading": payload.label(data, "reading") or "",
            "start": start,
            "limit": plain(payload.value(data, "limit")),
            "worst": plain(payload.value(data, "value")),
            "end": None,
            "reason": None,
        }
        self.alerts[payload.label(data, "incident") or rule] = _signed(data, alert)

    def _resolve(self, data: Json) -> None:
        name = payload.label(data, "incident") or payload.label(data, "rule")
        alert = self.alerts.get(name or "")
        if alert is not None:
            worst = payload.value(data, "worst")
            alert["end"] = _when(data, "end")
            alert["worst"] = alert["worst"] if worst is None else plain(worst)
            alert["reason"] = payload.label(data, "reason")

    def _counted(self, kind: str) -> bool:
        """Counts one more; whether there is room for it."""
        self.counts[kind] += 1
        return self.counts[kind] <= MARKS


def _signed(data: Json, mark: Mark) -> Mark:
    """The mark with its track, if that has a name."""
    track = payload.label(data, "track")
    return mark if track is None else {**mark, "track": track}


def _whole(data: Json, name: str) -> int | None:
    found = payload.seconds(data, name)
    return None if found is None else int(found)


def _when(data: Json, name: str) -> float | None:
    found = payload.seconds(data, name)
    return payload.seconds(data, "at") if found is None else found
