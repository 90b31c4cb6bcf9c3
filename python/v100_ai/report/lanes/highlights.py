"""Highlights of a session: what was asked, decided and promised, and the summary."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Final

from v100_ai.events import ActionNotified, HighlightCreated, HighlightUpdated, SummaryUpdated
from v100_ai.events.highlights import Kind, Status
from v100_ai.records import Json
from v100_ai.report import payload
from v100_ai.report.lanes.lane import Lane, Takes

HIGHLIGHTS: Final = 5000
"""Highlights that are kept; all are counted."""

TYPES: Final[tuple[Kind, ...]] = ("decision", "action_item", "question", "topic", "sentiment")
"""The order they are told in."""

SECTIONS: Final = tuple(
    each.name for each in fields(SummaryUpdated) if each.name not in ("actions", "text")
)
"""Lists of lines in a summary."""

LINES: Final = 1000
"""Lines of one list in a summary, at most."""

RETRACTED: Final[Status] = "retracted"


@dataclass(slots=True)
class HighlightsLane(Lane):
    """Fills from events."""

    notifications: int = 0
    omitted: int = 0
    _highlights: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    _summary: Json = field(default_factory=dict[str, Any])

    @property
    def takes(self) -> Takes:
        """What is done with each class of event."""
        return {
            HighlightCreated: self._highlight,
            HighlightUpdated: self._highlight,
            SummaryUpdated: self._sum,
            ActionNotified: self._notify,
        }

    def document(self, names: Callable[[str], str], end: float) -> dict[str, Any]:
        """The summary, what stands of the highlights, and how many people were told of some."""
        return {
            "summary": self.summary(),
            "highlights": self.highlights(),
            "notifications": self.notifications,
        }

    def highlights(self) -> list[dict[str, Any]]:
        """The last state of each that stands, by type and then by time."""
        standing = [each for each in self._highlights.values() if each["status"] != RETRACTED]
        return sorted(standing, key=lambda each: (_rank(each["type"]), each["start"] or 0.0))

    def summary(self) -> dict[str, Any] | None:
        """The newest summary; None if there is nothing in it."""
        lists = {name: _lines(self._summary, name) for name in SECTIONS}
        actions = payload.part(self._summary, "actions")
        owned = {
            payload.said(owner, payload.LONGEST_NAME) or "": _lines(actions, owner)
            for owner in list(actions)[:LINES]
        }
        text = payload.text(self._summary, "text", 4 * payload.LONGEST_TEXT) or ""
        back = payload.seconds(self._summary, "held_back") or 0.0
        found = {**lists, "actions": owned, "text": text, "held_back": int(back)}
        return found if any(found.values()) else None

    def _highlight(self, data: Json) -> None:
        id_ = payload.label(data, "id")
        if id_ is None:
            return
        if id_ not in self._highlights and len(self._highlights) == HIGHLIGHTS:
            self.omitted += 1
            return
        names = ("type", "assignee", "deadline", "timestamp", "status", "speaker", "deferred_to")
        answered = payload.part(data, "answered")
        self._highlights[id_] = {
            "id": id_,
            **{name: payload.label(data, name) for name in names},
            "text": payload.text(data, "text") or "",
            "quote": payload.text(data, "quote") or "",
            "start": payload.seconds(data, "start"),
            "confidence": payload.seconds(data, "confidence"),
            "answered": {"by": payload.label(answered, "by"), "at": payload.seconds(answered, "at")}
            if answered
            else None,
        }

    def _sum(self, data: Json) -> None:
        self._summary = data

    def _notify(self, _: Json) -> None:
        self.notifications += 1


def _rank(type_: str | None) -> int:
    order: tuple[str, ...] = TYPES
    return order.index(type_) if type_ in order else len(order)


def _lines(data: Json, name: str) -> list[dict[str, Any]]:
    found = []
    for each in payload.parts(data, name):
        line = {
            key: payload.label(each, key)
            for key in ("timestamp", "deadline", "answered_by", "deferred_to")
        }
        found.append({"text": payload.text(each, "text") or "", **line})
    return found[:LINES]
