"""What a meeting writes to its log, and how it reads it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from v100_ai.events.fields import from_json, to_json
from v100_ai.events.highlights import Change, Highlight
from v100_ai.highlights.model import Finding, Segment
from v100_ai.highlights.settlement import Settler


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A final segment was accepted; `highlights` are the states this made, `held` what still waits."""

    segment: Segment
    now: float
    highlights: tuple[Highlight, ...] = ()
    held: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Segments `first` to `last` were settled; one record with what came of it, so both or neither."""

    first: int
    last: int
    by: Settler
    now: float
    summary: str = ""
    highlights: tuple[Highlight, ...] = ()
    held: tuple[Finding, ...] = ()


Record = Heard | Settled


def states(changes: Iterable[Change]) -> tuple[Highlight, ...]:
    """The highlight behind each change, in order."""
    return tuple(change.highlight for change in changes)


def written(record: Record) -> dict[str, Any]:
    """The record as JSON."""
    common = {
        "now": record.now,
        "highlights": [to_json(each) for each in record.highlights],
        "held": [to_json(each) for each in record.held],
    }
    if isinstance(record, Heard):
        return {"heard": to_json(record.segment), **common}
    return {
        "settled": [record.first, record.last],
        "by": record.by,
        "summary": record.summary,
        **common,
    }


def read(entry: dict[str, Any]) -> Record:
    """The record that `written` made."""
    highlights = tuple(from_json(Highlight, each) for each in entry["highlights"])
    held = tuple(from_json(Finding, each) for each in entry["held"])
    if "heard" in entry:
        heard = dict(entry["heard"])
        if "speaker" in heard:  # logs of 0.1.0 have it so
            heard["participant"] = heard.pop("speaker")
        segment = from_json(Segment, heard)
        return Heard(segment=segment, now=entry["now"], highlights=highlights, held=held)
    first, last = entry["settled"]
    return Settled(
        first=first,
        last=last,
        by=entry["by"],
        now=entry["now"],
        summary=entry["summary"],
        highlights=highlights,
        held=held,
    )
