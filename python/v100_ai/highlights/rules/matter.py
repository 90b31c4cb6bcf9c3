"""One piece of work, and what makes two sentences speak of the same."""

from dataclasses import dataclass
from datetime import date

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.model import Finding
from v100_ai.highlights.rules.reading import Reading
from v100_ai.highlights.rules.replies import assents, takes
from v100_ai.highlights.rules.work import Work
from v100_ai.highlights.similarity import content

_SHARED_STEM = 5
_SHORTEST = 2


@dataclass(slots=True)
class Matter:
    """One piece of work, told or still waiting for somebody to agree."""

    finding: Finding
    act: str
    said: int
    asker: str
    listener: str | None
    open: bool
    told: bool
    pronoun: bool
    words: frozenset[str]
    dated: bool = False
    over: bool = False
    touched: float = 0.0
    moved: date | None = None


WHY = {
    "commits": "the speaker takes it on", "asks": "somebody is asked for it", "assigns": "it is given to somebody",
    "passive": "it has to be done", "lacks": "it has to be done, by somebody", "seeks": "somebody was looked for to do it",
}  # fmt: skip


def with_said(matter: Matter, said: Reading) -> tuple[str, ...]:
    """The segments a matter rests on, and this one."""
    return tuple(dict.fromkeys((*matter.finding.segments, said.segment.id)))


def stems(text: str) -> frozenset[str]:
    """The words that say what a text is about, cut so that forms of one word meet."""
    return frozenset(
        word[:_SHARED_STEM].removesuffix("s")
        for word in content(text)
        if len(word) > _SHORTEST and word not in _FILL
    )


_FILL = lexicon(
    "okay yes sure then now friday monday tuesday wednesday thursday saturday sunday tomorrow today please could thanks "
    "thank sorry actually well need needs needed already not don't won't can't let let's one more new next week end"
)


def shares(piece: Work, said: Reading, matter: Matter) -> bool:
    """Whether it has a word of the matter's."""
    return bool(stems(said.text(piece.begin, piece.end)) & matter.words)


def mostly(piece: Work, said: Reading, matter: Matter) -> bool:
    """Whether it says mostly the same as the matter."""
    words = stems(said.text(piece.begin, piece.end))
    return bool(words) and len(words & matter.words) >= 0.5 * min(
        len(words), max(1, len(matter.words))
    )


def answers(commits: list[Work], said: Reading, matter: Matter) -> bool:
    """Whether a promise after a request is the promise that was asked for."""
    if assents(said) or takes(said):
        return True
    return any(
        piece.pronoun or piece.verb == _verb(matter) or shares(piece, said, matter)
        for piece in commits
    )


def _verb(matter: Matter) -> str:
    """The first word of a matter's text that could be its verb."""
    return next(iter(matter.finding.text.lower().split()), "")
