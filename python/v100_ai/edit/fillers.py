"""Fillers: words that nobody means, by language."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from v100_ai.errors import SettingRejected
from v100_ai.words import Transcript

FILLERS: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset({"um", "umm", "uh", "uhh", "uhm", "er", "erm", "ah", "hmm", "mm", "mmm"}),
    "de": frozenset({"äh", "ähm", "öh", "öhm", "hm", "hmm", "mhm"}),
    "fr": frozenset({"euh", "heu", "hum", "ben"}),
    "es": frozenset({"eh", "em", "ehm", "mmm", "este"}),
    "it": frozenset({"ehm", "eh", "mmm"}),
    "pt": frozenset({"ahn", "hum", "hã", "é"}),
    "nl": frozenset({"eh", "ehm", "uh", "uhm"}),
}
"""`like`, `so`, `you know` and their kind carry meaning too often: they go only when they are named."""

_AMBIGUOUS: Final = frozenset({"este", "é", "eh", "ben", "ah"})
"""Words of these lists that are often meant: they go only where a pause lies beside them."""

PAUSE_S: Final = 0.15
"""Seconds of that pause."""


def fillers(transcript: Transcript, *, language: str = "en", also: Iterable[str] = ()) -> list[int]:
    """The ids of fillers, those named in `also` (words, or several that follow each other) among them.

    Raises `SettingRejected` for a language of which no list is known.
    """
    if language not in FILLERS:
        raise SettingRejected(f"expected a language of {', '.join(FILLERS)}, found {language!r}")
    bare = [_bare(word.text) for word in transcript.words]
    found = {
        i for i, text in enumerate(bare) if text in FILLERS[language] and _meant(transcript, i)
    }
    for phrase in also:
        wanted = [_bare(each) for each in phrase.split()]
        for at in range(len(bare) - len(wanted) + 1):
            if wanted and bare[at : at + len(wanted)] == wanted:
                found |= set(range(at, at + len(wanted)))
    return sorted(found)


def _meant(transcript: Transcript, at: int) -> bool:
    words = transcript.words
    if _bare(words[at].text) not in _AMBIGUOUS:
        return True
    before = words[at].start - words[at - 1].end if at else PAUSE_S
    after = words[at + 1].start - words[at].end if at + 1 < len(words) else PAUSE_S
    return max(before, after) >= PAUSE_S


def _bare(text: str) -> str:
    return re.sub(r"[^\w']+", "", text.lower())
