"""Sentiment shifts: the mood of the last minutes against the meeting's own. Indicative only."""

from collections import deque
from dataclasses import dataclass, field

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.model import Finding
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.rules.utterance import Utterance

WINDOW_SECONDS = 180.0
# At most two an hour: a mood that turns more often is noise.
GAP_SECONDS = 1_800.0
WARM_UP_SECONDS = 480.0
_FEWEST_WORDS_FELT = 5
_SHIFT = 0.45
_CONFIDENCE = (0.3, 0.5)

_GOOD = lexicon(
    "good great nice excellent perfect love like happy excited exciting awesome amazing cool fantastic "
    "wonderful glad agree agreed thanks thank helpful impressive brilliant well better best easy fun "
    "interesting definitely exactly works useful pleased promising confident win success"
)
_BAD = lexicon(
    "bad problem problems worried worry wrong difficult hard unfortunately sorry annoying annoyed terrible "
    "awful hate angry frustrated frustrating confused confusing fail failed failure issue issues risk "
    "concern concerned concerns disagree boring useless impossible expensive late delay delayed broken "
    "stuck unhappy disappointed disappointing painful worse worst unclear trouble complain complaint upset"
)
_NOT = lexicon("not no never don't doesn't didn't isn't wasn't aren't can't won't hardly")


@dataclass(slots=True)
class Mood:
    """Speaks up when the feeling of the last minutes leaves the meeting's mean."""

    _opened: float | None = None
    _spoke: float = float("-inf")
    _recent: deque[tuple[float, float, Utterance]] = field(
        default_factory=deque[tuple[float, float, Utterance]]
    )
    _sum: float = 0.0
    _all_sum: float = 0.0
    _all: int = 0

    def push(self, said: Utterance) -> list[Finding]:
        """A shift, where this utterance makes one."""
        now = said.segment.start
        self._opened = now if self._opened is None else self._opened
        while self._recent and self._recent[0][0] < now - WINDOW_SECONDS:
            self._sum -= self._recent.popleft()[1]
        felt = feeling(said)
        if felt == 0:
            return []
        self._recent.append((now, felt, said))
        self._sum += felt
        self._all_sum += felt
        self._all += 1
        return self._shift(now)

    def _shift(self, now: float) -> list[Finding]:
        opened = now if self._opened is None else self._opened
        if now - opened < WARM_UP_SECONDS or now - self._spoke < GAP_SECONDS:
            return []
        before = self._all - len(self._recent)
        if len(self._recent) < _FEWEST_WORDS_FELT or before < _FEWEST_WORDS_FELT:
            return []
        usual = (self._all_sum - self._sum) / before
        change = self._sum / len(self._recent) - usual
        if abs(change) < _SHIFT:
            return []
        self._spoke = now
        return [self._finding(change)]

    def _finding(self, change: float) -> Finding:
        sign = 1.0 if change > 0 else -1.0
        shown = [said for _, felt, said in self._recent if felt * sign > 0][-3:]
        last = shown[-1].segment
        tone = "more positive" if change > 0 else "more negative"
        low, high = _CONFIDENCE
        return Finding(
            type="sentiment",
            text=f"The tone turned {tone}: \u201c{phrase(last.text)}\u201d",
            quote=last.text,
            speaker=last.participant,
            start=last.start,
            segments=tuple(said.segment.id for said in shown),
            confidence=round(min(high, low + abs(change) / 5), 2),
            reasons=("words of feeling in the last minutes against the meeting so far",),
        )


def feeling(said: Utterance) -> float:
    """-1, 0 or 1: which way the words of feeling lean; a negation just before one turns it."""
    if said.vocabulary.isdisjoint(_GOOD) and said.vocabulary.isdisjoint(_BAD):
        return 0.0
    total = 0
    for index, word in enumerate(said.words):
        value = (word in _GOOD) - (word in _BAD)
        if value and not _NOT.isdisjoint(said.words[max(0, index - 2) : index]):
            value = -value
        total += value
    return float((total > 0) - (total < 0))
