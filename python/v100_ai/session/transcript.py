"""A final piece of transcript as its event."""

from v100_ai.events import SpokenWord, TranscriptSegment
from v100_ai.highlights.model import Segment
from v100_ai.words import Word


def transcribed(segment: Segment) -> TranscriptSegment:
    """The segment, with its words where they are known."""
    return TranscriptSegment(
        id=segment.id,
        participant=segment.participant,
        start=segment.start,
        end=segment.end,
        text=segment.text,
        words=tuple(map(_spoken, segment.words)) or None,
    )


def _spoken(word: Word) -> SpokenWord:
    return SpokenWord(
        text=word.text,
        start=word.start,
        end=word.end,
        confidence=word.confidence,
        estimated=word.estimated or None,
    )
