"""Final segments in, batches out: numbered without gap or overlap. Knows no clock and no model."""

from dataclasses import dataclass, field

from v100_ai.highlights.model import Segment


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive segments; `first` and `last` are their numbers in the meeting, from 0, inclusive."""

    first: int
    last: int
    segments: tuple[Segment, ...]
    closed: float


@dataclass(slots=True)
class Window:
    """Closes a batch after `speech` seconds of talk, `wall` seconds of waiting or `silence` seconds without a word.

    `now` is seconds into the meeting and never goes back.
    """

    speech: float = 12.0
    wall: float = 15.0
    silence: float = 2.5
    _next: int = 0
    _open: list[Segment] = field(default_factory=list[Segment])
    _opened: float = 0.0
    _heard: float = 0.0
    _ended: float = 0.0
    _talk: float = 0.0

    def push(self, segment: Segment, now: float) -> list[Batch]:
        """The batches that this segment closes: one that was due before it, one that it fills."""
        closed = self.flush(now) if self._overdue(segment, now) else []
        if not self._open:
            self._opened, self._talk, self._ended = now, 0.0, segment.end
        self._open.append(segment)
        self._heard = now
        self._ended = max(self._ended, segment.end)
        self._talk += max(0.0, segment.end - segment.start)
        return closed + (self.flush(now) if self._talk >= self.speech else [])

    def voice(self, now: float) -> None:
        """Somebody is speaking, though nothing final has come of it yet: this is no silence."""
        self._heard = max(self._heard, now)

    def _overdue(self, segment: Segment, now: float) -> bool:
        """By the wall, or because nobody spoke between the last words and these."""
        silent = segment.start - self._ended >= self.silence
        return bool(self._open) and (silent or now >= self._opened + self.wall)

    def tick(self, now: float) -> list[Batch]:
        """The batch that is due by time alone."""
        due = self.due
        return self.flush(now) if due is not None and now >= due else []

    @property
    def due(self) -> float | None:
        """When `tick` next closes a batch; None while nothing is open."""
        if not self._open:
            return None
        return min(self._opened + self.wall, self._heard + self.silence)

    def flush(self, now: float) -> list[Batch]:
        """Whatever is open, when the meeting ends."""
        if not self._open:
            return []
        first, self._next = self._next, self._next + len(self._open)
        batch = Batch(first, self._next - 1, tuple(self._open), now)
        self._open = []
        return [batch]

    def resume(self, number: int) -> None:
        """Go on numbering after an earlier run.

        Raises:
            ValueError: a batch is open, or numbers would be given twice.
        """
        if self._open or number < self._next:
            raise ValueError(f"expected to resume at {self._next} or later, found {number}")
        self._next = number
