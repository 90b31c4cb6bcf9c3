"""Deepfake detection of a session: when a face's region was altered, and when there was not enough to judge.

What is for hosts alone reaches a report only where its reader is one: others' reports are made from events without it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from v100_ai.events import (
    DeepfakeAnnounced,
    DeepfakeCleared,
    DeepfakeDismissed,
    DeepfakeFlagged,
    DeepfakeInsufficient,
)
from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.lanes.lane import Lane, Takes

FLAGS: Final = 1000
"""Flags that are kept; all are counted."""

NOTICE: Final = "does not detect fully generated video"

Mark = dict[str, Any]


@dataclass(slots=True)
class DeepfakeDetectionLane(Lane):
    """Fills from events. A flag has `start`, `end`, its signals, and how it ended."""

    flags: dict[str, Mark] = field(default_factory=dict[str, Mark])
    unjudged: list[Mark] = field(default_factory=list[Mark])
    omitted: int = 0

    @property
    def takes(self) -> Takes:
        """What is done with each class of event."""
        return {
            DeepfakeFlagged: self._flag,
            DeepfakeAnnounced: self._announce,
            DeepfakeCleared: self._clear,
            DeepfakeDismissed: self._dismiss,
            DeepfakeInsufficient: self._unjudge,
        }

    def document(self, names: Callable[[str], str], end: float) -> dict[str, Any]:
        """The flags; those that stand end with the session."""
        if not self.flags and not self.unjudged:
            return {}
        flags = [
            {
                **each,
                "end": end if each["end"] is None else each["end"],
                "name": names(each["track"]) if each["track"] else None,
            }
            for each in self.flags.values()
        ]
        return {"deepfake": {"notice": NOTICE, "flags": flags, "not_judged": self.unjudged}}

    def _flag(self, data: Json) -> None:
        incident, since = payload.label(data, "incident"), payload.seconds(data, "since")
        if incident is None or since is None or not self._room(len(self.flags)):
            return
        signals = data.get("signals")
        self.flags[incident] = {
            "track": payload.label(data, "track"),
            "start": since,
            "end": None,
            "ended": None,
            "score": payload.seconds(data, "score"),
            "signals": [
                name
                for each in (signals if isinstance(signals, list) else [])
                if isinstance(each, dict) and (name := payload.label(each, "name")) is not None
            ][:3],
            "announced": False,
        }

    def _announce(self, data: Json) -> None:
        flag = self.flags.get(payload.label(data, "incident") or "")
        if flag is not None:
            flag["announced"] = True

    def _clear(self, data: Json) -> None:
        self._end(data, "cleared")

    def _dismiss(self, data: Json) -> None:
        self._end(data, "dismissed")

    def _end(self, data: Json, how: str) -> None:
        flag = self.flags.get(payload.label(data, "incident") or "")
        at = payload.seconds(data, "at")
        if flag is not None and flag["end"] is None and at is not None:
            flag["end"], flag["ended"] = at, how

    def _unjudge(self, data: Json) -> None:
        since, because = payload.seconds(data, "since"), payload.text(data, "because")
        if since is not None and self._room(len(self.unjudged)):
            track = payload.label(data, "track")
            self.unjudged.append({"track": track, "start": since, "because": because or ""})

    def _room(self, held: int) -> bool:
        if held < FLAGS:
            return True
        self.omitted += 1
        return False
