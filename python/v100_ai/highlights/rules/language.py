"""Whether the talk is in the language that the rules understand: English."""

import re
import unicodedata
from dataclasses import dataclass

from v100_ai.highlights.lexicon import lexicon

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# Words that English talk is full of and that few others share.
_ENGLISH = lexicon(
    "the and of to is you that it for are with his they this have from by not but what all were when your can said there "
    "each which their will other about out many then them these some her would make like into has two more see "
    "could than been who its now find did get come made may after back only our know take year me my just good very because "
    "i'm i'll it's don't we're we'll that's what's let's okay yeah yes well think going want need should where how why "
    "i we he she do does be if so at up as on or an was had him us am really thanks thank please sorry right something "
    "anything everything here over again next week today tomorrow still also let it'll you're they're can't won't didn't isn't "
    "send work meeting great sure maybe already done much every before until any got say tell first last time people"
)
# Of these, words of other languages too: they count for little.
_SHARED = lexicon(
    "me is so do we he on an am as at in was all will her us also or has if be up come see two time last over here some made note"
)
# Numbers read out say nothing of it.
_NUMBERS = lexicon(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million point percent"
)
_WINDOW = 60
_FEWEST = 12
_LEAST_SHARE = 0.2
_FEWEST_IN_SENTENCE = 6
_LEAST_OF_SENTENCE = 0.12
_SURE_SHARE = 0.3


@dataclass(slots=True)
class Language:
    """Counts words over the last minute of talk."""

    _english: float = 0.0
    _words: float = 0.0
    _told: bool = False

    def hear(self, text: str) -> bool:
        """Whether this makes it clear, for the first time, that the talk is not English."""
        words, english = _count(text)
        self._words, self._english = self._words + words, self._english + english
        if self._words > _WINDOW:
            keep = _WINDOW / self._words
            self._words, self._english = self._words * keep, self._english * keep
        if self._told or self._words < _FEWEST:
            return False
        self._told = self._english < _LEAST_SHARE * self._words
        return self._told

    def understands(self, text: str) -> bool:
        """Whether one sentence may be English: names and numbers pass where the talk around them is."""
        words, english = _count(text)
        if english > _LEAST_OF_SENTENCE * words:
            return True
        if self._words - words < _FEWEST:
            return words < _FEWEST_IN_SENTENCE
        return self._english - english >= _SURE_SHARE * (self._words - words)


def _count(text: str) -> tuple[float, float]:
    """Words, and how many of them speak for English. Scripts without blanks count by their letters."""
    words = english = 0.0
    for word in _WORD.findall(text.lower().replace("\u2019", "'")):
        if not _latin(word):
            words += max(1.0, len(word) / 2)
        elif word not in _NUMBERS:
            words += 1
            english += 0.3 if word in _SHARED else 1.0 if word in _ENGLISH else 0.0
    return words, english


def _latin(word: str) -> bool:
    return word[0].isascii() or unicodedata.name(word[0], "").startswith("LATIN")
