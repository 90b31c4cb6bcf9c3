"""Talk: who talked when, who held the floor, and what was shown, out of a session's events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from v100_ai.records import Json
from v100_ai.report import entry
from v100_ai.report.lane import Lane

PARTICIPANTS: Final = 512
"""Participants that have a lane, as many as there can be at once."""

LAYOUTS: Final = 2000
"""Changes of layout that are kept; all are counted."""

NUMBERS: Final = (
    "seconds",
    "share",
    "turns",
    "interjections",
    "longest_turn",
    "interruptions",
    "interrupted",
)
"""What `talk.summary` says of each speaker."""


@dataclass(slots=True)
class Voice:
    """One participant."""

    name: str | None = None
    talk: Lane = field(default_factory=Lane)
    floor: Lane = field(default_factory=Lane)


@dataclass(frozen=True, slots=True)
class Layout:
    """What was shown from `at` seconds on."""

    at: float
    view: str
    reason: str
    main: str | None


@dataclass(slots=True)
class Talk:
    """Fills from events; says what it found with `lanes`, `summary` and `layouts`."""

    voices: dict[str, Voice] = field(default_factory=dict[str, Voice])
    layouts: list[Layout] = field(default_factory=list[Layout])
    layout_changes: int = 0
    floor_changes: int = 0
    omitted: set[str] = field(default_factory=set[str])
    """Participants that found no place, as far as they are counted."""
    _sums: Json = field(default_factory=dict[str, Any])
    _holder: str | None = None

    @property
    def takes(self) -> Mapping[str, Callable[[Json], None]]:
        """What is done with each type of event."""
        return {
            "participant.joined": self._join,
            "talk.started": self._start,
            "talk.stopped": self._stop,
            "talk.summary": self._sum,
            "speaker.changed": self._floor,
            "layout.changed": self._lay,
        }

    def cut(self, at: float) -> None:
        """Another process goes on with the session: what was open ended with the last one's time."""
        for voice in self.voices.values():
            voice.talk.close(at)
            voice.floor.close(at)
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
            name: entry.seconds(self._sums, name) for name in ("seconds", "silence", "overlap")
        }
        speakers = []
        for each in entry.parts(self._sums, "speakers"):
            who = entry.label(each, "participant") or ""
            numbers = {name: entry.seconds(each, name) for name in NUMBERS}
            speakers.append({"participant": who, "name": self.name(who), **numbers})
        return {**whole, "speakers": speakers[:PARTICIPANTS]}

    def _voice(self, data: Json, name: str = "participant") -> Voice | None:
        who = entry.label(data, name)
        if who is None:
            return None
        if who not in self.voices and len(self.voices) == PARTICIPANTS:
            if len(self.omitted) < PARTICIPANTS:
                self.omitted.add(who)
            return None
        return self.voices.setdefault(who, Voice())

    def _join(self, data: Json) -> None:
        voice = self._voice(data)
        if voice is not None:
            voice.name = entry.label(data, "name") or voice.name

    def _start(self, data: Json) -> None:
        voice, at = self._voice(data), entry.seconds(data, "at")
        if voice is not None and at is not None:
            voice.talk.open(at)

    def _stop(self, data: Json) -> None:
        voice, at = self._voice(data), entry.seconds(data, "at")
        if voice is not None and at is not None:
            voice.talk.close(at)

    def _sum(self, data: Json) -> None:
        self._sums = data

    def _floor(self, data: Json) -> None:
        at = entry.seconds(data, "at")
        if at is None:
            return
        self.floor_changes += 1
        holder = self.voices.get(self._holder or "")
        if holder is not None:
            holder.floor.close(at)
        self._holder = entry.label(data, "speaker")
        voice = self._voice(data, "speaker")
        if voice is not None:
            voice.floor.open(at)

    def _lay(self, data: Json) -> None:
        at, view = entry.seconds(data, "at"), entry.label(data, "view")
        if at is None or view is None:
            return
        self.layout_changes += 1
        if len(self.layouts) < LAYOUTS:
            tiles = [entry.label(tile, "participant") for tile in entry.parts(data, "tiles")]
            reason = entry.label(data, "reason") or ""
            self.layouts.append(Layout(at, view, reason, next(iter(tiles), None)))


def _rest(lane: Lane, end: float) -> float:
    return 0.0 if lane.opened is None else max(0.0, end - lane.opened)
