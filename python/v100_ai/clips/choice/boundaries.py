"""Where clips may begin and end: at sentences, with a price for what leaves a viewer without what they need."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from v100_ai.clips.choice.moments import Moments
from v100_ai.words import Transcript
from v100_ai.words.transcript import Sentence

PAUSE_S: Final = 0.3
"""Seconds of silence at which a boundary costs nothing."""

TIGHT: Final = 0.2
"""The price of a sentence's end without a pause."""

BACKWARD: Final = 0.5
"""The price of an opener that points to what came before."""

ANSWER: Final = 0.7
"""The price of beginning with an answer whose question is left out."""

ANSWER_S: Final = 12.0
"""Seconds that an answer lies behind its question at most."""

SCENE: Final = 0.1
"""The price of a scene's cut that lies near a boundary and not on it."""

SCENE_S: Final = 0.5
BEFORE_S: Final = 0.15
"""Seconds kept before the first word."""

AFTER_S: Final = 0.35
"""Seconds kept after the last word."""

LAUGHTER_S: Final = 4.0
"""Seconds of laughter and applause that are kept after it at most."""

HOOK: Final = 0.15
"""What the first sentence adds."""

ENDING: Final = 0.10
"""What an ending that is followed by a reaction adds."""

_BACKWARD: Final = re.compile(
    r"^(?:and|but|so|or|because|then|also|he|she|it|it's|its|they|they're|them|him|her|this|that|that's|these|those|which"
    r"|who|there|such|however|therefore|though|although|anyway|plus|yes|no|yeah|right|exactly|well)\b",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"\?[\"'”’)]*$|^(?:who|what|when|where|why|how|which|do|does|did|is|are|was|were|can|could|would|will|should|have|has)\b",  # noqa: RUF001
    re.IGNORECASE,
)

Rating = Callable[[str], float]
"""A text's worth as an opener, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Seconds that a clip lasts at least and at most."""

    least: float = 15.0
    most: float = 45.0


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch that may become a clip: seconds of the source, and why so."""

    start: float
    end: float
    score: float
    """What the choice is made by: the mean of its best seconds from 0 to 1, plus hook and ending, less its price."""
    text: str
    first: int
    """Ids of its first and its last word."""
    last: int
    rank_score: float
    """0-100, of its best seconds."""
    hook: float = 0.0
    ending: float = 0.0
    cost: float = 0.0
    start_reason: str = ""
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class Boundaries:
    """What boundaries follow from."""

    transcript: Transcript
    reactions: tuple[tuple[float, float], ...] = ()
    """Laughter and applause: from and until when."""
    scenes: tuple[float, ...] = ()
    """Seconds at which scenes begin."""
    duration: float = float("inf")
    hook: Rating | None = None
    sentences: tuple[Sentence, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sentences", self.transcript.sentences())

    def start(self, index: int) -> tuple[float, float, str]:
        """Where a clip begins with a sentence, what that costs, and why."""
        sentence = self.sentences[index]
        before = self._before(sentence.first)
        at = max(before, sentence.start - BEFORE_S, 0.0)
        cost = 0.0 if sentence.start - before >= PAUSE_S or before <= 0 else TIGHT
        reasons = ["sentence"]
        if index and (asked := self._question(index)):
            cost += ANSWER
            reasons.append(f"answers {asked!r:.60}, which is left out")
        elif _BACKWARD.match(sentence.text):
            cost += BACKWARD
            reasons.append("points backward")
        else:
            reasons.append("stands alone")
        at, more, said = self._scene(at, before, sentence.start)
        return at, cost + more, ", ".join(reasons + said)

    def end(self, index: int) -> tuple[float, float, bool, str]:
        """Where a clip ends with a sentence, what that costs, whether a reaction follows, and why."""
        sentence = self.sentences[index]
        after = self._after(sentence.last)
        room = max(sentence.end, min(after, self.duration))
        at = min(sentence.end + AFTER_S, room)
        cost = 0.0 if after - sentence.end >= PAUSE_S else TIGHT
        reasons = ["sentence"]
        tail = self._reaction(sentence.end)
        if tail is not None:
            at = max(at, min(tail, sentence.end + LAUGHTER_S, room))
            reasons.append("reaction kept")
        elif _asks(sentence.text) and index + 1 < len(self.sentences):
            cost += ANSWER
            reasons.append("asks, and the answer is left out")
        at, more, said = self._scene(at, sentence.end, room)
        return at, cost + more, tail is not None, ", ".join(reasons + said)

    def _before(self, word: int) -> float:
        """When the words before one have ended."""
        words = self.transcript.words
        return max((each.end for each in words[max(0, word - 8) : word]), default=0.0)

    def _after(self, word: int) -> float:
        """When the words after one begin."""
        words = self.transcript.words
        return min((each.start for each in words[word + 1 : word + 9]), default=self.duration)

    def _question(self, index: int) -> str | None:
        """What somebody else asked right before a sentence."""
        before, sentence = self.sentences[index - 1], self.sentences[index]
        if before.speaker == sentence.speaker or sentence.start - before.end > ANSWER_S:
            return None
        return before.text if _asks(before.text) else None

    def _reaction(self, at: float) -> float | None:
        """When the laughter that follows a moment at once has ended."""
        ends = [end for start, end in self.reactions if start <= at + 1.0 and end > at + PAUSE_S]
        return max(ends) if ends else None

    def _scene(self, at: float, low: float, high: float) -> tuple[float, float, list[str]]:
        """The scene's cut nearest to a boundary, if it can move there without a word; else its price."""
        near = [scene for scene in self.scenes if abs(scene - at) <= SCENE_S]
        if not near:
            return at, 0.0, []
        scene = min(near, key=lambda each: abs(each - at))
        if low <= scene <= high:
            return scene, 0.0, ["on a scene's cut"]
        return at, SCENE, ["near a scene's cut"]


def _asks(text: str) -> bool:
    return bool(_ASKS.search(text))


def candidates(boundaries: Boundaries, moments: Moments, lengths: Lengths) -> Iterator[Clip]:
    """Every stretch of whole sentences that is long enough and not too long."""
    sentences = boundaries.sentences
    starts = [boundaries.start(i) for i in range(len(sentences))]
    ends = [boundaries.end(i) for i in range(len(sentences))]
    hooks = [_hook(boundaries.hook, each.text) for each in sentences]
    times = _running([end[0] for end in ends])
    for i, (start, price, why) in enumerate(starts):
        low = bisect_left(times, start + lengths.least, lo=i)
        high = bisect_right(times, start + lengths.most, lo=i)
        for j in range(low, high):
            end, more, reaction, reason = ends[j]
            if not lengths.least <= end - start <= lengths.most:
                continue
            best = moments.best(start, end)
            ending = 1.0 if reaction else 0.0
            cost = price + more
            yield Clip(
                start=round(start, 3),
                end=round(end, 3),
                score=best + HOOK * hooks[i] + ENDING * ending - cost,
                text=_text(sentences, i, j),
                first=sentences[i].first,
                last=sentences[j].last,
                rank_score=round(100 * best, 1),
                hook=round(hooks[i], 3),
                ending=ending,
                cost=round(cost, 3),
                start_reason=why,
                end_reason=reason,
            )


def _running(values: Sequence[float]) -> list[float]:
    """The largest value so far: people who speak at once do not end in order."""
    result: list[float] = []
    for value in values:
        result.append(max(value, result[-1]) if result else value)
    return result


def _hook(rating: Rating | None, text: str) -> float:
    return 0.0 if rating is None else min(1.0, max(0.0, rating(text)))


def _text(sentences: Sequence[Sentence], first: int, last: int) -> str:
    return " ".join(each.text for each in sentences[first : last + 1])
