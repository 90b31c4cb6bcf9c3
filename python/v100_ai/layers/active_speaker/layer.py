"""The active speaker: levels in; speaker, layout, camera and talk events out. Knows no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Self

from v100_ai.director import (
    ActiveSpeaker,
    Camera,
    Policy,
    SpeakerSettings,
    Stage,
    Timeline,
)
from v100_ai.errors import AudioRejected, SettingRejected
from v100_ai.events import Event, TalkStarted, TalkStopped, TalkSummary
from v100_ai.events.speaker import Box, View
from v100_ai.layers.active_speaker.reordering import Reordering
from v100_ai.layers.active_speaker.settings import ActiveSpeakerSettings
from v100_ai.layers.inputs import Face, Frames, Input, Joined, Left, Level, Levels, Muted, Past
from v100_ai.layers.layer import NOTHING, Count, Layer, Opening, Step
from v100_ai.records import Json

QUIET: Final = 1.5
"""Seconds without a level after which time goes on by the clock alone; senders that go silent send none."""

AHEAD: Final = 10.0
"""Seconds beyond the clock, and beyond the newest level, from which a time is no time but a clock that is wrong."""

MOTION: Final = "motion_magnitude"
"""The reading that says how much a picture moves."""

SUMMARY_EVERY: Final = 60.0
"""Seconds between two summaries of who spoke how much."""


@dataclass(slots=True)
class ActiveSpeakerLayer(Layer):
    """Who talks, who holds the floor, and what is shown for it.

    Times are seconds on the session's axis: the levels' own, or the clock's while none come.
    """

    name: ClassVar = "active_speaker"
    takes: ClassVar = frozenset({Levels, Joined, Left, Muted, Face, Frames})
    remembers: ClassVar = frozenset({TalkStarted, TalkStopped, TalkSummary})

    asked: ActiveSpeakerSettings
    levels: SpeakerSettings
    heard: int = 0
    refused: int = 0
    """Levels that could not be used."""
    ahead: int = 0
    """Levels from the future, taken as now."""
    _speaker: ActiveSpeaker = field(init=False)
    _stage: Stage = field(init=False)
    _timeline: Timeline = field(default_factory=Timeline)
    _order: Reordering = field(default_factory=Reordering)
    _cameras: dict[str, Camera] = field(default_factory=dict[str, Camera])
    _faces: dict[str, Box] = field(default_factory=dict[str, Box])
    _talking: frozenset[str] = frozenset()
    _skews: dict[str, float] = field(default_factory=dict[str, float])
    _newest: float = 0.0
    _now: float = 0.0
    _reached: float = 0.0
    """Up to when the floor was decided: by the clock where somebody left, which levels may be behind."""
    _last: float = 0.0
    """The clock's time up to which time went on by levels, or by the clock `QUIET` seconds behind."""
    _summed: tuple[float, TalkSummary | None] = (0.0, None)
    _settled: bool = False

    def __post_init__(self) -> None:
        self._speaker = ActiveSpeaker(**self.levels)
        self._stage = Stage(policy(self.asked))

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """Raises `SettingRejected` for settings of levels that there are not."""
        asked: ActiveSpeakerSettings = opening.settings
        levels: Any = {**(opening.resource or {}), **asked.levels}
        try:
            return cls(asked, levels)
        except (ValueError, TypeError) as refused:
            raise SettingRejected(f"active_speaker: {refused}") from refused

    def push(self, given: Input, now: float) -> Step:
        """Levels, who is there, whose microphone is muted, where faces are."""
        match given:
            case Levels():
                return Step(tuple(self._hear(given.levels, now)))
            case Joined():
                changed = self._stage.join(given.participant, at=max(self._now, now))
                return Step((changed,)) if changed else NOTHING
            case Left():
                return Step(tuple(self._leave(given.participant, now)))
            case Muted():
                change = self._speaker.mute if given.muted else self._speaker.unmute
                change(given.participant)
            case Face():
                self._look_at(given)
            case Frames() if given.track is not None:
                return Step(tuple(self._moved(given, given.track)))
            case _:
                pass
        return NOTHING

    def due(self, now: float) -> bool:
        """Whether time that passes may change something."""
        wakes = self.wakes
        return wakes is not None and now >= wakes

    @property
    def wakes(self) -> float | None:
        """When time that passes may change something; None while nobody is heard."""
        active = self._order.waiting or self._talking or self._speaker.current is not None
        return self._last + QUIET if active else None

    def tick(self, now: float) -> Step:
        """Time has passed. What was held back is heard, and silence is silence."""
        if not self.due(now):
            return NOTHING
        events = self._follow(self._order.until(float("inf")))
        step = now - QUIET - self._last
        self._last = now - QUIET
        return Step((*events, *self._advance(self._now + step)))

    def settle(self, now: float) -> Step:
        """Who talks stops, and the sums are drawn."""
        if self._settled:
            return NOTHING
        self._settled = True
        events = self._follow(self._order.until(float("inf")))
        events += self._timeline.push((), at=self._now)
        summary = self.summary
        # One that was just told need not be told again.
        fresh = self.heard and summary != self._summed[1]
        return Step((*events, summary) if fresh else tuple(events))

    def resume(self, past: Past) -> Step:
        """Take up who talked when; who was talking then has stopped. Who is there is on the stage."""
        talking: set[str] = set()
        for event in past.events:
            if isinstance(event, TalkStarted):
                talking.add(event.participant)
            elif isinstance(event, TalkStopped):
                talking.discard(event.participant)
            else:
                if isinstance(event, TalkSummary):
                    self._summed = (self._now, event)
                continue
            self._now = max(self._now, event.at)
            self._timeline.push(talking, at=self._now)
        events: list[Event] = [*self._timeline.push((), at=self._now)] if talking else []
        for participant in past.participants:
            events += self.push(Joined(participant), 0.0).events
        for participant in past.muted:
            self._speaker.mute(participant)
        return Step(tuple(events))

    @property
    def summary(self) -> TalkSummary:
        """Who spoke how much so far."""
        self._timeline.push(self._talking, at=self._now)
        return self._timeline.summary()

    @property
    def state(self) -> Json:
        """Who holds the floor, who talks, what is shown, and who spoke how much."""
        layout = self._stage.current
        return {
            "speaker": self._speaker.current,
            "talking": sorted(self._speaker.talking),
            "layout": None if layout is None else layout.to_json(),
            "talk": self.summary.to_json(),
        }

    @property
    def counts(self) -> Mapping[str, Count]:
        """Levels that were heard, and that could not be used."""
        return {"heard": self.heard, "refused": self.refused, "ahead": self.ahead}

    def _hear(self, levels: Iterable[Level], now: float) -> list[Event]:
        self._last = now
        for level in levels:
            self._order.push(self._plausible(level, now))
        return self._follow(self._order.ready())

    def _plausible(self, level: Level, now: float) -> Level:
        """The level at a time that can be: from the future is now, and a sender's clock that runs ahead is taken off."""
        latest, skew = max(now, self._newest), self._skews.get(level.participant, 0.0)
        if skew and level.at <= latest + AHEAD:
            del self._skews[level.participant]
            skew = 0.0
        at = level.at - skew
        if at > latest + AHEAD:
            self.ahead += 1
            self._skews[level.participant] = level.at - latest
            at = latest
        self._newest = max(self._newest, at)
        return level if at == level.at else replace(level, at=at)

    def _leave(self, participant: str, now: float) -> list[Event]:
        """Somebody is gone, with all that was learnt of their voice."""
        at = max(self._now, now)
        self._cameras.pop(participant, None)
        self._faces.pop(participant, None)
        self._speaker.leave(participant)
        events = self._talk(at)
        changed = self._stage.leave(participant, at=at)
        return [*events, *([changed] if changed else []), *self._polled(at)]

    def _moved(self, frames: Frames, participant: str) -> list[Event]:
        """Whom much movement cuts to, where that is asked for."""
        if self.asked.motion_cut is None:
            return []
        found = zip(frames.columns["pts"], frames.columns.get(MOTION, ()), strict=False)
        changes = (
            self._stage.motion(participant, magnitude, at=max(self._now, float(pts or 0.0)))
            for pts, magnitude in found
            if magnitude is not None
        )
        return [each for each in changes if each is not None]

    def _look_at(self, face: Face) -> None:
        if face.box is None:
            self._faces.pop(face.participant, None)
        else:
            self._faces[face.participant] = face.box

    def _follow(self, levels: Sequence[Level]) -> list[Event]:
        events: list[Event] = []
        for level in levels:
            at = max(self._now, self._reached, level.at)
            try:
                self._speaker.push(level.participant, at=at, level=level.level, media=level.at)
            except AudioRejected:
                self.refused += 1
                continue
            if not self.heard:
                self._timeline.push((), at=at)
            self.heard += 1
            if at > self._now:
                events += self._advance(at)
        return events

    def _advance(self, at: float) -> list[Event]:
        self._now = at
        return [*self._talk(at), *self._polled(at), *self._shown(at), *self._sums(at)]

    def _talk(self, at: float) -> list[Event]:
        talking = self._speaker.talking
        if talking == self._talking:
            return []
        self._talking = talking
        return [*self._timeline.push(talking, at=at)]

    def _polled(self, at: float) -> list[Event]:
        self._reached = at = max(at, self._reached)
        change = self._speaker.poll(at=at)
        if change is None:
            return []
        shown = self._stage.floor(change.speaker, at=at)
        return [change, *([shown] if shown else [])]

    def _shown(self, at: float) -> list[Event]:
        changed = self._stage.tick(at=at)
        moves = (self._look(who, at) for who in self._faces)
        return [*([changed] if changed else []), *(each for each in moves if each is not None)]

    def _look(self, participant: str, at: float) -> Event | None:
        camera = self._cameras.get(participant)
        if camera is None:
            camera = self._cameras[participant] = camera_on(participant, self.asked)
        active = participant == self._speaker.current
        return camera.look(at=at, active=active, face=self._faces[participant])

    def _sums(self, at: float) -> list[Event]:
        when, last = self._summed
        if at - when < SUMMARY_EVERY:
            return []
        summary = self.summary
        self._summed = (at, summary)
        return [summary] if last is None or last.speakers != summary.speakers else []


def policy(asked: ActiveSpeakerSettings) -> Policy:
    """What the stage may do."""
    return Policy(
        view=View(asked.layout),
        spotlight=asked.spotlight,
        shot=asked.hold_seconds,
        no_return=asked.return_seconds,
        inset=asked.picture_in_picture,
        argue_turns=asked.argue_turns,
        argue_within=asked.argue_seconds,
        motion_cut=asked.motion_cut,
    )


def camera_on(participant: str, asked: ActiveSpeakerSettings) -> Camera:
    """The camera on one participant."""
    return Camera(
        participant=participant,
        zoom=asked.zoom,
        seconds=asked.zoom_seconds,
        room=asked.zoom_margin,
        still=asked.zoom_still,
    )
