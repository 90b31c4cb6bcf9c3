"""A hand-weighted rule: a pattern, what it is worth, and why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from v100_ai.highlights.rules.utterance import Utterance


@dataclass(frozen=True, slots=True)
class Cue:
    """Adds `weight` to the score of an utterance whose words match `pattern`.

    `words`: the pattern is tried only where one of these was said; empty means always.
    """

    reason: str
    weight: float
    pattern: re.Pattern[str]
    words: frozenset[str]
    lead: bool


def cue(reason: str, weight: float, pattern: str, words: str = "", *, lead: bool = False) -> Cue:
    """A cue from its pattern; with `lead`, it must stand at the head of what is claimed."""
    return Cue(reason, weight, re.compile(pattern), frozenset(words.split()), lead)


@dataclass(slots=True)
class Cues:
    """A family of cues, found by the words that can set them off."""

    cues: tuple[Cue, ...]
    _by_word: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    _always: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        for index, each in enumerate(self.cues):
            for word in each.words:
                self._by_word.setdefault(word, []).append(index)
            if not each.words:
                self._always.append(index)

    def read(self, said: Utterance) -> list[Cue]:
        """The cues this utterance carries, each once, in the order they are written."""
        tried = set(self._always)
        for word in said.vocabulary & self._by_word.keys():
            tried.update(self._by_word[word])
        return [
            each
            for each in (self.cues[index] for index in sorted(tried))
            if (each.pattern.match(said.lead) if each.lead else each.pattern.search(said.plain))
        ]


def score(found: Iterable[Cue]) -> float:
    """The sum of the weights, not below 0; rounded, so that equal evidence meets equal thresholds."""
    return round(max(0.0, sum(each.weight for each in found)), 3)
