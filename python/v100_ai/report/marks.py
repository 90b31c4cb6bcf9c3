"""Marks: gaps, cuts, faults and alerts on the time axis of a session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from v100_ai.records import Json
from v100_ai.report import entry

MARKS: Final = 10_000
"""Marks of each kind that are kept; all are counted."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Frames that were not seen, from one time to another in seconds."""

    start: float
    end: float
    reason: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The first frame of another scene."""

    frame: int | None
    pts: float
    score: float | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A stretch of picture with something wrong; frames and worst value if they were told."""

    kind: str
    start: float
    end: float
    frames: int | None
    worst: float | None


@dataclass(slots=True)
class Incident:
    """An alert; `end` is None while it is open."""

    rule: str
    reading: str
    start: float
    limit: float | None
    worst: float | None
    end: float | None = None
    reason: str | None = None


@dataclass(slots=True)
class Marks:
    """Fills from events."""

    gaps: list[Gap] = field(default_factory=list[Gap])
    cuts: list[Cut] = field(default_factory=list[Cut])
    faults: list[Fault] = field(default_factory=list[Fault])
    incidents: dict[str, Incident] = field(default_factory=dict[str, Incident])
    counts: dict[str, int] = field(
        default_factory=lambda: {"gaps": 0, "cuts": 0, "faults": 0, "alerts": 0}
    )

    @property
    def takes(self) -> Mapping[str, Callable[[Json], None]]:
        """What is done with each type of event."""
        return {
            "analysis.gap": self._gap,
            "scene.cut": self._cut,
            "fault.found": self._fault,
            "alert.opened": self._open,
            "alert.resolved": self._resolve,
        }

    def _gap(self, data: Json) -> None:
        found = entry.span(data)
        if found is not None and self._counted("gaps"):
            self.gaps.append(Gap(*found, entry.text(data, "reason") or ""))

    def _cut(self, data: Json) -> None:
        pts = entry.seconds(data, "pts")
        if pts is not None and self._counted("cuts"):
            frame = entry.seconds(data, "frame")
            score = entry.seconds(data, "score")
            self.cuts.append(Cut(None if frame is None else int(frame), pts, score))

    def _fault(self, data: Json) -> None:
        found, kind = entry.span(data), entry.label(data, "fault")
        if found is not None and kind is not None and self._counted("faults"):
            frames = entry.seconds(data, "frames")
            count = None if frames is None else int(frames)
            self.faults.append(Fault(kind, *found, count, entry.seconds(data, "worst")))

    def _open(self, data: Json) -> None:
        start, rule = _when(data, "start"), entry.label(data, "rule")
        if start is None or rule is None or not self._counted("alerts"):
            return
        self.incidents[entry.label(data, "incident") or rule] = Incident(
            rule,
            entry.label(data, "reading") or "",
            start,
            entry.value(data, "limit"),
            entry.value(data, "value"),
        )

    def _resolve(self, data: Json) -> None:
        name = entry.label(data, "incident") or entry.label(data, "rule")
        incident = self.incidents.get(name or "")
        if incident is not None:
            worst = entry.value(data, "worst")
            incident.end = _when(data, "end")
            incident.worst = incident.worst if worst is None else worst
            incident.reason = entry.label(data, "reason")

    def _counted(self, kind: str) -> bool:
        """Counts one more; whether there is room for it."""
        self.counts[kind] += 1
        return self.counts[kind] <= MARKS


def _when(data: Json, name: str) -> float | None:
    found = entry.seconds(data, name)
    return entry.seconds(data, "at") if found is None else found
