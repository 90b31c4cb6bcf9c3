"""What is said, as it comes in: words with times, sentences, and what a moment of speech measures."""

import re
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from v100_ai.viral.sentence import LONGEST, asks, stands_alone
from v100_ai.viral.vocabulary import features, known, tokens
from v100_ai.words.placing import placed
from v100_ai.words.transcript import Spoken
from v100_ai.words.word import Word

WINDOW_S: Final = 10.0
"""Seconds of speech before the end of a moment that its text factors read: some 25 words."""

KEPT_S: Final = 60.0
"""Seconds of words and sentences that are kept before the last moment; what is told later of times before is left out."""

PAUSE_S: Final = 1.5
"""Seconds between two words that end a sentence, whatever was written."""

MOST_WORDS: Final = 40
"""Words after which a sentence ends, if nothing else ended it; as many without a stop and nothing is punctuated."""

MOST_TOKENS: Final = 200_000
MOST_SPEAKERS: Final = 512
"""Of all that is kept, however fast segments come: twenty hours of speech."""

ENGLISH: Final = 0.5
"""Share of known words from which speech is taken for English. English talks have 0.97, German ones 0.2."""

FEWEST: Final = 5
JUDGED: Final = 100
"""Words that the language is judged by, at least and at most."""

ANSWERED_S: Final = 12.0
"""Seconds after a question within which another's turn is its answer."""

_STOP = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)\]]*$")
_TITLE = re.compile(r"^(?:mr|mrs|ms|dr|st|prof|vs|[a-z])\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """One word in lower case; seconds on the axis of the stream."""

    end: float
    start: float
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one speaker; seconds on the axis of the stream."""

    start: float
    end: float
    speaker: str
    text: str
    words: tuple[str, ...]
    answers: bool
    """Whether somebody else asked a question shortly before."""

    @property
    def alone(self) -> bool:
        """Whether it can be understood without what came before."""
        return stands_alone(self.words) and not self.answers


@dataclass(slots=True)
class _Turn:
    """What one speaker has said of a sentence."""

    text: list[str] = field(default_factory=list[str])
    words: list[Token] = field(default_factory=list[Token])
    unstopped: int = MOST_WORDS
    """Words since the last full stop, counted up to `MOST_WORDS`: from there nothing is punctuated."""


@dataclass(frozen=True, slots=True)
class Spell:
    """The speech of a moment: the words of the last `WINDOW_S`, and the sentences that begin and end in them."""

    words: tuple[str, ...]
    ended: tuple[Sentence, ...]
    begun: tuple[Sentence, ...]
    seconds: float
    """Somebody spoke, of all the time until now that is kept."""
    english: bool | None
    """`None` where too little was said to tell."""

    def measured(self) -> dict[str, float]:
        """The features of its words; `sentence` is the mean number of words of a sentence here."""
        found = features(self.words)
        lengths = [len(each.words) for each in self.ended]
        found["sentence"] = sum(lengths) / len(lengths) if lengths else float(len(self.words))
        return found


@dataclass(slots=True)
class Speech:
    """Hears segments in any order; the same segments in the same order give the same sentences."""

    left_out: int = 0
    """Segments that came too late."""
    _tokens: list[Token] = field(default_factory=list[Token])
    _sentences: list[tuple[float, Sentence]] = field(default_factory=list[tuple[float, Sentence]])
    _turns: dict[str, _Turn] = field(default_factory=dict[str, _Turn])
    _asked: deque[tuple[float, str]] = field(
        default_factory=lambda: deque[tuple[float, str]](maxlen=8)
    )
    _forgotten: float = 0.0
    """What ended before then is not kept."""

    def hear(self, said: Spoken) -> None:
        """One segment; its words are placed by their length where it tells none."""
        if said.end < self._forgotten:
            self.left_out += 1
            return
        text = said.text[:LONGEST]
        words = said.words or placed(text, said.start, said.end, said.participant)
        turn = self._turns.setdefault(said.participant, _Turn())
        for word in words:
            self._say(turn, word, said.participant)
        if turn.unstopped >= MOST_WORDS:
            self._end(turn, said.participant)
        del self._tokens[: max(0, len(self._tokens) - MOST_TOKENS)]
        if len(self._turns) > MOST_SPEAKERS:
            del self._turns[next(iter(self._turns))]

    def _say(self, turn: _Turn, word: Word, speaker: str) -> None:
        if turn.words and word.start - turn.words[-1].end >= PAUSE_S:
            self._end(turn, speaker)
        found = tokens(word.text)
        if not found:
            return
        turn.text.append(word.text)
        for each in found:
            token = Token(word.end, word.start, each)
            turn.words.append(token)
            insort(self._tokens, token, key=_end_of)
        turn.unstopped = min(MOST_WORDS, turn.unstopped + 1)
        stops = _STOP.search(word.text) is not None and _TITLE.match(word.text) is None
        if stops:
            turn.unstopped = 0
        if stops or len(turn.words) >= MOST_WORDS:
            self._end(turn, speaker)

    def at(self, to: float) -> Spell:
        """The speech of the moment that ends there."""
        first = bisect_right(self._tokens, to - WINDOW_S, key=_end_of)
        last = bisect_right(self._tokens, to, key=_end_of)
        window = self._tokens[first:last]
        since = bisect_left(self._sentences, to - KEPT_S, key=_ended)
        kept = [each for _, each in self._sentences[since:]]
        inside = [each for each in kept if to - WINDOW_S < each.end <= to]
        open_ = [self._sentence(turn, who) for who, turn in self._turns.items() if turn.words]
        said = [*kept, *open_]
        begun = [each for each in said if to - WINDOW_S <= each.start < to]
        lately = self._tokens[bisect_right(self._tokens, to - KEPT_S, key=_end_of) : last]
        return Spell(
            words=tuple(each.text for each in window),
            ended=tuple(inside),
            begun=tuple(sorted(begun, key=lambda each: each.start)),
            seconds=_spoken(lately),
            english=_english(lately[-JUDGED:]),
        )

    def _end(self, turn: _Turn, speaker: str) -> None:
        """The sentence as far as it was said is whole."""
        if not turn.words:
            return
        sentence = self._sentence(turn, speaker)
        if asks(sentence.words, sentence.text):
            self._asked.append((sentence.end, speaker))
        insort(self._sentences, (sentence.end, sentence), key=_ended)
        turn.text.clear()
        turn.words.clear()

    def _sentence(self, turn: _Turn, speaker: str) -> Sentence:
        first, last = turn.words[0], turn.words[-1]
        words = tuple(each.text for each in turn.words)
        asked = (at for at, by in self._asked if by != speaker)
        answers = any(0 <= first.start - at <= ANSWERED_S for at in asked)
        return Sentence(first.start, last.end, speaker, " ".join(turn.text), words, answers)

    def forget(self, before: float) -> None:
        """No moment asks any more for what ended before then."""
        self._forgotten = max(self._forgotten, before)
        del self._tokens[: bisect_right(self._tokens, before, key=_end_of)]
        while self._sentences and self._sentences[0][0] < before:
            self._sentences.pop(0)


def _end_of(token: Token) -> float:
    return token.end


def _ended(pair: tuple[float, Sentence]) -> float:
    return pair[0]


def _spoken(words: Sequence[Token]) -> float:
    return sum(each.end - each.start for each in words)


def _english(words: Sequence[Token]) -> bool | None:
    return known([each.text for each in words]) >= ENGLISH if len(words) >= FEWEST else None
