"""The last minute of talk: who held the floor, and whether the group is settling something."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.rules.utterance import Utterance

SECONDS = 60.0

_SETTLING = re.compile(
    r"\b(?:decide|decided|decision|choose|choice|options?|agree|agreed|should we|shall we"
    r"|do we (?:want|need)|are we|which one|what about|how about|so we)\b"
)
_SETTLING_WORDS = lexicon(
    "decide decided decision choose choice option options agree agreed we which about"
)


@dataclass(frozen=True, slots=True)
class _Turn:
    speaker: str
    start: float
    seconds: float
    settling: bool
    claim: bool


@dataclass(slots=True)
class Floor:
    """What was said in the `SECONDS` before the utterance that is judged."""

    opened: float | None = None
    settling: int = 0
    claims: int = 0
    _turns: deque[_Turn] = field(default_factory=deque[_Turn])
    _talk: dict[str, float] = field(default_factory=dict[str, float])
    _count: Counter[str] = field(default_factory=Counter[str])

    def advance(self, now: float) -> None:
        """Forget what was said more than `SECONDS` before `now`."""
        if self.opened is None:
            self.opened = now
        while self._turns and self._turns[0].start < now - SECONDS:
            turn = self._turns.popleft()
            self.settling -= turn.settling
            self.claims -= turn.claim
            self._talk[turn.speaker] -= turn.seconds
            self._count[turn.speaker] -= 1
            if not self._count[turn.speaker]:
                del self._count[turn.speaker], self._talk[turn.speaker]

    def push(self, said: Utterance, *, claim: bool) -> None:
        """Add an utterance once it was judged; `claim`: whether it claimed something for the group."""
        segment = said.segment
        seconds = max(0.0, segment.end - segment.start)
        settling = not said.vocabulary.isdisjoint(_SETTLING_WORDS) and bool(
            _SETTLING.search(said.plain)
        )
        self._turns.append(_Turn(segment.participant, segment.start, seconds, settling, claim))
        self.settling += settling
        self.claims += claim
        self._talk[segment.participant] = self._talk.get(segment.participant, 0.0) + seconds
        self._count[segment.participant] += 1

    @property
    def turns(self) -> int:
        """How often somebody spoke."""
        return len(self._turns)

    @property
    def speakers(self) -> int:
        """How many spoke."""
        return len(self._count)

    def share(self, speaker: str) -> float:
        """This speaker's part of the talk, 0..1; 1 when nobody spoke."""
        total = sum(self._talk.values())
        return self._talk.get(speaker, 0.0) / total if total > 0 else 1.0

    def elapsed(self, now: float) -> float:
        """Seconds since the first utterance."""
        return now - (now if self.opened is None else self.opened)
