"""What of a model's words stands in the evidence: quotes, names, wording, addresses."""

import re
from collections.abc import Iterable

from v100_ai.highlights.model import Segment
from v100_ai.highlights.roster import Person, Roster
from v100_ai.highlights.rules.names import spoken
from v100_ai.highlights.rules.utterance import utterance
from v100_ai.highlights.similarity import content

LONGEST = 280
# A shorter quote proves nothing, unless the segment itself is no longer.
_FEWEST_QUOTED = 3
# So much of the wording must come from what was said; the rest is grammar and paraphrase.
_GROUNDED = 0.4
_STEM = 5
_LONGEST_NAME = 3
# A quote of fewer words of its own ("make it Monday") speaks of what was just said.
_FEWEST_OWN = 2
_TURNS = frozenset(
    word[:_STEM]
    for word in (
        *[
            "okay",
            "yes",
            "no",
            "sure",
            "then",
            "now",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "tomorrow",
            "today",
            "let's",
            "make",
            "say",
            "instead",
            "please",
            "sorry",
            "fine",
            "good",
            "great",
            "better",
            "until",
            "week",
            "next",
            "month",
        ],
    )
)
_NAME = re.compile(r"[\w'-]+")

_TAG = re.compile(r"<[^<>]*>?")
_FENCE = re.compile(r"[`*_#|\\{}\[\]<>]+")
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:/*\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)*"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|ai|co|dev|info|biz|app|xyz|ru|cn|uk|de|eu|us)(?:/\S*)?\b)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:maybe|might|perhaps|could|possibly|probably|i guess|not sure|i don't know|i suppose)\b",
    re.IGNORECASE,
)


def quoted(quote: str, segments: Iterable[Segment]) -> bool:
    """Whether these words were said, one after the other, in one of the segments."""
    words = _said(quote)
    for segment in segments:
        said = _said(segment.text)
        enough = len(words) >= min(_FEWEST_QUOTED, len(said)) and bool(words)
        if enough and any(said[i : i + len(words)] == words for i in range(len(said))):
            return True
    return False


def _said(text: str) -> tuple[str, ...]:
    return utterance(Segment(id="", participant="", start=0.0, end=0.0, text=text)).words


def plain(text: str, evidence: str, longest: int = LONGEST) -> str:
    """The text without markup, control characters, and addresses that were not said; cut at a word."""
    printable = "".join(char if char.isprintable() else " " for char in text[: 4 * longest])
    bare = _TAG.sub(" ", printable)
    said = evidence.lower()
    bare = _ADDRESS.sub(
        lambda match: match[0] if match[0].lower().rstrip(".,;:!?") in said else "", bare
    )
    bare = " ".join(_FENCE.sub(" ", bare).split())
    return bare if len(bare) <= longest else bare[: longest - 1].rsplit(" ", 1)[0] + "\u2026"


def grounded(text: str, evidence: Iterable[str], roster: Roster) -> bool:
    """Whether enough of the wording was said, or names somebody invited."""
    known = {word[:_STEM] for source in evidence for word in content(source)}
    known |= {word[:_STEM] for person in roster.people for word in content(person.name)}
    words = content(text)
    return bool(words) and sum(word[:_STEM] in known for word in words) >= _GROUNDED * len(words)


def owner(name: object, evidence: Iterable[Segment], quote: str, roster: Roster) -> str | None:
    """The name as the roster has it, of one who spoke there or is named in the quote; else None."""
    if not isinstance(name, str) or not name.strip():
        return None
    person = roster.find(name)
    for segment in evidence:
        speaker = roster.speaker(segment.participant)
        if name in {segment.participant, speaker} or (
            person is not None and person.name == speaker
        ):
            return speaker
    if person is not None:
        return person.name if named(person, quote, roster) else None
    if roster.known(name):
        return None
    bare = plain(name, "")
    said = bare == name.strip() and all(spoken(part, quote) for part in bare.split())
    return bare if said else None


def named(person: Person, quote: str, roster: Roster) -> bool:
    """Whether the quote names this person: by name, short name or role."""
    words = [word.strip("'").removesuffix("'s") for word in _NAME.findall(quote)]
    return any(
        roster.find(" ".join(words[at : at + count])) == person
        for count in range(1, _LONGEST_NAME + 1)
        for at in range(len(words) - count + 1)
    )


def concerns(quote: str, subjects: Iterable[str], roster: Roster) -> bool:
    """Whether a quote is about one of these: it shares a word of theirs, or has none of its own."""
    words = {word[:_STEM] for word in content(quote) if not roster.known(word)} - _TURNS
    known = {word[:_STEM] for subject in subjects for word in content(subject)}
    return bool(words & known) or len(words) < _FEWEST_OWN


def hedged(quote: str) -> bool:
    """Whether the speaker left a way out."""
    return _HEDGE.search(quote) is not None
