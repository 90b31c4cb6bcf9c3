"""Who speaks, by labels in the text: "Ana: hello", "[Ana Lee] hello", ">> ANA: hello", in every script.

The labels of a file are learnt first. Where one only seems to stand, nobody is named: words are never
given to whoever spoke before.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from v100_ai.highlights.formats.piece import UNKNOWN
from v100_ai.highlights.lexicon import lexicon

_LONGEST = 64
_MOST_WORDS = 7
_MARK = re.compile(r"^\s*(?:(?P<change>(?:>>+|&gt;&gt;|[-\u2013\u2014]\s)\s*)|[*\u2022]\s+)?")
_BRACKET = re.compile(r"^\[(?P<label>[^\[\]\n]{1,64})\]\s*:?\s*(?=\S)")
_COLON = re.compile(
    r"^(?P<label>[^:\uff1a\n\[\]<>]{1,64}?)\s*[:\uff1a](?:\s+(?=\S)|(?<=\uff1a)(?=\S)|\s*$)"
)
_NOISE = lexicon(
    "music laughter laughs laughing applause inaudible crosstalk silence noise background unintelligible cough coughs sighs "
    "pause beep ringing indistinct foreign blank_audio no_speech typing clapping cheering"
)
# Words that stand before a colon without being anybody.
_NOBODY = lexicon(
    "question questions decision decisions todo todos note notes action actions item items answer answers agenda topic topics "
    "summary result results reminder warning update updates example problem issue idea ideas point points next first second third "
    "finally conclusion step steps option options goal goals risk risks status date time place location subject title deadline "
    "budget important remark remarks comment comments fact reason info information link url http https attendees participants "
    "present absent transcript recording meeting minutes chapter section part page version edit ps nb tip quote so well okay ok yes no "
    "and but or then now also monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday plus namely e.g i.e "
    "frage entscheidung notiz aufgabe pregunta nota decisión tarea remarque tâche décision domanda q re fyi ie eg caption captions subtitle language kind"
)
_PARTICLES = lexicon(
    "van von der den de del della di da do dos das du la le les el al bin ibn ben bint ter ten zu zur of the y e und and af av st san mc o d l jr sr ii iii iv phd md"
)
_TITLES = lexicon(
    "dr prof mr mrs ms mx sir st rev hon sen rep capt lt col gen frau herr mme mlle sr sra"
)
_DEVICES = re.compile(
    r"\b(?:iphone|ipad|macbook|android|galaxy|pixel|phone|telephone|laptop|tablet|room|conference|boardroom|speaker|participant|guest|user|caller|host|moderator|operator|interviewer|interviewee|narrator|unknown|teilnehmer|sprecher)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"^\+?[\d\s().*x-]{5,}$")
_FUNCTION = lexicon(
    "i you he she it we they the a an this that these those there here what which who how when where why if because is are was were "
    "be have has had do does did will would can could should must may might not one two three more thing things think mean say said for with "
    "from to in on at by about as than my your our their his her its some any all each every just only really very"
)
_TAIL = re.compile(r"\s*[(\[].*[)\]]\s*$")


@dataclass(slots=True)
class Labels:
    """The labels of one file."""

    known: set[str] = field(default_factory=set[str])
    off: bool = False

    @classmethod
    def learn(cls, lines: Iterable[str]) -> "Labels":
        """From every line that may begin with one."""
        seen: Counter[str] = Counter()
        for line in lines:
            label = _candidate(line)
            if label is not None:
                seen[label[0]] += 1
        return cls({label for label, count in seen.items() if _likely(label, count)})

    def split(self, line: str) -> tuple[str | None, str]:
        """Who says what in a line: None where it names nobody, `UNKNOWN` where it seems to, or marks a change."""
        if self.off:
            return None, line.strip()
        found = _candidate(line)
        if found is not None:
            label, rest, seems = found
            if label in self.known:
                return label, rest
            return (UNKNOWN if seems else _changed(line)), _unmarked(line)
        return _changed(line), _unmarked(line)


def _changed(line: str) -> str | None:
    mark = _MARK.match(line)
    return UNKNOWN if mark and mark["change"] else None


def _unmarked(line: str) -> str:
    mark = _MARK.match(line)
    return line[mark.end() :].strip() if mark and mark["change"] else line.strip()


def _candidate(line: str) -> tuple[str, str, bool] | None:
    """A label that may stand at the head of a line, what follows it, and whether it looks like a name."""
    mark = _MARK.match(line)
    head = line[mark.end() :] if mark else line
    bracket = _BRACKET.match(head)
    if bracket:
        label = bracket["label"].strip()
        words = {word.strip(".,!").lower() for word in re.split(r"[\s_]+", label)}
        if words & _NOISE or not any(char.isalpha() for char in label):
            return None
        return label, head[bracket.end() :].strip(), name_like(label)
    colon = _COLON.match(head[: _LONGEST + 2])
    if not colon:
        return None
    label = colon["label"].strip()
    if not label or len(label.split()) > _MOST_WORDS:
        return None
    return label, head[colon.end() :].strip(), name_like(label)


def _likely(label: str, count: int) -> bool:
    """Whether a label names somebody: it looks like a name, or recurs and is no word of its own."""
    words = _words(label)
    if not words or (set(words) & _NOBODY and not set(words) - _NOBODY):
        return False
    if name_like(label):
        return True
    return count > 1 and len(words) <= _FEW and not set(words) & (_FUNCTION | _NOBODY)


_FEW = 3


def _words(label: str) -> list[str]:
    return [
        word.strip(".,'\u2019").lower()
        for word in _TAIL.sub("", label).split()
        if word.strip(".,'\u2019")
    ]


def name_like(label: str) -> bool:  # noqa: C901  # one case a form of file
    """Whether a label is written as a name: capitals or a script without them, particles, a device, a telephone."""
    bare = _TAIL.sub("", label).strip()
    if _PHONE.match(bare) or (_DEVICES.search(bare) and len(bare.split()) <= _FEW + 1):
        return True
    words = bare.replace(",", " ").split()
    if not words or len(words) > _FEW + 3 or any(char in bare for char in '?!;"/\\=#'):
        return False
    lowered = [word.strip(".'\u2019").lower() for word in words]
    if (
        all(word in _NOBODY for word in lowered)
        or lowered[0] in _NOBODY - {"ben"}
        or set(lowered) & _FUNCTION - {"will", "may", "do"}
    ):
        return False
    named = 0
    for word, low in zip(words, lowered, strict=True):
        if word.endswith(".") and low not in _TITLES and len(low) > 1:
            return False
        if low in _PARTICLES and word.islower():
            continue
        first = next((char for char in word if char.isalpha()), "")
        if first and not first.islower():
            named += 1
        elif not word.isdigit():
            return False
    return named > 0
