"""A segment as the rules read it: fillers and stutters gone, words in lower case."""

import re
from dataclasses import dataclass

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.model import Segment

_PUNCTUATION = re.compile(r"[^\w' ]+")
_SPACE = re.compile(r"\s+")
FILLERS = lexicon("um uh er erm mm hmm ah eh oh mhm huh hm")

# Nobody speaks longer in one breath; what is longer was made to keep us busy.
LONGEST = 4_000

# Words that open a turn and carry no claim of their own.
OPENERS = lexicon(
    "and so but well okay ok yeah yes yep no nope right now then because cause 'cause like actually "
    "alright hey also just or basically anyway anyhow sorry maybe perhaps great good sure fine"
)
_OPENING_PAIRS = frozenset({("i", "mean"), ("you", "know"), ("all", "right"), ("of", "course")})


@dataclass(frozen=True, slots=True)
class Utterance:
    """One segment, read once; every rule works on this."""

    segment: Segment
    words: tuple[str, ...]
    plain: str
    lead: str
    vocabulary: frozenset[str]

    @property
    def asks(self) -> bool:
        """Whether the transcript itself marks a question."""
        return "?" in self.segment.text

    @property
    def stops(self) -> bool:
        """Whether the transcript itself marks a finished statement."""
        return self.segment.text.rstrip().endswith((".", "!"))


def utterance(segment: Segment) -> Utterance:
    """The segment without fillers, stutters and punctuation; `lead` also without its openers."""
    text = segment.text[:LONGEST].replace("\u2019", "'").lower().replace("gonna", "going to")
    text = text.replace("wanna", "want to").replace("gotta", "got to")
    text = text.replace("e-mail", "email").replace("to-do", "todo").replace("follow-up", "followup")
    words = _fluent(_SPACE.split(_PUNCTUATION.sub(" ", text).strip()))
    plain = " ".join(words)
    return Utterance(segment, words, plain, " ".join(words[_opening(words) :]), frozenset(words))


def _fluent(words: list[str]) -> tuple[str, ...]:
    """Without fillers and repeated words; also without a word cut short and begun anew."""
    said = [word for word in words if word and word not in FILLERS]
    kept: list[str] = []
    for i, word in enumerate(said):
        following = said[i + 1] if i + 1 < len(said) else ""
        if word == following or _stutter(word, following):
            continue
        if kept[-2:] == [word, following]:
            kept[-2:] = []
        kept.append(word)
    return tuple(kept)


def _stutter(word: str, following: str) -> bool:
    return (
        len(word) <= _STUTTER < len(following) and following.startswith(word) and word not in _SHORT
    )


_STUTTER = 2
# Two letters and a word of their own, so not the stutter of a longer one.
_SHORT = lexicon("a i an am as at be by do go he if in is it me my no of oh on or so to up us we")


def _opening(words: tuple[str, ...]) -> int:
    at = 0
    while at < len(words) - 1:
        if words[at] in OPENERS:
            at += 1
        elif words[at : at + 2] in _OPENING_PAIRS:
            at += 2
        else:
            break
    return at
