"""Who an action item falls to: the speaker, somebody named, or nobody rather than a guess."""

import re

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.people import Roster
from v100_ai.highlights.rules.utterance import LONGEST, Utterance

_WILL = (
    r"(?:will|'ll|is going to|are going to|has to|have to|needs to|should|can|could|must|is to|to)"
)
# "Sarah will send", "I'd like Sarah to send", "Sarah to send": the one who does it.
_DOER = re.compile(
    rf"\b(?P<name>[A-Za-z][\w'-]*?(?: [A-Z][\w'-]+)?)(?: ?'ll| (?:and [A-Za-z]\w+ )?{_WILL}(?: \w+)??) \w+"
)
# "Sarah, can you", "can you send it, Sarah": the one who is spoken to.
_CALLED = (
    re.compile(r"(?:^|[,.;] )(?P<name>[A-Z][\w'-]+),? (?:can|could|would|will|please|you)\b"),
    re.compile(r"\b[Yy]ou\b.*?, (?P<name>[A-Z][\w'-]+)\s*[?.!]?$"),
    re.compile(r"\b(?:[Cc]an|[Cc]ould|[Ww]ould|[Ww]ill) (?P<name>[A-Z][\w'-]+) "),
)
_SELF = re.compile(
    r"\b(?:i'll|i will|i'm going to|i am going to|i can|i could|i should|i need to|i have to|i've got to"
    r"|let me|i shall|i want to)\b"
)
_DELEGATES = re.compile(
    r"\bi(?:'d| would)? (?:want|like|need)\b(?! to\b)|\bi(?:'ll| will) (?:have|get) [A-Z]?\w+ to\b"
)
_WORD = re.compile(r"[A-Z][\w'-]+")

# Capitalised only because they open the sentence, or no person at all.
_NOBODY = lexicon(
    "i i'll i'm i've i'd we we'll you you'll they they'll he she it it'll that this these those there what "
    "who which where when why how then so and but or if because the a an my your our their his her its "
    "everyone everybody someone somebody anyone nobody people users user customers one maybe perhaps okay "
    "yeah yes no well now also just please let let's right good great sure today tomorrow monday tuesday "
    "wednesday thursday friday saturday sunday next first second last all some any both each action todo "
    "can could would will should must have has need needs want like going got able used try go come back "
    "up out as not only really still always never probably definitely back thing things time way "
    "january february march april may june july august september october november december"
)


def assignee(said: Utterance, roster: Roster) -> str | None:
    """The name of whoever this utterance gives the work to, if it says so and only one can be meant."""
    text = said.segment.text[:LONGEST].replace("\u2019", "'")
    named = _named(text, roster)
    first_person = _SELF.search(said.plain) is not None
    delegates = _DELEGATES.search(text[:1].lower() + text[1:].replace(" I ", " i ")) is not None
    if named is not None and (not first_person or delegates):
        return named
    return roster.speaker(said.segment.speaker) if first_person and not delegates else None


def _named(text: str, roster: Roster) -> str | None:
    candidates = [match["name"] for called in _CALLED for match in called.finditer(text)]
    candidates += [match["name"] for match in _DOER.finditer(text)]
    for name in candidates:
        person = _person(name, roster)
        if person is not None:
            return person
    return None


def _person(name: str, roster: Roster) -> str | None:
    """The roster's name; a name nobody listed only if it is written as one and the roster is silent."""
    parts = name.split()
    for form in (name, parts[0], parts[-1]):
        found = roster.find(form)
        if found is not None:
            return found.name
    if roster.known(name) or parts[0].lower() in _NOBODY or not _WORD.fullmatch(name):
        return None
    return name


def spoken(name: str, text: str) -> bool:
    """Whether this name, or its first word, was said there."""
    words = {word.strip("'").removesuffix("'s") for word in re.findall(r"[\w'-]+", text.lower())}
    parts = name.lower().split()
    return bool(parts) and parts[0] in words
