"""The floor of one session: levels and sound in; speaker, layout, camera and talk events out. Knows no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from v100_ai.director import (
    ActiveSpeaker,
    Box,
    Camera,
    Policy,
    SpeakerSettings,
    Stage,
    TalkStarted,
    TalkStopped,
    TalkSummary,
    Timeline,
    View,
)
from v100_ai.errors import AudioRejected
from v100_ai.session.drafts import LayerEvent
from v100_ai.session.order import Level, Reordering

QUIET = 1.5
"""Seconds without a level after which time goes on by the clock alone; senders that go silent send none."""

SUMMARY_EVERY = 60.0
"""Seconds between two summaries of who spoke how much."""


@dataclass(slots=True)
class Floor:
    """Who talks, who holds the floor, and what is shown for it.

    Times are seconds on the session's axis: the levels' own, or the clock's while none come.
    """

    layout: str
    settings: SpeakerSettings
    muted: set[str] = field(default_factory=set[str])
    levels: int = 0
    refused: int = 0
    """Levels that could not be used."""
    _speaker: ActiveSpeaker = field(init=False)
    _stage: Stage = field(init=False)
    _timeline: Timeline = field(default_factory=Timeline)
    _order: Reordering = field(default_factory=Reordering)
    _cameras: dict[str, Camera] = field(default_factory=dict[str, Camera])
    _faces: dict[str, Box] = field(default_factory=dict[str, Box])
    _talking: frozenset[str] = frozenset()
    _now: float = 0.0
    _heard: float = 0.0
    """The clock's time up to which time went on by levels, or by the clock `QUIET` seconds behind."""
    _summed: tuple[float, TalkSummary | None] = (0.0, None)

    def __post_init__(self) -> None:
        self._speaker = ActiveSpeaker(**self.settings)
        self._stage = Stage(Policy(view=View(self.layout)))

    @property
    def state(self) -> dict[str, Any]:
        """What stands now: what a joiner has to be told."""
        return {
            "speaker": self._speaker.current,
            "talking": sorted(self._speaker.talking),
            "layout": self._stage.current,
            "muted": sorted(self.muted),
        }

    @property
    def summary(self) -> TalkSummary:
        """Who spoke how much so far."""
        self._timeline.push(self._talking, at=self._now)
        return self._timeline.summary()

    def hear(self, levels: Iterable[Level], *, clock: float) -> list[LayerEvent]:
        """Take levels of participants in; `clock` is when they came, on the session's axis."""
        self._heard = clock
        for level in levels:
            self._order.push(level)
        return self._follow(self._order.ready())

    def due(self, *, clock: float) -> bool:
        """Whether time that passes may change something."""
        active = self._order.waiting or self._talking or self._speaker.current is not None
        return bool(active) and clock - self._heard >= QUIET

    def tick(self, *, clock: float) -> list[LayerEvent]:
        """Time has passed. What was held back is heard, and silence is silence."""
        if not self.due(clock=clock):
            return []
        events = self._follow(self._order.until(float("inf")))
        step = clock - QUIET - self._heard
        self._heard = clock - QUIET
        return [*events, *self._advance(self._now + step)]

    def join(self, participant: str, *, at: float) -> list[LayerEvent]:
        """Somebody is there, or there again."""
        changed = self._stage.join(participant, at=max(self._now, at))
        return [changed] if changed else []

    def leave(self, participant: str, *, at: float) -> list[LayerEvent]:
        """Somebody is gone, with all that was learnt of their voice."""
        self.muted.discard(participant)
        self._cameras.pop(participant, None)
        self._faces.pop(participant, None)
        self._speaker.leave(participant)
        events: list[LayerEvent] = [*self._talk(max(self._now, at))]
        changed = self._stage.leave(participant, at=max(self._now, at))
        return [*events, *([changed] if changed else []), *self._polled(max(self._now, at))]

    def mute(self, participant: str, *, muted: bool) -> None:
        """Whether a microphone is heard."""
        if muted:
            self.muted.add(participant)
            self._speaker.mute(participant)
        else:
            self.muted.discard(participant)
            self._speaker.unmute(participant)

    def face(self, participant: str, box: Box | None) -> None:
        """Where somebody's face is in their picture, in fractions of it."""
        if box is None:
            self._faces.pop(participant, None)
        else:
            self._faces[participant] = box

    def restore(self, events: Iterable[tuple[str, Mapping[str, Any]]]) -> list[LayerEvent]:
        """Take up the lanes of an earlier run from its `talk` events; who was talking then has stopped."""
        talking: set[str] = set()
        for kind, data in events:
            self._now = max(self._now, float(data["at"]))
            if kind == "talk.started":
                talking.add(data["participant"])
            elif kind == "talk.stopped":
                talking.discard(data["participant"])
            self._timeline.push(talking, at=self._now)
        return [*self._timeline.push((), at=self._now)] if talking else []

    def close(self) -> list[LayerEvent]:
        """The session is over: who talks stops, and the sums are drawn."""
        events = self._follow(self._order.until(float("inf")))
        events += self._timeline.push((), at=self._now)
        return [*events, self.summary] if self.levels else events

    def _follow(self, levels: Sequence[Level]) -> list[LayerEvent]:
        events: list[LayerEvent] = []
        for level in levels:
            at = max(self._now, level.at)
            try:
                self._speaker.push(level.participant, at=at, level=level.level, media=level.at)
            except AudioRejected:
                self.refused += 1
                continue
            if not self.levels:
                self._timeline.push((), at=at)
            self.levels += 1
            if at > self._now:
                events += self._advance(at)
        return events

    def _advance(self, at: float) -> list[LayerEvent]:
        self._now = at
        return [*self._talk(at), *self._polled(at), *self._shown(at), *self._sums(at)]

    def _talk(self, at: float) -> list[TalkStarted | TalkStopped]:
        talking = self._speaker.talking
        if talking == self._talking:
            return []
        self._talking = talking
        return self._timeline.push(talking, at=at)

    def _polled(self, at: float) -> list[LayerEvent]:
        change = self._speaker.poll(at=at)
        if change is None:
            return []
        shown = self._stage.floor(change.speaker, at=at)
        return [change, *([shown] if shown else [])]

    def _shown(self, at: float) -> list[LayerEvent]:
        changed = self._stage.tick(at=at)
        moves = (self._look(who, at) for who in self._faces)
        return [*([changed] if changed else []), *(each for each in moves if each is not None)]

    def _look(self, participant: str, at: float) -> LayerEvent | None:
        camera = self._cameras.setdefault(participant, Camera(participant=participant))
        active = participant == self._speaker.current
        return camera.look(at=at, active=active, face=self._faces[participant])

    def _sums(self, at: float) -> list[LayerEvent]:
        when, last = self._summed
        if at - when < SUMMARY_EVERY:
            return []
        summary = self.summary
        self._summed = (at, summary)
        return [summary] if last is None or last.speakers != summary.speakers else []
