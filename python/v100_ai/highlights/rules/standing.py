"""Whether a piece of work is told at once, waits for somebody to agree, or is none."""

from datetime import date
from typing import Literal

from v100_ai.highlights.rules.reading import Reading, compiled
from v100_ai.highlights.rules.verbs import plain
from v100_ai.highlights.rules.work import SURE, Work

BASE, _DATED, _NAMED, _AGREED, _CAP = 0.5, 0.12, 0.1, 0.1, 0.85
# How much like work a verb must be to be told without a day.
ENOUGH = 0.9
_LITTLE = 0.4
# A day makes up for this much of it.
_DAY_WORTH = 0.5
_WEAK, _FAIR = 0.44, 0.5
_PRESSING = compiled(
    r"\b(?:before|by|until|still|yet|soon|urgently|this (?:week|month)|next|asap|as soon as)\b"
)
# Undated, these say what comes next in this very meeting.
_SHOWS = compiled(
    r"\b(?:just|first|quickly|briefly|again|now|here|start with|go (?:through|over|into|round|around|back|on)|come back|present|presentation|powerpoint|board|write (?:it|that|this|them) (?:down|up)|write down|describe|summari[sz]e|review what|the (?:last|previous) meeting|of this meeting|(?:minutes|notes) of|show|explain|list|save|plug|load|draw|read out|point out|mention|introduce)\b"
)
# Undated, and plainly work: it goes to somebody who is not here, or comes back later.
_HANDS_OVER = compiled(
    r"^(?:send|email|mail|forward|upload|ship|deliver|submit|circulate|distribute|book|order|arrange|schedule|organi[sz]e|follow up|get back to|report back|find out|look into|investigate|set up|prepare|draft|write|call|phone|ring|ping|contact|renew|invoice|pay|hire|buy|register|file|notify|remind|chase|check with|speak to|talk to|merge|deploy|publish|release|patch|migrate|refactor|onboard|install|repair|fix|replace|clean up|put together|type up|negotiate)\b"
)


def standing(
    said: Reading, piece: Work, owner: str | None, due: date | None
) -> Literal["firm", "waits"] | None:
    """How a piece of work stands as it is said; `owner` and `due` as far as they are known."""
    about_it, promised = piece.pronoun and due is None, piece.act == "commits" and due is None
    if about_it and not (piece.act == "commits" and piece.sure >= SURE and plain(piece.verb)):
        return None
    if promised and _SHOWS.search(said.flat[piece.begin : piece.end]):
        return None
    if piece.act == "lacks" and said.flat.startswith(("then ", "and then ")):
        return None
    value = piece.worth if due is None else piece.worth + _DAY_WORTH
    if _firm(piece, owner, due, value) and not about_it:
        return "firm"
    if piece.act == "commits":
        return (
            "waits" if about_it or (promised and piece.sure >= SURE and value >= ENOUGH) else None
        )
    listed = any(
        each.startswith("@") and said.people[int(each[1:])].listed for each in piece.owners
    )
    waits = {
        "seeks": value >= _LITTLE,
        "asks": piece.sure >= _FAIR and (value >= ENOUGH or listed),
        "assigns": listed and piece.sure > _WEAK and value >= _LITTLE,
        "passive": piece.sure >= _FAIR and bool(_PRESSING.search(said.flat)),
    }
    return "waits" if waits.get(piece.act, False) else None


def _firm(piece: Work, owner: str | None, due: date | None, value: float) -> bool:
    """Whether it is told as it is said."""
    if piece.act == "seeks" or (piece.act == "asks" and due is None):
        return False
    if piece.act == "passive" and due is not None:
        return piece.sure >= _FAIR
    if (
        piece.act == "commits"
        and due is None
        and not _HANDS_OVER.search(f"{piece.verb}{piece.about}")
    ):
        return False
    if piece.act in {"assigns", "passive", "commits"} and piece.sure < SURE:
        return (
            due is not None
            and value >= ENOUGH
            and piece.sure > _LITTLE
            and (owner is not None or piece.act != "commits")
        )
    return piece.sure >= SURE and value >= ENOUGH


def belief(piece: Work, *, dated: bool, named: bool) -> float:
    """The confidence of a piece of work as it is said."""
    return round(min(_CAP, BASE * min(1.0, piece.sure) + _DATED * dated + _NAMED * named + 0.05), 2)


def agreed(confidence: float) -> float:
    """The confidence once somebody took it on."""
    return round(min(_CAP, confidence + _AGREED), 2)
