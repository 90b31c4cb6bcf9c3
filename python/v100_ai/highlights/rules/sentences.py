"""What was said cut into sentences: the unit that every rule judges.

Speech recognition that writes no marks is cut where a new sentence is heard to begin; pauses have cut
it into segments already.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.model import Segment

# Nobody says more between two pauses; what is longer was made to keep us busy.
LONGEST_TALK = 20_000
# A sentence longer than this is read to here.
LONGEST_SENTENCE = 1_000

_END = re.compile(
    r"[.!?\u2026\u3002\uff01\uff1f]+[\"'\u201d\u2019)\]]*(?=\s|$)|[\u3002\uff01\uff1f]|\n\s*\n"
)
_ABBREVIATIONS = lexicon(
    "mr mrs ms dr prof st no nos vs etc e.g i.e approx inc ltd co jr sr jan feb mar apr jun jul aug sep "
    "sept oct nov dec mon tue tues wed thu thur thurs fri a.m p.m ph.d dept fig vol min max"
)
# Of these, the ones that also end a sentence.
_MAY_END = lexicon("no etc co min max a.m p.m sep mon wed fri inc ltd sr jr")
_MARKED = re.compile(r"[.!?;\u2026\u3002\uff01\uff1f]")

# Where nothing marks an end: words that begin a sentence, unless those before them call for more.
_BEGINS = re.compile(
    r"(?<=\s)(?:i'll|i will|i'm going to|let's|(?P<asks>(?:can|could|would|will) (?:you|somebody|someone|anybody)|do you know|does any(?:body|one)|did any(?:body|one)"
    r"|who (?:is|are|can|could|will|has|wants|does|did|\w+s (?:this|that|it|the))|who's|what (?:is|was|are|about|do|does|did)|what's|why (?:is|are|do|does|did|was)|where (?:is|are|do|does|did)|how (?:many|much)(?: \w+){0,2} (?:is|are|do|does|did|will|can|could|would|should|have)"
    r"|how (?:long|often|far|is|are|do|does|did)|when (?:is|are|does|do|did|will)|which \w+ (?:is|are|do|does|did|will|can))"
    r"|we're going with|we'll|anyway|okay so|okay|alright|by the way|otherwise|somebody needs|someone needs|next point|then there (?:is|was)|there (?:was|is)|it rained|thank you)(?=\s)"
)
# After these, even "that", a question begins anew.
_ANEW = re.compile(r"do you know|does any|did any|can you|could you|would you")
_GOES_ON = lexicon(
    "and but or so that if because when then think know guess say said says told tell ask asked hope promise well "
    "goes like was promised where what who how why which as once until before after while though although than the a an to of for with "
    "sure yes yeah no okay please maybe perhaps sorry i we you he she they it is was are not just also"
)
_FEWEST_BEFORE = 5
_FEWEST_AFTER = 3


def sentences(segment: Segment) -> list[Segment]:
    """The sentences of a segment, each as a segment of its own under the same id.

    Their times are shared out by length. What holds no words is left out.
    """
    text = segment.text[:LONGEST_TALK]
    pieces = list(_pieces(text))
    if len(pieces) == 1 and pieces[0] == (0, len(text)) and len(text) <= LONGEST_SENTENCE:
        return [segment]
    seconds = max(0.0, segment.end - segment.start) / max(1, len(text))
    return [
        replace(
            segment,
            text=text[begin : min(end, begin + LONGEST_SENTENCE)],
            start=segment.start + begin * seconds,
            end=segment.start + end * seconds,
        )
        for begin, end in pieces
    ]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends, blanks around it left out."""
    at = 0
    cuts = _marked(text) if _MARKED.search(text) else _unmarked(text)
    for cut in (*cuts, len(text)):
        piece = text[at:cut]
        stripped = piece.strip()
        if any(char.isalnum() for char in stripped):
            begin = at + len(piece) - len(piece.lstrip())
            yield begin, begin + len(stripped)
        at = cut


def _marked(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if match[0].startswith(".") and len(match[0]) == 1 and _abbreviated(text, match.start()):
            continue
        yield match.end()


def _abbreviated(text: str, dot: int) -> bool:
    """Whether this full stop belongs to the word before it."""
    begin = max(text.rfind(" ", 0, dot), text.rfind("\n", 0, dot)) + 1
    word = text[begin:dot].strip("(\"'").lower()
    following = text[dot + 1 : dot + 3].strip()[:1]
    if word in _ABBREVIATIONS:
        return word not in _MAY_END or following.islower() or following.isdigit()
    return len(word) == 1 and word.isalpha() and word != "i" and begin > 0 and following.isupper()


def _unmarked(text: str) -> Iterator[int]:
    at, lowered = 0, text.lower().replace("\u2019", "'")
    if len(lowered) != len(text):
        return
    for match in _BEGINS.finditer(lowered):
        before = lowered[at : match.start()].split()
        goes_on = (
            before
            and before[-1] in _GOES_ON
            and not (_ANEW.match(match[0]) and before[-1] == "that")
        )
        if len(before) < _FEWEST_BEFORE or goes_on:
            continue
        if len(lowered[match.start() :].split(maxsplit=_FEWEST_AFTER)) < _FEWEST_AFTER:
            continue
        yield match.start()
        at = match.start()
