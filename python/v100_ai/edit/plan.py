"""An edit of a transcript -> which frames of the source are shown, and when its words are heard then. Pure.

All cuts lie on the grid of the source's frames, sound and picture alike: cut k is frame round(t x rate). No cut lies in a
word that stays: where two words touch, the grid gives way to the one that stays.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from v100_ai.edit.operations import (
    CutRange,
    CutWords,
    Edit,
    FixText,
    KeepWords,
    ShortenPauses,
    checked,
)
from v100_ai.words import Transcript, Word

NEAR_S: Final = 0.03
"""Seconds that a cut keeps from the words beside it, where the pause leaves room for it on both sides."""

SEARCHED_S: Final = 0.06
"""Seconds around a cut without a pause in which the quietest place is looked for: times of words err so much."""

Quietest = Callable[[float, float], float]
"""The moment between two others at which the source is quietest, in seconds."""

Silent = Callable[[float, float], bool]
"""Whether nothing is heard between two moments: laughter and music are no pauses."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames of the source from `first` up to `last`, that one not included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Placed:
    """A word of the transcript, with its text as corrected and its times in the output."""

    id: int
    word: Word


@dataclass(frozen=True, slots=True)
class Plan:
    """What is shown: pieces in order, on the grid of `rate` frames a second; and the words in it."""

    rate: Fraction
    pieces: tuple[Piece, ...]
    words: tuple[Placed, ...]

    @property
    def frames(self) -> int:
        """Of the output."""
        return sum(map(len, self.pieces))

    @property
    def duration(self) -> float:
        """Seconds of the output."""
        return float(self.frames / self.rate)

    @property
    def said(self) -> tuple[Word, ...]:
        """The words that captions show, with their times in the output."""
        return tuple(placed.word for placed in self.words if placed.word.text)

    def output(self, seconds: float) -> float | None:
        """When a moment of the source is shown; `None` where it is cut."""
        passed = 0
        for piece in self.pieces:
            if piece.first <= seconds * self.rate < piece.last:
                return seconds + float((passed - piece.first) / self.rate)
            passed += len(piece)
        return None


def plan(
    edit: Edit,
    transcript: Transcript,
    *,
    rate: Fraction,
    span: Span,
    quietest: Quietest | None = None,
    silent: Silent | None = None,
) -> Plan:
    """What an edit leaves of a span of the source, in seconds. The same arguments give the same plan.

    Without an edit it is the span as it is. Raises `EditRejected` for an operation on words that are not there.
    """
    words = transcript.words
    for operation in edit.operations:
        checked(operation, len(words))
    removed, ranges, texts = _done(edit, words)
    inside = [i for i, word in enumerate(words) if word.start < span[1] and word.end > span[0]]
    kept = [i for i in inside if i not in removed]
    cuts = [*_of_words(words, kept, sorted(removed & set(inside)), span, quietest)]
    cuts = _union([*cuts, *_outside(ranges, [words[i] for i in kept])])
    shorten = [each for each in edit.operations if isinstance(each, ShortenPauses)]
    if shorten:
        cuts = _union([*cuts, *_pauses(shorten[-1], [words[i] for i in kept], cuts, silent)])
    pieces = _pieces(cuts, span, rate, [words[i] for i in kept])
    return Plan(rate, pieces, tuple(_placed(pieces, rate, words, kept, texts)))


def _done(edit: Edit, words: Sequence[Word]) -> tuple[set[int], list[Span], dict[int, str]]:
    """What the operations come to, one after the other: words that go, ranges that go, texts that change."""
    removed: set[int] = set()
    ranges: list[Span] = []
    texts: dict[int, str] = {}
    for operation in edit.operations:
        match operation:
            case CutWords(first, last):
                removed |= set(range(first, last + 1))
            case KeepWords(first, last):
                removed -= set(range(first, last + 1))
                for word in words[first : last + 1]:
                    ranges = _without(ranges, (word.start, word.end))
            case CutRange(start, end):
                ranges.append((start, end))
                removed |= {
                    i for i, word in enumerate(words) if start <= (word.start + word.end) / 2 < end
                }
            case FixText(word, text):
                texts[word] = text
            case ShortenPauses():
                pass
    return removed, ranges, texts


def _of_words(
    words: Sequence[Word],
    kept: Sequence[int],
    removed: Sequence[int],
    span: Span,
    quietest: Quietest | None,
) -> Iterator[Span]:
    """What goes with the words that go: from the middle of the pause before them to the middle of that after."""
    for left, right in _gaps([words[i] for i in kept], span):
        gone = [
            (max(words[i].start, left), min(words[i].end, right))
            for i in removed
            if words[i].end > left and words[i].start < right
        ]
        if not gone:
            continue
        first, last = min(a for a, _ in gone), max(b for _, b in gone)
        # Beyond the first and the last word that stay there is nobody to leave a pause for.
        start = left if left == span[0] else _cut(left, first, quietest, later=SEARCHED_S)
        end = right if right == span[1] else _cut(last, right, quietest, earlier=SEARCHED_S)
        if start < end:
            yield start, end


def _cut(
    before: float,
    after: float,
    quietest: Quietest | None,
    *,
    earlier: float = 0.0,
    later: float = 0.0,
) -> float:
    """Where to cut in the pause between two words; a little inside the one that goes where there is none."""
    if after - before >= 2 * NEAR_S or quietest is None:
        return (before + after) / 2
    return quietest(before - earlier, after + later)


def _gaps(kept: Sequence[Word], span: Span) -> Iterator[Span]:
    """Where nothing is said that stays."""
    reached = span[0]
    for word in sorted(kept, key=lambda word: word.start):
        if word.start > reached:
            yield reached, word.start
        reached = max(reached, word.end)
    if reached < span[1]:
        yield reached, span[1]


def _outside(ranges: Sequence[Span], kept: Sequence[Word]) -> Iterator[Span]:
    """Ranges without the words that stay."""
    for each in ranges:
        left = [each]
        for word in kept:
            left = _without(left, (word.start, word.end))
        yield from left


def _pauses(
    shorten: ShortenPauses, kept: Sequence[Word], cuts: Sequence[Span], silent: Silent | None
) -> Iterator[Span]:
    """The middles of pauses; what a cut left on both its sides is one pause."""
    if not kept:
        return
    said = (min(word.start for word in kept), max(word.end for word in kept))
    for left, right in _gaps(kept, said):
        within = [(max(a, left), min(b, right)) for a, b in cuts if a < right and b > left]
        length = right - left - sum(b - a for a, b in within)
        if length <= shorten.above:
            continue
        start = within[0][0] if within else (left + right) / 2
        end = within[-1][1] if within else start
        before = min(start - left, max(shorten.to / 2, shorten.to - (right - end)))
        trimmed = (left + before, right - (shorten.to - before))
        if trimmed[0] < trimmed[1] and (silent is None or silent(*trimmed)):
            yield trimmed


def _pieces(
    cuts: Sequence[Span], span: Span, rate: Fraction, kept: Sequence[Word]
) -> tuple[Piece, ...]:
    """What is left between the cuts, on the grid; none of them in a word that stays."""
    begins, ends = (max(0, math.floor(moment * rate + Fraction(1, 2))) for moment in span)
    pieces, reached = [], begins
    for start, end in cuts:
        heard = max((word.end for word in kept if word.start < start), default=0.0)
        after = min((word.start for word in kept if word.start >= start), default=span[1])
        first = max(math.floor(start * rate + Fraction(1, 2)), _up(heard * rate))
        last = min(math.floor(end * rate + Fraction(1, 2)), _down(after * rate))
        if end >= span[1] and after >= span[1]:
            last = ends
        first, last = max(first, reached), min(last, ends)
        if first < last:
            if first > reached:
                pieces.append(Piece(reached, first))
            reached = last
    if reached < ends:
        pieces.append(Piece(reached, ends))
    return tuple(pieces)


def _up(frames: float) -> int:
    return math.ceil(frames - 1e-6)


def _down(frames: float) -> int:
    return math.floor(frames + 1e-6)


def _placed(
    pieces: Sequence[Piece],
    rate: Fraction,
    words: Sequence[Word],
    kept: Sequence[int],
    texts: dict[int, str],
) -> Iterator[Placed]:
    """The words that stay, where they are heard."""
    passed, at = 0, 0
    starts = []
    for piece in pieces:
        starts.append(passed)
        passed += len(piece)
    for i in kept:
        word = words[i]
        middle = (word.start + word.end) / 2 * rate
        while at < len(pieces) and pieces[at].last <= middle:
            at += 1
        # Words overlap where two speak at once: the one before may lie in an earlier piece.
        while at > 0 and at <= len(pieces) and pieces[at - 1].last > middle:
            at -= 1
        if at == len(pieces) or pieces[at].first > middle:
            continue
        piece = pieces[at]
        shift = float((starts[at] - piece.first) / rate)
        begin, end = float(piece.first / rate), float(piece.last / rate)
        yield Placed(
            i,
            replace(
                word,
                text=texts.get(i, word.text),
                start=round(min(max(word.start, begin), end) + shift, 4),
                end=round(min(max(word.end, begin), end) + shift, 4),
            ),
        )


def _union(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _without(spans: Sequence[Span], taken: Span) -> list[Span]:
    left = []
    for start, end in spans:
        if taken[1] <= start or taken[0] >= end:
            left.append((start, end))
            continue
        if start < taken[0]:
            left.append((start, taken[0]))
        if taken[1] < end:
            left.append((taken[1], end))
    return left
