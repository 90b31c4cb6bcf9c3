"""Every event as a page for people: when it comes, who it is for, its fields and an example, from the classes alone."""

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, is_dataclass
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from v100_ai.events import EVENTS, Audience, Event
from v100_ai.events.fields import known
from v100_ai.events.highlights import Line
from v100_ai.events.media import LayerArrival
from v100_ai.events.speaker import Reason

HEAD: Final = """# Events

What a session says, the same over WebSocket, server-sent events, pages and webhooks: `{"id", "type", "time", "session", "seq", "epoch",
"data"}`. This page is made from the classes in `v100_ai.events` by `python -m v100_ai.api.documents`; [asyncapi.json](asyncapi.json)
has the same for programs. Times among the fields are seconds on the session's own axis, which begins when it is created.
JSON has no infinity: it is written as `"inf"`. A field in brackets is left out where it has no value.

| event | when it comes, and its fields | example of `data` |
|---|---|---|
"""

WHOM: Final[Mapping[Audience, str]] = {
    "session": "",
    "host": " For hosts and administrators.",
    "administrators": " For administrators.",
}

ARRIVAL: Final = LayerArrival(
    rid="q", active=True, bitrate=512_000, received=9_000, lost=3, jitter=0.004
)

SAMPLES: Final[Mapping[str, Any]] = {
    "id": "h7", "name": "Ana Silva", "participant": "ana", "speaker": "ana", "previous": "bob", "session_kind": "meeting",
    "layers": ("highlights",), "reason": "ended", "report": "/v1/meetings/mtg_1/report", "text": "Send the offer",
    "quote": "I'll send the offer by Friday.", "assignee": "Ana Silva", "person": "Ana Silva", "address": "ana@example.org",
    "highlight": "h7", "timestamp": "00:01:02", "start": 62.0, "end": 64.5, "at": 64.5, "pts": 62.0, "from_pts": 62.0,
    "to_pts": 62.96, "frame": 1574, "frames": 25, "score": 0.71, "worst": 1.0, "fault": "black", "rule": "low_vmaf",
    "incident": "low_vmaf-1", "reading": "vmaf", "value": 54.2, "limit": 60.0, "width": 1920, "height": 1080, "codec": "h264",
    "rate": 25.0, "retry_in": 2.0, "counts": {"frames": {"analysed": 1575}}, "seconds": 2.5, "silence": 12.0, "overlap": 1.5,
    "share": 0.6, "confidence": 0.82, "segments": ("s12",), "muted": True, "x": 0.0, "y": 0.0, "by": "bob", "segment": "s13",
    "Tile.width": 1.0, "Tile.height": 1.0, "Box.width": 0.5, "Box.height": 0.5, "Box.x": 0.25, "Box.y": 0.1,
    "AlertResolved.reason": "recovered", "AlertResolved.value": 74.9, "AlertResolved.worst": 48.3,
    "DeepfakeAnnounced.reason": "policy",
    "ParticipantJoined.role": "host",
    "DeepfakeDismissed.reason": "beauty filter",
    "LayoutChanged.reason": Reason.SPEAKER, "ActionNotified.deadline": "2026-05-08", "Line.deadline": "2026-05-08",
    "SourceDisconnected.reason": "timed out", "AnalysisGap.reason": "timed out", "AnalysisWarning.text": "20 of 50 reference frames were never compared", "Highlight.type": "action_item",
    "Highlight.answered": None, "Line.answered_by": None, "deferred_to": None, "held_back": 0, "SummaryUpdated.text": "", "decisions": (),
    "SummaryUpdated.actions": {"Ana Silva": (Line(id="h7", text="Send the offer", timestamp="00:01:02"),)},
    "TrackArrival.layers": (ARRIVAL,), "media": "video", "LayerArrival.bitrate": 512_000, "mid": "3", "shows": "bob",
    "PeerLost.reason": "lost", "role": "publish", "TrackAdded.codec": "vp8", "TrackArrival.codec": "vp8",
    "topics": (), "open_questions": (), "answered_questions": (),
    "readings": {"vmaf": {"min": 88.1, "mean": 92.4, "max": 95.0}, "deepfake_score": None},
}  # fmt: skip
"""What fields hold in an example, by name; those that hold something else in one class, with that before it."""

ATTRIBUTE: Final = re.compile(r"^ {8}(\w+): ((?:.|\n {12})+)", re.MULTILINE)


def page() -> str:
    """The page, in Markdown."""
    rows = (_row(each) for each in sorted(EVENTS, key=lambda each: each.type))
    return HEAD + "".join(rows)


def _row(kind: type[Event]) -> str:
    said = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
    fields = "; ".join(_fields(kind))
    data = example(kind).to_json()
    shown = json.dumps(data, ensure_ascii=False).replace("|", "\\|")
    return f"| `{kind.type}` | {said}{WHOM[kind.audience]}<br>{fields} | `{shown}` |\n"


def _fields(kind: type[Any]) -> list[str]:
    told = {
        name: " ".join(text.split()).rstrip(".")
        for name, text in ATTRIBUTE.findall(kind.__doc__ or "")
    }
    hints = get_type_hints(kind)
    found: list[str] = []
    for each in known(kind):
        if "spread" in each.metadata and is_dataclass(hints[each.name]):
            found += _fields(hints[each.name])
            continue
        name = f"[`{each.name}`]" if "absent" in each.metadata else f"`{each.name}`"
        found.append(f"{name} {told.get(each.name, '')}".strip().replace("|", "\\|"))
    return found


def example(kind: type[Any]) -> Any:
    """An event, or a part of one, as it may be."""
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for each in known(kind):
        if each.name == "track" or (each.name == "columns" and each.default is not MISSING):
            continue
        hint = hints[each.name]
        own = f"{kind.__name__}.{each.name}"
        name = own if own in SAMPLES else each.name
        fixed = name in SAMPLES and not is_dataclass(hint)
        given[each.name] = SAMPLES[name] if fixed else _sample(hint)
    return kind(**given)


def _sample(hint: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _sample(next(each for each in args if each is not NoneType))
    if origin is Literal:
        return args[0]
    if origin is tuple:
        return (_sample(args[0]),)
    if is_dataclass(hint) and isinstance(hint, type):
        return example(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    return {date: date(2026, 5, 8), bool: True, int: 4, float: 1.5}.get(hint, "alpha")
