"""Matters: what was asked, decided and promised in a session, and its summary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from v100_ai.records import Json
from v100_ai.report import entry

HIGHLIGHTS: Final = 5000
"""Highlights that are kept; all are counted."""

SEGMENTS: Final = 50_000
"""Segments of a transcript that are kept; all are counted."""

TYPES: Final = ("decision", "action_item", "question", "topic", "sentiment")
"""The order they are told in."""

SECTIONS: Final = ("topics", "decisions", "open_questions", "answered_questions")
"""Lists of lines in a summary."""

LINES: Final = 1000
"""Lines of one list in a summary, at most."""

RETRACTED: Final = "retracted"


@dataclass(slots=True)
class Matters:
    """Fills from events. `transcript` is None unless it is asked for."""

    transcript: dict[str, dict[str, Any]] | None = None
    notifications: int = 0
    omitted: int = 0
    """Highlights and segments that found no place."""
    _highlights: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    _summary: Json = field(default_factory=dict[str, Any])

    @property
    def takes(self) -> Mapping[str, Callable[[Json], None]]:
        """What is done with each type of event."""
        return {
            "highlight.created": self._highlight,
            "highlight.updated": self._highlight,
            "summary.updated": self._sum,
            "notification.action_item": self._notify,
            "transcript.segment": self._segment,
        }

    def highlights(self) -> list[dict[str, Any]]:
        """The last state of each that stands, by type and then by time."""
        standing = [each for each in self._highlights.values() if each["status"] != RETRACTED]
        return sorted(standing, key=lambda each: (_rank(each["type"]), each["start"] or 0.0))

    def summary(self) -> dict[str, Any] | None:
        """The newest summary; None if there is nothing in it."""
        lists = {name: _lines(self._summary, name) for name in SECTIONS}
        actions = entry.part(self._summary, "actions")
        owned = {
            entry.said(owner, entry.LONGEST_NAME) or "": _lines(actions, owner)
            for owner in list(actions)[:LINES]
        }
        text = entry.text(self._summary, "text", 4 * entry.LONGEST_TEXT) or ""
        found = {**lists, "actions": owned, "text": text}
        return found if any(found.values()) else None

    def _highlight(self, data: Json) -> None:
        id_ = entry.label(data, "id")
        if id_ is None:
            return
        if id_ not in self._highlights and len(self._highlights) == HIGHLIGHTS:
            self.omitted += 1
            return
        names = ("type", "assignee", "deadline", "timestamp", "status", "speaker")
        answered = entry.part(data, "answered")
        self._highlights[id_] = {
            "id": id_,
            **{name: entry.label(data, name) for name in names},
            "text": entry.text(data, "text") or "",
            "quote": entry.text(data, "quote") or "",
            "start": entry.seconds(data, "start"),
            "confidence": entry.seconds(data, "confidence"),
            "answered": {"by": entry.label(answered, "by"), "at": entry.seconds(answered, "at")}
            if answered
            else None,
        }

    def _sum(self, data: Json) -> None:
        self._summary = data

    def _notify(self, _: Json) -> None:
        self.notifications += 1

    def _segment(self, data: Json) -> None:
        id_ = entry.label(data, "id")
        if self.transcript is None or id_ is None:
            return
        if id_ not in self.transcript and len(self.transcript) == SEGMENTS:
            self.omitted += 1
            return
        self.transcript[id_] = {
            "id": id_,
            "participant": entry.label(data, "participant") or "",
            "start": entry.seconds(data, "start"),
            "end": entry.seconds(data, "end"),
            "text": entry.text(data, "text") or "",
        }


def _rank(type_: str | None) -> int:
    return TYPES.index(type_) if type_ in TYPES else len(TYPES)


def _lines(data: Json, name: str) -> list[dict[str, Any]]:
    found = []
    for each in entry.parts(data, name):
        line = {key: entry.label(each, key) for key in ("timestamp", "deadline", "answered_by")}
        found.append({"text": entry.text(each, "text") or "", **line})
    return found[:LINES]
