"""Where words lie in a stretch of speech of which only the ends are known."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from v100_ai.words.word import LONGEST_S, Word, mark

BREATH: Final = 2.0
"""Letters that a word's beginning and end take beside its own."""

COMMA: Final = 3.0
STOP: Final = 6.0
"""Letters that the pause after punctuation takes: some 0.2 s and 0.4 s of speech at 15 letters a second."""


def placed(text: str, start: float, end: float, speaker: str = "") -> tuple[Word, ...]:
    """The words of a text said between two moments in seconds, by their length; all `estimated`.

    They lie one behind the other: none overlaps the next, the first starts and the last ends with the stretch.
    """
    said = text.split()
    weights = [_weight(each) for each in said]
    pauses = [*map(_pause, said[:-1]), 0.0] if said else []
    whole = sum(weights) + sum(pauses)
    words, passed = [], 0.0

    def at(weight: float) -> float:
        """One way to a moment: a word's end and the next one's start round alike."""
        return round(start + (end - start) * min(1.0, weight / whole), 3)

    for each, weight, pause in zip(said, weights, pauses, strict=True):
        words.append(
            Word(
                text=each,
                start=at(passed),
                end=at(passed + weight),
                speaker=speaker,
                estimated=True,
            )
        )
        passed += weight + pause
    return tuple(words)


def settled(words: Iterable[Word]) -> tuple[Word, ...]:
    """Words in order of time, none longer than `LONGEST_S`, and of one speaker none over the next."""
    ordered = sorted(words, key=lambda word: (word.start, word.end))
    following: dict[str, float] = {}
    result = []
    for word in reversed(ordered):
        most = min(following.get(word.speaker, word.end), word.start + LONGEST_S)
        end = max(word.start, min(word.end, most))
        following[word.speaker] = word.start
        result.append(word if end == word.end else replace(word, end=round(end, 3)))
    return tuple(reversed(result))


def _weight(word: str) -> float:
    return BREATH + sum(letter.isalnum() for letter in word)


def _pause(word: str) -> float:
    last = mark(word)
    return STOP if last in ".?!…" else COMMA if last in ",;:" else 0.0


def shifted(words: Iterable[Word], by: float, speaker: str) -> tuple[Word, ...]:
    """The words so many seconds later, none before 0, as said by somebody."""
    return tuple(
        replace(
            word,
            start=round(max(0.0, word.start + by), 3),
            end=round(max(0.0, word.end + by), 3),
            speaker=speaker,
        )
        for word in words
    )
