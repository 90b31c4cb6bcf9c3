"""The speech of a moment -> parts of three factors."""

import math
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from v100_ai.viral.factors import Found, Part
from v100_ai.viral.sentence import HOOK_WORDS, hooked, quoted
from v100_ai.viral.speech import Sentence, Spell
from v100_ai.viral.table import Linear, Scale, Table
from v100_ai.viral.vocabulary import surprisal, weighed

FEWEST_WORDS: Final = 4
"""Words that a sentence needs to be quoted."""

CONTENT: Final = 3.0
"""Surprisal from which a word says what is talked about: the few hundred commonest do not."""

BUCKETS: Final = 4096
"""Of the hashed words: two of a talk's thousand content words share one now and then."""

DECAY_S: Final = 20.0
DECAY: Final = 0.85
"""What was talked about counts 0.85 as much 20 s later."""

WARM_UP_S: Final = 60.0
"""Seconds until there is something to be new against."""

FULL: Final = 0.9
HALVED: Final = 0.995
"""Novelty counts in full up to this share of the reference and half from that one on: what is quite strange is an
advertisement or an error of the recognition."""


def speech_parts(spell: Spell, table: Table) -> Found:
    """Affect of factor one and all of shareability; nothing where nobody spoke or it is not English."""
    if not spell.words or spell.english is False:
        return {}
    found = spell.measured()
    affect = table.affect(found["affect"] + found["arousal"])
    return {
        "emotional_intensity": {"affect": Part(affect)},
        "shareability": {
            "reaction": Part(_scaled(table.reaction, found)),
            "appeal": Part(_scaled(table.appeal, found)),
            "quotability": _quotability(spell, table),
            "hook": _hook(spell, table),
            "completeness": _completeness(spell),
        },
    }


def _scaled(model: Linear, found: dict[str, float]) -> float:
    """Where a model's value lies among those of the reference."""
    return model.scale(model.bias + weighed(found, model.weights))


def _quotability(spell: Spell, table: Table) -> Part:
    model = table.quotability
    long = [each for each in spell.ended if len(each.words) >= FEWEST_WORDS]
    if not long:
        return Part(model.scale(quoted(spell.words, "", table)))
    scores = [(quoted(each.words, each.text, table), each) for each in long]
    value, best = max(scores, key=lambda pair: pair[0])
    return Part(model.scale(value), text=best.text, at=best.start)


def _hook(spell: Spell, table: Table) -> Part:
    model = table.hook
    if not spell.begun:
        return Part(model.scale(hooked(spell.words[:HOOK_WORDS], "", table)))
    first = spell.begun[0]
    value = hooked(first.words[:HOOK_WORDS], _opening(first), table)
    return Part(model.scale(value), text=first.text, at=first.start)


def _opening(sentence: Sentence) -> str:
    """What of a sentence's text is judged as a hook: all of it, if it is no longer than a hook is."""
    written = sentence.text.split()
    return " ".join(written[:HOOK_WORDS])


def _completeness(spell: Spell) -> Part:
    """Half for an opener that stands alone, half for a sentence that ends."""
    opener = next((each for each in spell.begun if each.alone), None)
    value = 0.5 * (opener is not None) + 0.5 * bool(spell.ended)
    return Part(value, text=opener.text if opener else None, at=opener.start if opener else None)


@dataclass(slots=True)
class Topic:
    """What was talked about lately, and how far a moment's words are from it."""

    _about: NDArray[np.float64] = field(default_factory=lambda: np.zeros(BUCKETS))
    _since: float | None = None

    def push(self, spell: Spell, to: float, seconds: float, table: Table) -> Found:
        """Novelty of the words, 0 to 1; nothing within the first minute of speech."""
        words = [each for each in spell.words if surprisal(each) >= CONTENT]
        if not words:
            self._about *= DECAY ** (seconds / DECAY_S)
            return {}
        said = np.zeros(BUCKETS)
        for word in words:
            said[crc32(word.encode()) % BUCKETS] += surprisal(word)
        said /= math.sqrt(float(said @ said))
        length = math.sqrt(float(self._about @ self._about))
        distance = 1.0 - float(said @ self._about) / length if length > 0 else 1.0
        self._about *= DECAY ** (seconds / DECAY_S)
        self._about += said
        self._since = to if self._since is None else self._since
        if to - self._since < WARM_UP_S:
            return {}
        return {"novelty": {"words": Part(tempered(distance, table.novelty))}}


def tempered(distance: float, scale: Scale) -> float:
    """Novelty in the reference, less what is too new: an inverted U."""
    share = scale(distance)
    over = min(1.0, max(0.0, (share - FULL) / (HALVED - FULL)))
    return share * (1.0 - 0.5 * over)
