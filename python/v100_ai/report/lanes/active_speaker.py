"""Talk of a session: who talked when, who held the floor, what was shown, and whom the camera closed in on."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from v100_ai.events import (
    CameraZoom,
    LayoutChanged,
    ParticipantJoined,
    SpeakerChanged,
    TalkStarted,
    TalkStopped,
    TalkSummary,
)
from v100_ai.events.speaker import SpeakingTime
from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.lanes.lane import Lane, Takes
from v100_ai.report.spans import Spans

PARTICIPANTS: Final = 512
"""Participants that have a lane, as many as there can be at once."""

LAYOUTS: Final = 2000
"""Changes of layout that are kept; all are counted."""

NUMBERS: Final = tuple(each.name for each in fields(SpeakingTime) if each.name != "participant")
"""What `talk.summary` says of each speaker."""


@dataclass(slots=True)
class Voice:
    """One participant."""

    name: str | None = None
    talk: Spans = field(default_factory=Spans)
    floor: Spans = field(default_factory=Spans)
    camera: Spans = field(default_factory=Spans)
    """Where the camera showed a part of the picture only."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What was shown from `at` seconds on."""

    at: float
    view: str
    reason: str
    main: str | None


@dataclass(slots=True)
class ActiveSpeakerLane(Lane):
    """Fills from events; says what it found with `lanes`, `summary` and `layouts`."""

    voices: dict[str, Voice] = field(default_factory=dict[str, Voice])
    layouts: list[Layout] = field(default_factory=list[Layout])
    layout_changes: int = 0
    floor_changes: int = 0
    camera_moves: int = 0
    _omitted: set[str] = field(default_factory=set[str])
    """Participants that found no place, as far as they are counted."""
    _sums: Json = field(default_factory=dict[str, Any])
    _holder: str | None = None

    @property
    def takes(self) -> Takes:
        """What is done with each class of event."""
        return {
            ParticipantJoined: self._join,
            TalkStarted: self._start,
            TalkStopped: self._stop,
            TalkSummary: self._sum,
            SpeakerChanged: self._floor,
            LayoutChanged: self._lay,
            CameraZoom: self._zoom,
        }

    @property
    def omitted(self) -> int:  # type: ignore[override]  # it is counted by name
        """Participants that found no place."""
        return len(self._omitted)

    def document(self, names: Callable[[str], str], end: float) -> dict[str, Any]:
        """The talk, if there was any."""
        parts = {
            "lanes": self.lanes(end),
            "summary": self.summary(),
            "floor_changes": self.floor_changes,
            "layout_changes": self.layout_changes,
            "layouts": [asdict(each) for each in self.layouts],
            "camera_moves": self.camera_moves,
            "participants": len(self.voices) + self.omitted,
        }
        return {"talk": {name: each for name, each in parts.items() if each}}

    def cut(self, at: float) -> None:
        """Another process goes on with the session: what was open ended with the last one's time."""
        for voice in self.voices.values():
            voice.talk.close(at)
            voice.floor.close(at)
            voice.camera.close(at)
        self._holder = None

    @property
    def open(self) -> bool:
        """Whether somebody still talks."""
        return any(voice.talk.opened is not None for voice in self.voices.values())

    def name(self, participant: str) -> str:
        """What a participant is called."""
        voice = self.voices.get(participant)
        return (voice and voice.name) or participant

    def lanes(self, end: float) -> list[dict[str, Any]]:
        """Those who talked or held the floor, most speech first."""
        found = [
            {
                "participant": who,
                "name": self.name(who),
                "seconds": voice.talk.seconds + _rest(voice.talk, end),
                "spans": voice.talk.until(end),
                "floor": voice.floor.until(end),
                "camera": voice.camera.until(end),
            }
            for who, voice in self.voices.items()
        ]
        spoke = [each for each in found if each["spans"] or each["floor"]]
        return sorted(spoke, key=lambda each: (-each["seconds"], each["participant"]))

    def summary(self) -> dict[str, Any] | None:
        """The newest sums, with everybody's name; None if there never were any."""
        if not self._sums:
            return None
        whole = {
            name: payload.seconds(self._sums, name) for name in ("seconds", "silence", "overlap")
        }
        speakers = []
        for each in payload.parts(self._sums, "speakers"):
            who = payload.label(each, "participant") or ""
            numbers = {name: payload.seconds(each, name) for name in NUMBERS}
            speakers.append({"participant": who, "name": self.name(who), **numbers})
        return {**whole, "speakers": speakers[:PARTICIPANTS]}

    def _voice(self, data: Json, name: str = "participant") -> Voice | None:
        who = payload.label(data, name)
        if who is None:
            return None
        if who not in self.voices and len(self.voices) == PARTICIPANTS:
            if len(self._omitted) < PARTICIPANTS:
                self._omitted.add(who)
            return None
        return self.voices.setdefault(who, Voice())

    def _join(self, data: Json) -> None:
        voice = self._voice(data)
        if voice is not None:
            voice.name = payload.label(data, "name") or voice.name

    def _start(self, data: Json) -> None:
        voice, at = self._voice(data), payload.seconds(data, "at")
        if voice is not None and at is not None:
            voice.talk.open(at)

    def _stop(self, data: Json) -> None:
        voice, at = self._voice(data), payload.seconds(data, "at")
        if voice is not None and at is not None:
            voice.talk.close(at)

    def _sum(self, data: Json) -> None:
        self._sums = data

    def _floor(self, data: Json) -> None:
        at = payload.seconds(data, "at")
        if at is None:
            return
        self.floor_changes += 1
        holder = self.voices.get(self._holder or "")
        if holder is not None:
            holder.floor.close(at)
        self._holder = payload.label(data, "speaker")
        voice = self._voice(data, "speaker")
        if voice is not None:
            voice.floor.open(at)

    def _zoom(self, data: Json) -> None:
        voice, at = self._voice(data), payload.seconds(data, "at")
        width = payload.seconds(payload.part(data, "crop"), "width")
        if voice is None or at is None or width is None:
            return
        self.camera_moves += 1
        if width < 1.0:
            voice.camera.open(at)
        else:
            voice.camera.close(at)

    def _lay(self, data: Json) -> None:
        at, view = payload.seconds(data, "at"), payload.label(data, "view")
        if at is None or view is None:
            return
        self.layout_changes += 1
        if len(self.layouts) < LAYOUTS:
            tiles = [payload.label(tile, "participant") for tile in payload.parts(data, "tiles")]
            reason = payload.label(data, "reason") or ""
            self.layouts.append(Layout(at, view, reason, next(iter(tiles), None)))


def _rest(lane: Spans, end: float) -> float:
    return 0.0 if lane.opened is None else max(0.0, end - lane.opened)
