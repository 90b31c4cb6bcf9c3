"""The picture of one session: readings of frames in; a second's analysis, alerts, cuts and faults out."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from v100_ai.alerts import Rule, Rules
from v100_ai.events.kinds import AnalysisGap, FaultFound, FrameAnalysis, SceneCut
from v100_ai.records import Json
from v100_ai.session.drafts import Event
from v100_ai.session.window import FrameWindow, Value

Columns = Mapping[str, Sequence[Value]]
"""Readings by name, of so many frames; `frame` and `pts` are among them."""

Found = SceneCut | FaultFound


@dataclass(slots=True)
class Picture:
    """Readings come in columns, in the order of their frames, and leave a second at a time.

    All that is told of a second is told at once, together with the place to go on from: after a crash the frames that
    nobody was told of are measured again, and none is told of twice.
    """

    window: FrameWindow
    asked: Sequence[Rule]
    frames: int = 0
    """Numbered so far, over all runs, those that were dropped among them: the next frame's number."""
    analysed: int = 0
    """Read so far, over all runs."""
    position: Json | None = None
    """Where the source stands, as its supervision keeps it."""
    rules: Rules = field(init=False)
    _told: dict[str, Json] = field(default_factory=dict[str, Json])
    _rows: deque[dict[str, Value]] = field(default_factory=deque[dict[str, Value]])
    _found: list[Found] = field(default_factory=list[Found])

    def __post_init__(self) -> None:
        self.rules = Rules(self.asked)

    @property
    def state(self) -> Mapping[str, Json]:
        """What a later run takes up, as of the last second that was told."""
        return self._told

    def restore(self, state: Mapping[str, Json]) -> None:
        """Take up what an earlier run left."""
        seen = state.get("picture", {})
        self.frames, self.position = seen.get("frames", 0), seen.get("position")
        self.analysed = seen.get("analysed", 0)
        if "alerts" in state:
            self.rules = Rules.load(self.asked, state["alerts"])

    def take(self, columns: Columns, found: Sequence[Found] = ()) -> list[Event]:
        """Some frames' readings, and cuts and faults in what was read so far."""
        self._found += found
        count = len(columns["pts"])
        if not count:
            return []
        self._rows += (
            {name: values[index] for name, values in columns.items()} for index in range(count)
        )
        self.frames = int(columns["frame"][-1] or 0) + 1
        self.analysed += count
        return self._seconds(self.window.push(columns))

    def gap(self, from_pts: float, to_pts: float, reason: str) -> list[Event]:
        """Frames were missed: what was measured before stands by itself."""
        return [*self.flush(), AnalysisGap(from_pts=from_pts, to_pts=to_pts, reason=reason)]

    def flush(self) -> list[Event]:
        """What waits for its second to be full."""
        events = self._seconds(self.window.flush())
        rest, self._found = self._found, []
        return [*events, *rest]

    def sample(self) -> dict[str, Any] | None:
        """The newest frame's readings by name, those that are known."""
        if not self._rows:
            return None
        return {name: value for name, value in self._rows[-1].items() if value is not None}

    def _seconds(self, windows: Sequence[dict[str, Any]]) -> list[Event]:
        return [event for each in windows for event in self._second(each)]

    def _second(self, window: dict[str, Any]) -> list[Event]:
        alerts: list[Event] = []
        for _ in range(window["frames"]):
            row = self._rows.popleft()
            alerts += self.rules.push(float(row["pts"] or 0.0), row)
        until = window["to_pts"]
        found: list[Event] = [each for each in self._found if _when(each) <= until]
        self._found = [each for each in self._found if _when(each) > until]
        self._note(window)
        return [FrameAnalysis(window=window), *found, *alerts]

    def _note(self, window: dict[str, Any]) -> None:
        position = self.position
        if position is not None:
            position = {**position, "frame": window["frame"], "pts": window["to_pts"]}
        told = {
            "frames": window["frame"] + 1,
            "analysed": self.analysed - len(self._rows),
            "position": position,
        }
        self._told = {"picture": told, "alerts": self.rules.save()}


def _when(found: Found) -> float:
    return found.pts if isinstance(found, SceneCut) else found.to_pts
