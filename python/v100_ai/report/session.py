"""The report of a session, from its events alone and in bounded memory."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from v100_ai.events import (
    Event,
    ParticipantJoined,
    SessionEnded,
    SessionStarted,
    SessionStats,
    SourceBehind,
    SourceConnected,
    SourceDisconnected,
)
from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.lanes import LANES
from v100_ai.report.lanes.active_speaker import ActiveSpeakerLane
from v100_ai.report.lanes.lane import Lane
from v100_ai.report.lanes.transcription import TranscriptionLane

COUNTERS: Final = 200
"""Counters of `session.stats` that are kept."""

AXIS: Final = ("at", "from_pts", "to_pts", "pts", "start", "end")
"""What times on the session's axis are called."""

LATE_S: Final = 3600.0
"""What begins later than this has an axis of its own: from 0 on there would be nothing to see."""

NAMES: Final = 512
"""Participants whose names are kept, as many as there can be at once."""

L = TypeVar("L", bound=Lane)

LAYERS: Final = 50
"""Layers that are named."""


@dataclass(slots=True)
class Source:
    """Where frames came from."""

    codec: str | None = None
    rate: float | None = None
    width: int | None = None
    height: int | None = None
    losses: int = 0
    behind: float = 0.0
    """Seconds, the most it was told to be behind."""
    lost: str | None = None
    """Why it was lost last."""


@dataclass(slots=True)
class SessionReport:
    """All that a session's events say. Push them in the order of their numbers, each once.

    Times called `started`, `ended` and `last` are seconds since 1970; all others are seconds on the
    session's own axis. What is not of the kind it should be is passed over.
    """

    name: str | None = None
    kind: str | None = None
    layers: list[str] = field(default_factory=list[str])
    started: float | None = None
    ended: float | None = None
    last: float | None = None
    reason: str | None = None
    events: int = 0
    source: Source = field(default_factory=Source)
    lanes: list[Lane] = field(default_factory=lambda: [each() for each in LANES])
    counters: dict[str, float] = field(default_factory=dict[str, float])
    _earlier: dict[str, float] = field(default_factory=dict[str, float])
    """What counters had reached before they began anew."""
    _earliest: float | None = None
    _latest: float | None = None
    _epoch: object = None
    _names: dict[str, str] = field(default_factory=dict[str, str])
    _takes: dict[str, list[Callable[[Json], None]]] = field(
        default_factory=dict[str, list[Callable[[Json], None]]]
    )

    def __post_init__(self) -> None:
        own: dict[type[Event], Callable[[Json], None]] = {
            SessionStarted: self._start,
            SessionEnded: self._end,
            SessionStats: self._count,
            SourceConnected: self._connect,
            SourceDisconnected: self._lose,
            SourceBehind: self._fall_behind,
            ParticipantJoined: self._join,
        }
        for takes in (own, *(lane.takes for lane in self.lanes)):
            for kind, take in takes.items():
                self._takes.setdefault(kind.type, []).append(take)

    def lane(self, kind: type[L]) -> L:
        """The lane of that class."""
        return next(each for each in self.lanes if isinstance(each, kind))

    def called(self, participant: str) -> str:
        """What a participant is called."""
        return self._names.get(participant, participant)

    def push(self, event: Json) -> None:
        """Take one envelope in."""
        type_, data = event.get("type"), payload.part(event, "data")
        self._follow(event)
        self.events += 1
        for take in self._takes.get(type_, ()) if isinstance(type_, str) else ():
            take(data)
        self._see(data)

    @property
    def start(self) -> float:
        """Where the axis begins: at 0, unless all there is comes before that or long after."""
        first = self._earliest or 0.0
        return 0.0 if 0.0 <= first < LATE_S else first

    @property
    def end(self) -> float:
        """Where the axis ends: with the last thing on it; if somebody still talks, with the session."""
        seen = self.start if self._latest is None else max(self.start, self._latest)
        talks = self.lane(ActiveSpeakerLane).open
        return max(seen, self.seconds or 0.0) if talks and self.ended else seen

    @property
    def seconds(self) -> float | None:
        """How long the session lasted by the clock, or has until its last event."""
        until = self.last if self.ended is None else self.ended
        return None if self.started is None or until is None else max(0.0, until - self.started)

    def _follow(self, event: Json) -> None:
        """Time goes on, and perhaps another process does."""
        with suppress(ValueError, OverflowError):
            self.last = datetime.fromisoformat(str(event.get("time"))).timestamp()
        epoch = event.get("epoch")
        if self._epoch is not None and epoch != self._epoch:
            for lane in self.lanes:
                lane.cut(self._latest or 0.0)
        self._epoch = epoch

    def _see(self, data: Json) -> None:
        """Where on the axis the session is by now."""
        for name in AXIS:
            at = payload.seconds(data, name)
            if at is not None:
                self._latest = at if self._latest is None else max(self._latest, at)
                self._earliest = at if self._earliest is None else min(self._earliest, at)

    def _start(self, data: Json) -> None:
        self.name = payload.label(data, "name")
        self.kind = payload.label(data, "session_kind")
        layers = (
            payload.said(each, payload.LONGEST_NAME) for each in payload.items(data, "layers")
        )
        self.layers = [each for each in layers if each][:LAYERS]
        self.started = self.last

    def _end(self, data: Json) -> None:
        self.ended, self.reason = self.last, payload.label(data, "reason")

    def _count(self, data: Json) -> None:
        """The newest counts; those of a process that began anew are added to the ones before."""
        for name, count in _counts(data, ""):
            total = self.counters.get(name)
            if total is None and len(self.counters) == COUNTERS:
                return
            before = self._earlier.get(name, 0.0)
            if total is not None and count < total - before:
                before = self._earlier[name] = total
            self.counters[name] = before + count

    def _join(self, data: Json) -> None:
        who, name = payload.label(data, "participant"), payload.label(data, "name")
        if who is not None and name is not None and len(self._names) < NAMES:
            self._names[who] = name

    def _connect(self, data: Json) -> None:
        if payload.label(data, "track") is not None:
            return
        width, height = payload.seconds(data, "width"), payload.seconds(data, "height")
        self.source.codec = payload.label(data, "codec")
        self.source.rate = payload.seconds(data, "rate")
        self.source.width = None if width is None else int(width)
        self.source.height = None if height is None else int(height)

    def _fall_behind(self, data: Json) -> None:
        self.source.behind = max(self.source.behind, payload.seconds(data, "lag") or 0.0)

    def _lose(self, data: Json) -> None:
        if payload.label(data, "track") is not None:
            return
        self.source.losses += 1
        self.source.lost = payload.text(data, "reason")


def collect(events: Iterable[Json], *, transcript: bool = False) -> SessionReport:
    """The report of parsed envelopes in the order of their numbers.

    What was said is left out unless `transcript` is true: it is personal, and not everybody who may read
    a report may read it.
    """
    report = SessionReport()
    report.lane(TranscriptionLane).asked = transcript
    for event in events:
        report.push(event)
    return report


def _counts(data: Json, above: str) -> Iterable[tuple[str, float]]:
    """Counters by their path in dots, at most two deep."""
    for name, found in data.items():
        path = payload.said(f"{above}{name}", payload.LONGEST_NAME) or ""
        if isinstance(found, Mapping) and not above:
            yield from _counts(found, "" if name == "counts" else f"{path}.")
        elif (count := payload.seconds(data, name)) is not None:
            yield path, count
