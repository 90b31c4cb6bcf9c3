"""Whether two highlights say the same thing."""

import re

from v100_ai.highlights.lexicon import lexicon

_WORD = re.compile(r"[\w']+")
# Words that two sentences share whatever they are about.
_EMPTY = lexicon(
    "the a an and or but so to of in on at for with is are was be will would can could should do does "
    "it that this these those we you i they he she our your my their i'll we'll you'll it's that's "
    "have has just then also going get there what how"
)
# Fewer content words than this make any likeness a coincidence.
_FEWEST = 3


def content(text: str) -> frozenset[str]:
    """The words that carry what the text says."""
    return frozenset(_WORD.findall(text.lower())) - _EMPTY


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared content words over all of them, 0..1; 0 where there is too little to compare."""
    if min(len(one), len(other)) < _FEWEST:
        return 0.0
    return len(one & other) / len(one | other)
