"""What of a model's words stands in the evidence: quotes, names, wording, addresses."""

import re
from collections.abc import Iterable

from v100_ai.highlights.people import Roster
from v100_ai.highlights.rules.names import spoken
from v100_ai.highlights.rules.utterance import utterance
from v100_ai.highlights.segment import Segment
from v100_ai.highlights.similarity import content

LONGEST = 280
# A shorter quote proves nothing, unless the segment itself is no longer.
_FEWEST_QUOTED = 3
# So much of the wording must come from what was said; the rest is grammar and paraphrase.
_GROUNDED = 0.4
_STEM = 5

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
    return utterance(Segment(id="", speaker="", start=0.0, end=0.0, text=text)).words


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


def owner(name: object, evidence: Iterable[Segment], roster: Roster) -> str | None:
    """The name as the roster has it, or as it was spoken, or of who spoke; else None."""
    if not isinstance(name, str) or not name.strip():
        return None
    person = roster.find(name)
    if person is not None:
        return person.name
    if roster.known(name):
        return None
    bare = plain(name, "")
    for segment in evidence:
        if name in {segment.speaker, roster.speaker(segment.speaker)}:
            return roster.speaker(segment.speaker)
        if bare == name.strip() and all(spoken(part, segment.text) for part in bare.split()):
            return bare
    return None


def hedged(quote: str) -> bool:
    """Whether the speaker left a way out."""
    return _HEDGE.search(quote) is not None
