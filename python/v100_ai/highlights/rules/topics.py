"""Topics: the words that the last minutes are about and the minutes before were not."""

import math
from collections import Counter, deque
from dataclasses import dataclass, field

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.model import Finding
from v100_ai.highlights.rules.utterance import FILLERS, OPENERS, Utterance

WINDOW_SECONDS = 360.0
_TERMS = 3
_FEWEST_MENTIONS = 4
_FEWEST_NEW = 2
_CONFIDENCE = 0.4

# Words that any English talk is full of, whatever it is about.
_COMMON = (
    lexicon(
        "the a an this that these those it its i you he she we they me him her us them my your his our their "
        "is are was were be been being am do does did done doing have has had having can could will would "
        "shall should may might must not no nor never if then than as at by for from in into of off on onto "
        "out over to up with about after again all any because before between both down during each few "
        "further here how more most other own same some such there through too under until very what when "
        "where which while who whom why get got getting go going goes went come comes coming came make makes "
        "making made take takes taking took see saw seen look looks looking say says said saying tell told "
        "know knows knew think thinks thinking thought want wants wanted need needs needed use uses used "
        "using put give gives given let lets let's thing things something anything nothing everything stuff "
        "kind sort lot lots bit one ones two three four five six seven eight nine ten first second last next "
        "people person someone somebody everyone everybody guys way ways time times day today really quite "
        "actually basically maybe probably definitely always still even much many little big good better best "
        "bad great nice fine cool different same right left new old sure course mean means guess suppose feel "
        "like also only another every around back away else ever yet already though although however whether "
        "i'm i'll i've i'd you're you'll you've we're we'll we've they're they'll it's it'll that's there's "
        "what's who's he's she's don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't "
        "wouldn't shouldn't haven't hasn't hadn't try trying talk talking talked question point idea ideas "
        "work works working start starting stop keep keeps show find able part whole end case example "
        "and but or so well okay yeah yes now just because least less half done thank thanks please hello "
        "remember meeting minutes twenty thirty forty fifty hundred thousand"
    )
    | FILLERS
    | OPENERS
)
_SHORTEST = 4


@dataclass(slots=True)
class Topics:
    """Names a topic at most once a window, and only where the words changed."""

    _due: float | None = None
    _window: deque[tuple[Utterance, tuple[str, ...]]] = field(
        default_factory=deque[tuple[Utterance, tuple[str, ...]]]
    )
    _recent: Counter[str] = field(default_factory=Counter[str])
    _before: Counter[str] = field(default_factory=Counter[str])
    _named: frozenset[str] = frozenset()

    def push(self, said: Utterance) -> list[Finding]:
        """The topic of the window that this utterance completes."""
        now = said.segment.start
        if self._due is None:
            self._due = now + WINDOW_SECONDS
        terms = tuple(word for word in said.words if len(word) >= _SHORTEST and word not in _COMMON)
        self._window.append((said, terms))
        self._recent.update(terms)
        if now < self._due:
            return []
        self._due = now + WINDOW_SECONDS
        return self._close()

    def _close(self) -> list[Finding]:
        best = sorted(self._recent, key=lambda term: (-self._weight(term), term))
        terms = [term for term in best if self._recent[term] >= _FEWEST_MENTIONS][:_TERMS]
        shown = [said for said, words in self._window if not set(terms).isdisjoint(words)]
        self._before.update(self._recent)
        self._recent.clear()
        self._window.clear()
        fresh = set(terms) - self._named
        self._named = frozenset(terms)
        if len(fresh) < _FEWEST_NEW:
            return []
        first = max(shown, key=lambda said: len(said.vocabulary & set(terms))).segment
        return [
            Finding(
                type="topic",
                text=", ".join(terms).capitalize(),
                quote=first.text,
                speaker=first.participant,
                start=shown[0].segment.start,
                segments=tuple(dict.fromkeys((first.id, *(said.segment.id for said in shown[:3])))),
                confidence=_CONFIDENCE,
                reasons=("said more often in the last minutes than before",),
            )
        ]

    def _weight(self, term: str) -> float:
        """Mentions now, less where the meeting has long spoken of it."""
        return self._recent[term] / (1.0 + math.log1p(self._before[term]))
