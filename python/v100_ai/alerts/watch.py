"""Watch: one rule over one stream of values. What it remembers is a few numbers, which JSON can hold."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from v100_ai.alerts.rule import Rule
from v100_ai.events import AlertOpened, AlertResolved
from v100_ai.events.numbers import plain

Alert = AlertOpened | AlertResolved


@dataclass(slots=True)
class Run:
    """Values in a row that all speak for the same change."""

    start: float
    samples: int
    worst: float


@dataclass(slots=True)
class Incident:
    """An alert that is open."""

    name: str
    start: float
    worst: float


@dataclass(slots=True)
class Watch:
    """Whether the rule's alert is open, and what speaks for changing that."""

    rule: Rule
    last: float | None = None
    """Seconds, of the last value known."""
    run: Run | None = None
    incident: Incident | None = None

    def push(self, pts: float, value: float, *, gap: float, name: str) -> Alert | None:
        """Take one value in; the change it brings, if it does. A new incident is called `name`.

        Values further apart than `gap` seconds, or that step back in time, are not in a row.
        """
        if self.last is not None and not 0 <= pts - self.last <= gap:
            self.run = None
        self.last = pts
        rule = self.rule
        if self.incident is not None:
            self.incident.worst = rule.worse(self.incident.worst, value)
        if not (rule.bad(value) if self.incident is None else rule.good(value)):
            self.run = None
            return None
        run = self._joined(pts, value)
        wait = rule.trigger_seconds if self.incident is None else rule.resolve_seconds
        if run.samples < rule.samples or pts - run.start < wait:
            return None
        self.run = None
        return self._changed(run, pts, value, name)

    def _joined(self, pts: float, value: float) -> Run:
        if self.run is None:
            self.run = Run(pts, 1, value)
        else:
            self.run.samples += 1
            self.run.worst = self.rule.worse(self.run.worst, value)
        return self.run

    def _changed(self, run: Run, pts: float, value: float, name: str) -> Alert:
        incident, rule = self.incident, self.rule
        if incident is not None:
            self.incident = None
            return ended(rule.name, rule.reading, incident, value=value, end=run.start, at=pts)
        self.incident = Incident(name, run.start, run.worst)
        return AlertOpened(
            rule=rule.name,
            incident=name,
            reading=rule.reading,
            value=value,
            limit=rule.limit,
            start=run.start,
            at=pts,
        )

    def save(self) -> dict[str, Any]:
        """All that is remembered, as JSON."""
        parts = {"run": self.run, "incident": self.incident}
        kept = {name: None if part is None else _saved(part) for name, part in parts.items()}
        return {"reading": self.rule.reading, "last": self.last, **kept}

    @classmethod
    def load(cls, rule: Rule, saved: Mapping[str, Any]) -> Self:
        """The watch that `save` wrote down, under the same rule."""
        run = saved["run"]
        if run is not None:
            run = Run(float(run["start"]), int(run["samples"]), float(run["worst"]))
        return cls(rule, saved["last"], run, incident(saved))


def incident(saved: Mapping[str, Any]) -> Incident | None:
    """The alert that was open when it was saved."""
    found = saved["incident"]
    if found is None:
        return None
    return Incident(str(found["name"]), float(found["start"]), float(found["worst"]))


def ended(
    rule: str, reading: str, open_: Incident, *, value: float | None, end: float, at: float
) -> AlertResolved:
    """The end of an alert; without a value its rule is gone."""
    return AlertResolved(
        rule=rule,
        incident=open_.name,
        reading=reading,
        value=value,
        worst=open_.worst,
        start=open_.start,
        end=end,
        at=at,
        reason="removed" if value is None else "recovered",
    )


def _saved(part: Run | Incident) -> dict[str, Any]:
    return {name: plain(value) for name, value in asdict(part).items()}
