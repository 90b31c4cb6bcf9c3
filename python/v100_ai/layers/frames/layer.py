"""Frames: readings of each track's frames in; a second's analysis, alerts, cuts and faults out."""

from bisect import bisect_right
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Self

from v100_ai.alerts import Rule, Rules
from v100_ai.events import AnalysisGap, Event, Role, SceneCut, ViralScored, allowed
from v100_ai.layers.frames.settings import rules
from v100_ai.layers.frames.window import FrameWindow, Rate, Window
from v100_ai.layers.inputs import PLACE, Columns, Found, Frames, Input, Missed, Past, Value, keyed
from v100_ai.layers.layer import NOTHING, Count, Layer, Opening, Step, summed
from v100_ai.records import Json

ALERTS: Final = "alerts"

SCORE: Final = "viral_score"

SCORES: Final = 1024
"""Scores of moments that are kept: more than one piece of frames reaches back."""

SCORED_S: Final = 5.0
"""Seconds from a moment's end until its score is known, whatever the order in which inputs came: frames before that have
the score of the moment before."""


@dataclass(slots=True)
class Track:
    """One picture. Readings come in columns, in the order of their frames, and leave a second at a time.

    All that is told of a second is told at once, together with the place to go on from: after a crash the frames that
    nobody was told of are measured again, and none is told of twice.
    """

    name: str | None
    rate: Rate
    rules: Rules
    analysed: int = 0
    """Read so far, over all runs."""
    position: Json | None = None
    """Where the source stands, as its supervision keeps it."""
    window: FrameWindow = field(default_factory=FrameWindow)
    _found: list[Found] = field(default_factory=list[Found])
    _waiting: int = 0

    def take(self, frames: Frames) -> Step:
        """Some frames' readings, and cuts and faults in what was read so far."""
        self._found += frames.found
        self.position = frames.position or self.position
        if not frames.count:
            return NOTHING
        windows = self.window.push(frames.columns)
        self.analysed += frames.count
        self._waiting += frames.count
        return summed(map(self._second, windows))

    def flush(self) -> Step:
        """What waits for its second to be full."""
        step = summed(map(self._second, self.window.flush()))
        rest, self._found = self._found, []
        return step + Step(tuple(self._signed(each) for each in rest))

    def _second(self, window: Window) -> Step:
        until = window.until
        found = [self._signed(each) for each in self._found if _when(each) <= until]
        self._found = [each for each in self._found if _when(each) > until]
        alerts = self.rules.follow(window.times, window.columns)
        self._waiting -= window.frames
        told = window.told(self.rate, self.name)
        return Step((told, *found, *map(self._signed, alerts)), state=self._place(window))

    def _signed(self, event: Event) -> Event:
        return event if self.name is None else replace(event, track=self.name)  # type: ignore[call-arg]  # all of these have one

    def _place(self, window: Window) -> dict[str, Json | None]:
        position = self.position
        if position is not None:
            position = {**position, "frame": window.frame, "pts": window.until}
        place = {
            "frames": window.frame + 1,
            "analysed": self.analysed - self._waiting,
            "position": position,
        }
        return {keyed(PLACE, self.name): place, keyed(ALERTS, self.name): self.rules.save()}


@dataclass(slots=True)
class FramesLayer(Layer):
    """Every track of one session that anything looks at."""

    name: ClassVar = "frames"
    takes: ClassVar = frozenset({Frames, Missed, ViralScored})
    remembers: ClassVar = frozenset({ViralScored})

    rate: Rate
    asked: Sequence[Rule]
    tracks: dict[str | None, Track] = field(default_factory=dict[str | None, Track])
    _scores: deque[ViralScored] = field(default_factory=lambda: deque[ViralScored](maxlen=SCORES))

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """Raises `SettingRejected` where two rules of alerts share a name."""
        asked = rules(opening.options.alerts, opening.on)
        Rules(asked)
        return cls(opening.options.rate, asked)

    def push(self, given: Input, now: float) -> Step:
        """Readings of frames, and frames that were missed: what was measured before stands by itself."""
        match given:
            case Frames():
                return self._track(given.track).take(self._scored(given))
            case ViralScored():
                self._scores.append(given)
                return NOTHING
            case Missed():
                gap = AnalysisGap(
                    from_pts=given.from_pts,
                    to_pts=given.to_pts,
                    reason=given.reason,
                    track=given.track,
                )
                return self._track(given.track).flush() + Step((gap,))
            case _:
                return NOTHING

    def settle(self, now: float) -> Step:
        """What waits for its second to be full."""
        return summed(each.flush() for each in self.tracks.values())

    def resume(self, past: Past) -> Step:
        """Go on from the last second that was told of each track."""
        self._scores.extend(each for each in past.events if isinstance(each, ViralScored))
        for key, place in past.state.items():
            kind, _, name = key.partition("/")
            if kind == PLACE:
                track = self._track(name or None)
                track.analysed = place.get("analysed", 0)
                track.position = place.get("position")
            elif kind == ALERTS:
                saved = Rules.load(self.asked, place, suffix=_suffix(name or None))
                self._track(name or None).rules = saved
        return NOTHING

    @property
    def state(self) -> Json:
        """The alerts that are open."""
        return self.seen("administrator")

    def seen(self, role: Role) -> Json:
        """The alerts that are open, of readings that somebody may see."""
        found: list[Json] = []
        for track in self.tracks.values():
            whose = {} if track.name is None else {"track": track.name}
            opened = [one for one in track.rules.standing if allowed(role, one["reading"])]
            found += [{**one, **whose} for one in opened]
        return {"alerts": found}

    @property
    def counts(self) -> Mapping[str, Count]:
        """Frames that were read."""
        return {"analysed": sum(each.analysed for each in self.tracks.values())}

    def _scored(self, frames: Frames) -> Frames:
        """The frames of a stream with the score that stood at each: of the last moment that was known by then."""
        if frames.track is not None or not self._scores:
            return frames
        ends = [each.to_pts for each in self._scores]
        values: list[Value] = []
        for pts in frames.columns["pts"]:
            at = 0 if pts is None else bisect_right(ends, pts - SCORED_S)
            values.append(self._scores[at - 1].viral_score if at else None)
        columns: Columns = {**frames.columns, SCORE: values}
        return replace(frames, columns=columns)

    def _track(self, name: str | None) -> Track:
        track = self.tracks.get(name)
        if track is None:
            followed = Rules(self.asked, suffix=_suffix(name))
            track = self.tracks[name] = Track(name, self.rate, followed)
        return track


def _suffix(track: str | None) -> str:
    """What makes an incident's name one in its session."""
    return "" if track is None else f"@{track}"


def _when(found: Found) -> float:
    return found.pts if isinstance(found, SceneCut) else found.to_pts
