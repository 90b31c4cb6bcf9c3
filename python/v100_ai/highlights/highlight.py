"""A highlight as the world sees it, and the two things that happen to one."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, ClassVar, Literal

from v100_ai.highlights.finding import Answer, Kind

Status = Literal["provisional", "confirmed", "retracted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """One highlight; `id` stays for its life. `start` is seconds from the start of the meeting."""

    id: str
    type: Kind
    text: str
    assignee: str | None
    deadline: date | None
    start: float
    confidence: float
    status: Status
    segments: tuple[str, ...]
    quote: str
    speaker: str
    answered: Answer | None

    @property
    def timestamp(self) -> str:
        """HH:MM:SS from the start of the meeting."""
        return clock(self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightCreated:
    """A highlight is seen for the first time."""

    kind: ClassVar = "highlight.created"

    highlight: Highlight


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightUpdated:
    """A highlight already seen has changed: answered, dated, confirmed, rewritten or retracted."""

    kind: ClassVar = "highlight.updated"

    highlight: Highlight


Change = HighlightCreated | HighlightUpdated


def clock(seconds: float) -> str:
    """Seconds as HH:MM:SS."""
    whole = max(0, int(seconds))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def to_json(highlight: Highlight) -> dict[str, Any]:
    """The highlight as the `data` of its event."""
    return {
        "id": highlight.id,
        "type": highlight.type,
        "text": highlight.text,
        "assignee": highlight.assignee,
        "deadline": highlight.deadline.isoformat() if highlight.deadline else None,
        "timestamp": highlight.timestamp,
        "confidence": highlight.confidence,
        "status": highlight.status,
        "start": highlight.start,
        "segments": list(highlight.segments),
        "quote": highlight.quote,
        "speaker": highlight.speaker,
        "answered": asdict(highlight.answered) if highlight.answered else None,
    }


def from_json(entry: dict[str, Any]) -> Highlight:
    """The highlight that `to_json` wrote."""
    return Highlight(
        id=entry["id"],
        type=entry["type"],
        text=entry["text"],
        assignee=entry["assignee"],
        deadline=date.fromisoformat(entry["deadline"]) if entry["deadline"] else None,
        start=entry["start"],
        confidence=entry["confidence"],
        status=entry["status"],
        segments=tuple(entry["segments"]),
        quote=entry["quote"],
        speaker=entry["speaker"],
        answered=Answer(**entry["answered"]) if entry["answered"] else None,
    )
