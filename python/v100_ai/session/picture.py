"""The picture of one session: readings of frames in; a second's analysis, alerts, cuts and faults out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from v100_ai.alerts import Rule, Rules
from v100_ai.events.kinds import AnalysisGap, FrameAnalysis
from v100_ai.records import Json
from v100_ai.session.drafts import Event
from v100_ai.session.window import FrameWindow, Value

Columns = Mapping[str, Sequence[Value]]
"""Readings by name, of so many frames; `frame` and `pts` are among them."""


@dataclass(slots=True)
class Picture:
    """Readings come in columns, in the order of their frames."""

    window: FrameWindow
    asked: Sequence[Rule]
    frames: int = 0
    """Read so far, over all runs: the next frame's number."""
    pts: float | None = None
    """The newest frame's time, seconds on the session's axis."""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    position: Json | None = None
    """Where its source stands, for a later run to go on there."""
    rules: Rules = field(init=False)

    def __post_init__(self) -> None:
        self.rules = Rules(self.asked)

    @property
    def state(self) -> dict[str, Json]:
        """What a later run takes up."""
        return {
            "picture": {"frames": self.frames, "pts": self.pts, "position": self.position},
            "alerts": self.rules.save(),
        }

    def restore(self, state: Mapping[str, Json]) -> None:
        """Take up what an earlier run left."""
        seen = state.get("picture", {})
        self.frames, self.pts = seen.get("frames", 0), seen.get("pts")
        self.position = seen.get("position")
        if "alerts" in state:
            self.rules = Rules.load(self.asked, state["alerts"])

    def take(self, columns: Columns) -> list[Event]:
        """Some frames' readings."""
        pts = columns["pts"]
        numbered = {**columns, "frame": [self.frames + index for index in range(len(pts))]}
        events: list[Event] = [FrameAnalysis(window=data) for data in self.window.push(numbered)]
        for index, at in enumerate(pts):
            row = {name: values[index] for name, values in columns.items()}
            events += self.rules.push(float(at or 0.0), row)
        self.frames += len(pts)
        self.pts = float(pts[-1] or 0.0) if pts else self.pts
        return events

    def gap(self, from_pts: float, to_pts: float, reason: str) -> list[Event]:
        """Frames were missed: what was measured before stands by itself."""
        before: list[Event] = [FrameAnalysis(window=data) for data in self.window.flush()]
        return [*before, AnalysisGap(from_pts=from_pts, to_pts=to_pts, reason=reason)]

    def flush(self) -> list[Event]:
        """What waits for its second to be full."""
        return [FrameAnalysis(window=data) for data in self.window.flush()]

    def sample(self, columns: Columns) -> dict[str, Any]:
        """The newest frame's readings by name."""
        row = {name: values[-1] for name, values in columns.items()}
        return {name: value for name, value in row.items() if value is not None} | {
            "frame": self.frames - 1
        }
