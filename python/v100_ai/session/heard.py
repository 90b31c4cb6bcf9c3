"""What of a transcript was heard already: the same again, the same in other words, or another's of one number."""

import hashlib
from dataclasses import dataclass
from typing import Self

from v100_ai.events import TranscriptSegment
from v100_ai.highlights.segment import Segment

_APART = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """One segment, as far as the next of its id is compared with it; `start` in seconds."""

    speaker: str
    start: float
    words: bytes

    @classmethod
    def of(cls, segment: Segment | TranscriptSegment) -> Self:
        """What is kept of a segment."""
        speaker = segment.speaker if isinstance(segment, Segment) else segment.participant
        return cls(
            speaker, segment.start, hashlib.blake2b(segment.text.encode(), digest_size=12).digest()
        )

    def same(self, other: "Said") -> bool:
        """Whether it is the same again."""
        return self.speaker == other.speaker and self.words == other.words

    def apart(self, other: "Said") -> bool:
        """Whether two speakers count with the same ids: another's, at another time."""
        return self.speaker != other.speaker and abs(self.start - other.start) > _APART


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of pieces of transcript: new ones, such as came in other words, and such as changed nothing."""

    new: int
    revised: int
    repeated: int
