"""A sentence as the rules of plain talk read it: short forms written out, people marked, commas kept."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from v100_ai.highlights.model import Segment
from v100_ai.highlights.rules.names import Mention, Names
from v100_ai.highlights.rules.utterance import FILLERS

_TOKEN = re.compile(r"[^\W_](?:[\w'\u2019./:%&@+-]*[\w%+])?|,")
_SHORT = {
    "won't": "will not", "can't": "can not", "cannot": "can not", "shan't": "shall not", "let's": "let us",
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "ain't": "is not", "e-mail": "email", "ok": "okay",
    "gimme": "give me", "lemme": "let me", "alright": "all right", "to-do": "todo", "follow-up": "followup", "yep": "yes", "yup": "yes",
    "yeah": "yes", "ya": "yes", "nope": "no", "nah": "no", "'cause": "because", "till": "until", "till'": "until", "shoulda": "should have",
}  # fmt: skip
_BEHIND = re.compile(r"\(\?<[!=][^)]*\)")
_ENDINGS = (
    ("n't", " not"),
    ("'ll", " will"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'m", " am"),
    ("'d", " would"),
)
# Of these, 's is "is"; of anything else it may be whose.
_IS = frozenset(
    [
        "it",
        "that",
        "he",
        "she",
        "there",
        "here",
        "what",
        "who",
        "where",
        "when",
        "how",
        "this",
        "everything",
        "everybody",
        "everyone",
        "nobody",
        "something",
    ]
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, or comma, in the form the patterns are written in; `start` and `end` in the text."""

    form: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """One sentence. In `flat` a person is `@0`, `@1`, ...: the place in `people`, None where two may be meant."""

    segment: Segment
    tokens: tuple[Token, ...]
    people: tuple[Mention, ...]
    asks: bool
    flat: str = field(default="")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The forms without commas."""
        return tuple(token.form for token in self.tokens if token.form != ",")

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Each word once."""
        return frozenset(self.flat.split())

    def text(self, begin: int, end: int) -> str:
        """What was said between two places of `flat`, as it was written."""
        at, first, last = 0, None, None
        for token in self.tokens:
            if at >= end:
                break
            if at >= begin and first is None:
                first = token
            last = token
            at += len(token.form) + 1
        return "" if first is None or last is None else self.segment.text[first.start : last.end]


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern over `flat`: a blank also matches where a comma stands."""
    fixed = _BEHIND.sub(lambda match: match[0].replace(" ", r"\x20"), pattern)
    return re.compile(fixed.replace(" ", "(?: ,)* "))


def reading(segment: Segment, names: Names) -> Reading:
    """The sentence with fillers and stutters gone."""
    text = segment.text.replace("\u2019", "'")
    raw = [
        (match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text)
        if match[0].lower() not in FILLERS
    ]
    tokens: list[Token] = []
    people: list[Mention] = []
    inside = 0
    for (word, start, end), mention in zip(raw, names.mentions(raw), strict=True):
        if inside:
            inside -= 1
            tokens[-1] = Token(tokens[-1].form, tokens[-1].start, end)
            continue
        if mention is not None:
            people.append(mention)
            inside = mention.length - 1
            form = f"@{len(people) - 1}{mention.ending}"
        else:
            form = _form(word.lower())
        if form == "," and (not tokens or tokens[-1].form == ","):
            continue
        if tokens and form == tokens[-1].form:
            continue
        tokens.append(Token(form, start, end))
    if tokens and tokens[-1].form == ",":
        tokens.pop()
    return Reading(
        segment=segment,
        tokens=tuple(tokens),
        people=tuple(people),
        asks=text.rstrip(" \"')").endswith("?"),
        flat=" ".join(token.form for token in tokens),
    )


def _form(word: str) -> str:
    if word in _SHORT:
        return _SHORT[word]
    for ending, full in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)] + full
    if word.endswith("'s") and word[:-2] in _IS:
        return word[:-2] + " is"
    return word
