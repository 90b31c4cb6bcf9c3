"""Single sentences: would one quote it, would one go on listening after it, does it stand alone?"""

import math
from collections.abc import Sequence
from typing import Final

from v100_ai.viral.table import Table, shipped
from v100_ai.viral.vocabulary import BACKWARD, CLASSES, features, tokens, weighed

LONGEST: Final = 4_000
"""Characters of a sentence that are read: nobody speaks longer in one breath."""

HOOK_WORDS: Final = 16
"""Words of an opening that decide whether one goes on: some six seconds of speech."""

_ASKING: Final = CLASSES["asking"] | frozenset(
    ("is", "are", "do", "does", "did", "can", "could", "would", "will", "have", "has", "should")
)


def quotability(text: str) -> float:
    """How much a sentence is worded like those that people quote, 0 to 1; higher is more.

    A linear model over rates of word classes and the rarity of its words, fitted on pairs of lines of one film of which one
    became a quotation. The length of the sentence does not enter.
    """
    return _logistic(quoted(tokens(text[:LONGEST]), text, shipped()))


def hook(text: str) -> float:
    """How much an opening makes one go on, 0 to 1; higher is more.

    A linear model, fitted on pairs of headlines that one site showed at random. Its questions and exclamations did worse
    than its statements.
    """
    return _logistic(hooked(tokens(text[:LONGEST]), text, shipped()))


def quoted(words: Sequence[str], text: str, table: Table) -> float:
    """`quotability` of a text that is words already."""
    return weighed(marked(words, text), table.quotability.weights)


def hooked(words: Sequence[str], text: str, table: Table) -> float:
    """`hook` of a text that is words already."""
    return weighed(marked(words, text), table.hook.weights)


def stands_alone(words: Sequence[str]) -> bool:
    """Whether a sentence opens without pointing back at what was said before it."""
    return bool(words) and words[0] not in BACKWARD


def asks(words: Sequence[str], text: str) -> bool:
    """Whether a sentence is a question: by its mark, or by its first word where nothing is punctuated."""
    return "?" in text or (
        bool(words) and words[0] in _ASKING and not text.rstrip().endswith((".", "!"))
    )


def marked(words: Sequence[str], text: str) -> dict[str, float]:
    """The features of words, and what punctuation and capitals tell where there are some."""
    found = features(words)
    count = max(1, len(words))
    written = text.split()
    found["question"] = float("?" in text)
    found["exclamation"] = float("!" in text)
    found["commas"] = text.count(",") / count
    found["names"] = sum(each[:1].isupper() and each[1:2].islower() for each in written[1:]) / count
    return found


def _logistic(value: float) -> float:
    """A sum of weights as the odds that it stands for."""
    return 1.0 / (1.0 + math.exp(-value)) if value >= 0 else 1.0 - 1.0 / (1.0 + math.exp(value))
