"""What of a transcript was heard already: the same again, the same in other words, or another's of one number."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Self

from v100_ai.events import TranscriptSegment
from v100_ai.highlights.model import Segment

_APART = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """One segment, as far as the next of its id is compared with it; `start` in seconds."""

    participant: str
    start: float
    words: bytes

    @classmethod
    def of(cls, segment: Segment | TranscriptSegment) -> Self:
        """What is kept of a segment."""
        return cls(
            segment.participant,
            segment.start,
            hashlib.blake2b(segment.text.encode(), digest_size=12).digest(),
        )

    def same(self, other: "Said") -> bool:
        """Whether it is the same again."""
        return self.participant == other.participant and self.words == other.words

    def apart(self, other: "Said") -> bool:
        """Whether two participants count with the same ids: another's, at another time."""
        return self.participant != other.participant and abs(self.start - other.start) > _APART


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of pieces of transcript: new ones, such as came in other words, and such as changed nothing."""

    new: int = 0
    revised: int = 0
    repeated: int = 0

    def __sub__(self, before: "Taken") -> "Taken":
        return Taken(
            self.new - before.new, self.revised - before.revised, self.repeated - before.repeated
        )


@dataclass(slots=True)
class Heard:
    """The segments of a transcript so far, by id, and what became of all that came in."""

    taken: Taken = field(default_factory=Taken)
    _said: dict[str, Said] = field(default_factory=dict[str, Said])

    def remember(self, event: TranscriptSegment) -> None:
        """What an earlier run told."""
        self._said[event.id] = Said.of(event)

    def news(self, segment: Segment) -> Segment | None:
        """A segment that is new, or comes again in other words; where two count with one id, each by its own."""
        said = Said.of(segment)
        before = self._said.get(segment.id)
        if before is not None and before.apart(said):
            segment = replace(segment, id=f"{segment.participant}/{segment.id}")
            before = self._said.get(segment.id)
        self._said[segment.id] = said
        if before is None:
            self.taken = replace(self.taken, new=self.taken.new + 1)
        elif before.same(said):
            self.taken = replace(self.taken, repeated=self.taken.repeated + 1)
            return None
        else:
            self.taken = replace(self.taken, revised=self.taken.revised + 1)
        return segment
