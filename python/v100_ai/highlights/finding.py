"""What an engine believes it heard, before the ledger gives it an id."""

from dataclasses import dataclass
from datetime import date

from v100_ai.events.highlights import KINDS, Answer, Kind

__all__ = ["KINDS", "Answer", "Finding", "Kind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One candidate highlight with its evidence. Said again with the same segments, it is an update.

    `confidence` is 0..1. `assignee` and `deadline` are None rather than a guess.
    """

    type: Kind
    text: str
    quote: str
    speaker: str
    start: float
    segments: tuple[str, ...]
    confidence: float
    assignee: str | None = None
    deadline: date | None = None
    answered: Answer | None = None
    reasons: tuple[str, ...] = ()
