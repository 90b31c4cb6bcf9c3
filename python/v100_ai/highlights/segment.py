"""What one participant said between two moments of a meeting."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A final piece of transcript. Times are seconds from the start of the meeting."""

    id: str
    speaker: str
    start: float
    end: float
    text: str
