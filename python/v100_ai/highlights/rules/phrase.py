"""A spoken sentence made readable: no fillers, no stutters, one capital, bounded length."""

import re

LONGEST = 280
_READ = 4 * LONGEST

_FILLER = re.compile(
    r"(?<![\w'])(?:um|uh|er|erm|mm|hmm|mm-hmm|ah|eh)(?![\w'-]),?\s*", re.IGNORECASE
)
_REPEATED = re.compile(r"(?<![\w'])([\w']+)(?:[ ,]+\1(?![\w']))+", re.IGNORECASE)
_OPENER = re.compile(
    r"^(?:(?:and|so|but|well|okay|ok|oh|yeah|yes|right|now|then|alright|like|i mean|you know)\b[ ,.]+)+",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")


def phrase(text: str) -> str:
    """The sentence as one would write it down."""
    clean = _REPEATED.sub(r"\1", _FILLER.sub("", _SPACE.sub(" ", text[:_READ])).strip(" ,"))
    clean = _OPENER.sub("", clean).strip(" ,") or clean
    if len(clean) > LONGEST:
        clean = clean[: LONGEST - 1].rsplit(" ", 1)[0] + "\u2026"
    return clean[:1].upper() + clean[1:]
