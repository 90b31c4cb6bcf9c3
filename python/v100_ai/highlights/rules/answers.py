"""Answers: whether what is said next tells what was asked, or leaves it open."""

import re
from dataclasses import dataclass

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.rules.reading import Reading, compiled
from v100_ai.highlights.rules.replies import counters, defers, disturbed, elsewhere, ignorant
from v100_ai.highlights.rules.utterance import FILLERS, Utterance
from v100_ai.highlights.similarity import content

# Nine answers in ten begin within 3 s of the question's end; looking further adds only false ones.
WITHIN = 4.0
# After "no idea", somebody else may still know.
LATER = 20.0
# One may answer before the question is over, but not as it begins.
_EARLIEST = 0.5
_STEM = 5
_SHORTEST = 2
_LONG = 6

_LISTENING = lexicon("mm hmm mhm uh huh um oh ah wow ha haha sorry pardon what hm er erm") | FILLERS

_KINDS = {
    "who": r"^(?:\w+ ){0,6}(?:who|whose|whom|what (?:is|was|are|were) (?:the|his|her|their) names?)\b",
    "when": r"^(?:\w+ ){0,6}(?:when|what time|what day|which day|what date|how soon|by when|until when|since when)\b",
    "number": r"^(?:\w+ ){0,6}(?:how (?:many|much|old|long|tall|big|far|often|large|high|heavy|fast|wide|deep|late|early)|what (?:is|was|are) the (?:price|cost|budget|number|amount|rate|limit|size|total|load|margin|age|weight|temperature|notice period|deadline|capacity|headcount|target|percentage|discount|fee)|what percentage|what does it cost)\b",
    "why": r"^(?:\w+ ){0,4}(?:why|how come|what for)\b",
    "where": r"^(?:\w+ ){0,4}where\b",
}
_KIND = {kind: compiled(pattern) for kind, pattern in _KINDS.items()}
_YES = compiled(
    r"^(?:is|are|was|were|do|does|did|have|has|had|can|could|will|would|should|may|shall|am|any|so (?:is|are|do|does|did|have|has|can|will))\b"
)
_TOLD = {
    "who": compiled(
        r"@\d+|\b(?:me|i|us|we|you|he|she|they|nobody|somebody|everybody|team|guys|his|her|their|mine|it was|that was|that is|it is|department|company|sons|brothers|people)\b"
    ),
    "when": re.compile(
        r"\d|\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|tonight|yesterday|week|weeks|month|months|year|years|day|days|hour|hours|minute|minutes|morning|noon|afternoon|evening|january|february|march|april|may|june|july|august"
        r"|september|october|november|december|spring|summer|autumn|winter|fall|quarter|soon|already|later|now|after|before|once|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|twentieth|twenty|thirtieth|next|easter|christmas|never|end of)\b"
    ),
    "number": re.compile(
        r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half|quarter|dozen|couple|few|several|many|none|zero|enough|lot|lots|most|all|both|percent|a day|a week|an hour|overnight|once|twice|weekly|daily|monthly|nothing|free|about|around|at least)\b"
    ),
    "why": re.compile(
        r"\b(?:because|since|so that|due to|as the|the reason|to \w+|for \w+|it was|they|it|we|he|she|there)\b"
    ),
    "where": re.compile(
        r"\b(?:in|on|at|under|over|behind|next to|near|here|there|upstairs|downstairs|outside|inside|to|from|by|with)\b"
    ),
}
_YES_NO = compiled(
    r"^(?:(?:oh|well|um|so|and|i think|i guess|i believe|hm|ah) )*(?:yes|no|not|sure|of course|definitely|absolutely|i think so|i believe so|i guess|probably|certainly|exactly|right|correct|never|always|sometimes|usually|mostly|partly|i do|i did|it is|it does|it has|it was|they are|they do|we do|we are|we have|there is|there are|already|all of|both|only|maybe|okay)\b"
)
_BACK = compiled(
    r"\b(?:it|that|this|they|them|he|she|those|these|there|its|his|her|their|one|ones|we|i|you)\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it waits: what kind of thing would answer it, and what it is about."""

    kind: str
    words: frozenset[str]


def asked(said: Reading) -> Asked:
    """What this question asks for."""
    kind = next(
        (
            kind
            for kind, pattern in _KIND.items()
            if pattern.match(said.flat) or (kind in {"who", "why"} and pattern.search(said.flat))
        ),
        "",
    )
    if not kind and _YES.match(said.flat):
        kind = "yes"
    return Asked(kind, stems(said))


def near(said: Utterance, question: Utterance, until: float, *, open_still: bool) -> bool:
    """Whether this could answer that question at all: another speaker, soon, with more than a noise.

    `until`: when the one who asked fell silent.
    """
    wanted, segment = question.segment, said.segment
    within = LATER if open_still else WITHIN
    return (
        segment.participant != wanted.participant
        and wanted.start + _EARLIEST <= segment.start <= until + within
        and not said.vocabulary <= _LISTENING
    )


def leaves_open(said: Reading, question: Asked) -> str | None:
    """Why this leaves the question open, in a word; None where it answers."""
    told = _tells(said, question)
    if defers(said) and not told:
        return "put off"
    if ignorant(said):
        return "nobody knows"
    if counters(said):
        return "asked back"
    if (disturbed(said) or elsewhere(said)) and not told:
        return "other talk"
    if _off(said, question) and not told:
        return "other talk"
    return None


def answers_late(said: Reading, question: Asked, why: str) -> bool:
    """Whether this answers after all, once somebody did not know, or asked back."""
    if leaves_open(said, question) is not None or said.asks:
        return False
    if question.kind == "yes" and _YES_NO.match(said.flat):
        return True
    return (
        bool(stems(said) & question.words) or (question.kind in _TOLD and bool(_TOLD[question.kind].search(said.flat)) and bool(_BACK.search(said.flat) or len(said.words) <= _LONG))
    )  # fmt: skip


def _tells(said: Reading, question: Asked) -> bool:
    """Whether there is something of the kind that was asked for, or of its words."""
    if question.kind == "yes" and _YES_NO.match(said.flat):
        return not disturbed(said)
    shared = stems(said) & question.words
    return bool(shared) and not (ignorant(said) or disturbed(said) or elsewhere(said)) and (
        question.kind not in {"who", "when", "number"} or bool(_TOLD[question.kind].search(said.flat))
    )  # fmt: skip


def _off(said: Reading, question: Asked) -> bool:
    """Long enough to say something of its own, with nothing of what was asked for."""
    if len(said.words) < _LONG or question.kind not in {"who", "when", "number"}:
        return False
    return not (
        stems(said) & question.words
        or _BACK.search(said.flat)
        or _TOLD[question.kind].search(said.flat)
    )


def stems(said: Reading) -> frozenset[str]:
    """The words that say what it is about, cut so that forms of one word meet."""
    return frozenset(
        word.removesuffix("'s").removesuffix("s")[:_STEM]
        for word in content(said.segment.text)
        if len(word) > _SHORTEST and word not in _FILL
    )


_FILL = lexicon(
    "who when where why how many much long old which what does did do know need think okay yes no well now then any anybody anyone somebody someone everybody there please could"
)
