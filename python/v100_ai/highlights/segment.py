"""What one participant said between two moments of a meeting."""

from dataclasses import dataclass

from v100_ai.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A final piece of transcript. Times are seconds from the start of the meeting."""

    id: str
    speaker: str
    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    """Its words with their times, where the source tells them."""
