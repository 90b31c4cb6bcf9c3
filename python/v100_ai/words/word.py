"""Word: one word as it was said, and where it lies in the source."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from v100_ai.errors import TranscriptUnreadable

LONGEST_S: Final = 1.0
"""Seconds of a spoken word at most: recognisers stretch one over the silence beside it (whisper-timestamped #82)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a transcript. Its times never change; a correction changes its text alone."""

    text: str
    start: float
    """Seconds in the source."""
    end: float
    speaker: str = ""
    confidence: float | None = None
    """The recogniser's, from 0 to 1; `None` where it told none."""
    estimated: bool = False
    """Whether the times follow from those of a longer stretch of text."""

    def to_json(self) -> dict[str, Any]:
        """The word as captions and `transcript.segment` carry it; what is not known is left out."""
        told: dict[str, Any] = {"text": self.text, "start": self.start, "end": self.end}
        if self.confidence is not None:
            told["confidence"] = self.confidence
        if self.estimated:
            told["estimated"] = True
        return told


def mark(text: str) -> str:
    """The last character of a word as it is written, quotes and brackets aside."""
    return text.rstrip("\"'\u201d\u2019)")[-1:]


def words_from(entries: Sequence[Mapping[str, Any]], speaker: str = "") -> tuple[Word, ...]:
    """Words from their JSON: `text` (or `word`), `start`, `end` in seconds; empty ones are left out.

    Raises:
        TranscriptUnreadable: a field is missing, of another type, or a word ends before it starts.
    """
    found = []
    for entry in entries:
        try:
            text = str(entry["text"] if "text" in entry else entry["word"]).strip()
            start, end = float(entry["start"]), float(entry["end"])
            sure = entry.get("confidence", entry.get("probability"))
            confidence = None if sure is None else float(sure)
            estimated = bool(entry.get("estimated", False))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TranscriptUnreadable(
                f"expected a word's text, start and end, found {entry!r:.200}"
            ) from error
        if not (math.isfinite(start) and math.isfinite(end) and 0 <= start <= end):
            raise TranscriptUnreadable(
                f"expected 0 <= start <= end of a word, found {start} and {end}"
            )
        if text:
            found.append(
                Word(
                    text=text,
                    start=start,
                    end=end,
                    speaker=speaker,
                    confidence=confidence,
                    estimated=estimated,
                )
            )
    return tuple(found)
